using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Jobs.Deciding;

namespace Devflow.ChatOps.Tests.Core.Jobs;

/// <summary>A command is about what the person was looking at.</summary>
public sealed class SightTests
{
    private readonly JobWorld world = JobWorld.Waiting();

    [Fact]
    public void The_button_of_the_current_card_works() => world.Promote(saw: world.Button).IsOk.ShouldBeTrue();

    [Fact]
    public void A_button_of_an_older_pod_hash_is_stale() =>
        world.Promote(saw: world.Button with { Hash = FakeRollout.Hash(1) }).Code.ShouldBe("stale");

    [Fact]
    public void A_button_of_an_older_attempt_is_stale()
    {
        var button = world.Button;
        NextAttempt();

        world.Promote(saw: button).Code.ShouldBe("stale");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_button_of_an_earlier_pause_is_stale_also_when_nobody_has_looked_since(bool look)
    {
        var button = world.Button with { Pause = world.Current.Release!.PauseStart };
        world.Do(new Wish.Promote(), "mallory", saw: button).Code.ShouldBe("not_allowed", "it is of this pause");
        world.Now = world.Now.AddMinutes(1);
        world.Rollout.Pause(world.Now);

        world.Promote(saw: button, look: look).Code.ShouldBe("stale");
        world.Look();
        world.Do(new Wish.RollBack(), saw: button).Code.ShouldBe("stale");
        world.Sent.ShouldBeEmpty();
    }

    [Fact]
    public void A_typed_promote_or_retry_of_an_older_attempt_is_stale_and_a_typed_way_back_is_not()
    {
        var typed = world.Typed;
        NextAttempt();

        var outcome = world.Promote(saw: typed);

        outcome.Code.ShouldBe("stale");
        outcome.Text.ShouldStartWith("The release is in another attempt since you asked;");
        world.Do(new Wish.Retry(), saw: typed).Code.ShouldBe("stale");
        world.Sent.ShouldBeEmpty();
        world.Do(new Wish.RollBack(), saw: typed).IsOk.ShouldBeTrue();
    }

    [Theory]
    [InlineData("promote")]
    [InlineData("rollback")]
    [InlineData("retry")]
    public void A_wish_that_could_not_be_looked_at_for_minutes_is_not_fulfilled_any_more(string verb)
    {
        Wish wish = verb switch
        {
            "promote" => new Wish.Promote(),
            "rollback" => new Wish.RollBack(),
            _ => new Wish.Retry(),
        };

        var outcome = world.Do(wish, saw: world.Typed, at: world.Now - Commanding.HoldsFor);

        outcome.Code.ShouldBe("stale");
        outcome.Text.ShouldStartWith("I could not get to this in time, so nothing was done;");
        world.Sent.ShouldBeEmpty();
        var lateLock = world.Do(new Wish.TakeLock("audit", null), at: world.Now - Commanding.HoldsFor);
        lateLock.IsOk.ShouldBeTrue("a lock is not about a moment");
    }

    [Fact]
    public void A_wish_that_waited_for_less_is_fulfilled() =>
        world
            .Do(new Wish.Promote(), saw: world.Typed, at: world.Now - Commanding.HoldsFor + TimeSpan.FromSeconds(1))
            .IsOk.ShouldBeTrue();

    [Fact]
    public void A_button_of_an_older_attempt_is_stale_also_when_nobody_has_looked_since()
    {
        world.Rollout.Abort(world.Now);
        world.LookAfter(1);
        var button = world.Button;
        world.Now = world.Now.AddMinutes(1);
        world.Rollout.Retry();
        world.Rollout.Pause(world.Now);

        world.Promote(saw: button, look: false).Code.ShouldBe("stale");
    }

    [Fact]
    public void A_promote_of_an_attempt_that_nobody_has_looked_at_counts_for_that_attempt()
    {
        world.Rollout.Abort(world.Now);
        world.LookAfter(1);
        world.Now = world.Now.AddMinutes(1);
        world.Rollout.Retry();
        world.Rollout.Pause(world.Now);

        world.Promote(look: false).IsOk.ShouldBeTrue();
        world.GoLive();

        world.Current.Release!.Attempt.ShouldBe(2);
        world.Current.Promotion!.By.PersonName.ShouldBe("alice");
        world.Current.LiveWithoutApproval.ShouldBeFalse();
    }

    [Fact]
    public void A_button_of_a_superseded_Job_is_stale()
    {
        var button = world.Button;
        Supersede();

        world.Promote(saw: button).Code.ShouldBe("stale");
        world.Do(new Wish.Retry(), saw: button).Code.ShouldBe("stale");
        world.Do(new Wish.RollBack(), saw: button).Code.ShouldBe("stale");
    }

    [Fact]
    public void Who_typed_while_another_Job_was_current_is_told_which_one_took_its_place()
    {
        var typed = world.Typed;
        Supersede();

        var outcome = world.Promote(saw: typed);

        outcome.Code.ShouldBe("superseded");
        outcome.Text.ShouldContain("1.3.0");
    }

    [Theory]
    [InlineData(9, "superseded")]
    [InlineData(10, "ok")]
    public void A_typed_promote_waits_ten_seconds_after_another_Job_took_the_place(int seconds, string code)
    {
        Supersede();
        world.Rollout.Ready();
        world.Rollout.Pause(world.Now);
        world.Now = world.Now.AddSeconds(seconds);
        world.Look();

        world.Promote(saw: world.Typed, look: false).Code.ShouldBe(code);
    }

    [Fact]
    public void A_release_after_one_that_was_done_may_be_promoted_at_once()
    {
        world.Promote();
        world.GoLive();
        world.LookAfter(60);
        world.Announce(3);
        world.Rollout.Release(3);
        world.Rollout.Ready();
        world.Rollout.Pause(world.Now);
        world.LookAfter(1);

        world.Promote(saw: world.Typed).IsOk.ShouldBeTrue();
    }

    private void NextAttempt()
    {
        world.Rollout.Abort(world.Now);
        world.LookAfter(1);
        world.Now = world.Now.AddMinutes(1);
        world.Rollout.Retry();
        world.Rollout.Pause(world.Now);
        world.Look();
    }

    private void Supersede()
    {
        world.Announce(3);
        world.Rollout.Release(3);
        world.LookAfter(1);
    }
}
