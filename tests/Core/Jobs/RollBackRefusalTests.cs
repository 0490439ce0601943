using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;

namespace Devflow.ChatOps.Tests.Core.Jobs;

/// <summary>Why a rollback is not begun.</summary>
public sealed class RollBackRefusalTests
{
    [Fact]
    public void Whoever_is_not_named_may_not() => JobWorld.Waiting().RollBack("carol").Code.ShouldBe("not_allowed");

    [Fact]
    public void Before_anything_was_seen_there_is_nothing_to_roll_back() =>
        new JobWorld().Do(new Wish.RollBack(), look: false).Code.ShouldBe("nothing_to_roll_back");

    [Fact]
    public void What_was_there_first_has_no_way_back() =>
        JobWorld.WithBaseline().RollBack().Code.ShouldBe("nothing_to_roll_back");

    [Fact]
    public void A_path_other_than_the_one_that_was_confirmed_is_stale() =>
        JobWorld.Live().RollBack(announced: RollbackPath.Release).Code.ShouldBe("stale");

    [Fact]
    public void Twice_in_a_hurry_is_once()
    {
        var world = JobWorld.Waiting();
        world.RollBack();

        world.RollBack("olga").Code.ShouldBe("already_done");
        world.Sent.Count.ShouldBe(1);
    }

    [Fact]
    public void What_is_rolled_back_and_waits_for_Git_is_not_rolled_back_again()
    {
        var world = JobWorld.Waiting();
        world.RollBack();
        world.Rollout.Abort(world.Now);
        world.LookAfter(1);
        world.LookAfter(60);

        world.RollBack().Code.ShouldBe("already_done");
    }

    [Fact]
    public void A_release_that_is_about_to_be_replaced_is_not_aborted()
    {
        var world = JobWorld.Waiting();
        world.Rollout.Template(3);

        world.RollBack().Code.ShouldBe("superseded");
        world.Sent.ShouldBeEmpty();
    }

    [Fact]
    public void A_Rollout_that_is_gone_is_not_rolled_back()
    {
        var world = JobWorld.Waiting();
        world.IsGone = true;

        world.RollBack().Code.ShouldBe("rollout_gone");
    }

    [Fact]
    public void A_generation_that_is_not_observed_is_decided_again()
    {
        var world = JobWorld.Waiting();
        world.Rollout.Change(view => view with { Generation = view.Generation + 1 });

        world.RollBack().Code.ShouldBe("conflict");
    }

    [Fact]
    public void An_undo_needs_the_catalogs_leave_and_an_abort_does_not()
    {
        var live = JobWorld.Live();
        live.Environment = live.Environment with { Rollback = new RollbackRules(["platform"], Undo: false) };
        live.RollBack().Code.ShouldBe("git_not_set_up");

        var waiting = JobWorld.Waiting();
        waiting.Environment = live.Environment;
        waiting.RollBack().IsOk.ShouldBeTrue();
    }

    [Fact]
    public void An_undo_of_what_Git_has_paused_would_not_be_acted_on()
    {
        var world = JobWorld.Live();
        world.Rollout.Change(view => view with { SpecPaused = true });

        world.RollBack().Code.ShouldBe("paused_by_hand");
    }

    [Fact]
    public void Canary_and_workloadRef_are_not_rolled_back()
    {
        var world = JobWorld.Waiting();
        world.Rollout.Change(view => view with { HasWorkloadRef = true });
        world.RollBack().Code.ShouldBe("unsupported");
    }
}
