using Devflow.ChatOps.Sandbox.Kubernetes;

namespace Devflow.ChatOps.Sandbox.Argo.Rollouts;

/// <summary>What the controller refuses a Rollout for, in its words (recording 13).</summary>
internal static class RolloutValidation
{
    /// <summary>The first fault, or null.</summary>
    public static string? FaultOf(RolloutView rollout, ObjectStore store)
    {
        if (rollout.ActiveService == rollout.PreviewService)
        {
            return $"spec.strategy.activeService: Invalid value: \"{rollout.ActiveService}\": This rollout uses the same "
                + "service for the active and preview services, but two different services are required.";
        }

        return Missing(rollout, store, "activeService", rollout.ActiveService)
            ?? (
                rollout.PreviewService.Length > 0
                    ? Missing(rollout, store, "previewService", rollout.PreviewService)
                    : null
            );
    }

    private static string? Missing(RolloutView rollout, ObjectStore store, string field, string service) =>
        store.Get(Resources.Service, rollout.Namespace, service) is null
            ? $"spec.strategy.blueGreen.{field}: Invalid value: \"{service}\": service \"{service}\" not found"
            : null;
}
