using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;

namespace Devflow.ChatOps.Tests.Core.Jobs;

/// <summary>Locks and freezes keep promotes out, never rollbacks.</summary>
public sealed class LockAndFreezeTests
{
    private readonly JobWorld world = JobWorld.Waiting();

    [Fact]
    public void A_lock_refuses_promotes_and_says_who_holds_it()
    {
        world.Do(new Wish.TakeLock("database move", null), "bob").IsOk.ShouldBeTrue();

        var outcome = world.Promote("alice");

        outcome.Code.ShouldBe("locked");
        outcome.Text.ShouldContain("bob");
        outcome.Text.ShouldContain("database move");
        world.Current.Lock!.Reason.ShouldBe("database move");
        world.Told.ShouldContain("bob locked shop production: database move");
    }

    [Fact]
    public void An_unlock_lets_promotes_through()
    {
        world.Do(new Wish.TakeLock("database move", null), "bob");

        world.Do(new Wish.Unlock(), "alice").Text.ShouldBe("alice unlocked shop production.");

        world.Current.Lock.ShouldBeNull();
        world.Promote().IsOk.ShouldBeTrue();
    }

    [Fact]
    public void A_lock_ends_by_itself_and_the_card_is_looked_after_at_that_moment()
    {
        world.Do(new Wish.TakeLock("database move", world.Now.AddSeconds(20)), "bob");

        world.LookAfter(1).LookAgainAt!.Value.ShouldBeLessThanOrEqualTo(world.Now.AddSeconds(19));
        world.Now = world.Now.AddSeconds(19);

        world.Promote().IsOk.ShouldBeTrue();
    }

    [Fact]
    public void A_lock_that_is_held_is_not_taken_over()
    {
        world.Do(new Wish.TakeLock("database move", null), "bob");

        world.Now = world.Now.AddSeconds(1);
        world.Do(new Wish.TakeLock("mine", null), "alice").Code.ShouldBe("locked");
        world.Do(new Wish.TakeLock("again", null), "bob").Code.ShouldBe("already_done");
        world.Do(new Wish.TakeLock("x", null), "carol").Code.ShouldBe("not_allowed");
    }

    [Fact]
    public void Locks_work_while_the_cluster_cannot_be_read()
    {
        world.Do(new Wish.TakeLock("outage", null), "bob", look: false, readable: false).IsOk.ShouldBeTrue();

        world.Lock!.Owner.PersonName.ShouldBe("bob");
    }

    [Fact]
    public void A_release_that_waits_for_Argo_CD_shows_the_lock_too()
    {
        var id = world.Announce(3);
        world.Do(new Wish.TakeLock("database move", null), "bob");
        world.LookAfter(1);

        world[id].Lock!.Reason.ShouldBe("database move");
    }

    [Fact]
    public void A_lock_that_was_taken_before_is_on_the_card_of_a_new_release()
    {
        var fresh = JobWorld.WithBaseline();
        fresh.Do(new Wish.TakeLock("database move", null), "bob").IsOk.ShouldBeTrue();
        fresh.Rollout.Release(2);
        fresh.LookAfter(1);

        fresh.Current.Lock!.Reason.ShouldBe("database move");
    }

    [Fact]
    public void Rolling_back_works_while_locked_and_frozen()
    {
        world.Do(new Wish.TakeLock("database move", null), "bob");
        Freeze();

        world.RollBack("olga").IsOk.ShouldBeTrue();
    }

    [Fact]
    public void A_freeze_refuses_promotes_until_it_ends()
    {
        Freeze();

        var outcome = world.Promote("bob");

        outcome.Code.ShouldBe("frozen_until");
        outcome.Text.ShouldContain("Black Friday");
        outcome.Text.ShouldContain("alice");
    }

    [Fact]
    public void A_freeze_is_overridden_with_a_reason_by_whoever_may_and_that_is_told()
    {
        Freeze();

        world.Do(new Wish.Promote(OverrideReason: "fix of the checkout"), "bob").Code.ShouldBe("not_allowed");
        var outcome = world.Do(new Wish.Promote(OverrideReason: "fix of the checkout"), "alice");

        outcome.IsOk.ShouldBeTrue();
        outcome.Text.ShouldContain("Freeze overridden: fix of the checkout.");
        world.Told.ShouldContain("Freeze overridden: fix of the checkout.");
        world.Current.Promotion!.OverriddenFreeze!.Reason.ShouldBe("fix of the checkout");
    }

    [Fact]
    public void A_freeze_that_begins_is_looked_at_in_that_moment_and_redraws_the_card_as_does_its_end()
    {
        var begin = world.Now.AddSeconds(20);
        Freeze(begin.UtcDateTime, begin.UtcDateTime.AddSeconds(20));
        var before = world.Current.Revision;

        world.LookAfter(1);
        world.Current.Freeze.ShouldBeNull();
        world.Current.Revision.ShouldBe(before);

        world.LookAfter(5).LookAgainAt.ShouldBe(begin);
        world.Now = begin;
        world.Look().LookAgainAt.ShouldBe(begin.AddSeconds(20));
        world.Current.Freeze!.Reason.ShouldBe("Black Friday");
        world.Current.Revision.ShouldBe(before + 1);

        world.LookAfter(20);
        world.Current.Freeze.ShouldBeNull();
        world.Current.Revision.ShouldBe(before + 2);
        world.LookAfter(1).Saves.ShouldBeEmpty();
    }

    [Fact]
    public void A_release_that_waits_for_Argo_CD_shows_the_freeze_too_and_one_that_is_live_does_not()
    {
        var id = world.Announce(3);
        Freeze();
        world.LookAfter(1);
        world[id].Freeze!.Reason.ShouldBe("Black Friday");
        world.Current.Freeze.ShouldNotBeNull();

        world.Do(new Wish.Promote(OverrideReason: "fix"), "alice").IsOk.ShouldBeTrue();
        world.GoLive();

        world.Current.Freeze.ShouldBeNull();
    }

    [Fact]
    public void A_retry_waits_for_the_end_of_locks_and_freezes()
    {
        world.Rollout.Abort(world.Now);
        world.LookAfter(60);
        world.Rollout.ScaledDown(2);
        Freeze();
        world.Retry().Code.ShouldBe("frozen_until");

        world.Environment = world.Environment with { Freeze = [] };
        world.Do(new Wish.TakeLock("database move", null), "bob");
        world.Retry().Code.ShouldBe("locked");
    }

    private void Freeze() => Freeze(new DateTime(2026, 11, 24), new DateTime(2026, 12, 1));

    private void Freeze(DateTime from, DateTime to) =>
        world.Environment = world.Environment with
        {
            Freeze = [new FreezeWindow(new FreezeSpan.Once(from, to), "Etc/UTC", "Black Friday")],
        };
}
