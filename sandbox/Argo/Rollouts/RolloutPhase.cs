namespace Devflow.ChatOps.Sandbox.Argo.Rollouts;

/// <summary>Phase and message of a Rollout from its spec and the rest of its status; the order is the rule.</summary>
internal static class RolloutPhase
{
    public const string Healthy = "Healthy";
    public const string Degraded = "Degraded";
    public const string Progressing = "Progressing";
    public const string Paused = "Paused";

    public static (string Phase, string Message) Of(RolloutView rollout, RolloutStatus status)
    {
        var broken = status.Conditions.Find(condition =>
            condition.Type == Conditions.InvalidSpec
            || condition.Reason is Conditions.RolloutAborted or Conditions.ProgressDeadlineExceeded
        );
        if (broken is not null)
        {
            return (Degraded, $"{broken.Reason}: {broken.Message}");
        }

        if (rollout.Paused)
        {
            return (Paused, "manually paused");
        }

        if (status.PauseConditions is [var pause, ..])
        {
            return (Paused, pause.Reason);
        }

        if (rollout.RestartAt is { } restart && restart != status.RestartedAt)
        {
            return (Progressing, "rollout is restarting");
        }

        if (status.UpdatedReplicas < rollout.Replicas)
        {
            return (Progressing, "more replicas need to be updated");
        }

        if (status.AvailableReplicas < status.UpdatedReplicas)
        {
            return (Progressing, "updated replicas are still becoming available");
        }

        if (status.ActiveSelector.Length == 0 || status.ActiveSelector != status.CurrentPodHash)
        {
            return (Progressing, "active service cutover pending");
        }

        if (status.StableRS.Length == 0 || !status.IsFullyPromoted)
        {
            return rollout.PostPromotionAnalysis is not null && status.PostPromotion?.Status != AnalysisPhase.Successful
                ? (Progressing, "waiting for analysis to complete")
                : (Progressing, "waiting for post-promotion verification to complete");
        }

        return (Healthy, "");
    }
}
