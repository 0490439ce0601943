using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Tests.Core.Jobs;

/// <summary>Releases where Git can be written.</summary>
internal static class GitWorld
{
    public static readonly GitAnswer Written = new GitAnswer.Written("commit-3", null);

    public static JobWorld Live() => Writing(JobWorld.Live());

    public static JobWorld Waiting() => Writing(JobWorld.Waiting());

    /// <summary>By the controller.</summary>
    public static JobWorld Aborted()
    {
        var world = Waiting();
        world.Rollout.Abort(world.Now);
        world.LookAfter(1);
        return world;
    }

    /// <summary>Rolled back by an undo; the cluster is back, and Git not yet.</summary>
    public static JobWorld RolledBackInTheCluster()
    {
        var world = Live();
        world.RollBack();
        world.Rollout.BackTo(1);
        world.LookAfter(1);
        return world;
    }

    /// <summary>Version 3 was live and was rolled back to version 2, in the cluster and in Git; before them version 1 was live.</summary>
    public static JobWorld RolledBackToTheSecond()
    {
        var world = Live();
        world.LookAfter(60);
        world.Announce(3);
        world.Release(3);
        world.Pause();
        world.Promote().IsOk.ShouldBeTrue();
        world.GoLive();
        world.RollBack().IsOk.ShouldBeTrue();
        world.Rollout.BackTo(2);
        world.LookAfter(1);
        world.Git(Written);
        world.LookAfter(20);
        return world;
    }

    /// <summary>How often somebody was called by such a text.</summary>
    public static int Calls(JobWorld world, string text) =>
        world.Current.Timeline.Count(entry => entry.NeedsAttention && entry.Text.Contains(text));

    private static JobWorld Writing(JobWorld world)
    {
        world.WritesGit = true;
        world.Look();
        return world;
    }
}
