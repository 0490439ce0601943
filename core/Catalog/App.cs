namespace Devflow.ChatOps.Core.Catalog;

/// <summary>Something that a team ships.</summary>
/// <param name="Name">Name in the catalog, unique without case.</param>
/// <param name="Repository">Source repository as `owner/name`; check runs go to its commits.</param>
/// <param name="RepositoryId">GitHub's number of the repository, which survives renames and cannot be squatted.</param>
/// <param name="Release">Which workflow runs may create Jobs; null: none may.</param>
/// <param name="SlackChannel">Id of the channel that gets the cards.</param>
/// <param name="Environments">Where it is released to; never empty.</param>
public sealed record App(
    string Name,
    string Repository,
    long? RepositoryId,
    ReleaseSources? Release,
    string SlackChannel,
    IReadOnlyList<AppEnvironment> Environments
);

/// <summary>Claims that a GitHub OIDC token must carry to create a Job (design section 9).</summary>
/// <param name="Refs">Full refs, such as `refs/heads/main`.</param>
/// <param name="Workflows">Paths of workflow files in the source repository.</param>
public sealed record ReleaseSources(IReadOnlyList<string> Refs, IReadOnlyList<string> Workflows);

/// <summary>An environment of an app: exactly one Rollout in one cluster, and the rules for it.</summary>
/// <param name="Name">Name, unique in its app without case.</param>
/// <param name="Cluster">Name of the cluster in the catalog.</param>
/// <param name="Namespace">Kubernetes namespace of the Rollout.</param>
/// <param name="Rollout">Name of the Rollout.</param>
/// <param name="Promote">Who may promote, and with how many votes.</param>
/// <param name="Rollback">Who may roll back, and how.</param>
public sealed record AppEnvironment(
    string Name,
    string Cluster,
    string Namespace,
    string Rollout,
    PromoteRules Promote,
    RollbackRules Rollback
)
{
    /// <summary>The time after which a release that Argo CD did not sync is SyncFailed, unless the catalog says otherwise.</summary>
    public static readonly TimeSpan DefaultSyncDeadline = TimeSpan.FromMinutes(15);

    /// <summary>The Argo CD Application that applies the Rollout; null where Argo CD is not used.</summary>
    public ApplicationRef? Application { get; init; }

    /// <summary>Where the desired state is in Git; null: nothing is written to Git.</summary>
    public GitOpsSource? GitOps { get; init; }

    /// <summary>Who may retry: names of people and teams.</summary>
    public IReadOnlyList<string> RetryBy { get; init; } = [];

    /// <summary>Who may lock and unlock.</summary>
    public IReadOnlyList<string> LockBy { get; init; } = [];

    /// <summary>When promoting is not allowed.</summary>
    public IReadOnlyList<FreezeWindow> Freeze { get; init; } = [];

    /// <summary>Who may promote in a freeze, with a reason; nobody unless the catalog says so.</summary>
    public IReadOnlyList<string> FreezeOverrideBy { get; init; } = [];

    /// <summary>Who is mentioned when somebody must act.</summary>
    public IReadOnlyList<string> Notify { get; init; } = [];

    /// <summary>What to do about Git when the controller aborts a release.</summary>
    public OnAbort OnAbort { get; init; } = OnAbort.Keep;

    /// <summary>How long a release may stay unsynced before it is SyncFailed.</summary>
    public TimeSpan SyncDeadline { get; init; } = DefaultSyncDeadline;

    /// <summary>
    /// The source commit that is live where no Job tells it, such as before the first release that is followed; null: not known.
    /// </summary>
    public string? Baseline { get; init; }

    /// <summary>Where the environment can be looked at.</summary>
    public Uri? EnvironmentUrl { get; init; }

    /// <summary>Whether each merged pull request that a release brings gets a comment that follows the release.</summary>
    public bool PullRequestComment { get; init; }
}

/// <summary>An Argo CD Application.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Namespace">Its namespace; `argocd` unless the catalog says otherwise.</param>
/// <param name="Cluster">Catalog name of the cluster that Argo CD itself runs in; the environment's own by default.</param>
public sealed record ApplicationRef(string Name, string Namespace, string Cluster);

/// <summary>Where the desired state of an environment is in Git.</summary>
/// <param name="Repository">Repository as `owner/name`.</param>
/// <param name="Branch">Branch that Argo CD follows.</param>
/// <param name="Path">Folder or YAML file in the repository, without a leading slash.</param>
/// <param name="Image">Image name without tag and digest.</param>
public sealed record GitOpsSource(string Repository, string Branch, string Path, string Image)
{
    /// <summary>Whether a rollback is a pull request there; a branch that may not be written gets one in any case.</summary>
    public bool PullRequest { get; init; }

    /// <summary>Whether a path is that folder or file, or below it; <c>.</c> is the whole repository.</summary>
    public static bool IsIn(string path, string folder) =>
        folder == "." || path == folder || path.StartsWith(folder + "/", StringComparison.Ordinal);
}

/// <summary>What to do about Git when the controller aborts a release (design section 5).</summary>
public enum OnAbort
{
    /// <summary>Say that Git still asks for the bad version, and offer to make Git agree.</summary>
    Keep,

    /// <summary>Make Git agree unasked.</summary>
    RevertGit,
}

/// <summary>Who may promote (design section 8).</summary>
/// <param name="By">Names of people and teams, or `admins`.</param>
public sealed record PromoteRules(IReadOnlyList<string> By)
{
    /// <summary>How many distinct people must approve, the one who presses included; 0 and 1 mean that one is enough.</summary>
    public int Votes { get; init; } = 1;

    /// <summary>Whether an author of the release may approve it.</summary>
    public bool AllowAuthor { get; init; }

    /// <summary>Whether a release may be approved whose authors are not all known in the catalog.</summary>
    public bool AllowUnknownAuthor { get; init; }

    /// <summary>How long a vote counts; null: as long as the pause lasts. It ends votes, never a release.</summary>
    public TimeSpan? ExpireAfter { get; init; }

    /// <summary>Who may promote past analyses; nobody unless the catalog says so.</summary>
    public IReadOnlyList<string> FullBy { get; init; } = [];
}

/// <summary>Who may roll back, and how.</summary>
/// <param name="By">Names of people and teams, or `admins`.</param>
/// <param name="Undo">False: through Git only, which needs no write access to Rollouts.</param>
public sealed record RollbackRules(IReadOnlyList<string> By, bool Undo = true);
