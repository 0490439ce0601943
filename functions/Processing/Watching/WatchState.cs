using System.Collections.Concurrent;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Processing.Watching;

/// <summary>How the watch goes, for readiness: what it says is no reason to be taken out of service, the sweep looks too.</summary>
public sealed class WatchState
{
    private readonly ConcurrentDictionary<WatchedPlace, ClusterFaultKind?> places = new();
    private volatile WatchRole role = WatchRole.Off;

    /// <summary>What this instance does.</summary>
    public WatchRole Role
    {
        get => role;
        internal set => role = value;
    }

    /// <summary>How many namespaces and kinds this instance is to watch.</summary>
    public int Places => places.Count;

    /// <summary>What cannot be watched now, as <c>cluster: kind: why</c>, each once.</summary>
    public IReadOnlyList<string> Problems =>
        [
            .. places
                .Where(place => place.Value is not null)
                .Select(place => $"{place.Key.Cluster}: {place.Key.Kind}: {place.Value}")
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];

    internal void Set(WatchedPlace place, ClusterFaultKind? fault) => places[place] = fault;

    internal void Remove(WatchedPlace place) => places.TryRemove(place, out _);
}

/// <summary>What an instance has to do with the watch.</summary>
public enum WatchRole
{
    /// <summary>Not configured.</summary>
    Off,

    /// <summary>Another instance watches, or this one does not know yet.</summary>
    Standby,

    /// <summary>This instance watches.</summary>
    Watching,
}
