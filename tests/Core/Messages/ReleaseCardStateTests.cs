using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Rollouts;
using static Devflow.ChatOps.Tests.Core.Messages.CardWorld;

namespace Devflow.ChatOps.Tests.Core.Messages;

/// <summary>What is special about each state: title, headline, notices and buttons.</summary>
public sealed class ReleaseCardStateTests
{
    private const string Abort =
        "my-app production: from v2 to v1. How: abort the update; the old version keeps the traffic.";

    [Fact]
    public void A_countdown_says_that_it_promotes_itself_and_that_nobody_approves()
    {
        var at = StepTexts.CountingDown(Now, 90);
        var card = Card(At(StepName.Verify, StepStatus.Waiting, at, JobStatus.Running).WithVote("alice"));
        Top(card)
            .ShouldBe([
                "# 🚀 my-app · production · v2 · about to promote itself",
                "*It promotes itself at 12:01:30 UTC; roll back if it must not go live.*",
                "⏱️ *Policy not enforced* It promotes itself at 12:01:30 UTC: autoPromotionSeconds is set, so approvals count for nothing.",
            ]);
        MessageText.Buttons(card).ShouldBe(["Roll back", "Open production"]);
    }

    [Fact]
    public void A_release_that_went_live_by_itself_tells_that_policy_was_not_enforced()
    {
        var live = Succeeded;
        var verify = live.Release![StepName.Verify] with { Message = StepTexts.PromotedItself };
        var steps = live.Release.Steps.SetItem((int)StepName.Verify, verify);
        Top(Card(live with { Promotion = null, Release = live.Release with { Steps = steps } }))
            .ShouldContain("⏱️ *Policy not enforced* The Rollout promotes by itself, so nobody approves.");
    }

    [Fact]
    public void A_failed_analysis_before_the_switch_leaves_the_traffic_where_it_was()
    {
        var job = At(StepName.Verify, StepStatus.Failed, "analysis Failed: error-rate 7 > 5", JobStatus.Failed);
        var card = Card(job);
        Top(card)
            .ShouldBe([
                "# ❌ my-app · production · v2 · failed",
                "*Verify failed: analysis Failed: error-rate 7 &gt; 5. v1 keeps the traffic.*",
            ]);
        // Nothing was aborted yet, so there is nothing to retry.
        MessageText.Buttons(card).ShouldBe(["Roll back", "Open production"]);
        MessageText.Question(card, "Roll back").ShouldBe(Abort);
    }

    [Fact]
    public void A_failed_analysis_after_the_switch_says_who_has_the_traffic_now()
    {
        var job = At(StepName.PostVerify, StepStatus.Failed, "analysis Failed", JobStatus.Failed);
        var switched = job.Release![StepName.PromoteSwitch] with { Message = StepTexts.SwitchedBack };
        var back = job with
        {
            Release = job.Release with
            {
                Aborted = true,
                Steps = job.Release.Steps.SetItem((int)StepName.PromoteSwitch, switched),
            },
        };
        Top(Card(job))[1].ShouldBe("*Post verify failed: analysis Failed. v2 has the traffic: roll back now.*");
        Top(Card(back))[1]
            .ShouldBe("*Post verify failed: analysis Failed. Argo Rollouts switched the traffic back to v1.*");
        MessageText.Buttons(Card(back)).ShouldBe(["Roll back", "Retry", "Open production"]);
    }

    [Fact]
    public void A_retry_after_the_delay_warns_of_nothing()
    {
        var card = Card(Aborted with { RetryGoesLiveUntil = Now });
        MessageText.Lines(card, "⚠️ *Retry").ShouldBeEmpty();
        MessageText
            .Question(card, "Retry")
            .ShouldBe(
                "my-app production: v2 is tried again, as attempt 2. It starts over with the preview; approvals count anew."
            );
    }

    [Fact]
    public void A_preview_in_trouble_cannot_be_promoted()
    {
        var card = Card(Awaiting with { Trouble = "CrashLoopBackOff: back-off restarting failed container" });
        Top(card)
            .ShouldBe([
                "# 🚨 my-app · production · v2 · preview in trouble",
                "*The preview is in trouble and cannot be promoted: fix it with a new release, or roll back.*",
                "🚨 *Trouble* CrashLoopBackOff: back-off restarting failed container. A promote is refused while this lasts.",
                "🗳️ *Approvals* 0 of 2: nobody yet",
            ]);
        MessageText.Buttons(card).ShouldBe(["Roll back", "Open production"]);
    }

    [Fact]
    public void Approvals_that_have_expired_or_are_of_another_attempt_do_not_count()
    {
        var target = With(it => it with { Promote = it.Promote with { ExpireAfter = TimeSpan.FromMinutes(2) } });
        MessageText
            .Lines(Card(Awaiting.WithVote("alice"), target), "🗳️")
            .ShouldBe(["🗳️ *Approvals* 0 of 2: nobody yet"]);
        var retried = Awaiting.WithVote("alice");
        MessageText
            .Lines(Card(retried with { Release = retried.Release! with { Attempt = 2 } }), "🗳️")
            .ShouldBe(["🗳️ *Approvals* 0 of 2: nobody yet"]);
    }

    [Fact]
    public void An_inconclusive_analysis_is_run_again_by_a_promote()
    {
        var card = Card(
            At(StepName.Verify, StepStatus.Waiting, StepTexts.Inconclusive(null), JobStatus.AwaitingApproval)
        );
        Top(card)
            .ShouldBe([
                "# ✋ my-app · production · v2 · waiting for approval",
                "*The analysis was inconclusive: look at its numbers, then promote to run it again, or roll back.*",
            ]);
        MessageText
            .Question(card, "Promote (run analysis again)")
            .ShouldBe(
                "my-app production: The analysis of v2 runs again. It needs 2 approvals and has 0; yours is one."
            );
    }

    [Fact]
    public void What_is_paused_by_hand_has_no_button_to_promote()
    {
        var text = StepTexts.AwaitingApproval(pausedByHand: true, null);
        var card = Card(At(StepName.Verify, StepStatus.Waiting, text, JobStatus.AwaitingApproval));
        Top(card)[1].ShouldBe("*Paused by hand (spec.paused): take that out in Git, then promote.*");
        MessageText.Buttons(card).ShouldBe(["Roll back", "Open production"]);
    }

    [Fact]
    public void A_lock_and_a_freeze_are_shown_and_the_question_warns_of_them()
    {
        var held = new ReleaseLock(
            "my-app",
            "production",
            "migration",
            Person("bob"),
            Now.AddHours(-1),
            Now.AddHours(1)
        );
        var frozen = Awaiting with { Freeze = Freeze };
        var locked = Card(Awaiting with { Lock = held });
        MessageText.Lines(locked, "🔒").ShouldBe(["🔒 *Locked* by bob until 13:00:00: migration"]);
        MessageText.Question(locked, "Promote").ShouldEndWith("yours is one. It is locked now: this will be refused.");
        MessageText.Lines(Card(Awaiting with { Lock = held with { ExpiresAt = Now } }), "🔒").ShouldBeEmpty();
        MessageText
            .Lines(Card(frozen), "❄️")
            .ShouldBe(["❄️ *Frozen* until Nov 26 00:00: black friday. Rolling back is allowed."]);
        MessageText.Question(Card(frozen), "Promote").ShouldEndWith("It is frozen now: this will be refused.");
        MessageText.Lines(Card(frozen with { Freeze = Freeze with { Until = Now } }), "❄️").ShouldBeEmpty();
        MessageText.Lines(Card(Succeeded with { Freeze = Freeze }), "❄️").ShouldBeEmpty();
    }

    [Fact]
    public void The_release_of_an_old_version_waits_for_those_who_may_roll_back_and_for_no_freeze()
    {
        var card = Card(Awaiting with { Source = JobSource.Rollback, RollbackOf = OtherId, Request = null });
        Top(card)
            .ShouldBe([
                "# ✋ my-app · production · v2 · waiting for approval",
                "*The preview is ready. platform or oncall must approve; v1 keeps the traffic until then.*",
                "🗳️ *Approvals* 0 of 1: nobody yet",
            ]);
        MessageText
            .Lines(card, "*Source*")
            .ShouldBe(["*Source* none: this releases an earlier version again, to roll back Job 000000b2"]);
    }

    [Fact]
    public void After_the_instant_window_a_rollback_is_a_release()
    {
        var card = Card(Succeeded.UndoableUntil(Now));
        MessageText.Lines(card, "⏪").ShouldBeEmpty();
        MessageText
            .Question(card, "Roll back")
            .ShouldBe(
                "my-app production: from v2 to v1. How: release the old version again; it pauses for approval before it takes over."
            );
    }

    [Fact]
    public void Where_the_catalog_forbids_the_undo_a_live_release_is_rolled_back_through_Git()
    {
        var target = With(it => it with { Rollback = it.Rollback with { Undo = false } });
        var card = Card(Succeeded.UndoableUntil(Now.AddSeconds(30)), target);
        MessageText.Lines(card, "⏪").ShouldBe(["⏪ *Roll back* through Git: the catalog says rollback.undo: false"]);
        MessageText.Buttons(card).ShouldBe(["Open production"]);
        // An abort patches only the status: it stays.
        MessageText.Buttons(Card(Awaiting, target)).ShouldBe(["Promote", "Roll back", "Open production"]);
    }

    [Fact]
    public void A_release_that_went_live_without_approval_is_told()
    {
        var card = Card(Succeeded with { LiveWithoutApproval = true, Promotion = null });
        Top(card)
            .ShouldBe([
                "# ⚠️ my-app · production · v2 · live",
                "*v2 is live and stable.*",
                "⚠️ *Not approved* v2 went live without approval: it was promoted outside of Devflow (kubectl, Argo CD or an ended analysis).",
            ]);
    }

    [Fact]
    public void Where_nobody_looked_before_the_switch_the_card_does_not_say_how_it_went_live()
    {
        var job = Succeeded with { LiveWithoutApproval = true, Promotion = null };
        Top(Card(job with { Release = job.Release! with { PauseIsUnknown = true } }))[2]
            .ShouldBe(
                "⚠️ *Not approved* v2 went live without approval, while Devflow did not look: it was promoted outside of Devflow, or Argo Rollouts switched without a pause."
            );
    }

    [Fact]
    public void A_promote_past_the_analyses_and_a_freeze_is_told_with_all_who_approved()
    {
        var live = Succeeded;
        var freeze = new FreezeOverride("customers are waiting", new Frozen(Now.AddHours(1), "UTC", "weekend"));
        var card = Card(
            (live with { Promotion = live.Promotion! with { Full = true, OverriddenFreeze = freeze } })
                .WithVote("bob")
                .WithVote("alice")
        );
        MessageText
            .Lines(card, "👍")
            .ShouldBe([
                "👍 *Promoted* by alice at 11:52:00, approved by bob, in full: analyses were skipped, in a freeze: customers are waiting",
            ]);
    }

    [Fact]
    public void While_it_is_rolled_back_the_path_is_named_and_nothing_can_be_pressed()
    {
        var card = Card(RollingBack(Succeeded, RollbackPath.Undo));
        Top(card)
            .ShouldBe([
                "# ⏪ my-app · production · v2 · rolling back",
                "*Rolling back to v1: undo; the old version is still up and takes over at once.*",
                "⚠️ *Git not written.* Git `acme/gitops/apps/my-app` asks for v2 until its commit is reverted.",
                "👍 *Promoted* by alice at 11:52:00",
                "⏪ *Rolled back* by bob at 11:58:00: errors since 11:50",
            ]);
        MessageText.Buttons(card).ShouldBe(["Open production"]);
    }

    public static TheoryData<JobStatus, string, string> Ends =>
        new()
        {
            { JobStatus.RolledBack, "# ↩️ my-app · production · v2 · rolled back", "Rolled back to v1." },
            { JobStatus.Superseded, "# ⏭️ my-app · production · v2 · superseded", "Superseded by v3." },
            { JobStatus.Cancelled, "# 🚫 my-app · production · v2 · cancelled", "Withdrawn: the Rollout went back." },
            { JobStatus.NoChange, "# ℹ️ my-app · production · v2 · nothing changed", JobTexts.NoChange },
        };

    [Theory]
    [MemberData(nameof(Ends))]
    public void What_is_over_says_how_it_ended_and_has_no_buttons_that_act(
        JobStatus status,
        string title,
        string message
    )
    {
        var card = Card(Awaiting.WithVote("alice") with { Status = status, Message = message });
        Top(card).ShouldBe([title, $"*{message}*"]);
        MessageText.Buttons(card).ShouldBe(["Open production"]);
        MessageText
            .Lines(card, "⏹️ *Verify*")
            .ShouldHaveSingleItem()
            .ShouldContain("ended here, at: waiting for approval");
        MessageText.Lines(card, "✋").ShouldBeEmpty();
    }

    [Fact]
    public void A_superseded_release_links_to_the_card_that_took_its_place_once_there_is_one()
    {
        var superseded = Awaiting with { Status = JobStatus.Superseded, SupersededBy = OtherId };
        SlackCard newer = new() { Channel = "C0RELEASES", Ts = "1732536000.000200" };

        newer.Link.ShouldBe(new Uri("https://slack.com/archives/C0RELEASES/p1732536000000200"));
        LookAt(newer).ShouldBe([$"⏭️ *Look at* the card of Job 000000b2 ({newer.Link}) instead"]);
        LookAt(null).ShouldBe(["⏭️ *Look at* the card of Job 000000b2 instead"]);
        LookAt(newer with { Ts = null }).ShouldBe(["⏭️ *Look at* the card of Job 000000b2 instead"]);
        LookAt(newer with { Channel = "../x" }).ShouldBe(["⏭️ *Look at* the card of Job 000000b2 instead"]);

        IEnumerable<string> LookAt(SlackCard? card) => MessageText.Lines(Card(superseded, newer: card), "⏭️ *Look");
    }

    [Fact]
    public void A_live_release_that_another_one_has_replaced_cannot_be_rolled_back()
    {
        var card = Card(Succeeded with { HasLeft = true });
        Top(card)[..2]
            .ShouldBe([
                "# ✅ my-app · production · v2 · was live",
                "*v2 was live and stable; another release has taken its place.*",
            ]);
        MessageText.Buttons(card).ShouldBe(["Open production"]);
    }

    public static TheoryData<JobStatus, string, string, string> BeforeTheCluster =>
        new()
        {
            {
                JobStatus.Syncing,
                JobTexts.ArgoIsSyncing,
                "# 🔄 my-app · production · v2 · syncing",
                "🔄 *Applied* · Argo CD is syncing."
            },
            {
                JobStatus.SyncFailed,
                "Nothing was synced for 15 min; look at the Application in Argo CD.",
                "# ❌ my-app · production · v2 · sync failed",
                "❌ *Applied* · Nothing was synced for 15 min; look at the Application in Argo CD."
            },
            {
                JobStatus.NoChange,
                JobTexts.NoChange,
                "# ℹ️ my-app · production · v2 · nothing changed",
                "✅ *Applied* · Synced, and nothing changed: the cluster runs this already."
            },
        };

    [Theory]
    [MemberData(nameof(BeforeTheCluster))]
    public void Before_it_is_in_the_cluster_the_first_step_tells_how_the_sync_goes(
        JobStatus status,
        string message,
        string title,
        string applied
    )
    {
        var card = Card(Registered(status, message));
        Top(card).ShouldBe([title, $"*{message}*"]);
        MessageText.Of(card).Split('\n').ShouldContain(applied);
        MessageText.Buttons(card).ShouldBe(["Open production"]);
    }

    /// <summary>The lines above the steps.</summary>
    private static string[] Top(Devflow.ChatOps.Core.Ports.SlackMessage card) =>
        [.. MessageText.Of(card).Split('\n').TakeWhile(line => !line.Contains("*Applied*", StringComparison.Ordinal))];
}
