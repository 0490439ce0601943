using System.Globalization;
using Devflow.ChatOps.Core.Policy;

namespace Devflow.ChatOps.Core.Messages;

/// <summary>
/// Says a refusal in one line: what is the matter, and what to do next. Plain text that the surface escapes; texts
/// from outside are freed of control characters and cut.
/// </summary>
public static class RefusalTexts
{
    /// <summary>The line for this refusal.</summary>
    public static string Sentence(Refusal refusal) =>
        refusal switch
        {
            Refusal.NotFound { Text: "" } => "The catalog has no app that fits; add it to the catalog first.",
            Refusal.NotFound { Suggestion: { } suggestion } it =>
                $"I know no “{Plain(it.Text)}”; did you mean “{Plain(suggestion)}”?",
            Refusal.NotFound it => $"I know no “{Plain(it.Text)}”; check the name, or add it to the catalog.",
            Refusal.Ambiguous it => $"More than one fits: {Either(it.Candidates)}; please name one of them.",
            Refusal.NothingToPromote it =>
                $"Nothing of {Of(it.App, it.Environment)} waits for approval; look at its status to see where it is.",
            Refusal.AnalysisRunning { Analysis: { } analysis } =>
                $"The analysis {Plain(analysis)} is still running and a promote now would do nothing; try again when it has finished.",
            Refusal.AnalysisRunning =>
                "An analysis is still running and a promote now would do nothing; try again when it has finished.",
            Refusal.AutoPromotesAt { At: { } at } =>
                $"It promotes itself at {Time(at)}, so there is nothing to approve; roll back if it must not go live.",
            Refusal.AutoPromotesAt =>
                "It promotes itself as soon as the preview is ready, so there is nothing to approve; roll back if it must not go live.",
            Refusal.PausedByHand =>
                "The Rollout is paused by spec.paused, which belongs to Git; take that out in Git, then promote.",
            Refusal.PreviewUnhealthy it =>
                $"The preview is not healthy ({Plain(it.Trouble)}); fix it with a new release, or roll back.",
            Refusal.Superseded { Newer: { } newer } =>
                $"A newer release, {Plain(newer)}, has taken its place; look at that one, then decide again.",
            Refusal.Superseded => "A newer release has taken its place; look at that one, then decide again.",
            Refusal.Stale { Of: Staleness.Command } =>
                "I could not get to this in time, so nothing was done; look at the card, and ask again if you still want it.",
            Refusal.Stale { Of: Staleness.Attempt } =>
                "The release is in another attempt since you asked; look at the card, then decide again.",
            Refusal.Stale { Of: Staleness.Patch } =>
                "The cluster did not take it in time, so I gave it up; look at the card, and ask again if you still want it.",
            Refusal.Stale =>
                "This button is from an earlier state of the release; use the buttons on the current card.",
            Refusal.NotAllowed { Account: not SlackAccount.Member } it =>
                $"You may not {Verb(it.Action)} with {Kind(it.Account)}; ask a member of this workspace who may.",
            Refusal.NotAllowed { By.Count: 0 } it =>
                $"Nobody may {Verb(it.Action)} here; ask an administrator to name somebody in the catalog.",
            Refusal.NotAllowed it => $"You may not {Verb(it.Action)} here; ask somebody from {Either(it.By)}.",
            Refusal.SelfApproval it =>
                $"You {Deed(it.Role)} this release, so somebody else must approve it; ask {Either(it.By)}.",
            Refusal.AuthorUnknown { Gap: AuthorGap.NotTold } =>
                "GitHub did not tell me yet who made this release, so nobody can approve it; try again in a minute, and look at the card if that lasts.",
            Refusal.AuthorUnknown { Gap: AuthorGap.TooMany } =>
                "This release brings more commits than I read, so I do not know everybody who made it and nobody can approve it; release it in smaller steps, or roll back.",
            Refusal.AuthorUnknown { Gap: AuthorGap.NoCommit } =>
                "This release was announced without its source commit, so I do not know who made it and nobody can approve it; announce it with the commit, or roll back.",
            Refusal.AuthorUnknown { Gap: AuthorGap.NoGitOpsCommit } =>
                "This release was announced without its commit in the GitOps repository, so I do not know who made that and nobody can approve it; announce it with gitopsCommit, or roll back.",
            Refusal.AuthorUnknown { Gap: AuthorGap.NoBase } =>
                "I do not know which commit was live before, so I do not know everybody who made this release and nobody can approve it; name that commit in the catalog (baseline), or roll back.",
            Refusal.AuthorUnknown { Author: { } author } =>
                $"I cannot tell whether you and the author {Plain(author)} are the same person; add the missing accounts to the catalog, then promote.",
            Refusal.AuthorUnknown =>
                "I do not know who made this release, so nobody can approve it; release it from a commit whose author is in the catalog, or roll back.",
            Refusal.NeedsVotes it => string.Create(
                CultureInfo.InvariantCulture,
                $"{it.Have} of {it.Need} approvals are in; {it.Need - it.Have} more must come from {Either(it.By)}."
            ),
            Refusal.Locked { ExpiresAt: { } end } it =>
                $"Locked by {Plain(it.Owner)} until {Time(end)} ({Plain(it.Reason)}); wait, or ask them to unlock it.",
            Refusal.Locked it => $"Locked by {Plain(it.Owner)} ({Plain(it.Reason)}); ask them to unlock it.",
            Refusal.FrozenUntil { OverrideBy.Count: 0 } it => $"Frozen until {End(it.Freeze)}; promote after that.",
            Refusal.FrozenUntil it =>
                $"Frozen until {End(it.Freeze)}; wait, or ask {Either(it.OverrideBy)} to promote it with --override and a reason.",
            Refusal.Aborted { Reason: { } reason } =>
                $"The release was aborted ({Plain(reason)}); retry it, or release a new version.",
            Refusal.Aborted => "The release was aborted; retry it, or release a new version.",
            Refusal.RetryTooSoon it => string.Create(
                CultureInfo.InvariantCulture,
                $"A retry now would go live at once, without a pause; try again in {it.SecondsLeft} s."
            ),
            Refusal.NothingToRollBack { IsForgotten: true } it =>
                $"The ReplicaSet of the earlier version of {Of(it.App, it.Environment)} is deleted (the Rollout's revisionHistoryLimit), and the catalog names no gitops through which I could bring it back; release the version you want.",
            Refusal.NothingToRollBack it =>
                $"{Of(it.App, it.Environment)} has no earlier version that I could go back to; release the version you want.",
            Refusal.NothingToWithdraw it =>
                $"You have no approval of {Of(it.App, it.Environment)} to take back; look at its status to see who approved.",
            Refusal.NothingToRetry it =>
                $"Nothing of {Of(it.App, it.Environment)} has failed or was aborted; look at its status to see where it is.",
            Refusal.Stuck it => string.Create(
                CultureInfo.InvariantCulture,
                $"I tried this {it.Tries} times, failed each time and put it aside; look at the card, and ask an administrator to look into the log and then resume it."
            ),
            Refusal.NothingStuck it =>
                $"Nothing of {Of(it.App, it.Environment)} is stuck; look at its status to see where it is.",
            Refusal.Unsupported it => $"I cannot act on {Plain(it.What)} yet; use the Argo Rollouts tools for it.",
            Refusal.ClusterUnreachable it =>
                $"The cluster {Plain(it.Cluster)} does not answer, so nothing was changed; try again in a minute.",
            Refusal.GitUnreachable it =>
                $"{Plain(it.Repository)} cannot be reached, so Git was not changed; try again in a minute.",
            Refusal.GitNotSetUp it =>
                $"I have no GitHub App that may write {Plain(it.Repository)}; revert the commit there, or ask a platform engineer to set one up.",
            Refusal.NothingToAgree it =>
                $"Nothing of {Of(it.App, it.Environment)} was rolled back or aborted that Git does not know of; look at its status to see where it is.",
            Refusal.Invalid { Usage: { } usage } it => $"{Sentenced(it.Problem)}; write it like this: {Plain(usage)}",
            Refusal.Invalid it => $"{Sentenced(it.Problem)}; correct it and send it again.",
            Refusal.AlreadyDone it => $"Nothing to do: {Plain(it.What)} already.",
            Refusal.Conflict =>
                "The Rollout kept changing while I tried, so nothing was changed; look at the card and try again.",
            Refusal.ForbiddenByCluster it =>
                $"The cluster {Plain(it.Cluster)} does not let me {Plain(it.Access)}; ask a platform engineer to grant it.",
            Refusal.RolloutGone it =>
                $"The Rollout {Plain(it.Namespace)}/{Plain(it.Rollout)} is gone from {Plain(it.Cluster)}; restore it from Git, or take it out of the catalog.",
            _ => throw new ArgumentOutOfRangeException(nameof(refusal), refusal.Code, "A refusal without a sentence."),
        };

    private static string Verb(PolicyAction action) =>
        action switch
        {
            PolicyAction.Promote => "promote",
            PolicyAction.PromoteFull => "promote past the analyses",
            PolicyAction.Rollback => "roll back",
            PolicyAction.Retry => "retry",
            PolicyAction.Lock => "lock",
            PolicyAction.Unlock => "unlock",
            PolicyAction.Resume => "resume what is stuck",
            PolicyAction.OverrideFreeze => "override the freeze",
            PolicyAction.View => "look at releases",
            _ => throw new ArgumentOutOfRangeException(nameof(action), action, "An action without a verb."),
        };

    private static string Kind(SlackAccount account) =>
        account switch
        {
            SlackAccount.Guest => "a guest's Slack account",
            SlackAccount.Bot => "a bot's Slack account",
            SlackAccount.Deactivated => "a deactivated Slack account",
            SlackAccount.Stranger => "the Slack account of another workspace",
            _ => throw new ArgumentOutOfRangeException(nameof(account), account, "An account that is not refused."),
        };

    private static string Deed(AuthorRole role) =>
        role switch
        {
            AuthorRole.Author => "wrote",
            AuthorRole.Committer => "committed",
            AuthorRole.CoAuthor => "co-authored",
            AuthorRole.Merger => "merged",
            AuthorRole.Requester => "asked for",
            _ => throw new ArgumentOutOfRangeException(nameof(role), role, "A role without a deed."),
        };

    private static string Of(string app, string environment) => $"{Plain(app)} {Plain(environment)}";

    private static string End(Frozen freeze) =>
        $"{freeze.Until.ToString("ddd yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} {Plain(freeze.TimeZone)} ({Plain(freeze.Reason)})";

    private static string Time(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static string Either(IReadOnlyList<string> names)
    {
        const int shown = 8;
        var first = names.Take(shown).Select(Plain).ToList();
        return names.Count > shown
            ? string.Create(CultureInfo.InvariantCulture, $"{string.Join(", ", first)} or {names.Count - shown} others")
            : first switch
            {
                [] => "nobody",
                [var only] => only,
                [.. var rest, var last] => $"{string.Join(", ", rest)} or {last}",
            };
    }

    private static string Plain(string text) => OutsideText.Line(text);

    private static string Sentenced(string problem)
    {
        var line = Plain(problem);
        return line.Length == 0 ? "This cannot be understood" : char.ToUpperInvariant(line[0]) + line[1..];
    }
}
