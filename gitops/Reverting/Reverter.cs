using Devflow.ChatOps.GitOps.GitHub;
using Devflow.ChatOps.GitOps.Releasing;

namespace Devflow.ChatOps.GitOps.Reverting;

/// <summary>
/// Carries out a <see cref="RevertOrder"/> over a <see cref="IGitHost"/>: one read of the branch and one commit on exactly
/// that moment; when somebody was quicker, again. It does not wait: what passes is a failure that says so, and whoever
/// ordered it comes back. It may be carried out any number of times.
/// </summary>
public sealed class Reverter(IGitHost host)
{
    /// <summary>Each lost race means that somebody else's commit went through.</summary>
    private const int Attempts = 10;

    /// <summary>Carries out the order. What can be expected to go wrong is an outcome.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; the commit may have been made.</exception>
    public async Task<RevertOutcome> RunAsync(RevertOrder order, CancellationToken cancellation)
    {
        FileSelection files;
        try
        {
            files = FileSelection.At(order.Path);
        }
        catch (FormatException e)
        {
            return new RevertOutcome.Failed(ReleaseCodes.FileNotFound, e.Message, IsPassing: false);
        }

        try
        {
            // Before the branch is read: what is merged in between is on it then.
            var proposal = order.IsProposed ? await FindProposalAsync(order, cancellation) : ProposalState.None;
            for (var attempt = 1; attempt <= Attempts; attempt++)
            {
                if (await TryAsync(order, files, proposal, cancellation) is { } outcome)
                {
                    return outcome;
                }
            }

            return new RevertOutcome.Failed(
                ReleaseCodes.BranchMoves,
                $"{order.Branch} of {order.Repository} moved before each of {Attempts} tries to commit on it.",
                IsPassing: true
            );
        }
        catch (GitHostException e)
        {
            return new RevertOutcome.Failed(e.Code, e.Message, e.IsPassing, e.RetryAfter);
        }
    }

    /// <summary>One try; <c>null</c> when the branch was quicker.</summary>
    private async Task<RevertOutcome?> TryAsync(
        RevertOrder order,
        FileSelection files,
        ProposalState proposal,
        CancellationToken cancellation
    )
    {
        var query = new BranchQuery(order.Repository, order.Branch, files);
        var seen = await host.ReadAsync(query, cancellation);
        var history = History(order, seen);
        if (Done(order, history) is { } done)
        {
            return done;
        }

        var change = await ChangeAsync(order, seen, history, cancellation);
        var others = change?.Files.Select(file => file.Path).Where(path => !files.Includes(path)).ToList() ?? [];
        if (others.Count > 0)
        {
            files = files.And(others);
            seen = await host.ReadAsync(query with { Files = files }, cancellation);
            history = History(order, seen);
            if (Done(order, history) is { } doneMeanwhile)
            {
                return doneMeanwhile;
            }
        }

        change = await WithAfterAsync(order, seen, change, cancellation);
        return RevertPlan.Make(order, files, seen, history, change) switch
        {
            RevertPlan.Nothing => new RevertOutcome.Agrees(seen.Head),
            RevertPlan.Overtaken newer => new RevertOutcome.Overtaken(newer.Version, newer.By),
            RevertPlan.Impossible no => new RevertOutcome.Failed(no.Code, no.Message, IsPassing: false),
            RevertPlan.Write when order.IsProposed => proposal == ProposalState.Open
                ? new RevertOutcome.StillProposed()
                : new RevertOutcome.Declined(proposal),
            RevertPlan.Write write => await WriteAsync(order, files, seen, write, cancellation),
            _ => throw new InvalidOperationException("A plan that nobody reads."),
        };
    }

    private Task<ProposalState> FindProposalAsync(RevertOrder order, CancellationToken cancellation) =>
        host.FindProposalAsync(order.Repository, RevertMessage.PullRequestBranch(order), order.Branch, cancellation);

    private static ReleaseHistory History(RevertOrder order, BranchSnapshot seen) =>
        ReleaseHistory.Read(seen.History, order.App, order.Environment);

    private static RevertOutcome.Written? Done(RevertOrder order, ReleaseHistory history) =>
        history.Rollback(order.Id) is { } own && order.TakenBackSince(history) is null
            ? new RevertOutcome.Written(own.Sha, own.Trailers.ImageOnly)
            : null;

    /// <summary>
    /// Only a commit of the branch counts: GitHub serves those of forks and of pull requests that nobody merged under the
    /// same address, and what they call "before" would be written.
    /// </summary>
    private async Task<CommitChange?> ChangeAsync(
        RevertOrder order,
        BranchSnapshot seen,
        ReleaseHistory history,
        CancellationToken cancellation
    )
    {
        var known =
            order.Commit is { } named && seen.History.Any(commit => commit.Sha == named)
                ? await host.FindChangeAsync(order.Repository, named, order.Path, cancellation)
                : null;
        // The commit of a pull request that was squashed is not there for ever; what it became carries its trailers.
        return known is null && order.Bad is { } bad && history.ReleaseOf(bad)?.Sha is { } sha && sha != order.Commit
            ? await host.FindChangeAsync(order.Repository, sha, order.Path, cancellation)
            : known;
    }

    /// <summary>What the manifests became by the commit, where the branch does not show it any more.</summary>
    private async Task<CommitChange?> WithAfterAsync(
        RevertOrder order,
        BranchSnapshot seen,
        CommitChange? change,
        CancellationToken cancellation
    )
    {
        if (change is null)
        {
            return null;
        }

        var now = seen
            .Files.DistinctBy(file => GitBlob.Id(file.Content))
            .ToDictionary(file => GitBlob.Id(file.Content), file => file.Content);
        var files = new List<ChangedFile>();
        foreach (var file in change.Files)
        {
            files.Add(
                file.AfterId is { } id && file.IsPlain && FileSelection.IsManifest(file.Path)
                    ? file with
                    {
                        After =
                            now.GetValueOrDefault(id) ?? await host.ReadBlobAsync(order.Repository, id, cancellation),
                    }
                    : file
            );
        }

        return change with
        {
            Files = files,
        };
    }

    /// <summary>
    /// Whether the branch has at the path what was synced: the last commit that changed it is the same, and a commit has one
    /// content. Where that cannot be told, it has not; the rollback does not wait for it.
    /// </summary>
    private async Task<bool> IsOnSyncedAsync(
        RevertOrder order,
        FileSelection files,
        BranchSnapshot seen,
        CancellationToken cancellation
    )
    {
        if (order.Synced is not { } synced || seen.History is not [var last, ..])
        {
            return false;
        }

        if (synced == seen.Head || synced == last.Sha)
        {
            return true;
        }

        var path = files.HistoryPath ?? "";
        try
        {
            var histories = await host.HistoriesAsync(order.Repository, synced, [path], cancellation);
            return histories.GetValueOrDefault(path) is [var before, ..] && before.Sha == last.Sha;
        }
        catch (GitHostException)
        {
            return false;
        }
    }

    private async Task<RevertOutcome?> WriteAsync(
        RevertOrder order,
        FileSelection files,
        BranchSnapshot seen,
        RevertPlan.Write plan,
        CancellationToken cancellation
    )
    {
        if (order.Mode == ReleaseMode.PullRequest)
        {
            return await ProposeAsync(order, seen, plan, cancellation);
        }

        var isOnSynced = await IsOnSyncedAsync(order, files, seen, cancellation);
        try
        {
            return await host.CommitAsync(Commit(order, order.Branch, seen, plan), cancellation) switch
            {
                CommitAnswer.Created created => new RevertOutcome.Written(created.Sha, plan.ImageOnly)
                {
                    IsOnSynced = isOnSynced,
                },
                // Whether it happened is seen when the branch is read again. A commit that is still on its way cannot
                // become a second one, because both expect the same head.
                CommitAnswer.Unknown unknown => new RevertOutcome.Failed(
                    ReleaseCodes.GitHubUnavailable,
                    unknown.Reason,
                    IsPassing: true
                ),
                _ => null,
            };
        }
        catch (GitHostException e) when (e.Code == ReleaseCodes.ProtectedBranch)
        {
            return await ProposeAsync(order, seen, plan, cancellation);
        }
    }

    private async Task<RevertOutcome?> ProposeAsync(
        RevertOrder order,
        BranchSnapshot seen,
        RevertPlan.Write plan,
        CancellationToken cancellation
    )
    {
        var branch = RevertMessage.PullRequestBranch(order);
        var tip = await host.FindTipAsync(order.Repository, branch, cancellation);
        var (title, body) = RevertMessage.PullRequest(order, plan);
        var proposal = new Proposal(Commit(order, branch, seen, plan), order.Branch, tip, title, body);
        return await host.ProposeAsync(proposal, cancellation) is ProposalAnswer.Open open
            ? new RevertOutcome.Proposed(open.Number, open.Url, plan.ImageOnly)
            : null;
    }

    private static NewCommit Commit(RevertOrder order, string branch, BranchSnapshot seen, RevertPlan.Write plan) =>
        new(order.Repository, branch, seen.Head, seen.Tree, RevertMessage.Commit(order, plan), plan.Files)
        {
            Deletions = plan.Deletions,
        };
}
