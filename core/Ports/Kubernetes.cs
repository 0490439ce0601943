using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Ports;

/// <summary>Live Rollouts. Nothing is cached: every answer is a read of this moment.</summary>
public interface IRollouts
{
    /// <summary>The Rollout alone, in one request: enough for a promote.</summary>
    Task<ClusterAnswer<RolloutView>> FindAsync(RolloutRef rollout, CancellationToken stop);

    /// <summary>
    /// The Rollout with its ReplicaSets, AnalysisRuns, troubled Pods and, where one is named, its Application. A
    /// Rollout that is not there is an observation without one. What may not be read beside it is left out.
    /// </summary>
    Task<ClusterAnswer<Observation>> ObserveAsync(
        RolloutRef rollout,
        ApplicationRef? application,
        CancellationToken stop
    );

    /// <summary>Patches under the patch's resourceVersion and answers the Rollout as it is then.</summary>
    Task<ClusterAnswer<RolloutView>> PatchAsync(RolloutRef rollout, RolloutPatch patch, CancellationToken stop);

    /// <summary>
    /// The request that <see cref="PatchAsync"/> would send, which is not sent; <c>null</c> for a patch that it would refuse.
    /// </summary>
    PatchRequest? RequestOf(RolloutRef rollout, RolloutPatch patch);
}

/// <summary>A patch as it goes over the wire.</summary>
/// <param name="Path">Path and query below the API server's address.</param>
/// <param name="Body">JSON.</param>
public sealed record PatchRequest(string Path, string ContentType, string Body);

/// <summary>What a cluster answered.</summary>
public abstract record ClusterAnswer<T>
{
    private ClusterAnswer() { }

    public sealed record Ok(T Value) : ClusterAnswer<T>;

    public sealed record Fault(ClusterFault Why) : ClusterAnswer<T>;
}

/// <summary>Why a cluster did not do it.</summary>
public enum ClusterFaultKind
{
    /// <summary>404.</summary>
    NotFound,

    /// <summary>401: our identity is not accepted.</summary>
    Unauthorized,

    /// <summary>403: our identity may not.</summary>
    Forbidden,

    /// <summary>409: it changed since it was read.</summary>
    Conflict,

    /// <summary>400, 415, 422: the request can never succeed as it is.</summary>
    Invalid,

    /// <summary>429.</summary>
    TooManyRequests,

    /// <summary>5xx, or no connection.</summary>
    Unavailable,

    /// <summary>No answer in time: it may have happened.</summary>
    Timeout,

    /// <summary>The catalog or its kubeconfig does not lead to a cluster.</summary>
    Misconfigured,
}

/// <param name="Message">One line without secrets.</param>
/// <param name="RetryAfter">How long the cluster asked us to wait.</param>
public sealed record ClusterFault(ClusterFaultKind Kind, string Message, TimeSpan? RetryAfter = null)
{
    /// <summary>The same request may succeed later.</summary>
    public bool IsTransient =>
        Kind is ClusterFaultKind.TooManyRequests or ClusterFaultKind.Unavailable or ClusterFaultKind.Timeout;
}
