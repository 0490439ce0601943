namespace Devflow.ChatOps.GitOps.Releasing;

/// <summary>One order under way.</summary>
internal sealed class ReleaseRun(
    IGitHost host,
    ReleaseOrder order,
    FileSelection files,
    Backoff backoff,
    TimeProvider time
)
{
    /// <summary>The changes of a commit of which it is not known whether it was made.</summary>
    private IReadOnlyList<FileChange>? uncertain;
    private int silences;

    public async Task<ReleaseOutcome> RunAsync(CancellationToken cancellation)
    {
        for (var moves = 0; ; )
        {
            try
            {
                if (await TryAsync(cancellation) is { } outcome)
                {
                    return outcome;
                }

                silences = 0;
                if (++moves >= order.Attempts)
                {
                    return Failed(
                        ReleaseCodes.BranchMoves,
                        $"{order.Branch} of {order.Repository} moved before each of {moves} tries to commit on it."
                    );
                }

                await backoff.PauseAsync(moves, cancellation);
            }
            catch (GitHostException e)
            {
                if (await WaitAsync(e, cancellation) is { } failure)
                {
                    return failure;
                }
            }
        }
    }

    /// <summary>One try; <c>null</c> when the branch was quicker.</summary>
    private async Task<ReleaseOutcome?> TryAsync(CancellationToken cancellation)
    {
        var seen = await host.ReadAsync(new BranchQuery(order.Repository, order.Branch, files), cancellation);
        var history = ReleaseHistory.Read(seen.History, order.App, order.Environment);
        if (uncertain is not null && history.Own(order.Run, order.Images) is { } own)
        {
            return new ReleaseOutcome.Committed(own.Sha, uncertain);
        }

        if (history.NewerThan(order.Run) is { } newer)
        {
            return new ReleaseOutcome.Superseded(newer.Trailers.Run!, newer.Sha);
        }

        return ReleaseEdit.Make(order, files, seen) switch
        {
            ReleaseEdit.Impossible impossible => impossible.Failure,
            ReleaseEdit.Changed { Files.Count: 0 } => new ReleaseOutcome.Unchanged(seen.Head),
            ReleaseEdit.Changed edit => await WriteAsync(seen, history, edit, cancellation),
            _ => throw new InvalidOperationException("An edit is one or the other."),
        };
    }

    private async Task<ReleaseOutcome?> WriteAsync(
        BranchSnapshot seen,
        ReleaseHistory history,
        ReleaseEdit.Changed edit,
        CancellationToken cancellation
    )
    {
        if (ReleaseRules.Check(order, history, edit) is { } refusal)
        {
            return refusal;
        }

        return order switch
        {
            { DryRun: true } => new ReleaseOutcome.Planned(seen.Head, edit.Changes),
            { Mode: ReleaseMode.PullRequest } => await ProposeAsync(seen, edit, cancellation),
            _ => await CommitAsync(seen, edit, cancellation),
        };
    }

    private async Task<ReleaseOutcome?> CommitAsync(
        BranchSnapshot seen,
        ReleaseEdit.Changed edit,
        CancellationToken cancellation
    )
    {
        switch (await host.CommitAsync(Commit(order.Branch, seen, edit), cancellation))
        {
            case CommitAnswer.Created created:
                return new ReleaseOutcome.Committed(created.Sha, edit.Changes);
            case CommitAnswer.Unknown unknown:
                // Whether it happened is seen when the branch is read again; a commit that is still on its way there cannot
                // become a second one, because both expect the same head.
                uncertain = edit.Changes;
                throw new GitHostException(ReleaseCodes.GitHubUnavailable, unknown.Reason, isPassing: true);
            default:
                return null;
        }
    }

    private async Task<ReleaseOutcome?> ProposeAsync(
        BranchSnapshot seen,
        ReleaseEdit.Changed edit,
        CancellationToken cancellation
    )
    {
        var branch = ReleaseMessage.PullRequestBranch(order);
        var tip = await host.FindTipAsync(order.Repository, branch, cancellation);
        if (tip is not null)
        {
            var proposed = new PastCommit(tip.Sha, tip.Message, default);
            var history = ReleaseHistory.Read([proposed], order.App, order.Environment);
            if (history.NewerThan(order.Run) is { } newer)
            {
                return new ReleaseOutcome.Superseded(newer.Trailers.Run!, newer.Sha);
            }
        }

        var (title, body) = ReleaseMessage.PullRequest(order, edit);
        var proposal = new Proposal(Commit(branch, seen, edit), order.Branch, tip, title, body);
        return await host.ProposeAsync(proposal, cancellation) is ProposalAnswer.Open open
            ? new ReleaseOutcome.PullRequestOpened(open.Number, open.Url, open.Sha, edit.Changes)
            : null;
    }

    private NewCommit Commit(string branch, BranchSnapshot seen, ReleaseEdit.Changed edit) =>
        new(order.Repository, branch, seen.Head, seen.Tree, ReleaseMessage.Commit(order, edit), edit.Files);

    /// <summary>Waits for what passes; the failure when it does not, or not soon enough.</summary>
    private async Task<ReleaseOutcome.Failed?> WaitAsync(GitHostException e, CancellationToken cancellation)
    {
        var isTooLong = e.RetryAfter > ReleaseCommitter.LongestRateLimit;
        if (!e.IsPassing || isTooLong || ++silences >= ReleaseCommitter.Patience)
        {
            var doubt =
                uncertain is null || e.Code != ReleaseCodes.GitHubUnavailable
                    ? ""
                    : " The commit may have been made; another run will see.";
            return Failed(e.Code, e.Message + doubt, time.GetUtcNow() + e.RetryAfter);
        }

        await (
            e.RetryAfter is { } pause
                ? backoff.PauseAsync(pause, cancellation)
                : backoff.PauseAsync(silences, cancellation)
        );
        return null;
    }

    private static ReleaseOutcome.Failed Failed(string code, string message, DateTimeOffset? retryAt = null) =>
        new(code, message, [], retryAt);
}
