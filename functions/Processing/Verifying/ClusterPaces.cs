using System.Collections.Concurrent;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Processing.Verifying;

/// <summary>The pace of each cluster, shared by all that read it: an API server that says 429 says it to all of us.</summary>
public sealed class ClusterPaces(TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, ClusterPace> paces = new(StringComparer.Ordinal);

    internal ClusterPace Of(string cluster) => paces.GetOrAdd(cluster, _ => new ClusterPace(clock));

    /// <summary>
    /// How long to leave the cluster alone; <c>null</c> when it did not ask for it. Spread, so that those that wait do not
    /// all come back in the same second.
    /// </summary>
    internal TimeSpan? WaitFor(string cluster) =>
        Of(cluster).AsksToWait is { } wait ? wait + TimeSpan.FromSeconds(Random.Shared.NextDouble()) : null;
}
