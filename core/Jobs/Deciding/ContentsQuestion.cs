using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Jobs.Deciding;

/// <summary>What is to be read from GitHub about a release.</summary>
/// <param name="Repository">Source repository.</param>
/// <param name="GitOpsRepository">Repository of the GitOps commit; <c>null</c> when it is not to be read.</param>
/// <param name="NeedsCommits">Commits, pull requests and authors are missing.</param>
/// <param name="NeedsConfig">What was synced from the GitOps repository is missing, and can be told.</param>
public sealed record ContentsQuestion(
    JobId Job,
    RolloutRef Rollout,
    string Repository,
    string Head,
    string? Base,
    string? GitOpsRepository,
    string? GitOpsCommit,
    bool NeedsCommits,
    bool NeedsConfig
)
{
    /// <summary>The commit of the workflow's token, where it is another one; its authors are read as well.</summary>
    public string? WorkflowCommit { get; init; }

    /// <summary>What the catalog says was live: taken where GitHub does not know <see cref="Base"/>.</summary>
    public string? Baseline { get; init; }

    /// <summary>
    /// Which commits came with <see cref="GitOpsCommit"/>; <c>null</c> where the catalog does not say where the desired
    /// state is, and so only that commit can be read.
    /// </summary>
    public GitOpsRange? Range { get; init; }
}

/// <summary>
/// Commits of the GitOps repository that went into the cluster with a release. Argo CD syncs whatever is on the branch, not
/// only the commit that asks for the release.
/// </summary>
/// <param name="Path">Folder or file; commits that leave it alone are none of the release's.</param>
/// <param name="Branch">What Argo CD follows.</param>
/// <param name="Synced">The commit that it has synced; <c>null</c> where it does not tell, and all of the branch counts.</param>
/// <param name="Base">The commit that was synced for what was live before; <c>null</c> where that is not known.</param>
public sealed record GitOpsRange(string Path, string Branch, string? Synced, string? Base);

/// <summary>What came of reading; <c>null</c> where it was not asked for.</summary>
/// <param name="Commits">Of the released commit.</param>
/// <param name="Config">Of the GitOps repository.</param>
public sealed record ContentsAnswer(GitHubAnswer<Contributions>? Commits, GitHubAnswer<GitOpsChanges>? Config)
{
    /// <summary>The same of the workflow's commit, for its people.</summary>
    public GitHubAnswer<Contributions>? Workflow { get; init; }

    /// <summary>GitHub does not know the base, and the catalog's was taken.</summary>
    public bool IsFromBaseline { get; init; }

    /// <summary>Nothing of the question was told.</summary>
    public static ContentsAnswer Failed(ContentsQuestion question, GitHubFault fault) =>
        new(
            question.NeedsCommits ? new GitHubAnswer<Contributions>.Fault(fault) : null,
            question.NeedsConfig ? new GitHubAnswer<GitOpsChanges>.Fault(fault) : null
        );
}
