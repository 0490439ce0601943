using Devflow.ChatOps.GitOps.Releasing;

namespace Devflow.ChatOps.GitOps.GitHub;

/// <summary>Puts a branch on another commit if it still stands where it was seen; false when it does not.</summary>
internal delegate Task<bool> ReplaceTip(
    NewCommit commit,
    BranchTip seen,
    CommitSha sha,
    CancellationToken cancellation
);

/// <summary>The branch of a pull request, and the pull request.</summary>
/// <remarks>
/// An existing branch is never forced blindly: who was overtaken between looking and writing would put an older release
/// over a newer one. GraphQL has a compare and swap for references. REST has none, and what it has cannot be made one
/// (force looks at nothing; delete and create closes the pull request): there the tip that was seen becomes the second parent
/// of the new commit, so that the move is a fast-forward from that tip and from no other.
/// </remarks>
/// <param name="replace">The compare and swap; null: there is none.</param>
internal sealed class Proposals(GitHubConnection gitHub, ReplaceTip? replace)
{
    public async Task<ProposalAnswer> MakeAsync(Proposal proposal, CancellationToken cancellation)
    {
        var commit = proposal.Commit;
        var git = new GitDatabase(gitHub, commit.Repository);
        var tree = await git.CreateTreeAsync(commit, cancellation);
        var sha = proposal.Tip?.Sha;
        // What is on the branch already is not committed a second time.
        if (
            proposal.Tip is not { } tip
            || tip.Tree != tree
            || tip.Parents is not [var first, ..]
            || first != commit.Parent
        )
        {
            var parents = new[] { commit.Parent, replace is null ? proposal.Tip?.Sha : null };
            sha = await git.CreateCommitAsync(
                commit.Message,
                tree,
                parents.OfType<CommitSha>().Distinct(),
                cancellation
            );
            if (!await PlaceAsync(git, proposal, sha, cancellation))
            {
                return new ProposalAnswer.TipMoved();
            }
        }

        return await new PullRequests(gitHub).OpenAsync(proposal, sha!, cancellation);
    }

    private async Task<bool> PlaceAsync(
        GitDatabase git,
        Proposal proposal,
        CommitSha sha,
        CancellationToken cancellation
    )
    {
        var commit = proposal.Commit;
        if (proposal.Tip is not { } tip)
        {
            return await git.CreateBranchAsync(commit.Branch, sha, cancellation);
        }

        if (replace is not null)
        {
            return await replace(commit, tip, sha, cancellation);
        }

        return await git.ForwardAsync(commit.Branch, tip.Sha, sha, cancellation) switch
        {
            CommitAnswer.Created => true,
            // The next look at the branch tells.
            CommitAnswer.Unknown unknown => throw new GitHostException(
                ReleaseCodes.GitHubUnavailable,
                unknown.Reason,
                isPassing: true
            ),
            _ => false,
        };
    }
}
