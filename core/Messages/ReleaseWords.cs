using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages.Slack;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Messages;

/// <summary>The words and signs of a card: status, headline, steps.</summary>
internal static class ReleaseWords
{
    /// <summary>Emoji as characters: names of emoji would need a workspace that has not renamed them.</summary>
    public static string Sign(Job job) =>
        job.Status switch
        {
            JobStatus.Pending => "⚪",
            JobStatus.Syncing => "🔄",
            JobStatus.Running => "🚀",
            JobStatus.AwaitingApproval => job.Trouble.Length > 0 ? "🚨" : "✋",
            JobStatus.Failed or JobStatus.SyncFailed => "❌",
            JobStatus.Succeeded => job.LiveWithoutApproval ? "⚠️" : "✅",
            JobStatus.RollingBack => GitIsLeft(job) ? "🚨" : "⏪",
            JobStatus.RolledBack => "↩️",
            JobStatus.Superseded => "⏭️",
            JobStatus.Cancelled => "🚫",
            _ => "ℹ️",
        };

    /// <summary>The status in a few words, plain text.</summary>
    public static string Status(ReleaseScene scene) => scene.CountsDown ? "about to promote itself" : Status(scene.Job);

    /// <summary>The same from the Job alone.</summary>
    public static string Status(Job job) =>
        job.Status switch
        {
            JobStatus.Pending => "registered",
            JobStatus.Syncing => "syncing",
            JobStatus.Running => "in progress",
            JobStatus.AwaitingApproval => job.Trouble.Length > 0 ? "preview in trouble" : "waiting for approval",
            JobStatus.Failed => "failed",
            JobStatus.SyncFailed => "sync failed",
            JobStatus.Succeeded => job.HasLeft ? "was live" : "live",
            JobStatus.RollingBack when GitIsLeft(job) => job.Rollback!.Git == GitState.Proposed
                ? "rolled back, Git pending"
                : "rolled back, Git not written",
            JobStatus.RollingBack when job.Rollback is { ClusterDone: true, Git: GitState.Overtaken } =>
                "rolled back, Git asks for another version",
            JobStatus.RollingBack => "rolling back",
            JobStatus.RolledBack => "rolled back",
            JobStatus.Superseded => "superseded",
            JobStatus.Cancelled => "cancelled",
            _ => "nothing changed",
        };

    /// <summary>What is happening, or what is waited for, in a sentence or two. Plain text.</summary>
    public static string Headline(ReleaseScene scene)
    {
        var job = scene.Job;
        return job.Status switch
        {
            JobStatus.Running => Running(scene),
            JobStatus.AwaitingApproval => Awaiting(scene),
            JobStatus.Failed => Failed(scene),
            JobStatus.Succeeded when job.HasLeft =>
                $"{scene.Version} was live and stable; another release has taken its place.",
            JobStatus.Succeeded => $"{scene.Version} is live and stable.",
            JobStatus.RollingBack when job.Rollback is { ClusterDone: true } =>
                $"The cluster is back on {scene.RollbackTarget}.",
            JobStatus.RollingBack when job.Rollback is { } rollback =>
                $"Rolling back to {scene.RollbackTarget}: {JobTexts.Path(rollback.Path)}.",
            JobStatus.Pending when job.Message.Length == 0 => JobTexts.WaitsForArgo,
            _ => Sentence(job.Message, scene.Longest),
        };
    }

    /// <summary>One line for each of the six steps, mrkdwn.</summary>
    public static IEnumerable<string> Steps(ReleaseScene scene) =>
        scene.Job.Steps.Select(step =>
            $"{Sign(scene.Job, step)} *{JobTexts.StepLabel(step.Name)}*"
            + (Said(scene.Job, step) is { Length: > 0 } said ? $" · {scene.Text(said)}" : "")
            + (step.Since is { } since && step.Status != StepStatus.Pending ? $" · {scene.At(since)}" : "")
        );

    /// <summary>Git still asks for what the cluster was rolled back from.</summary>
    public static bool GitIsLeft(Job job) =>
        job.Rollback is { ClusterDone: true, Git: GitState.NotWritten or GitState.Proposed };

    /// <summary>A step's sign; in a Job that is over, nothing moves or waits any more.</summary>
    public static string Sign(Job job, Step step) =>
        step.Status switch
        {
            StepStatus.Running or StepStatus.Waiting when job.IsFinal => "⏹️",
            StepStatus.Pending => "⚪",
            StepStatus.Running => "🔄",
            StepStatus.Waiting => "✋",
            StepStatus.Succeeded => "✅",
            StepStatus.Failed => "❌",
            _ => "⏭️",
        };

    /// <summary>What is said of a step; the one at which a Job ended keeps what it was at.</summary>
    public static string Said(Job job, Step step) =>
        job.IsFinal && step is { Status: StepStatus.Running or StepStatus.Waiting, Message.Length: > 0 }
            ? JobTexts.EndedHere(step.Message)
            : step.Message;

    private static string Running(ReleaseScene scene)
    {
        var step = scene.Job.Steps.LastOrDefault(it => it.Status is StepStatus.Running or StepStatus.Waiting);
        return scene.CountsDown ? $"It {Phrase(step!.Message, scene.Longest)}; roll back if it must not go live."
            : step is null ? Sentence(scene.Job.Message, scene.Longest)
            : Sentence($"{JobTexts.StepLabel(step.Name)}: {step.Message}", scene.Longest);
    }

    private static string Awaiting(ReleaseScene scene)
    {
        var keeps = scene.Base.Length > 0 ? $"; {scene.Base} keeps the traffic until then" : "";
        return scene.Job.Trouble.Length > 0
                ? "The preview is in trouble and cannot be promoted: fix it with a new release, or roll back."
            : scene.IsPausedByHand ? "Paused by hand (spec.paused): take that out in Git, then promote."
            : scene.IsInconclusive
                ? "The analysis was inconclusive: look at its numbers, then promote to run it again, or roll back."
            : $"The preview is ready. {ReleaseScene.Either(scene.Approvers)} must approve{keeps}.";
    }

    private static string Failed(ReleaseScene scene)
    {
        var failed = scene.Job.Steps.FirstOrDefault(step => step.Status == StepStatus.Failed);
        if (failed is null)
        {
            return Sentence(scene.Job.Message, scene.Longest);
        }

        var what = Sentence($"{JobTexts.StepLabel(failed.Name)} failed: {failed.Message}", scene.Longest);
        var switched = scene.Job.Steps[(int)StepName.PromoteSwitch];
        var traffic =
            scene.Base.Length == 0 ? ""
            : switched.Message == StepTexts.SwitchedBack ? $" Argo Rollouts switched the traffic back to {scene.Base}."
            : switched.Status != StepStatus.Succeeded ? $" {scene.Base} keeps the traffic."
            : $" {scene.Version} has the traffic: roll back now.";
        return what + traffic;
    }

    private static string Sentence(string text, int longest)
    {
        var phrase = Phrase(text, longest);
        return phrase.Length == 0
            ? ""
            : char.ToUpperInvariant(phrase[0]) + phrase[1..] + (EndsSentence(phrase) ? "" : ".");
    }

    private static string Phrase(string text, int longest) => OutsideText.Line(text, longest);

    private static bool EndsSentence(string text) => text[^1] is '.' or '!' or '?' or '…';
}
