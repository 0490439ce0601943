namespace Devflow.ChatOps.Sandbox.Argo;

/// <summary>How the stand-in of Argo CD behaves.</summary>
public sealed class ArgoCdOptions
{
    /// <summary>From the start of a sync to its end.</summary>
    public TimeSpan SyncTakes { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>After how long a difference between cluster and Git is taken back; null: never. Argo CD's own is 5 s.</summary>
    public TimeSpan? SelfHealAfter { get; set; }
}

/// <summary>One app as Argo CD knows it.</summary>
/// <param name="Application">Name of the Application, which lives in namespace <c>argocd</c>.</param>
/// <param name="Namespace">Namespace of the Rollout.</param>
/// <param name="Rollout">Name of the Rollout.</param>
public sealed record ArgoCdApp(string Application, string Namespace, string Rollout)
{
    /// <summary>Where its manifests are in Git.</summary>
    public ArgoCdSource? Source { get; init; }
}

/// <summary><c>spec.source</c> of an Application.</summary>
public sealed record ArgoCdSource(string RepoUrl, string TargetRevision, string Path);

/// <summary>Takes words of Argo CD: the trigger and the Application's name.</summary>
public delegate void ArgoCdSink(string trigger, string application);
