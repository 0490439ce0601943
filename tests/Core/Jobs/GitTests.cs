using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;
using static Devflow.ChatOps.Tests.Core.Jobs.GitWorld;

namespace Devflow.ChatOps.Tests.Core.Jobs;

/// <summary>A rollback lasts when Git asks for what the cluster went back to.</summary>
public sealed class GitTests
{
    [Fact]
    public void An_undo_and_what_Git_is_to_say_begin_together_and_count_when_both_are_done()
    {
        var world = Live();

        world.RollBack().IsOk.ShouldBeTrue();

        world.Sent[^1].ShouldBeOfType<RolloutPatch.Undo>();
        world.Current.Rollback!.Git.ShouldBe(GitState.Writing);
        var revert = world.Revert.ShouldNotBeNull();
        revert.TargetImages.ShouldBe([FakeRollout.Image(1)]);
        revert.BadImages.ShouldBe([FakeRollout.Image(2)]);
        (revert.By, revert.Reason, revert.Commit).ShouldBe(("alice", "it is slow", "commit-2"));

        // Argo CD has not noticed the undo, and says that it is synced; that is not the end while Git is to be written.
        world.Rollout.BackTo(1);
        world.LookAfter(1);
        world.LookAfter(60);
        world.Current.Status.ShouldBe(JobStatus.RollingBack);
        world.Current.Message.ShouldBe("The cluster is back on 1.1.0. Git is being written.");

        world.Git(Written);
        world.Current.Rollback!.Git.ShouldBe(GitState.Written);
        world.Current.Message.ShouldBe("The cluster is back on 1.1.0. Git asks for 1.1.0 again.");
        world.Current.Outbox.ShouldHaveSingleItem().Effect.ShouldBeOfType<Effect.RefreshApplication>();
        world.LookAfter(1);
        world.Current.Status.ShouldBe(JobStatus.RollingBack);
        world.Rollout.Application = FakeRollout.Synced("commit-3");
        world.LookAfter(1);

        world.Current.Status.ShouldBe(JobStatus.RolledBack);
        world.Current.Rollback!.Git.ShouldBe(GitState.Agrees);
        world.Audit.Values.ShouldContain(entry => entry.Action == "revert Git" && entry.Outcome == "ok");
    }

    [Fact]
    public void Where_the_catalog_names_no_Application_the_written_commit_is_enough()
    {
        var world = Live();
        world.Environment = world.Environment with { Application = null };
        world.RollBack();
        world.Rollout.Application = null;
        world.Rollout.BackTo(1);
        world.Git(Written);

        world.LookAfter(1);

        world.Current.Status.ShouldBe(JobStatus.RolledBack);
        world.Current.Outbox.ShouldBeEmpty();
    }

    [Fact]
    public void After_an_abort_Git_goes_back_and_the_controller_clears_the_abort()
    {
        var world = Waiting();
        world.RollBack();
        world.Rollout.Abort(world.Now);
        world.LookAfter(1);
        world.Git(Written);
        world.Current.Status.ShouldBe(JobStatus.RollingBack);

        world.Rollout.BackTo(1);
        world.LookAfter(1);

        world.Current.Status.ShouldBe(JobStatus.RolledBack);
    }

    [Fact]
    public void Later_than_its_window_the_old_version_is_brought_by_Git_alone_as_a_Job_of_its_own()
    {
        var world = Live();
        var bad = world.Current.Id;
        world.Rollout.ScaledDown(1);
        world.LookAfter(60);
        var sent = world.Sent.Count;

        world.RollBack("olga").IsOk.ShouldBeTrue();

        world.Sent.Count.ShouldBe(sent, "the cluster is not patched");
        world.Current.Rollback!.ByGit.ShouldBeTrue();
        world.LookAfter(60);
        world.Current.Status.ShouldBe(JobStatus.RollingBack, "Argo CD may take its time");
        world.Git(Written);
        world.Rollout.Release(1);
        world.LookAfter(1);
        world.Current.Id.ShouldNotBe(bad);
        world.Current.RollbackOf.ShouldBe(bad);
        world.Current.Source.ShouldBe(JobSource.Rollback);
        world[bad].SupersededBy.ShouldBe(world.Current.Id);
        world.Told.ShouldNotContain("Git not written");

        world.Rollout.Ready();
        world.Rollout.Pause(world.Now);
        world.LookAfter(1);
        world.Promote("carol").Code.ShouldBe("not_allowed");
        world.Promote("olga").IsOk.ShouldBeTrue();
    }

    [Fact]
    public void With_undo_false_it_goes_through_Git_and_is_instant_where_the_old_version_is_up()
    {
        var world = Live();
        world.Environment = world.Environment with { Rollback = world.Environment.Rollback with { Undo = false } };
        world.Look();
        world.Current.WayBack.ShouldBe(RollbackPath.UndoInGit);
        var sent = world.Sent.Count;

        world.RollBack().Text.ShouldContain("through Git; the old version is still up");

        world.Sent.Count.ShouldBe(sent);
        world.Git(Written);
        world.Rollout.Application = FakeRollout.Synced("commit-3");
        world.Rollout.BackTo(1);
        world.LookAfter(1);
        world.LookAfter(5);
        world.Current.Status.ShouldBe(JobStatus.RolledBack);
    }

    [Fact]
    public void With_undo_false_and_nothing_to_write_Git_with_it_is_refused()
    {
        var world = JobWorld.Live();
        world.Environment = world.Environment with { Rollback = world.Environment.Rollback with { Undo = false } };

        world.RollBack().Code.ShouldBe("git_not_set_up");
    }

    [Fact]
    public void When_only_the_image_went_back_another_pod_hash_is_the_rollback_all_the_same()
    {
        var world = Waiting();
        var bad = world.Current.Id;
        world.RollBack();
        world.Rollout.Abort(world.Now);
        world.LookAfter(1);
        world.Git(new GitAnswer.Written("commit-3", "somebody has changed its files since"));
        world.Told.ShouldContain("Only the image went back, because somebody has changed its files since");

        // The image of version 1 with the configuration of version 2.
        world.Rollout.Release(4);
        world.Rollout.Sets[FakeRollout.Hash(4)] = world.Rollout.Sets[FakeRollout.Hash(4)] with
        {
            Images = [FakeRollout.Image(1)],
        };
        world.LookAfter(1);

        world.Current.RollbackOf.ShouldBe(bad);
        world.Current.Images.ShouldBe([FakeRollout.Image(1)]);
    }

    [Fact]
    public void Self_heal_before_Git_was_written_leaves_the_writing_to_the_Job_that_came_again()
    {
        var world = RolledBackInTheCluster();
        world.Rollout.Release(2);
        world.LookAfter(6);

        world.Told.ShouldContain("was rolled back and is coming again");
        world.Revert.ShouldNotBeNull();
        world.Git(Written);
        world.Told.ShouldContain("Git is written");
    }
}
