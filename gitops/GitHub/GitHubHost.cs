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

    public Task<IReadOnlyDictionary<string, IReadOnlyList<PastCommit>>> HistoriesAsync(
        string repository,
        CommitSha head,
        IReadOnlyList<string> paths,
        CancellationToken cancellation
    ) => EitherAsync(host => host.HistoriesAsync(repository, head, paths, cancellation));

    public Task<CommitAnswer> CommitAsync(NewCommit commit, CancellationToken cancellation) =>
        EitherAsync(host => host.CommitAsync(commit, cancellation));

    public Task<BranchTip?> FindTipAsync(string repository, string branch, CancellationToken cancellation) =>
        EitherAsync(host => host.FindTipAsync(repository, branch, cancellation));

    public Task<ProposalAnswer> ProposeAsync(Proposal proposal, CancellationToken cancellation) =>
        EitherAsync(host => host.ProposeAsync(proposal, cancellation));

    public Task<ProposalState> FindProposalAsync(
        string repository,
        string branch,
        string @base,
        CancellationToken cancellation
    ) => rest.FindProposalAsync(repository, branch, @base, cancellation);

    public Task<CommitChange?> FindChangeAsync(
        string repository,
        CommitSha commit,
        string path,
        CancellationToken cancellation
    ) => rest.FindChangeAsync(repository, commit, path, cancellation);

    public Task<byte[]> ReadBlobAsync(string repository, string id, CancellationToken cancellation) =>
        rest.ReadBlobAsync(repository, id, cancellation);

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
