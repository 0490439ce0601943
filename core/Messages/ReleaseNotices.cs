using System.Globalization;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages.Slack;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Messages;

/// <summary>
/// What somebody must know before they act: alarms first, then what stands in the way, then who did what.
/// </summary>
internal static class ReleaseNotices
{
    private const int MostNames = 6;

    public static IEnumerable<string> Lines(ReleaseScene scene) =>
        new[]
        {
            Trouble(scene),
            WithoutApproval(scene),
            ReleaseGitNotice.Line(scene),
            PromotesItself(scene),
            RetryGoesLive(scene),
            Locked(scene),
            Frozen(scene),
            Approvals(scene),
            Promoted(scene),
            RolledBack(scene),
            InstantRollback(scene),
            Superseded(scene),
            Earlier(scene),
        }.OfType<string>();

    public static string? Trouble(ReleaseScene scene) =>
        scene.Job.Trouble.Length > 0
            ? $"🚨 {scene.Bold("Trouble")} {scene.Text(scene.Job.Trouble)}. A promote is refused while this lasts."
            : null;

    public static string? Locked(ReleaseScene scene) =>
        scene.Lock is not { } held || scene.Job.IsFinal ? null
        : held.ExpiresAt is { } until
            ? $"🔒 {scene.Bold("Locked")} by {scene.Name(held.Owner)} until {scene.At(until)}: {scene.Text(held.Reason)}"
        : $"🔒 {scene.Bold("Locked")} by {scene.Name(held.Owner)}: {scene.Text(held.Reason)}";

    public static string? Frozen(ReleaseScene scene) =>
        scene is { IsBeforeEnd: true, Freeze: { } freeze }
            ? $"❄️ {scene.Bold("Frozen")} until {scene.At(freeze.Until)}: {scene.Text(freeze.Reason)}. Rolling back is allowed."
            : null;

    private static string? Earlier(ReleaseScene scene) =>
        scene.Job.EarlierEntries > 0
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"🗄️ {scene.Job.EarlierEntries} earlier entries of its timeline are in the audit."
            )
            : null;

    private static string? WithoutApproval(ReleaseScene scene) =>
        scene.Job is { LiveWithoutApproval: true, Release: not null }
            ? $"⚠️ {scene.Bold("Not approved")} {scene.Text(JobTexts.LiveWithoutApproval(scene.Job))}"
            : null;

    private static string? PromotesItself(ReleaseScene scene)
    {
        if (scene.CountsDown)
        {
            return $"⏱️ {scene.Bold("Policy not enforced")} It {scene.Text(scene.Job.Release![StepName.Verify].Message)}: "
                + "autoPromotionSeconds is set, so approvals count for nothing.";
        }

        var verify = scene.Job.Release?[StepName.Verify].Message;
        return verify is StepTexts.PromotedItself or StepTexts.NoVerification or StepTexts.PauseTakenOut
            ? $"⏱️ {scene.Bold("Policy not enforced")} The Rollout promotes by itself, so nobody approves."
            : null;
    }

    private static string? RetryGoesLive(ReleaseScene scene) =>
        ReleaseCardButtons.CanRetry(scene) && ReleaseCardButtons.FastTrackUntil(scene) is { } until
            ? $"⚠️ {scene.Bold("Retry goes live at once")}, without a pause, until {scene.At(until)}: its pods are still up."
            : null;

    private static string? Approvals(ReleaseScene scene)
    {
        if (scene.Job.Status != JobStatus.AwaitingApproval || scene.IsInconclusive)
        {
            return null;
        }

        var votes = scene.Votes;
        var who = votes.IsEmpty
            ? "nobody yet"
            : string.Join(", ", votes.Take(MostNames).Select(v => scene.Name(v.Actor)));
        var ends =
            scene.Environment.Promote.ExpireAfter is { } life && !votes.IsEmpty
                ? $" (counts until {scene.At(votes.Min(vote => vote.At) + life)})"
                : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"🗳️ {scene.Bold("Approvals")} {votes.Length} of {scene.VotesNeeded}: {who}{ends}"
        );
    }

    private static string? Promoted(ReleaseScene scene)
    {
        if (scene.Job.Promotion is not { } promotion || promotion.Subject.Attempt != scene.Job.Release?.Attempt)
        {
            return null;
        }

        var others = scene
            .Job.Votes.Where(vote => !vote.Actor.IsSameAs(promotion.By))
            .Take(MostNames)
            .Select(vote => scene.Name(vote.Actor))
            .ToList();
        return $"👍 {scene.Bold("Promoted")} by {scene.Name(promotion.By)} at {scene.At(promotion.At)}"
            + (others.Count > 0 ? $", approved by {string.Join(", ", others)}" : "")
            + (promotion.Full ? ", in full: analyses were skipped" : "")
            + (promotion.OverriddenFreeze is { } freeze ? $", in a freeze: {scene.Text(freeze.Reason)}" : "");
    }

    private static string? RolledBack(ReleaseScene scene) =>
        scene.Job.Rollback is { } rollback
            ? $"⏪ {scene.Bold("Rolled back")} by {scene.Name(rollback.By)} at {scene.At(rollback.At)}"
                + (rollback.Reason.Length > 0 ? $": {scene.Text(rollback.Reason)}" : "")
            : null;

    private static string? InstantRollback(ReleaseScene scene) =>
        !scene.Environment.Rollback.Undo
        && !scene.Job.WritesGit
        && scene.Job is { Status: JobStatus.Succeeded, HasLeft: false }
        && scene.Base.Length > 0
            ? $"⏪ {scene.Bold("Roll back")} through Git: the catalog says rollback.undo: false"
        : ReleaseCardButtons.PathOf(scene) is RollbackPath.Undo or RollbackPath.UndoInGit
        && scene.Job.InstantRollbackUntil is { } until
            ? $"⏪ {scene.Bold("Instant rollback")} to {scene.Text(scene.Base)} until {scene.At(until)}"
        : null;

    private static string? Superseded(ReleaseScene scene) =>
        scene.Job.SupersededBy is { } newer ? $"⏭️ {scene.Bold("Look at")} {CardOf(scene, newer)} instead" : null;

    private static string CardOf(ReleaseScene scene, JobId newer)
    {
        var name = $"the card of Job {ReleaseCardFacts.ShortId(newer)}";
        return scene.Markup.Link(scene.Newer?.Link, name);
    }
}
