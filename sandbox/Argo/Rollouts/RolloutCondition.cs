using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.Argo.Rollouts;

/// <summary>One entry of <c>status.conditions</c> of a Rollout.</summary>
internal sealed record RolloutCondition(
    string Type,
    string Status,
    string Reason,
    string Message,
    DateTimeOffset LastTransitionTime,
    DateTimeOffset LastUpdateTime
)
{
    public static RolloutCondition From(JsonNode node) =>
        new(
            node.Text("type") ?? "",
            node.Text("status") ?? "",
            node.Text("reason") ?? "",
            node.Text("message") ?? "",
            JsonPath.Moment(node.Text("lastTransitionTime")) ?? default,
            JsonPath.Moment(node.Text("lastUpdateTime")) ?? default
        );

    public JsonObject ToJson() =>
        new()
        {
            ["lastTransitionTime"] = JsonPath.Stamp(LastTransitionTime),
            ["lastUpdateTime"] = JsonPath.Stamp(LastUpdateTime),
            ["message"] = Message,
            ["reason"] = Reason,
            ["status"] = Status,
            ["type"] = Type,
        };
}

/// <summary>Names of condition types and reasons, as the controller writes them (facts: Argo Rollouts v1.9.1).</summary>
internal static class Conditions
{
    public const string Progressing = "Progressing";
    public const string Available = "Available";
    public const string Completed = "Completed";
    public const string Healthy = "Healthy";
    public const string Paused = "Paused";
    public const string InvalidSpec = "InvalidSpec";

    public const string NewReplicaSetCreated = "NewReplicaSetCreated";
    public const string FoundNewReplicaSet = "FoundNewReplicaSet";
    public const string ReplicaSetUpdated = "ReplicaSetUpdated";
    public const string ReplicaSetNotAvailable = "ReplicaSetNotAvailable";
    public const string NewReplicaSetAvailable = "NewReplicaSetAvailable";
    public const string RolloutPaused = "RolloutPaused";
    public const string RolloutResumed = "RolloutResumed";
    public const string RolloutRetry = "RolloutRetry";
    public const string RolloutAborted = "RolloutAborted";
    public const string ProgressDeadlineExceeded = "ProgressDeadlineExceeded";
    public const string RolloutCompleted = "RolloutCompleted";
    public const string RolloutHealthy = "RolloutHealthy";
    public const string AvailableReason = "AvailableReason";
}
