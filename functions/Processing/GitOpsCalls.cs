using System.Collections.Immutable;
using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Jobs.Deciding;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Processing;

/// <summary>
/// Reads which commits of the GitOps repository went into the cluster with a release: those of its path since what was
/// live before, and the one that asks for it.
/// </summary>
internal sealed class GitOpsCalls(IGitHub gitHub, string repository, PullCalls calls)
{
    /// <summary>
    /// A repository that many apps share has many commits between two releases of one. Their names are cheap; only of those
    /// of the path is more asked.
    /// </summary>
    private const int MostCompared = 2_000;

    /// <summary>What GitHub tells, faults included.</summary>
    /// <param name="announced">The commit that asks for the release.</param>
    /// <param name="range">Where the others are; <c>null</c>: others cannot be told.</param>
    public async Task<GitHubAnswer<GitOpsChanges>> ReadAsync(
        string announced,
        GitOpsRange? range,
        CancellationToken stop
    )
    {
        var own = await gitHub.CommitAsync(repository, announced, stop);
        if (own is GitHubAnswer<GitChange>.Fault(var why))
        {
            return new GitHubAnswer<GitOpsChanges>.Fault(why);
        }

        var asking = ((GitHubAnswer<GitChange>.Ok)own).Value;
        var (synced, fault) = range is null ? (Synced.None, null) : await SyncedAsync(announced, range, stop);
        if (fault is not null)
        {
            return new GitHubAnswer<GitOpsChanges>.Fault(fault);
        }

        ImmutableArray<GitCommit> others = [.. synced.OfPath.Where(commit => commit.Sha != announced)];
        var (changes, unread) = await calls.ChangesAsync(
            others.Take(ReleaseContents.MostFiles).Select(commit => commit.Sha),
            stop
        );
        if (unread is not null)
        {
            return new GitHubAnswer<GitOpsChanges>.Fault(unread);
        }

        ImmutableArray<GitCommit> commits = [.. others.Reverse(), asking.Commit];
        var told = await calls.WithPullsAsync(new GitComparison(commits, commits.Length, 0), stop);
        return told is GitHubAnswer<Contributions>.Ok(var contributions)
            ? new GitHubAnswer<GitOpsChanges>.Ok(
                new GitOpsChanges(
                    contributions,
                    [
                        .. others
                            .Where(commit => changes.ContainsKey(commit.Sha))
                            .Select(commit => Below(range!.Path, changes[commit.Sha])),
                        asking,
                    ]
                )
                {
                    HasAnnounced = synced.HasAnnounced,
                    IsCut = synced.IsCut,
                    IsBaseUnknown = range is not null && synced.IsBaseUnknown,
                }
            )
            : new GitHubAnswer<GitOpsChanges>.Fault(((GitHubAnswer<Contributions>.Fault)told).Why);
    }

    /// <summary>
    /// The path's commits that the range has. Where GitHub does not know one of its ends (the repository was moved, its
    /// history rewritten), the branch takes the head's place, and then the announced commit the base's.
    /// </summary>
    private async Task<(Synced Synced, GitHubFault? Fault)> SyncedAsync(
        string announced,
        GitOpsRange range,
        CancellationToken stop
    )
    {
        var head = range.Synced ?? range.Branch;
        var before = range.Base ?? announced;
        GitHubFault? unknown = null;
        foreach (
            var (from, to) in new[] { (before, head), (before, range.Branch), (announced, range.Branch) }.Distinct()
        )
        {
            var (synced, fault) = await SyncedAsync(announced, from, to, range.Path, stop);
            if (fault is null)
            {
                return (synced with { IsBaseUnknown = range.Base is null || from != range.Base }, null);
            }

            unknown = fault;
            if (fault.Kind is not (GitHubFaultKind.NotFound or GitHubFaultKind.Refused))
            {
                break;
            }
        }

        return (Synced.None, unknown);
    }

    /// <summary>The path's commits that GitHub's comparison names.</summary>
    private async Task<(Synced Synced, GitHubFault? Fault)> SyncedAsync(
        string announced,
        string from,
        string to,
        string path,
        CancellationToken stop
    )
    {
        var compared = await gitHub.CompareAsync(repository, from, to, MostCompared, stop);
        if (compared is GitHubAnswer<GitComparison>.Fault(var why))
        {
            return (Synced.None, why);
        }

        var history = await gitHub.CommitsOfPathAsync(repository, to, path, stop);
        if (history is GitHubAnswer<ImmutableArray<GitCommit>>.Fault(var other))
        {
            return (Synced.None, other);
        }

        var comparison = ((GitHubAnswer<GitComparison>.Ok)compared).Value;
        var ofPath = ((GitHubAnswer<ImmutableArray<GitCommit>>.Ok)history).Value;
        var between = comparison.Commits.Select(commit => commit.Sha).ToHashSet(StringComparer.Ordinal);
        var hasAnnounced = from == announced ? comparison.Behind == 0 : between.Contains(announced);
        var isCut =
            comparison.Commits.Length < comparison.Total
            || (ofPath.Length >= IGitHub.MostOfPath && between.Contains(ofPath[^1].Sha));
        return (new Synced([.. ofPath.Where(commit => between.Contains(commit.Sha))], hasAnnounced, isCut), null);
    }

    private static GitChange Below(string path, GitChange change) =>
        change with
        {
            Files = [.. change.Files.Where(file => GitOpsSource.IsIn(file.Path, path))],
        };

    /// <param name="OfPath">Newest first.</param>
    /// <param name="HasAnnounced">The announced commit is in the history that was synced.</param>
    private sealed record Synced(ImmutableArray<GitCommit> OfPath, bool HasAnnounced, bool IsCut)
    {
        public static readonly Synced None = new([], false, false);

        public bool IsBaseUnknown { get; init; }
    }
}
