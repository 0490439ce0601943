namespace Devflow.ChatOps.Tests.Core.Jobs;

/// <summary>How releases get where tests begin.</summary>
internal sealed partial class JobWorld
{
    /// <summary>A baseline at version 1, then version 2 announced and bound.</summary>
    public static JobWorld WithRelease()
    {
        var world = WithBaseline();
        world.Announce(2);
        world.Release(2);
        return world;
    }

    public static JobWorld WithBaseline(string synced = "commit-1")
    {
        JobWorld world = new();
        world.Rollout.Application = FakeRollout.Synced(synced);
        world.Rollout.Settle(1);
        world.Look();
        world.Now = world.Now.AddMinutes(1);
        return world;
    }

    /// <summary>Version 2 waits for approval, for a quarter of a minute.</summary>
    public static JobWorld Waiting()
    {
        var world = WithRelease();
        world.Pause();
        return world;
    }

    /// <summary>Version 2 is live and stable; version 1 is still up.</summary>
    public static JobWorld Live()
    {
        var world = Waiting();
        world.Promote().IsOk.ShouldBeTrue();
        world.GoLive();
        return world;
    }

    /// <summary>Argo CD brings a version.</summary>
    public void Release(int version)
    {
        Now = Now.AddSeconds(20);
        Rollout.Release(version);
        Look();
    }

    /// <summary>What was brought is ready, and waits for approval for a quarter of a minute.</summary>
    public void Pause()
    {
        Rollout.Ready();
        Now = Now.AddSeconds(3);
        Rollout.Pause(Now);
        Look();
        Now = Now.AddSeconds(15);
    }

    public void GoLive()
    {
        Rollout.Unpause();
        LookAfter(0.1);
        Rollout.Switch();
        LookAfter(0.5);
        Rollout.Complete(Now);
        LookAfter(0.5);
    }
}
