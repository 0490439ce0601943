using System.Collections.Immutable;
using System.Globalization;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Messages;

/// <summary>
/// The sentences of the six steps. Plain text: whoever shows it escapes it for where it goes.
/// </summary>
public static class StepTexts
{
    public const string Syncing = "Argo CD is syncing";
    public const string SyncByHand = "Argo CD does not sync by itself here: somebody has to sync";
    public const string FirstInstall = "first install: Argo Rollouts skips pause and analysis";
    public const string NoVerification = "no analysis and no pause configured";
    public const string LiveWithoutPause =
        "went live without a pause: the ReplicaSet was still up, so Argo Rollouts took the fast track";
    public const string PauseNotKnown =
        "live when it was looked at; whether it paused before that is not known, because nobody looked";
    public const string LiveWithoutAnalysis =
        "went live without analysis: the ReplicaSet was still up, so Argo Rollouts took the fast track";
    public const string PauseTakenOut = "the pause was taken out of the spec";
    public const string Promoted = "promoted";
    public const string PromotedFull = "promoted in full: pause and analyses skipped";
    public const string PromotedItself = "promoted itself when autoPromotionSeconds had passed";
    public const string AnalysisSuccessful = "analysis successful";
    public const string PausedByHand = "paused by hand (spec.paused); unpause it where it was paused";
    public const string Switched = "the active Service points to it";
    public const string SwitchedBack = "switched back: the active Service points to the former version again";
    public const string NoPostAnalysis = "no post-promotion analysis configured";
    public const string PostAnalysisSkipped = "Argo Rollouts skipped the post-promotion analysis";
    public const string CanaryReady = "canary pods are available";
    public const string CanaryStarting = "canary pods are starting";
    public const string CanaryWeights = "canary steps; acting on a canary is not supported";

    public const string RolloutDeleted = "the Rollout was deleted";
    public const string RolloutReplaced = "the Rollout was deleted, and another one of the same name created";

    public static string SupersededBy(PodHash newer) => $"{Hash(newer)} took its place";

    public static string Withdrawn(PodHash former) => $"withdrawn: the Rollout went back to {Hash(former)}";

    public static string Applied(PodHash hash) => $"taken up as {Hash(hash)}";

    public static string NotObserved(long generation) =>
        generation == 0
            ? "Argo Rollouts has not taken it up yet"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"Argo Rollouts has not observed generation {generation} yet"
            );

    public static string Controller(string message) => Plain.OneLine(message, 300);

    public static string SyncFailed(string message) =>
        message.Length == 0 ? "the sync of Argo CD failed" : $"the sync of Argo CD failed: {Controller(message)}";

    public static string NewerSpecInvalid(string message) =>
        $"live, but a newer spec is refused: {Controller(message)}";

    public static string PreviewReady(int wanted) =>
        string.Create(CultureInfo.InvariantCulture, $"{wanted} of {wanted} pods available");

    /// <param name="available">How many of them; <c>null</c> when the ReplicaSet was not seen.</param>
    /// <param name="wanted">How many there are to be.</param>
    /// <param name="trouble">What keeps a pod from starting.</param>
    public static string Scaling(int? available, int wanted, PodTrouble? trouble) =>
        (
            available is { } ready
                ? string.Create(CultureInfo.InvariantCulture, $"{Math.Min(ready, wanted)} of {wanted} pods available")
                : string.Create(CultureInfo.InvariantCulture, $"waiting for {wanted} {(wanted == 1 ? "pod" : "pods")}")
        ) + Because(trouble);

    public static string Stopped(RolloutView rollout, bool aborted, PodTrouble? trouble)
    {
        var what =
            rollout.Message.Contains(':', StringComparison.Ordinal) ? Controller(rollout.Message)
            : aborted ? "RolloutAborted: the update was aborted"
            : Controller(rollout.Message);
        return what + Because(trouble);
    }

    public static string AwaitingApproval(bool pausedByHand, PodTrouble? trouble) =>
        (pausedByHand ? "waiting for approval, and paused by hand (spec.paused)" : "waiting for approval")
        + (trouble is null ? "" : "; the preview is in trouble" + Because(trouble));

    public static string CountingDown(DateTimeOffset pausedAt, int seconds) =>
        pausedAt.Year > 9000 // a time that no cluster has; adding to it could overflow
            ? "promotes itself"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"promotes itself at {pausedAt.AddSeconds(seconds).UtcDateTime:HH:mm:ss} UTC"
            );

    public static string Inconclusive(string? message) =>
        "analysis inconclusive: a promote runs it again"
        + (string.IsNullOrEmpty(message) ? "" : $" ({Controller(message)})");

    public static string Analysis(string kind, string? status, AnalysisRunView? run)
    {
        var metrics =
            run is null || run.Metrics.IsEmpty
                ? ""
                : ": "
                    + string.Join(
                        ", ",
                        run.Metrics.Take(5).Select(metric => $"{metric.Name} {metric.LastValue} {metric.Phase}")
                    );
        return $"{kind} analysis {Plain.OneLine(status ?? "starting", 40)}{Plain.OneLine(metrics, 300)}";
    }

    public static string AnalysisFailed(AnalysisStatus analysis) =>
        $"analysis {analysis.Status}" + (analysis.Message.Length == 0 ? "" : $": {Controller(analysis.Message)}");

    public static string Switching(bool promoted, bool scalingUp) =>
        (promoted ? "promoted; " : "")
        + (scalingUp ? "scaling up before the switch" : "the active Service is about to switch");

    /// <param name="message">What Argo Rollouts says keeps it from being Healthy.</param>
    public static string Completing(string message) =>
        "waiting until it is stable and Healthy" + (message.Length == 0 ? "" : $" ({Controller(message)})");

    public static string Completed(DateTimeOffset? oldUntil) =>
        oldUntil is { } until
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"stable and Healthy; instant rollback until {until.UtcDateTime:HH:mm:ss} UTC"
            )
            : "stable and Healthy";

    /// <summary>The sentence of the step that matters most.</summary>
    public static string Headline(ReleaseStatus status, ImmutableArray<Step> steps)
    {
        var step =
            status == ReleaseStatus.Succeeded
                ? steps[(int)StepName.Completed]
                : steps.FirstOrDefault(step => step.Status == StepStatus.Failed)
                    ?? steps.LastOrDefault(step => step.Status is StepStatus.Waiting or StepStatus.Running)
                    ?? steps.Last(step => step.Status != StepStatus.Pending);
        return step.Message;
    }

    private static string Hash(PodHash hash) => Plain.OneLine(hash.ToString(), 80);

    private static string Because(PodTrouble? trouble) =>
        trouble is null ? ""
        : trouble.Message.Length == 0 ? $" ({Plain.OneLine(trouble.Reason, 80)})"
        : $" ({Plain.OneLine(trouble.Reason, 80)}: {Plain.OneLine(trouble.Message, 200)})";
}
