using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Tests.Core.Jobs;

/// <summary>One verb: abort before the switch, undo while the old version is up, a release of the old version later.</summary>
public sealed class RollBackTests
{
    [Fact]
    public void Before_the_switch_it_aborts()
    {
        var world = JobWorld.Waiting();

        var outcome = world.RollBack();

        outcome.Text.ShouldBe(
            "alice rolls back 1.2.0 to 1.1.0: abort the update; the old version keeps the traffic. Reason: it is slow"
        );
        world.Sent.ShouldHaveSingleItem().ShouldBeOfType<RolloutPatch.Abort>().Hash.ShouldBe(FakeRollout.Hash(2));
        world.Current.Status.ShouldBe(JobStatus.RollingBack);
        world.Current.Rollback!.Target.ShouldBe(FakeRollout.Hash(1));
    }

    [Fact]
    public void After_the_switch_and_before_it_is_stable_it_aborts_too()
    {
        var world = JobWorld.Waiting();
        world.Promote();
        world.Rollout.Switch();
        world.LookAfter(0.5);

        world.RollBack().IsOk.ShouldBeTrue();

        world.Sent[^1].ShouldBeOfType<RolloutPatch.Abort>();
    }

    [Fact]
    public void While_the_old_ReplicaSet_is_up_it_undoes()
    {
        var world = JobWorld.Live();

        world.RollBack("olga").IsOk.ShouldBeTrue();

        var patch = world.Sent[^1].ShouldBeOfType<RolloutPatch.Undo>();
        patch.Target.ShouldBe(FakeRollout.Hash(1));
        patch.TemplateJson.ShouldContain(FakeRollout.Image(1));
        world.Current.Rollback!.Path.ShouldBe(RollbackPath.Undo);
    }

    [Theory]
    [InlineData("a pod is lost")]
    [InlineData("more replicas are wanted")]
    [InlineData("it is sized as a preview first")]
    [InlineData("its time is over")]
    public void An_old_ReplicaSet_that_cannot_take_over_at_once_is_released_again(string why)
    {
        var world = JobWorld.Live();
        switch (why)
        {
            case "a pod is lost":
                world.Rollout.Sets[FakeRollout.Hash(1)] = world.Rollout.Sets[FakeRollout.Hash(1)] with
                {
                    Available = 1,
                };
                break;
            case "more replicas are wanted":
                world.Rollout.Change(view => view with { Replicas = 6 });
                break;
            case "it is sized as a preview first":
                world.Rollout.Change(view =>
                    view with
                    {
                        BlueGreen = view.BlueGreen! with { PreviewReplicaCount = 1 },
                    }
                );
                break;
            default:
                world.Now = world.Now.AddSeconds(31);
                break;
        }

        world.Look();
        world.Current.InstantRollbackUntil.ShouldBeNull();
        world.Current.Message.ShouldNotContain("instant rollback");
        world.RollBack("olga", RollbackPath.Undo).Code.ShouldBe("stale");
        world.RollBack("olga").Text.ShouldContain("it pauses for approval before it takes over");
        world.Current.Rollback!.Path.ShouldBe(RollbackPath.Release);
    }

    [Fact]
    public void Later_it_releases_the_old_version_as_a_Job_of_its_own()
    {
        var world = JobWorld.Live();
        var bad = world.Current.Id;
        world.Rollout.ScaledDown(1);
        world.LookAfter(60);

        world.RollBack("olga").IsOk.ShouldBeTrue();
        world.Current.Rollback!.Path.ShouldBe(RollbackPath.Release);
        world.Rollout.Release(1);
        world.LookAfter(1);

        world.Current.Id.ShouldNotBe(bad);
        world.Current.Source.ShouldBe(JobSource.Rollback);
        world.Current.RollbackOf.ShouldBe(bad);
        world[bad].Status.ShouldBe(JobStatus.Superseded);
        world[bad].SupersededBy.ShouldBe(world.Current.Id);
        world.Told.ShouldContain("Git not written");
    }

    [Fact]
    public void The_release_of_the_old_version_is_promoted_by_whoever_may_roll_back()
    {
        var world = JobWorld.Live();
        world.Rollout.ScaledDown(1);
        world.LookAfter(60);
        world.RollBack("olga");
        world.Rollout.Release(1);
        world.Rollout.Ready();
        world.Rollout.Pause(world.Now);
        world.LookAfter(1);
        world.Lock = new("shop", "production", "no", JobWorld.Person("bob"), world.Now, null);

        world.Promote("carol").Code.ShouldBe("not_allowed");
        world.Promote("olga").IsOk.ShouldBeTrue();
    }

    [Fact]
    public void After_an_abort_it_stays_RollingBack_until_Git_agrees()
    {
        var world = JobWorld.Waiting();
        world.RollBack();
        world.Rollout.Abort(world.Now);
        world.LookAfter(1);

        world.Current.Status.ShouldBe(JobStatus.RollingBack);
        world.Current.Rollback!.ClusterDone.ShouldBeTrue();
        world.Current.Message.ShouldContain("Git not written");
        world.LookAfter(3600);
        world.Current.Status.ShouldBe(JobStatus.RollingBack);

        world.Rollout.BackTo(1);
        world.LookAfter(1);

        world.Current.Status.ShouldBe(JobStatus.RolledBack);
        world.Current.Rollback!.Git.ShouldBe(GitState.Agrees);
        world.Current.Outbox.ShouldBeEmpty();
    }

    [Fact]
    public void After_an_undo_it_stays_RollingBack_until_Argo_CD_is_synced_to_it()
    {
        var world = JobWorld.Live();
        world.RollBack();
        world.Rollout.Application = FakeRollout.Synced("commit-2") with { SyncStatus = "OutOfSync" };
        world.Rollout.BackTo(1);
        world.LookAfter(1);
        world.LookAfter(60);
        world.Current.Status.ShouldBe(JobStatus.RollingBack);
        world.Current.Rollback!.ClusterDone.ShouldBeTrue();

        world.Rollout.Application = FakeRollout.Synced("commit-3");
        world.LookAfter(1);
        world.LookAfter(11);

        world.Current.Status.ShouldBe(JobStatus.RolledBack);
        world.Current.HasLeft.ShouldBeTrue();
    }

    [Fact]
    public void Argo_CD_that_has_not_noticed_the_undo_yet_does_not_count()
    {
        var world = JobWorld.Live();
        world.RollBack();
        world.Rollout.BackTo(1);

        world.LookAfter(0.5);
        world.LookAfter(2);

        world.Current.Status.ShouldBe(JobStatus.RollingBack);
    }

    [Fact]
    public void Where_nothing_is_in_Git_the_cluster_is_all()
    {
        var world = JobWorld.Waiting();
        world.Environment = world.Environment with { GitOps = null };
        world.RollBack();
        world.Current.Outbox.ShouldBeEmpty();
        world.Rollout.Abort(world.Now);

        world.LookAfter(1);

        world.Current.Status.ShouldBe(JobStatus.RolledBack);
    }

    [Fact]
    public void The_Git_effect_is_named_and_kept()
    {
        var world = JobWorld.Waiting();

        world.RollBack();

        var entry = world.Current.Outbox.ShouldHaveSingleItem();
        entry.Parked.ShouldBeTrue();
        var revert = entry.Effect.ShouldBeOfType<Effect.RevertGit>();
        revert.Repository.ShouldBe("acme/gitops");
        revert.Commit.ShouldBe("commit-2");
        revert.Reason.ShouldBe("it is slow");
    }

    [Fact]
    public void What_the_controller_aborted_needs_Git_only()
    {
        var world = JobWorld.Waiting();
        world.Rollout.Abort(world.Now);
        world.LookAfter(1);
        world.Current.Status.ShouldBe(JobStatus.Failed);

        world.RollBack().IsOk.ShouldBeTrue();

        world.Sent.ShouldBeEmpty();
        world.Current.Rollback!.Path.ShouldBe(RollbackPath.GitOnly);
        world.LookAfter(1);
        world.Current.Message.ShouldContain("Git not written");
    }

    [Fact]
    public void Self_heal_that_brings_the_bad_version_back_is_told()
    {
        var world = JobWorld.Live();
        var bad = world.Current.Id;
        world.RollBack();
        world.Rollout.BackTo(1);
        world.LookAfter(1);
        world.Rollout.Release(2);
        world.LookAfter(6);

        world.Current.Id.ShouldNotBe(bad);
        var told = world.Current.Timeline.Where(entry => entry.NeedsAttention).ToList();
        told.ShouldContain(entry => entry.Text.Contains("was rolled back and is coming again"));
    }

    [Fact]
    public void A_rollback_that_leaves_no_trace_in_the_cluster_was_taken_back()
    {
        var world = JobWorld.Live();
        world.RollBack();

        world.LookAfter(5);
        world.Current.Status.ShouldBe(JobStatus.RollingBack);
        world.LookAfter(6);

        world.Current.Status.ShouldBe(JobStatus.Succeeded);
        world.Current.Rollback.ShouldBeNull();
        world.Current.Outbox.ShouldBeEmpty();
        world.Told.ShouldContain("The rollback was taken back in the cluster");
    }

    [Fact]
    public void A_retry_outside_of_us_makes_a_rollback_void()
    {
        var world = JobWorld.Waiting();
        world.RollBack();
        world.Rollout.Abort(world.Now);
        world.LookAfter(1);
        world.Rollout.Retry();
        world.LookAfter(60);

        world.Current.Rollback.ShouldBeNull();
        world.Current.Release!.Attempt.ShouldBe(2);
        world.Current.Status.ShouldBe(JobStatus.Running);
        world.Told.ShouldContain("the rollback is void");
    }

    [Fact]
    public void A_second_rollback_in_a_row_goes_to_what_was_live_before_that()
    {
        var world = JobWorld.Live();
        world.LookAfter(60);
        world.Announce(3);
        world.Rollout.Release(3);
        world.Rollout.Ready();
        world.Rollout.Pause(world.Now);
        world.LookAfter(20);
        world.Promote().IsOk.ShouldBeTrue();
        world.GoLive();
        world.RollBack();
        world.Rollout.BackTo(2);
        world.LookAfter(1);

        world.LookAfter(20);
        world.RollBack().IsOk.ShouldBeTrue();

        world.Current.Rollback!.Target.ShouldBe(FakeRollout.Hash(1));
        world.Current.FormerRollback!.Target.ShouldBe(FakeRollout.Hash(2));
    }

    [Fact]
    public void A_rollback_overtakes_what_was_sent_before()
    {
        var world = JobWorld.Waiting();
        world.HoldsPatches = true;
        world.Promote();

        world.RollBack().IsOk.ShouldBeTrue();

        world
            .Current.Outbox.Select(entry => entry.Effect)
            .OfType<Effect.PatchRollout>()
            .ShouldHaveSingleItem()
            .Patch.ShouldBeOfType<RolloutPatch.Abort>();
    }
}
