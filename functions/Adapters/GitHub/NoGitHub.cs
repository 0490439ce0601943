using System.Collections.Immutable;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Adapters.GitHub;

/// <summary>GitHub where no App is set up: nothing is known of it.</summary>
public sealed class NoGitHub : IGitHub
{
    /// <inheritdoc/>
    public bool IsSetUp => false;

    /// <inheritdoc/>
    public Task<GitHubAnswer<IReadOnlyCollection<string>>> TeamMembersAsync(string team, CancellationToken stop) =>
        Nothing<IReadOnlyCollection<string>>();

    /// <inheritdoc/>
    public Task<GitHubAnswer<GitComparison>> CompareAsync(
        string repository,
        string @base,
        string head,
        int most,
        CancellationToken stop
    ) => Nothing<GitComparison>();

    /// <inheritdoc/>
    public Task<GitHubAnswer<ImmutableArray<GitCommit>>> CommitsOfPathAsync(
        string repository,
        string head,
        string path,
        CancellationToken stop
    ) => Nothing<ImmutableArray<GitCommit>>();

    /// <inheritdoc/>
    public Task<GitHubAnswer<GitChange>> CommitAsync(string repository, string commit, CancellationToken stop) =>
        Nothing<GitChange>();

    /// <inheritdoc/>
    public Task<GitHubAnswer<ImmutableArray<int>>> PullsOfAsync(
        string repository,
        string commit,
        CancellationToken stop
    ) => Nothing<ImmutableArray<int>>();

    /// <inheritdoc/>
    public Task<GitHubAnswer<GitPull>> PullAsync(string repository, int number, CancellationToken stop) =>
        Nothing<GitPull>();

    private static Task<GitHubAnswer<T>> Nothing<T>() =>
        Task.FromResult<GitHubAnswer<T>>(
            new GitHubAnswer<T>.Fault(new GitHubFault(GitHubFaultKind.NotSetUp, "No GitHub App is set up."))
        );
}
