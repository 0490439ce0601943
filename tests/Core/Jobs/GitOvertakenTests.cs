using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;
using static Devflow.ChatOps.Tests.Core.Jobs.GitWorld;

namespace Devflow.ChatOps.Tests.Core.Jobs;

/// <summary>While the cluster goes back, Git already asks for a third version: that is left, and is no agreement.</summary>
public sealed class GitOvertakenTests
{
    private static readonly GitAnswer overtaken = new GitAnswer.Overtaken("1.3.0", "commit-9");

    [Fact]
    public void It_is_told_loudly_as_another_version_and_not_as_written()
    {
        var world = RolledBackInTheCluster();

        world.Git(overtaken);

        var rollback = world.Current.Rollback!;
        (rollback.Git, rollback.GitVersion, rollback.GitCommit).ShouldBe((GitState.Overtaken, "1.3.0", "commit-9"));
        world.Current.Message.ShouldBe(
            "The cluster is back on 1.1.0. Git asks for 1.3.0 by now, which came there since; it is left so."
        );
        world
            .Current.Timeline.Single(entry => entry.Text.StartsWith("Git asks for 1.3.0", StringComparison.Ordinal))
            .NeedsAttention.ShouldBeTrue();
        world.Audit.Values.ShouldContain(entry => entry.Action == "revert Git" && entry.Outcome == "overtaken");
        world.Revert.ShouldBeNull();
        world.Current.Outbox.ShouldHaveSingleItem().Effect.ShouldBeOfType<Effect.RefreshApplication>();
    }

    [Fact]
    public void Where_the_catalog_names_no_Application_it_never_counts_as_rolled_back()
    {
        var world = Live();
        world.Environment = world.Environment with { Application = null };
        world.RollBack();
        world.Rollout.Application = null;
        world.Rollout.BackTo(1);

        world.Git(overtaken);
        world.LookAfter(1);
        world.LookAfter(600);

        world.Current.Status.ShouldBe(JobStatus.RollingBack);
    }

    [Fact]
    public void The_third_version_takes_the_place_of_the_release_when_it_comes()
    {
        var world = RolledBackInTheCluster();
        var bad = world.Current.Id;
        world.Git(overtaken);

        world.Rollout.Release(3);
        world.LookAfter(1);

        world.Current.Id.ShouldNotBe(bad);
        world.Current.DisplayVersion.ShouldBe("1.3.0");
        world.Current.Rollback.ShouldBeNull();
        world.Current.Outbox.ShouldNotContain(entry => entry.Effect is Effect.RevertGit);
    }

    [Fact]
    public void The_bad_version_itself_released_once_more_is_told_as_that()
    {
        var world = RolledBackInTheCluster();

        world.Git(new GitAnswer.Overtaken("1.2.0", "commit-9"));

        world.Current.Message.ShouldBe(
            "The cluster is back on 1.1.0. Git asks for 1.2.0 once more, by a later commit; it is left so."
        );
        world.Do(new Wish.MakeGitAgree()).Text.ShouldContain("once more");
    }

    private static JobWorld RolledBackInTheCluster()
    {
        var world = Live();
        world.RollBack();
        world.Rollout.Application = FakeRollout.Synced("commit-2") with { SyncStatus = "OutOfSync" };
        world.Rollout.BackTo(1);
        world.LookAfter(1);
        return world;
    }
}
