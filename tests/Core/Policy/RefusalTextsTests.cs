using System.Reflection;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Policy;

namespace Devflow.ChatOps.Tests.Core.Policy;

/// <summary>Each refusal has its code and its sentence.</summary>
public sealed class RefusalTextsTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 30, 8, 0, 0, TimeSpan.FromHours(1));

    private static readonly (Refusal Refusal, string Code, string Sentence)[] All =
    [
        (new Refusal.NotFound("shpo", "shop"), "not_found", "I know no “shpo”; did you mean “shop”?"),
        (
            new Refusal.Ambiguous(["shop staging", "shop production"]),
            "ambiguous",
            "More than one fits: shop staging or shop production; please name one of them."
        ),
        (
            new Refusal.NothingToPromote("shop", "production"),
            "nothing_to_promote",
            "Nothing of shop production waits for approval; look at its status to see where it is."
        ),
        (
            new Refusal.AnalysisRunning("smoke"),
            "analysis_running",
            "The analysis smoke is still running and a promote now would do nothing; try again when it has finished."
        ),
        (
            new Refusal.AutoPromotesAt(At),
            "auto_promotes_at",
            "It promotes itself at 2026-11-30 07:00:00 UTC, so there is nothing to approve; roll back if it must not go live."
        ),
        (
            new Refusal.PausedByHand(),
            "paused_by_hand",
            "The Rollout is paused by spec.paused, which belongs to Git; take that out in Git, then promote."
        ),
        (
            new Refusal.PreviewUnhealthy("CrashLoopBackOff"),
            "preview_unhealthy",
            "The preview is not healthy (CrashLoopBackOff); fix it with a new release, or roll back."
        ),
        (
            new Refusal.Superseded("shop:v5"),
            "superseded",
            "A newer release, shop:v5, has taken its place; look at that one, then decide again."
        ),
        (
            new Refusal.Stale(),
            "stale",
            "This button is from an earlier state of the release; use the buttons on the current card."
        ),
        (
            new Refusal.NotAllowed(PolicyAction.Promote, ["platform", "alice"]),
            "not_allowed",
            "You may not promote here; ask somebody from platform or alice."
        ),
        (
            new Refusal.SelfApproval(AuthorRole.Merger, ["platform"]),
            "self_approval",
            "You merged this release, so somebody else must approve it; ask platform."
        ),
        (
            new Refusal.AuthorUnknown(null),
            "author_unknown",
            "I do not know who made this release, so nobody can approve it; release it from a commit whose author is in the catalog, or roll back."
        ),
        (
            new Refusal.NeedsVotes(1, 3, ["platform", "oncall", "root"]),
            "needs_votes",
            "1 of 3 approvals are in; 2 more must come from platform, oncall or root."
        ),
        (
            new Refusal.Locked("bob", "migration", At),
            "locked",
            "Locked by bob until 2026-11-30 07:00:00 UTC (migration); wait, or ask them to unlock it."
        ),
        (
            new Refusal.FrozenUntil(new Frozen(At, "Europe/Berlin", "weekend"), ["admins"]),
            "frozen_until",
            "Frozen until Mon 2026-11-30 08:00 Europe/Berlin (weekend); wait, or ask admins to promote it with --override and a reason."
        ),
        (new Refusal.Aborted(null), "aborted", "The release was aborted; retry it, or release a new version."),
        (
            new Refusal.RetryTooSoon(13),
            "retry_too_soon",
            "A retry now would go live at once, without a pause; try again in 13 s."
        ),
        (
            new Refusal.NothingToRollBack("shop", "production"),
            "nothing_to_roll_back",
            "shop production has no earlier version that I could go back to; release the version you want."
        ),
        (
            new Refusal.NothingToWithdraw("shop", "production"),
            "nothing_to_withdraw",
            "You have no approval of shop production to take back; look at its status to see who approved."
        ),
        (
            new Refusal.NothingToRetry("shop", "production"),
            "nothing_to_retry",
            "Nothing of shop production has failed or was aborted; look at its status to see where it is."
        ),
        (
            new Refusal.Stuck(7),
            "stuck",
            "I tried this 7 times, failed each time and put it aside; look at the card, and ask an administrator to look into the log and then resume it."
        ),
        (
            new Refusal.NothingStuck("shop", "production"),
            "nothing_stuck",
            "Nothing of shop production is stuck; look at its status to see where it is."
        ),
        (
            new Refusal.Unsupported("a canary strategy"),
            "unsupported",
            "I cannot act on a canary strategy yet; use the Argo Rollouts tools for it."
        ),
        (
            new Refusal.ClusterUnreachable("prod"),
            "cluster_unreachable",
            "The cluster prod does not answer, so nothing was changed; try again in a minute."
        ),
        (
            new Refusal.GitUnreachable("acme/gitops"),
            "git_unreachable",
            "acme/gitops cannot be reached, so Git was not changed; try again in a minute."
        ),
        (
            new Refusal.GitNotSetUp("acme/gitops"),
            "git_not_set_up",
            "I have no GitHub App that may write acme/gitops; revert the commit there, or ask a platform engineer to set one up."
        ),
        (
            new Refusal.NothingToAgree("my-app", "production"),
            "nothing_to_agree",
            "Nothing of my-app production was rolled back or aborted that Git does not know of; look at its status to see where it is."
        ),
        (
            new Refusal.Invalid("too many words", "/promote app [env] [--full]"),
            "invalid",
            "Too many words; write it like this: /promote app [env] [--full]"
        ),
        (
            new Refusal.AlreadyDone("shop production is promoted"),
            "already_done",
            "Nothing to do: shop production is promoted already."
        ),
        (
            new Refusal.Conflict(),
            "conflict",
            "The Rollout kept changing while I tried, so nothing was changed; look at the card and try again."
        ),
        (
            new Refusal.ForbiddenByCluster("prod", "patch rollouts/status in shop"),
            "forbidden_by_cluster",
            "The cluster prod does not let me patch rollouts/status in shop; ask a platform engineer to grant it."
        ),
        (
            new Refusal.RolloutGone("prod", "shop", "shop"),
            "rollout_gone",
            "The Rollout shop/shop is gone from prod; restore it from Git, or take it out of the catalog."
        ),
    ];

    [Theory]
    [InlineData(AuthorGap.NotTold, "GitHub did not tell me yet who made this release")]
    [InlineData(AuthorGap.TooMany, "This release brings more commits than I read")]
    public void Why_authors_may_be_missing_is_said(AuthorGap gap, string beginning) =>
        RefusalTexts.Sentence(new Refusal.AuthorUnknown(null) { Gap = gap }).ShouldStartWith(beginning);

    [Fact]
    public void Every_case_has_its_own_code_and_sentence()
    {
        var cases = typeof(Refusal)
            .GetNestedTypes(BindingFlags.Public)
            .Where(type => type.IsSubclassOf(typeof(Refusal)));

        All.Select(entry => entry.Refusal.GetType().Name).ShouldBe(cases.Select(type => type.Name), ignoreOrder: true);
        All.Select(entry => entry.Refusal.Code).ShouldBe(All.Select(entry => entry.Code));
        All.Select(entry => entry.Code).ShouldBeUnique();
        All.Select(entry => RefusalTexts.Sentence(entry.Refusal)).ShouldBe(All.Select(entry => entry.Sentence));
        All.Select(entry => entry.Sentence).ShouldBeUnique();
    }

    [Fact]
    public void Variants_of_a_case_have_sentences_too()
    {
        Refusal[] variants =
        [
            new Refusal.NotFound("", null),
            new Refusal.NotFound("warehouse", null),
            new Refusal.AnalysisRunning(null),
            new Refusal.AutoPromotesAt(null),
            new Refusal.Superseded(null),
            new Refusal.NotAllowed(PolicyAction.PromoteFull, []),
            new Refusal.AuthorUnknown("A stranger"),
            new Refusal.Locked("bob", "migration", null),
            new Refusal.FrozenUntil(new Frozen(At, "Europe/Berlin", "weekend"), []),
            new Refusal.Aborted("metric failed"),
            new Refusal.Invalid("", null),
            .. Enum.GetValues<PolicyAction>().Select(action => new Refusal.NotAllowed(action, ["platform"])),
            .. Enum.GetValues<Staleness>().Select(of => new Refusal.Stale(of)),
            .. Enum.GetValues<AuthorRole>().Select(role => new Refusal.SelfApproval(role, ["platform"])),
        ];

        variants.Select(RefusalTexts.Sentence).ShouldBeUnique();
        variants
            .Select(RefusalTexts.Sentence)
            .ShouldAllBe(sentence => sentence.Length < 200 && !sentence.Contains('\n'));
    }

    [Fact]
    public void Text_from_outside_can_neither_flood_nor_break_the_line()
    {
        var hostile = "a\r\nb\u0000\u202Ec\t " + new string('x', 100_000);
        Refusal[] refusals =
        [
            new Refusal.NotFound(hostile, hostile),
            new Refusal.Ambiguous([.. Enumerable.Repeat(hostile, 500)]),
            new Refusal.Locked(hostile, hostile, null),
            new Refusal.Invalid(hostile, hostile),
            new Refusal.PreviewUnhealthy(hostile),
        ];
        foreach (var sentence in refusals.Select(RefusalTexts.Sentence))
        {
            sentence.Length.ShouldBeLessThan(2000);
            sentence.ShouldNotContain(letter => char.IsControl(letter) || letter == '\u202E');
        }
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("  a \n\n b\u0007", "a b")]
    [InlineData("12345", "12345")]
    [InlineData("123456", "1234…")]
    [InlineData("1234 6", "1234…")]
    [InlineData("1234  ", "1234")]
    [InlineData("123😀", "123😀")]
    [InlineData("1234😀", "1234…")]
    [InlineData("a\ud800b", "ab")]
    public void Outside_text_is_one_short_line(string text, string line) => OutsideText.Line(text, 5).ShouldBe(line);
}
