namespace Devflow.ChatOps.Core.Rollouts;

/// <summary>
/// The identity of what is being released in the cluster: <c>status.currentPodHash</c>, the value of the label
/// <c>rollouts-pod-template-hash</c>. Revisions are renumbered by Argo Rollouts and are for display only.
/// </summary>
public readonly record struct PodHash
{
    private readonly string? value;

    /// <summary>Trims; a missing or empty text is <see cref="None"/>.</summary>
    public PodHash(string? text) => value = string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    /// <summary>No hash: the controller has not looked at the Rollout yet.</summary>
    public static PodHash None => default;

    /// <summary>Whether there is no hash.</summary>
    public bool IsNone => value is null;

    /// <summary>The hash as Kubernetes writes it; empty for <see cref="None"/>.</summary>
    public override string ToString() => value ?? "";
}

/// <summary>One Rollout in one cluster of the catalog; the unit of leases, hints and observations.</summary>
public sealed record RolloutRef(string Cluster, string Namespace, string Name)
{
    /// <summary><c>cluster/namespace/name</c>, the key under which stores keep rows of a Rollout.</summary>
    public override string ToString() => $"{Cluster}/{Namespace}/{Name}";

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <exception cref="FormatException">The text has not exactly three parts.</exception>
    public static RolloutRef Parse(string text) =>
        TryParse(text) ?? throw new FormatException($"'{text}' is not cluster/namespace/rollout.");

    /// <summary>As <see cref="Parse"/>; <c>null</c> where the text has not exactly three parts.</summary>
    public static RolloutRef? TryParse(string? text)
    {
        var parts = text?.Split('/');
        return parts is [{ Length: > 0 }, { Length: > 0 }, { Length: > 0 }]
            ? new RolloutRef(parts[0], parts[1], parts[2])
            : null;
    }
}
