using System.Collections.Concurrent;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Jobs.Deciding;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Processing;

/// <summary>
/// The calls that read one release. What was told of its commits and pull requests is kept, so that a large release that is
/// not read in one go is read in several.
/// </summary>
internal sealed class ContentsCalls(IGitHub gitHub)
{
    private readonly ConcurrentDictionary<string, PullCalls> repositories = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What GitHub tells, faults included.</summary>
    public async Task<ContentsAnswer> ReadAsync(ContentsQuestion question, CancellationToken stop)
    {
        var (commits, isFromBaseline) = question.NeedsCommits
            ? await CommitsAsync(question, stop)
            : ((GitHubAnswer<Contributions>?)null, false);
        var workflow =
            commits is GitHubAnswer<Contributions>.Ok && question.WorkflowCommit is { } head
                ? (await CommitsAsync(question with { Head = head }, stop)).Commits
                : null;
        var config = question is { NeedsConfig: true, GitOpsRepository: { } place, GitOpsCommit: { } commit }
            ? await new GitOpsCalls(gitHub, place, CallsOf(place)).ReadAsync(commit, question.Range, stop)
            : null;
        return new ContentsAnswer(commits, config) { Workflow = workflow, IsFromBaseline = isFromBaseline };
    }

    /// <summary>The commits since the base; where GitHub does not know it, since the catalog's, if it knows that.</summary>
    private async Task<(GitHubAnswer<Contributions> Commits, bool IsFromBaseline)> CommitsAsync(
        ContentsQuestion question,
        CancellationToken stop
    )
    {
        var compared = await CompareAsync(question, stop);
        if (
            question is { Base: not null, Baseline: { } baseline }
            && compared
                is GitHubAnswer<GitComparison>.Fault { Why.Kind: GitHubFaultKind.NotFound or GitHubFaultKind.Refused }
            && await CompareAsync(question with { Base = baseline }, stop) is GitHubAnswer<GitComparison>.Ok other
        )
        {
            return (await CommitsAsync(question, other.Value, stop), true);
        }

        return compared is GitHubAnswer<GitComparison>.Ok(var comparison)
            ? (await CommitsAsync(question, comparison, stop), false)
            : (Failed(compared), false);
    }

    private async Task<GitHubAnswer<Contributions>> CommitsAsync(
        ContentsQuestion question,
        GitComparison comparison,
        CancellationToken stop
    )
    {
        var calls = CallsOf(question.Repository);
        if (comparison.Commits.IsEmpty)
        {
            // Nothing new, or an older version: whoever made that commit is behind it all the same.
            var head = await gitHub.CommitAsync(question.Repository, question.Head, stop);
            if (head is not GitHubAnswer<GitChange>.Ok(var change))
            {
                return Failed(head);
            }

            var only = await calls.WithPullsAsync(new GitComparison([change.Commit], 1, 0), stop);
            return only is GitHubAnswer<Contributions>.Ok(var told) && question.Base is not null
                ? new GitHubAnswer<Contributions>.Ok(
                    told with
                    {
                        IsOnlyHead = true,
                        Comparison = told.Comparison with { Behind = comparison.Behind },
                    }
                )
                : only;
        }

        return await calls.WithPullsAsync(comparison, stop);
    }

    private async Task<GitHubAnswer<GitComparison>> CompareAsync(ContentsQuestion question, CancellationToken stop) =>
        question.Base is { } before
            ? await gitHub.CompareAsync(question.Repository, before, question.Head, GitComparison.MostCommits, stop)
            : new GitHubAnswer<GitComparison>.Ok(new GitComparison([], 0, 0));

    private PullCalls CallsOf(string repository) =>
        repositories.GetOrAdd(repository, place => new PullCalls(gitHub, place));

    private static GitHubAnswer<Contributions>.Fault Failed<T>(GitHubAnswer<T> answer) =>
        new(((GitHubAnswer<T>.Fault)answer).Why);
}
