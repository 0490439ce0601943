using Devflow.ChatOps.GitOps.GitHub;
using Devflow.ChatOps.GitOps.Releasing;

namespace Devflow.ChatOps.Functions.Adapters.GitHub;

/// <summary>A repository with a token that writes contents, and with one for pull requests only where one is opened.</summary>
internal sealed class LeastHost(InstallationTokens tokens, string repository, TimeSpan timeout) : IGitHost
{
    private readonly GitHubHost contents = new(tokens.Connect(repository, AppPermissions.WriteContents, timeout));

    public Task<BranchSnapshot> ReadAsync(BranchQuery query, CancellationToken cancellation) =>
        contents.ReadAsync(query, cancellation);

    public Task<IReadOnlyDictionary<string, IReadOnlyList<PastCommit>>> HistoriesAsync(
        string repository,
        CommitSha head,
        IReadOnlyList<string> paths,
        CancellationToken cancellation
    ) => contents.HistoriesAsync(repository, head, paths, cancellation);

    public Task<CommitAnswer> CommitAsync(NewCommit commit, CancellationToken cancellation) =>
        contents.CommitAsync(commit, cancellation);

    public Task<BranchTip?> FindTipAsync(string repository, string branch, CancellationToken cancellation) =>
        contents.FindTipAsync(repository, branch, cancellation);

    public Task<ProposalState> FindProposalAsync(
        string repository,
        string branch,
        string @base,
        CancellationToken cancellation
    ) =>
        new GitHubHost(tokens.Connect(repository, AppPermissions.WriteContentsAndPulls, timeout)).FindProposalAsync(
            repository,
            branch,
            @base,
            cancellation
        );

    public Task<CommitChange?> FindChangeAsync(
        string repository,
        CommitSha commit,
        string path,
        CancellationToken cancellation
    ) => contents.FindChangeAsync(repository, commit, path, cancellation);

    public Task<byte[]> ReadBlobAsync(string repository, string id, CancellationToken cancellation) =>
        contents.ReadBlobAsync(repository, id, cancellation);

    public Task<ProposalAnswer> ProposeAsync(Proposal proposal, CancellationToken cancellation) =>
        new GitHubHost(tokens.Connect(repository, AppPermissions.WriteContentsAndPulls, timeout)).ProposeAsync(
            proposal,
            cancellation
        );
}
