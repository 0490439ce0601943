namespace Devflow.ChatOps.Core.Catalog;

/// <summary>A Kubernetes cluster of the catalog.</summary>
/// <param name="Name">Its name in the catalog, in hook addresses and in messages.</param>
/// <param name="Observer">The identity that reads; it patches too where there is no <paramref name="Executor"/>.</param>
/// <param name="Executor">The second identity, for patches only; null when the observer does both.</param>
public sealed record Cluster(string Name, ClusterAccess Observer, ClusterAccess? Executor = null)
{
    /// <summary>The identity that patches Rollouts.</summary>
    public ClusterAccess Patcher => Executor ?? Observer;
}

/// <summary>How the service signs in to a cluster.</summary>
public abstract record ClusterAccess
{
    private ClusterAccess() { }

    /// <summary>The service account that is mounted into the service's own pod.</summary>
    public sealed record InCluster : ClusterAccess;

    /// <summary>
    /// A kubeconfig file on the service's disk. Its `exec` credential plugins run programs, hence a path and never
    /// the content.
    /// </summary>
    /// <param name="Path">Path of the file.</param>
    /// <param name="Context">The context to use; null for the file's current context.</param>
    public sealed record Kubeconfig(string Path, string? Context = null) : ClusterAccess;
}
