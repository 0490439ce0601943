using System.Globalization;

namespace Devflow.ChatOps.GitOps.Releasing;

/// <summary>One order under way.</summary>
internal sealed class ReleaseRun(
    IGitHost host,
    ReleaseOrder order,
    FileSelection files,
    Backoff backoff,
    TimeProvider time,
    Action<string> say
)
{
    /// <summary>A commit of which it is not known whether it was made: on top of what, and its changes.</summary>
    private (CommitSha Parent, IReadOnlyList<FileChange> Changes)? uncertain;
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
        var query = new BranchQuery(order.Repository, order.Branch, files) { Histories = HistoryScope.Files };
        var seen = await host.ReadAsync(query, cancellation);
        var edit = ReleaseEdit.Make(order.Wish, files, seen);
        var past = await PastAsync(seen.Head, seen.Histories, edit as ReleaseEdit.Changed, cancellation);
        var history = ReleaseHistory.Read(past, order.App, order.Environment);
        if (uncertain is { } lost && history.Own(order.Run, order.Images) is { } own)
        {
            return new ReleaseOutcome.Committed(own.Sha, lost.Changes) { Parent = lost.Parent };
        }

        return edit switch
        {
            ReleaseEdit.Impossible impossible => impossible.Failure,
            ReleaseEdit.Changed changed => ReleaseRules.Superseded(order, history, changed)
                ?? (
                    changed.Files.Count == 0
                        ? new ReleaseOutcome.Unchanged(seen.Head)
                        : await WriteAsync(seen, history, changed, cancellation)
                ),
            _ => throw new InvalidOperationException("An edit is one or the other."),
        };
    }

    /// <summary>
    /// The last commits of the files that name the images, and of those that a lost commit changed: other apps' commits, however
    /// many, do not push a tombstone out of sight.
    /// </summary>
    private async Task<IReadOnlyList<PastCommit>> PastAsync(
        CommitSha head,
        IReadOnlyDictionary<string, IReadOnlyList<PastCommit>> known,
        ReleaseEdit.Changed? edit,
        CancellationToken cancellation
    )
    {
        var files = (edit?.Naming ?? []).Concat(uncertain?.Changes.Select(change => change.Path) ?? []);
        var paths = PathHistory.PathsOf(files);
        var missing = paths.Where(path => !known.ContainsKey(path)).ToList();
        var more =
            missing.Count == 0
                ? new Dictionary<string, IReadOnlyList<PastCommit>>()
                : await host.HistoriesAsync(order.Repository, head, missing, cancellation);
        return PathHistory.Merge([.. paths.Select(path => known.TryGetValue(path, out var past) ? past : more[path])]);
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
            { Mode: ReleaseMode.PullRequest } => await ProposeAsync(seen, history, edit, cancellation),
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
                return new ReleaseOutcome.Committed(created.Sha, edit.Changes) { Parent = seen.Head };
            case CommitAnswer.Unknown unknown:
                // Whether it happened is seen when the branch is read again; a commit that is still on its way there cannot
                // become a second one, because both expect the same head.
                uncertain = (seen.Head, edit.Changes);
                throw new GitHostException(ReleaseCodes.GitHubUnavailable, unknown.Reason, isPassing: true);
            default:
                return null;
        }
    }

    private async Task<ReleaseOutcome?> ProposeAsync(
        BranchSnapshot seen,
        ReleaseHistory history,
        ReleaseEdit.Changed edit,
        CancellationToken cancellation
    )
    {
        var branch = ReleaseMessage.PullRequestBranch(order);
        var tip = await host.FindTipAsync(order.Repository, branch, cancellation);
        if (tip is not null && await AgainstAsync(tip, branch, history, edit, cancellation) is { } obstacle)
        {
            return obstacle;
        }

        var (title, body) = ReleaseMessage.PullRequest(order, edit);
        var proposal = new Proposal(Commit(branch, seen, edit), order.Branch, tip, title, body);
        return await host.ProposeAsync(proposal, cancellation) is ProposalAnswer.Open open
            ? new ReleaseOutcome.PullRequestOpened(open.Number, open.Url, open.Sha, edit.Changes)
            : null;
    }

    /// <summary>What is on the pull request's branch and must not be written over; <c>null</c> when nothing is.</summary>
    private async Task<ReleaseOutcome?> AgainstAsync(
        BranchTip tip,
        string branch,
        ReleaseHistory history,
        ReleaseEdit.Changed edit,
        CancellationToken cancellation
    )
    {
        var its = ReleaseTrailers.Parse(tip.Message);
        if (its.App is not null && (its.App, its.Environment) != (order.App, order.Environment))
        {
            return Failed(
                ReleaseCodes.BranchTaken,
                $"{branch} of {order.Repository} carries a release of {its.App} ({its.Environment}). Delete it, or rename one of both."
            );
        }

        // Somebody's own commit on top hides ours.
        var none = new Dictionary<string, IReadOnlyList<PastCommit>>();
        var commits = its.Run is null
            ? await PastAsync(tip.Sha, none, edit, cancellation)
            : [new PastCommit(tip.Sha, tip.Message, default)];
        var proposed = ReleaseHistory.Read(commits, order.App, order.Environment);
        if (
            proposed.NewerThan(order.Run) is not { Trailers: { Run: { } run } newer, Sha: var sha }
            || history.Includes(run)
        )
        {
            // Nothing newer, or it has been merged: then the branch that is deployed from has told already.
            return null;
        }

        var isSame = order.Images.All(image => newer.Images.Any(there => there.Name.Equals(image.Name)));
        return isSame ? new ReleaseOutcome.Superseded(run, sha)
            : order.AllowOlder || order.ForceReason is not null ? null
            : new ReleaseOutcome.Refused(
                ReleaseCodes.Older,
                $"{branch} of {order.Repository} proposes other images, by the newer run {run.Number}. Merge or close that pull "
                    + "request and delete its branch, or release all images of the environment in one run."
            );
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

        if (e.RetryAfter is { } pause)
        {
            say(WaitingFor(e, pause));
            await backoff.PauseAsync(pause, cancellation);
        }
        else
        {
            await backoff.PauseAsync(silences, cancellation);
        }

        return null;
    }

    /// <summary>What is said before a wait that GitHub asked for.</summary>
    public static string WaitingFor(Exception why, TimeSpan pause) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{why.Message} Asking again in {Math.Ceiling(pause.TotalSeconds)} s."
        );

    private static ReleaseOutcome.Failed Failed(string code, string message, DateTimeOffset? retryAt = null) =>
        new(code, message, [], retryAt);
}
