using Devflow.ChatOps.GitOps.Releasing;

namespace Devflow.ChatOps.GitOps.GitHub;

/// <summary>GitHub through GraphQL, and through REST from the moment on that GraphQL turns out not to be there for us.</summary>
public sealed class GitHubHost(GitHubConnection gitHub) : IGitHost
{
    private readonly GraphQlHost graphQl = new(gitHub);
    private readonly RestHost rest = new(gitHub);
    private volatile bool isGraphQlMissing;

    public Task<BranchSnapshot> ReadAsync(BranchQuery query, CancellationToken cancellation) =>
        EitherAsync(host => host.ReadAsync(query, cancellation));

    public Task<CommitAnswer> CommitAsync(NewCommit commit, CancellationToken cancellation) =>
        EitherAsync(host => host.CommitAsync(commit, cancellation));

    public Task<BranchTip?> FindTipAsync(string repository, string branch, CancellationToken cancellation) =>
        EitherAsync(host => host.FindTipAsync(repository, branch, cancellation));

    public Task<ProposalAnswer> ProposeAsync(Proposal proposal, CancellationToken cancellation) =>
        EitherAsync(host => host.ProposeAsync(proposal, cancellation));

    private async Task<T> EitherAsync<T>(Func<IGitHost, Task<T>> ask)
    {
        if (!isGraphQlMissing)
        {
            try
            {
                return await ask(graphQl);
            }
            catch (GraphQlMissingException)
            {
                isGraphQlMissing = true;
            }
        }

        return await ask(rest);
    }
}
