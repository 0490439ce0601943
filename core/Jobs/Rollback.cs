using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Jobs;

/// <summary>How a rollback is carried out.</summary>
public enum RollbackPath
{
    /// <summary>It was not made stable: abort; the old version never stopped, or takes over again.</summary>
    Abort,

    /// <summary>The controller has aborted it: the cluster is back, only Git asks for it.</summary>
    GitOnly,

    /// <summary>The old ReplicaSet is still up: undo, live at once.</summary>
    Undo,

    /// <summary>The old ReplicaSet is gone: the old version is released again, with a pause.</summary>
    Release,

    /// <summary>The old ReplicaSet is still up, and the cluster is changed through Git only: live when Argo CD has synced.</summary>
    UndoInGit,
}

/// <summary>Whether Git asks for what the cluster was rolled back to.</summary>
public enum GitState
{
    /// <summary>Nothing to write: the environment has no GitOps source in the catalog.</summary>
    NotNeeded,

    /// <summary>Git still asks for the version that was rolled back.</summary>
    NotWritten,

    /// <summary>Git asks for the rollback's target, and so says Argo CD.</summary>
    Agrees,

    /// <summary>It is being written, and nothing has failed so far.</summary>
    Writing,

    /// <summary>A pull request carries it and must be merged.</summary>
    Proposed,

    /// <summary>It is written; Argo CD has not shown yet that it knows.</summary>
    Written,

    /// <summary>
    /// Git asks for a third version, which came there since, or for the bad one once more, by a later release; it was left so,
    /// and the cluster will follow it.
    /// </summary>
    Overtaken,
}

/// <summary>How a rollback's pull request ended without bringing what it was for.</summary>
public enum PullEnd
{
    /// <summary>Closed unmerged; it may be reopened.</summary>
    Closed,

    /// <summary>Merged, and the branch asks for the version that goes all the same.</summary>
    Merged,

    /// <summary>There is none from its branch into the branch that is deployed from: its base was changed, or the repository renamed.</summary>
    NotFound,
}

/// <summary>A rollback of this Job.</summary>
public sealed record Rollback(Actor By, DateTimeOffset At, string Reason, RollbackPath Path, PodHash Target)
{
    /// <summary>Members that a newer version wrote: kept as they are, so that no save by this one takes them away.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? NewerMembers { get; init; }

    public ImmutableArray<string> TargetImages { get; init; } = [];

    /// <summary>The cluster runs the target again.</summary>
    public bool ClusterDone { get; init; }

    public GitState Git { get; init; }

    /// <summary>The cluster is not patched: Argo CD brings the target when Git asks for it.</summary>
    public bool ByGit { get; init; }

    /// <summary>The commit by which Git asks for the target, or for the third version; empty before.</summary>
    public string GitCommit { get; init; } = "";

    /// <summary>
    /// Our commit was made on what the release that goes had brought at the path, and nothing else came in between: what
    /// there is beside the target's own files was approved with that release.
    /// </summary>
    public bool IsOnSynced { get; init; }

    /// <summary>The version that Git asks for instead, in one line; empty unless it was overtaken.</summary>
    public string GitVersion { get; init; } = "";

    /// <summary>The pull request that must be merged, or was.</summary>
    public Uri? PullRequest { get; init; }

    /// <summary>It ended in vain: somebody must mend that, or have another one opened. <c>null</c> as long as it may be merged.</summary>
    public PullEnd? PullEnded { get; init; }

    /// <summary>Why only the image went back in Git and the configuration may differ; empty when everything did.</summary>
    public string ImageOnly { get; init; } = "";

    /// <summary>Why Git could not be written at the last try, in one line; empty when it was.</summary>
    public string GitProblem { get; init; } = "";

    /// <summary>No retry mends that problem by itself: somebody must.</summary>
    public bool GitNeedsPerson { get; init; }

    /// <summary>What Argo CD had compared when somebody was needed first: what it compares later, somebody has pushed since.</summary>
    public string GitRevision { get; init; } = "";
}

/// <summary>A release that brings back another Job's target, as far as the cluster tells.</summary>
/// <param name="Of">The Job that was rolled back.</param>
/// <param name="Commit">The rollback's own.</param>
public sealed record SupposedWayBack(JobId Of, string Commit);
