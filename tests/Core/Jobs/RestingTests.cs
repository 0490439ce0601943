using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Tests.Core.Jobs;

/// <summary>What is left alone while somebody else makes sure that the Rollout has not changed.</summary>
public sealed class RestingTests
{
    [Fact]
    public void A_release_that_waits_is_looked_at_for_its_one_reminder_only()
    {
        var world = JobWorld.Waiting();

        var decision = world.LookAfter(1);

        decision.LookAgainAt!.Value.ShouldBeLessThanOrEqualTo(world.Now.AddSeconds(30));
        decision.LookAtRestAt!.Value.ShouldBeGreaterThan(world.Now.AddMinutes(20));
        world.LookAfter(3600);
        world.Look().LookAtRestAt.ShouldBeNull();
    }

    [Fact]
    public void A_preview_that_crashes_is_looked_at_because_the_reasons_of_pods_change_by_themselves()
    {
        var world = JobWorld.Waiting();
        world.Rollout.Troubles = [new PodTrouble("p", FakeRollout.Hash(2), "CrashLoopBackOff", "exit 1")];
        world.Look();

        world.Look().LookAtRestAt!.Value.ShouldBeLessThanOrEqualTo(world.Now.AddSeconds(30));
    }

    [Fact]
    public void What_moves_is_looked_at_whoever_else_looks()
    {
        var world = JobWorld.WithRelease();

        world.LookAfter(1).LookAtRestAt!.Value.ShouldBeLessThanOrEqualTo(world.Now.AddSeconds(15));
    }

    [Fact]
    public void An_announced_release_that_waits_for_Argo_CD_is_looked_at()
    {
        var world = JobWorld.WithBaseline();
        world.Announce(2);

        world.LookAfter(1).LookAtRestAt!.Value.ShouldBeLessThanOrEqualTo(world.Now.AddSeconds(15));
    }

    [Fact]
    public void A_baseline_is_left_alone()
    {
        var world = JobWorld.WithBaseline();

        var decision = world.LookAfter(1);

        decision.LookAgainAt.ShouldNotBeNull();
        decision.LookAtRestAt.ShouldBeNull();
    }

    [Fact]
    public void Only_the_bound_Job_is_verified_with_its_Rollout()
    {
        var world = JobWorld.Waiting();
        world.Look();
        var job = world.Current;
        var later = job.VerifiedAt!.Value.AddSeconds(30);

        job.VerifiedBy(later).VerifiedAt.ShouldBe(later);
        job.VerifiedBy(job.VerifiedAt.Value.AddSeconds(-1)).ShouldBeSameAs(job);
        job.VerifiedBy(null).ShouldBeSameAs(job);
        (job with { HasLeft = true }).VerifiedBy(later).VerifiedAt.ShouldBe(job.VerifiedAt);
        (job with { Status = JobStatus.Superseded }).VerifiedBy(later).VerifiedAt.ShouldBe(job.VerifiedAt);
        (job with { Release = null }).VerifiedBy(later).VerifiedAt.ShouldBe(job.VerifiedAt);
    }

    [Fact]
    public void A_mark_changes_with_what_is_read_of_an_Application_and_with_nothing_else()
    {
        var application = new ApplicationView("argocd", "shop") { SyncStatus = "Synced", ComparedRevision = "abc" };

        ChangeMark.Of(application).ShouldBe(ChangeMark.Of(application with { Name = "other" }));
        ChangeMark.Of(application).ShouldNotBe(ChangeMark.Of(application with { ComparedRevision = "abd" }));
        ChangeMark.Of(application).ShouldNotBe(ChangeMark.Of(application with { OperationPhase = "Running" }));
    }

    [Fact]
    public void A_mark_changes_with_the_Rollout_and_with_the_ReplicaSet_of_what_is_released()
    {
        var set = new ReplicaSetView("web-b", new PodHash("b")) { ResourceVersion = "7" };
        var other = new ReplicaSetView("web-a", new PodHash("a")) { ResourceVersion = "3" };
        var rollout = new RolloutView("shop", "web")
        {
            Uid = "u",
            ResourceVersion = "41",
            CurrentPodHash = set.Hash,
        };
        var seen = new Observation(DateTimeOffset.UnixEpoch, rollout) { ReplicaSets = [other, set] };
        var mark = ChangeMark.Of(seen);

        ChangeMark.Of(seen with { ReplicaSets = [set] }).ShouldBe(mark);
        ChangeMark.Of(seen with { ReplicaSets = [other, set with { ResourceVersion = "8" }] }).ShouldNotBe(mark);
        ChangeMark.Of(seen with { Rollout = rollout with { ResourceVersion = "42" } }).ShouldNotBe(mark);
        ChangeMark.RolloutOf(mark).ShouldBe(ChangeMark.OfRollout("u", "41"));
        ChangeMark.HashOf(mark).ShouldBe(set.Hash);
        ChangeMark.WithReplicaSet(ChangeMark.OfRollout("u", "41"), set.Hash, "7").ShouldBe(mark);
        ChangeMark.Of(seen with { Rollout = null }).ShouldBe(ChangeMark.Gone);
        ChangeMark.RolloutOf(ChangeMark.Gone).ShouldBe(ChangeMark.Gone);
        ChangeMark.HashOf(ChangeMark.Gone).IsNone.ShouldBeTrue();
    }
}
