using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Ports;

/// <summary>
/// What changes in a cluster, found without reading every Rollout by itself: many are compared in one list, and a watch
/// tells of changes as they come.
/// </summary>
public interface IChanges
{
    /// <summary>Everything of this kind in the place, in pages of one state.</summary>
    Task<ClusterAnswer<Listed>> ListAsync(WatchedPlace place, CancellationToken stop);

    /// <summary>
    /// The versions of the ReplicaSets of these hashes in a namespace, by the name of the Rollout that owns them: what a
    /// Rollout does not show of its preview.
    /// </summary>
    Task<ClusterAnswer<IReadOnlyDictionary<(string Rollout, PodHash Hash), string>>> ListReplicaSetsAsync(
        string cluster,
        string @namespace,
        IReadOnlyCollection<PodHash> hashes,
        CancellationToken stop
    );

    /// <summary>
    /// Follows the place from a version, for some minutes at most. <paramref name="tell"/> is awaited for each change, in
    /// order, and once without an object as soon as the cluster has agreed; what it throws ends the watch and comes out here. A watch that breaks off is a fault, and goes on from the
    /// version that was told last.
    /// </summary>
    Task<ClusterAnswer<WatchEnd>> WatchAsync(
        WatchedPlace place,
        string version,
        Func<WatchNews, Task> tell,
        CancellationToken stop
    );
}

/// <summary>Objects of one kind in one namespace of a cluster of the catalog.</summary>
public sealed record WatchedPlace(string Cluster, WatchedKind Kind, string Namespace)
{
    public override string ToString() => $"{Kind} of {Cluster}/{Namespace}";
}

/// <summary>What can be listed and watched.</summary>
public enum WatchedKind
{
    Rollouts,

    /// <summary>Of Argo CD.</summary>
    Applications,
}

/// <summary>An object by its name, and the mark of its state (<see cref="ChangeMark"/>).</summary>
public sealed record Sighting(string Name, string Mark);

/// <param name="Version">From where a watch tells what came after.</param>
public sealed record Listed(IReadOnlyList<Sighting> Items, string Version);

/// <param name="Version">From where a watch goes on after this.</param>
/// <param name="Seen">The object that changed; <c>null</c> when there is nothing but a newer version.</param>
public sealed record WatchNews(string Version, Sighting? Seen);

/// <summary>Why a watch ended in order.</summary>
public enum WatchEnd
{
    /// <summary>Its time was over; it goes on from the last version.</summary>
    Over,

    /// <summary>410: the cluster has forgotten what came after that version. Only a list tells what there is now.</summary>
    Expired,
}
