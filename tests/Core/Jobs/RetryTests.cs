using Devflow.ChatOps.Core.Jobs;

namespace Devflow.ChatOps.Tests.Core.Jobs;

/// <summary>A retry is the next attempt of the same Job.</summary>
public sealed class RetryTests
{
    private readonly JobWorld world = JobWorld.Waiting();

    [Fact]
    public void A_retry_lifts_the_abort_and_begins_the_next_attempt()
    {
        AbortAndScaleDown();

        world.Retry().Text.ShouldBe("alice retries 1.2.0.");
        world.Rollout.Retry();
        world.LookAfter(1);

        var patch = world.Sent.ShouldHaveSingleItem().ShouldBeOfType<RolloutPatch.Retry>();
        patch.AbortedAt.ShouldNotBeNull();
        world.Current.Release!.Attempt.ShouldBe(2);
        world.Current.Promotion.ShouldBeNull();
        world.Shown.Count().ShouldBe(1);
    }

    [Fact]
    public void Too_soon_it_would_go_live_at_once_and_that_takes_the_whole_promote_policy()
    {
        world.Rollout.Abort(world.Now);
        world.LookAfter(10);
        world.Current.RetryGoesLiveUntil.ShouldNotBeNull();

        var outcome = world.Retry("dave");

        outcome.Code.ShouldBe("retry_too_soon");
        outcome.Text.ShouldContain("20 s");
    }

    [Fact]
    public void Too_soon_whoever_may_promote_is_warned_and_that_is_the_approval()
    {
        world.Rollout.Abort(world.Now);
        world.LookAfter(10);

        world.Retry("alice").Text.ShouldContain("it goes live at once");
        world.Rollout.Retry();
        world.Rollout.Switch();
        world.LookAfter(0.5);
        world.Rollout.Complete(world.Now);
        world.LookAfter(0.5);

        world.Current.Status.ShouldBe(JobStatus.Succeeded);
        world.Current.Release!.Attempt.ShouldBe(2);
        world.Current.LiveWithoutApproval.ShouldBeFalse();
    }

    [Fact]
    public void Too_soon_with_several_votes_it_waits()
    {
        world.Environment = world.Environment with { Promote = world.Environment.Promote with { Votes = 2 } };
        world.Rollout.Abort(world.Now);
        world.LookAfter(10);

        world.Retry("alice").Code.ShouldBe("retry_too_soon");
    }

    [Fact]
    public void Nothing_that_was_not_aborted_is_retried()
    {
        world.Retry().Code.ShouldBe("nothing_to_retry");
        new JobWorld().Do(new Wish.Retry(), look: false).Code.ShouldBe("nothing_to_retry");
    }

    [Fact]
    public void Whoever_is_not_named_may_not()
    {
        AbortAndScaleDown();

        world.Retry("carol").Code.ShouldBe("not_allowed");
    }

    [Fact]
    public void What_is_about_to_be_replaced_is_not_retried()
    {
        AbortAndScaleDown();
        world.Rollout.Template(3);

        world.Retry().Code.ShouldBe("superseded");
    }

    [Fact]
    public void A_Rollout_that_is_gone_is_not_retried()
    {
        AbortAndScaleDown();
        world.IsGone = true;

        world.Retry().Code.ShouldBe("rollout_gone");
    }

    [Fact]
    public void A_retry_overtakes_an_abort_whose_answer_was_never_seen()
    {
        world.HoldsPatches = true;
        world.RollBack().IsOk.ShouldBeTrue();
        world.Rollout.Abort(world.Now);
        world.LookAfter(1);
        world.Rollout.ScaledDown(2);

        world.Retry().IsOk.ShouldBeTrue();

        world
            .Current.Outbox.Select(entry => entry.Effect)
            .OfType<Effect.PatchRollout>()
            .ShouldHaveSingleItem()
            .Patch.ShouldBeOfType<RolloutPatch.Retry>();
    }

    private void AbortAndScaleDown()
    {
        world.Rollout.Abort(world.Now);
        world.LookAfter(1);
        world.Now = world.Now.AddSeconds(60);
        world.Rollout.ScaledDown(2);
    }
}
