namespace Devflow.ChatOps.Sandbox.Argo.Rollouts;

/// <summary>Labels and annotations of Argo Rollouts.</summary>
internal static class Names
{
    public const string PodHashLabel = "rollouts-pod-template-hash";
    public const string Revision = "rollout.argoproj.io/revision";
    public const string RevisionHistory = "rollout.argoproj.io/revision-history";
    public const string DesiredReplicas = "rollout.argoproj.io/desired-replicas";
    public const string ScaleDownDeadline = "scale-down-deadline";
    public const string ManagedBy = "argo-rollouts.argoproj.io/managed-by-rollouts";
    public const string RolloutType = "rollout-type";
    public const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";
}
