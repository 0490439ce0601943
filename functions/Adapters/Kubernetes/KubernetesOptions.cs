namespace Devflow.ChatOps.Functions.Adapters.Kubernetes;

/// <summary>How long a cluster may take, and how much it may say.</summary>
public sealed record KubernetesOptions
{
    /// <summary>Time for TCP and TLS. Over it the cluster counts as unavailable: nothing was sent.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Time for one request until its answer is read whole.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Time for one call of the port with all its requests. It must lie inside a rollout's lease (15 s), so that an
    /// intent ends before somebody else may take over.
    /// </summary>
    public TimeSpan TotalTimeout { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>Largest answer that is read, in bytes.</summary>
    public int AnswerLimit { get; init; } = 32 * 1024 * 1024;

    /// <summary>Objects asked for in one page of a list.</summary>
    public int PageSize { get; init; } = 500;

    /// <summary>Time for all pages of a list that compares many objects; no lease is held meanwhile.</summary>
    public TimeSpan ListTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long a watch is followed, and up to as long again, so that not all of them end at once: a connection that died
    /// without a word is found by then.
    /// </summary>
    public TimeSpan WatchTime { get; init; } = TimeSpan.FromMinutes(3);
}
