using System.Text.RegularExpressions;
using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages.GitHub;

namespace Devflow.ChatOps.Functions.Processing.GitHub;

/// <summary>What is to be shown of a Job, and where. Pure.</summary>
internal static partial class GitHubBeginning
{
    /// <summary>The Job with what is to be shown of it from now on; <c>null</c> where that is known already.</summary>
    /// <param name="isSetUp">There is an App to show it with.</param>
    public static Job? Of(Job job, ReleaseTarget target, ReleaseCatalog catalog, bool isSetUp)
    {
        if (job.Source == JobSource.Baseline || job.Request?.SourceCommit is not { } commit)
        {
            return null;
        }

        var repository = target.App.Repository;
        if (!isSetUp || repository.Length == 0 || !FullHash().IsMatch(commit))
        {
            return job.Check is { IsNone: true } ? null : Nothing(job);
        }

        if (job.Check is not { IsNone: false } check)
        {
            return Begin(job, commit, target, catalog);
        }

        if (check.Repository != repository)
        {
            // Its runs have moved with it.
            return job with { Check = check with { Repository = repository, Trouble = GitHubTrouble.None } };
        }

        // Where they are wanted later, it is of the releases from then on: those before have been told elsewhere.
        return job.Comments is null || target.Environment.PullRequestComment ? null : job with { Comments = null };
    }

    private static Job Begin(Job job, string commit, ReleaseTarget target, ReleaseCatalog catalog) =>
        job with
        {
            Check = new GitHubCheck(target.App.Repository, commit),
            Deployment = new GitHubDeployment(DeploymentTexts.EnvironmentOf(target, catalog)),
            Comments = target.Environment.PullRequestComment
                ? new PullComments { Repository = target.App.Repository }
                : null,
        };

    private static Job Nothing(Job job) => job with { Check = GitHubCheck.None, Deployment = null, Comments = null };

    [GeneratedRegex(@"\A([0-9a-f]{40}|[0-9a-f]{64})\z")]
    private static partial Regex FullHash();
}
