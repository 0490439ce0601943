using Devflow.ChatOps.Core.Jobs;

namespace Devflow.ChatOps.Tests.Core.Jobs;

/// <summary>A switch that nobody approved through us is told, with a mention, and written into the audit.</summary>
public sealed class LiveWithoutApprovalTests
{
    private readonly JobWorld world = JobWorld.Waiting();

    [Fact]
    public void A_promote_by_kubectl_is_told_once()
    {
        world.GoLive();
        world.LookAfter(60);

        world.Current.LiveWithoutApproval.ShouldBeTrue();
        var told = world.Current.Timeline.Where(entry => entry.Text.Contains("went live without approval")).ToList();
        told.ShouldHaveSingleItem().NeedsAttention.ShouldBeTrue();
        told[0].Text.ShouldContain("promoted outside of Devflow");
    }

    [Fact]
    public void It_is_written_into_the_audit()
    {
        world.HoldsPatches = true;
        world.Rollout.Switch();
        world.LookAfter(1);

        var audit = world
            .Current.Outbox.Select(entry => entry.Effect)
            .OfType<Effect.AppendAudit>()
            .ShouldHaveSingleItem();
        audit.Id.ShouldBe($"{world.Current.Id}:live:1");
        audit.Entry.Outcome.ShouldBe("not approved");
    }

    [Fact]
    public void It_is_noticed_when_nobody_looked_in_between()
    {
        var fresh = JobWorld.WithBaseline();
        fresh.Announce(2);
        fresh.Rollout.Release(2);
        fresh.Rollout.Ready();
        fresh.Rollout.Pause(fresh.Now);
        fresh.Rollout.Switch();
        fresh.Rollout.Complete(fresh.Now);
        fresh.LookAfter(30);

        fresh.Current.Status.ShouldBe(JobStatus.Succeeded);
        fresh.Current.LiveWithoutApproval.ShouldBeTrue();
    }

    [Fact]
    public void A_retry_outside_of_us_within_the_delay_is_told_with_its_cause()
    {
        world.Rollout.Abort(world.Now);
        world.LookAfter(5);
        world.Rollout.Retry();
        world.Rollout.Switch();
        world.LookAfter(1);

        world.Current.Release!.Attempt.ShouldBe(2);
        world.Told.ShouldContain("its ReplicaSet was still up");
    }

    [Fact]
    public void The_approval_of_an_aborted_attempt_is_none_of_the_next()
    {
        world.Promote();
        world.Rollout.Abort(world.Now);
        world.LookAfter(60);
        world.Rollout.Retry();
        world.LookAfter(1);
        world.Rollout.Pause(world.Now);
        world.LookAfter(1);
        world.GoLive();

        world.Current.LiveWithoutApproval.ShouldBeTrue();
        world.Current.Promotion.ShouldBeNull();
    }

    [Fact]
    public void A_promote_that_did_not_bring_it_live_is_none_of_a_later_pause()
    {
        world.Promote();
        world.Rollout.Pause(world.Now.AddSeconds(5));
        world.LookAfter(10);

        world.Current.Promotion.ShouldBeNull();
        world.Told.ShouldContain("The release pauses again");
    }

    [Fact]
    public void A_promote_that_was_refused_for_good_is_taken_back()
    {
        world.HoldsPatches = true;
        world.Promote();
        var id = world.Current.Outbox[0].Effect.Id;

        world.Put(
            ChatOps.Core.Jobs.Deciding.EffectChanges.PatchEnded(
                world.Current,
                id,
                new ChatOps.Core.Policy.Refusal.ForbiddenByCluster("prod", "patch rollouts/status"),
                world.Now
            )
        );

        world.Current.Promotion.ShouldBeNull();
        world.Current.Outbox.ShouldAllBe(entry => entry.Effect is Effect.AppendAudit);
        world.Told.ShouldContain("Not done: The cluster prod does not let me patch rollouts/status");
    }

    [Fact]
    public void Where_Argo_promotes_by_itself_nothing_was_missed()
    {
        var own = JobWorld.WithBaseline();
        own.Rollout.Change(view => view with { BlueGreen = view.BlueGreen! with { AutoPromotionEnabled = true } });
        own.Rollout.Release(2);
        own.LookAfter(1);
        own.Rollout.Ready();
        own.Rollout.Switch();
        own.LookAfter(1);

        own.Current.LiveWithoutApproval.ShouldBeFalse();
    }

    [Fact]
    public void An_undo_by_kubectl_is_told()
    {
        world.Promote();
        world.GoLive();
        world.Rollout.BackTo(1);
        world.LookAfter(5);

        world.Current.Source.ShouldBe(JobSource.External);
        world.Current.LiveWithoutApproval.ShouldBeTrue();
    }
}
