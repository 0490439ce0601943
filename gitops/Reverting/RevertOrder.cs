using Devflow.ChatOps.Core.Images;
using Devflow.ChatOps.GitOps.Releasing;

namespace Devflow.ChatOps.GitOps.Reverting;

/// <summary>The wish that Git ask for the version again to which one environment of an app was rolled back.</summary>
public sealed record RevertOrder
{
    /// <summary>Names this rollback; a commit that carries it is not made a second time.</summary>
    public required string Id { get; init; }

    /// <summary>The GitOps repository, <c>owner/name</c>.</summary>
    public required string Repository { get; init; }

    /// <summary>The branch that is deployed from, without <c>refs/heads/</c>.</summary>
    public required string Branch { get; init; }

    /// <summary>Folder or file of the environment's desired state; nothing outside of it is touched.</summary>
    public required string Path { get; init; }

    public required string App { get; init; }

    public required string Environment { get; init; }

    /// <summary>The version to go back to.</summary>
    public required ImageReference Target { get; init; }

    /// <summary>The version that goes; <c>null</c> when it is not known, and then no tombstone is set.</summary>
    public ImageReference? Bad { get; init; }

    /// <summary>The commit that brought the bad version; without one it is looked for in the history.</summary>
    public CommitSha? Commit { get; init; }

    /// <summary>
    /// The commit that is in the cluster with the version that goes; <c>null</c> when it is not known, or not wanted to be
    /// compared with what the branch asks for.
    /// </summary>
    public CommitSha? Synced { get; init; }

    /// <summary>When somebody wanted it; <c>null</c> when that is not known.</summary>
    public DateTimeOffset? At { get; init; }

    public string Reason { get; init; } = "";

    /// <summary>Who rolled it back.</summary>
    public string Actor { get; init; } = "";

    /// <summary>A branch that may not be written gets a pull request, whatever this says.</summary>
    public ReleaseMode Mode { get; init; }

    /// <summary>A pull request was opened before: it is left to those who review it, and only looked whether it was merged.</summary>
    public bool IsProposed { get; init; }

    /// <summary>The same version with another configuration was released.</summary>
    internal bool IsOfConfiguration => Bad is not null && ReleaseHistory.IsSame(Bad, Target);

    /// <summary>Since when somebody wants the version that goes once more: later than this rollback, or than what it is for.</summary>
    internal CommitSha? TakenBackSince(ReleaseHistory history) =>
        Bad is null ? null : history.TakenBackSince(Id, Commit, Bad, At);
}
