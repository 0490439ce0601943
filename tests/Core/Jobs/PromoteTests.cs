using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Tests.Core.Jobs;

/// <summary>A promote goes through once, with its precondition; one that would do nothing is refused with the reason.</summary>
public sealed class PromoteTests
{
    private readonly JobWorld world = JobWorld.Waiting();

    [Fact]
    public void A_promote_lifts_the_pause_that_was_seen()
    {
        var pause = world.Rollout.View.PauseConditions[0].StartTime;

        var outcome = world.Promote();

        outcome.IsOk.ShouldBeTrue();
        outcome.Text.ShouldBe("alice promoted 1.2.0.");
        var patch = world.Sent.ShouldHaveSingleItem().ShouldBeOfType<RolloutPatch.Promote>();
        patch.PauseStart.ShouldBe(pause);
        patch.Hash.ShouldBe(FakeRollout.Hash(2));
        patch.Uid.ShouldBe("uid-1");
        patch.ResourceVersion.ShouldBe(world.Seen.Rollout!.ResourceVersion);
        world.Current.Promotion!.By.PersonName.ShouldBe("alice");
    }

    [Fact]
    public void The_intent_to_patch_is_saved_with_the_decision()
    {
        world.HoldsPatches = true;

        world.Promote();

        var entry = world.Current.Outbox.ShouldHaveSingleItem();
        entry.Effect.ShouldBeOfType<Effect.PatchRollout>();
        entry.AttemptingUntil!.Value.ShouldBeGreaterThan(world.Now);
    }

    [Fact]
    public void The_same_command_again_does_nothing()
    {
        world.Do(new Wish.Promote(), key: "trigger-1");
        world.Rollout.Pause(world.Now.AddSeconds(1));

        var again = world.Do(new Wish.Promote(), key: "trigger-1");

        again.IsOk.ShouldBeTrue();
        again.Text.ShouldBe("alice promoted 1.2.0.");
        world.Sent.Count.ShouldBe(1);
    }

    [Fact]
    public void The_same_command_again_does_nothing_when_another_Job_has_become_current()
    {
        world.Do(new Wish.Promote(), key: "trigger-1");
        world.GoLive();
        world.Rollout.Release(3);
        world.LookAfter(60);

        world.Do(new Wish.Promote(), key: "trigger-1").Text.ShouldBe("alice promoted 1.2.0.");
        world.Sent.Count.ShouldBe(1);
    }

    [Fact]
    public void The_release_completes_after_a_promote()
    {
        world.Promote();

        world.GoLive();

        world.Current.Status.ShouldBe(JobStatus.Succeeded);
        world.Current.InstantRollbackUntil.ShouldNotBeNull();
        world.Current.LiveWithoutApproval.ShouldBeFalse();
    }

    [Fact]
    public void A_full_promote_needs_its_own_right()
    {
        world.Promote("alice", full: true).Code.ShouldBe("not_allowed");

        var outcome = world.Promote("root", full: true);

        outcome.Text.ShouldBe("root promoted 1.2.0 in full; analyses are skipped.");
        world.Sent.ShouldHaveSingleItem().ShouldBeOfType<RolloutPatch.PromoteFull>();
    }

    [Fact]
    public void Before_anything_was_seen_there_is_nothing_to_promote() =>
        new JobWorld().Do(new Wish.Promote(), look: false).Code.ShouldBe("nothing_to_promote");

    [Fact]
    public void What_is_live_already_is_not_promoted()
    {
        world.Promote();
        world.GoLive();

        world.Promote().Code.ShouldBe("nothing_to_promote");
    }

    [Fact]
    public void A_preview_that_is_not_ready_is_not_promoted()
    {
        var starting = JobWorld.WithRelease();
        starting.Now = starting.Now.AddSeconds(15);

        starting.Promote().Code.ShouldBe("nothing_to_promote");
    }

    [Fact]
    public void A_running_analysis_is_waited_for()
    {
        world.Rollout.Change(view =>
            view with
            {
                BlueGreen = view.BlueGreen! with { HasPrePromotionAnalysis = true },
                PauseConditions = [],
                ControllerPause = false,
                PrePromotionAnalysis = new AnalysisStatus("smoke", "Running", ""),
            }
        );

        var outcome = world.Promote();

        outcome.Code.ShouldBe("analysis_running");
        outcome.Text.ShouldContain("smoke");
    }

    [Fact]
    public void An_inconclusive_analysis_runs_again_and_that_is_no_approval()
    {
        world.Rollout.Change(view =>
            view with
            {
                BlueGreen = view.BlueGreen! with { HasPrePromotionAnalysis = true },
                PrePromotionAnalysis = new AnalysisStatus("smoke", "Inconclusive", "cannot tell"),
                PauseConditions = [new PauseCondition(PauseCondition.InconclusiveAnalysisRun, JobWorld.Noon)],
            }
        );

        var outcome = world.Promote();

        outcome.Text.ShouldBe("The analysis of 1.2.0 runs again; it was inconclusive.");
        world.Sent.ShouldHaveSingleItem().ShouldBeOfType<RolloutPatch.Promote>();
        world.Current.Promotion.ShouldBeNull();
    }

    [Fact]
    public void A_release_that_promotes_itself_says_when()
    {
        var start = world.Now;
        world.Rollout.Change(view =>
            view with
            {
                BlueGreen = view.BlueGreen! with { AutoPromotionEnabled = true, AutoPromotionSeconds = 600 },
                PauseConditions = [new PauseCondition(PauseCondition.BlueGreenPause, start)],
            }
        );

        var outcome = world.Promote();

        outcome.Code.ShouldBe("auto_promotes_at");
        outcome.Text.ShouldContain($"{start.AddSeconds(600).UtcDateTime:HH:mm:ss}");
        world.Current.Status.ShouldBe(JobStatus.Running);
    }

    [Fact]
    public void What_Git_has_paused_is_not_promoted()
    {
        world.Rollout.Change(view => view with { SpecPaused = true });

        world.Promote().Code.ShouldBe("paused_by_hand");
    }

    [Fact]
    public void A_preview_that_crashes_is_not_promoted()
    {
        world.Rollout.Troubles = [new PodTrouble("shop-hash2-x", FakeRollout.Hash(2), "CrashLoopBackOff", "exit 1")];

        var outcome = world.Promote();

        outcome.Code.ShouldBe("preview_unhealthy");
        outcome.Text.ShouldContain("CrashLoopBackOff: exit 1");
        world.Current.Status.ShouldBe(JobStatus.AwaitingApproval);
    }

    [Fact]
    public void An_aborted_release_is_not_promoted()
    {
        world.Rollout.Abort(world.Now);

        world.Promote().Code.ShouldBe("aborted");
        world.Promote("root", full: true).Code.ShouldBe("aborted");
    }

    [Fact]
    public void What_somebody_rolls_back_is_not_promoted_even_when_the_abort_has_not_arrived()
    {
        world.HoldsPatches = true;
        world.RollBack("olga").IsOk.ShouldBeTrue();

        var outcome = world.Promote("bob");

        outcome.Code.ShouldBe("aborted");
        outcome.Text.ShouldContain("somebody rolls it back");
    }

    [Fact]
    public void A_promote_that_is_being_acted_on_is_not_repeated()
    {
        world.Promote();
        world.Rollout.Unpause();

        world.Promote("bob").Code.ShouldBe("already_done");
        world.Sent.Count.ShouldBe(1);
    }

    [Fact]
    public void A_full_promote_gets_a_swallowed_one_going()
    {
        world.Promote();
        world.Rollout.Unpause();

        world.Promote("root", full: true).IsOk.ShouldBeTrue();

        world.Sent[^1].ShouldBeOfType<RolloutPatch.PromoteFull>();
    }

    [Fact]
    public void In_the_moment_in_which_a_newer_template_arrives_nothing_is_promoted()
    {
        world.Rollout.Template(3);

        var outcome = world.Promote();

        outcome.Code.ShouldBe("superseded");
        outcome.Text.ShouldContain("1.3.0");
        world.Sent.ShouldBeEmpty();
    }

    [Fact]
    public void A_generation_that_is_not_observed_is_decided_again()
    {
        world.Look();
        world.Rollout.Change(view => view with { Generation = view.Generation + 1 });

        world.Promote().Code.ShouldBe("conflict");
    }

    [Fact]
    public void A_Rollout_that_was_made_anew_is_not_promoted()
    {
        world.Rollout.Change(view => view with { Uid = "uid-2" });

        world.Promote(look: false).Code.ShouldBe("superseded");
    }

    [Fact]
    public void A_Rollout_that_is_gone_is_not_promoted()
    {
        world.IsGone = true;

        world.Promote().Code.ShouldBe("rollout_gone");
    }

    [Fact]
    public void Canary_and_workloadRef_are_not_promoted()
    {
        world.Look();
        world.Rollout.Change(view => view with { HasWorkloadRef = true });
        world.Promote(look: false).Code.ShouldBe("unsupported");

        world.Rollout.Change(view => view with { HasWorkloadRef = false, BlueGreen = null });
        world.Promote(look: false).Code.ShouldBe("unsupported");
    }

    [Fact]
    public void Whoever_is_not_named_may_not() => world.Promote("carol").Code.ShouldBe("not_allowed");
}
