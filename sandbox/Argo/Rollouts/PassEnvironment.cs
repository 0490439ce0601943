using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.Kubernetes;

namespace Devflow.ChatOps.Sandbox.Argo.Rollouts;

/// <summary>What a pass over a Rollout needs of the world around it.</summary>
/// <param name="Store">The cluster.</param>
/// <param name="Clock">The time.</param>
/// <param name="StepAsync">Waited for before each write of a Rollout, so that the small states can be seen.</param>
/// <param name="Emit">Takes an event's reason and the object it is about, as it was before the change.</param>
/// <param name="RequeueAt">Asks for another pass at a moment.</param>
/// <param name="Swallowed">The promotes that this controller does not see.</param>
internal sealed record PassEnvironment(
    ObjectStore Store,
    TimeProvider Clock,
    Func<Task> StepAsync,
    Action<string, JsonObject> Emit,
    Action<DateTimeOffset> RequeueAt,
    SwallowedPromotes Swallowed
);
