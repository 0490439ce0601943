using System.Globalization;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Messages.Slack;

/// <summary>
/// What somebody must know before they act: alarms first, then what stands in the way, then who did what. Lines of mrkdwn.
/// </summary>
internal static class ReleaseCardNotices
{
    private const int MostNames = 6;

    public static IEnumerable<string> Lines(ReleaseCardScene scene) =>
        new[]
        {
            Trouble(scene),
            WithoutApproval(scene),
            Git(scene),
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

    public static string? Trouble(ReleaseCardScene scene) =>
        scene.Job.Trouble.Length > 0
            ? $"🚨 *Trouble* {scene.Text(scene.Job.Trouble)}. A promote is refused while this lasts."
            : null;

    public static string? Locked(ReleaseCardScene scene) =>
        scene.Lock is not { } held || scene.Job.IsFinal ? null
        : held.ExpiresAt is { } until
            ? $"🔒 *Locked* by {scene.Name(held.Owner)} until {scene.At(until)}: {scene.Text(held.Reason)}"
        : $"🔒 *Locked* by {scene.Name(held.Owner)}: {scene.Text(held.Reason)}";

    public static string? Frozen(ReleaseCardScene scene) =>
        scene is { IsBeforeEnd: true, Freeze: { } freeze }
            ? $"❄️ *Frozen* until {scene.At(freeze.Until)}: {scene.Text(freeze.Reason)}. Rolling back is allowed."
            : null;

    public static string? Git(ReleaseCardScene scene)
    {
        var job = scene.Job;
        var place = scene.Environment.GitOps is { } git ? $" {scene.Code($"{git.Repository}/{git.Path}")}" : "";
        var version = scene.Text(scene.Version);
        return ReleaseCardWords.GitIsLeft(job)
                ? $"🚨 *Git not written.* The cluster is rolled back, but Git{place} still asks for {version}: "
                    + $"revert its commit there, or {version} comes back."
            : job.Rollback is { Git: GitState.NotWritten } && job.Status == JobStatus.RollingBack
                ? $"⚠️ *Git not written.* Git{place} asks for {version} until its commit is reverted."
            : job is { Status: JobStatus.Failed, Rollback: null, Release.Aborted: true } && place.Length > 0
                ? $"⚠️ *Git* still asks for {version}: revert its commit, retry, or release a fix."
            : null;
    }

    private static string? Earlier(ReleaseCardScene scene) =>
        scene.Job.EarlierEntries > 0
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"🗄️ {scene.Job.EarlierEntries} earlier entries of its timeline are in the audit."
            )
            : null;

    private static string? WithoutApproval(ReleaseCardScene scene) =>
        scene.Job is { LiveWithoutApproval: true, Release: not null }
            ? $"⚠️ *Not approved* {scene.Text(JobTexts.LiveWithoutApproval(scene.Job))}"
            : null;

    private static string? PromotesItself(ReleaseCardScene scene)
    {
        if (scene.CountsDown)
        {
            return $"⏱️ *Policy not enforced* It {scene.Text(scene.Job.Release![StepName.Verify].Message)}: "
                + "autoPromotionSeconds is set, so approvals count for nothing.";
        }

        var verify = scene.Job.Release?[StepName.Verify].Message;
        return verify is StepTexts.PromotedItself or StepTexts.NoVerification or StepTexts.PauseTakenOut
            ? "⏱️ *Policy not enforced* The Rollout promotes by itself, so nobody approves."
            : null;
    }

    private static string? RetryGoesLive(ReleaseCardScene scene) =>
        ReleaseCardButtons.CanRetry(scene) && ReleaseCardButtons.FastTrackUntil(scene) is { } until
            ? $"⚠️ *Retry goes live at once*, without a pause, until {scene.At(until)}: its pods are still up."
            : null;

    private static string? Approvals(ReleaseCardScene scene)
    {
        if (scene.Job.Status != JobStatus.AwaitingApproval || scene.IsInconclusive)
        {
            return null;
        }

        var votes = scene.Votes;
        var who = votes.IsEmpty
            ? "nobody yet"
            : string.Join(", ", votes.Take(MostNames).Select(v => scene.Name(v.Actor)));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"🗳️ *Approvals* {votes.Length} of {scene.VotesNeeded}: {who}"
        );
    }

    private static string? Promoted(ReleaseCardScene scene)
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
        return $"👍 *Promoted* by {scene.Name(promotion.By)} at {scene.At(promotion.At)}"
            + (others.Count > 0 ? $", approved by {string.Join(", ", others)}" : "")
            + (promotion.Full ? ", in full: analyses were skipped" : "")
            + (promotion.OverriddenFreeze is { } freeze ? $", in a freeze: {scene.Text(freeze.Reason)}" : "");
    }

    private static string? RolledBack(ReleaseCardScene scene) =>
        scene.Job.Rollback is { } rollback
            ? $"⏪ *Rolled back* by {scene.Name(rollback.By)} at {scene.At(rollback.At)}"
                + (rollback.Reason.Length > 0 ? $": {scene.Text(rollback.Reason)}" : "")
            : null;

    private static string? InstantRollback(ReleaseCardScene scene) =>
        !scene.Environment.Rollback.Undo
        && scene.Job is { Status: JobStatus.Succeeded, HasLeft: false }
        && scene.Base.Length > 0
            ? "⏪ *Roll back* through Git: the catalog says rollback.undo: false"
        : ReleaseCardButtons.PathOf(scene) == RollbackPath.Undo && scene.Job.InstantRollbackUntil is { } until
            ? $"⏪ *Instant rollback* to {scene.Text(scene.Base)} until {scene.At(until)}"
        : null;

    private static string? Superseded(ReleaseCardScene scene) =>
        scene.Job.SupersededBy is { } newer ? $"⏭️ *Look at* {CardOf(newer, scene.Newer)} instead" : null;

    private static string CardOf(JobId newer, SlackCard? card)
    {
        var name = $"the card of Job {ReleaseCardFacts.ShortId(newer)}";
        return card?.Link is { } link ? Mrkdwn.Link(link, name) : name;
    }
}
