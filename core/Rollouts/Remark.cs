using Devflow.ChatOps.Core.Messages;

namespace Devflow.ChatOps.Core.Rollouts;

/// <summary>Something worth telling that changes no step.</summary>
/// <param name="Key">The same for what is the same, so that it is told once.</param>
/// <param name="Addition">What the release's own message does not say.</param>
internal sealed record Remark(string Key, string Addition)
{
    /// <summary>The one that matters most, or <c>null</c>.</summary>
    public static Remark? On(Release release, RolloutView rollout, Observation seen) =>
        OfPods(release, seen) ?? OfRefusal(release, rollout) ?? OfApplication(release, seen.Application);

    /// <summary>Its pods are in trouble while it waits for them or for a person.</summary>
    private static Remark? OfPods(Release release, Observation seen) =>
        release.Status is ReleaseStatus.Running or ReleaseStatus.AwaitingApproval
        && seen.TroubleOf(release.Hash) is { } trouble
        && release.Message.Contains(Plain.OneLine(trouble.Reason, 80), StringComparison.Ordinal)
            ? new Remark($"pods {trouble.Reason}", "")
            : null;

    /// <summary>It is live, and what should come next is refused.</summary>
    private static Remark? OfRefusal(Release release, RolloutView rollout) =>
        release.Status == ReleaseStatus.Succeeded && rollout.IsInvalidSpec()
            ? new Remark($"refused {rollout.Message}", "")
            : null;

    /// <summary>Argo CD has something else to apply and cannot, or is not to by itself.</summary>
    private static Remark? OfApplication(Release release, ApplicationView? application) =>
        !release[StepName.Applied].IsPassed
            ? null
            : application switch
            {
                { OperationPhase: "Failed" or "Error" } => new Remark(
                    "sync failed",
                    StepTexts.SyncFailed(application.OperationMessage)
                ),
                { AutomatedSync: false, SyncStatus: "OutOfSync" } => new Remark("sync by hand", StepTexts.SyncByHand),
                _ => null,
            };
}
