using System.Collections.Immutable;
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
}

/// <summary>Whether Git asks for what the cluster was rolled back to.</summary>
public enum GitState
{
    /// <summary>Nothing to write: the environment has no GitOps source in the catalog.</summary>
    NotNeeded,

    /// <summary>Git still asks for the version that was rolled back.</summary>
    NotWritten,

    /// <summary>Git asks for the rollback's target.</summary>
    Agrees,
}

/// <summary>A rollback of this Job.</summary>
public sealed record Rollback(Actor By, DateTimeOffset At, string Reason, RollbackPath Path, PodHash Target)
{
    public ImmutableArray<string> TargetImages { get; init; } = [];

    /// <summary>The cluster runs the target again.</summary>
    public bool ClusterDone { get; init; }

    public GitState Git { get; init; }
}
