using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Adapters.GitHub;

/// <summary>Where no App is set up: GitHub shows nothing.</summary>
public sealed class NoCheckRuns : ICheckRuns
{
    /// <inheritdoc/>
    public bool IsSetUp => false;

    /// <inheritdoc/>
    public Task<GitHubAnswer<long>> CreateAsync(
        string repository,
        string commit,
        CheckRunPage page,
        CancellationToken stop
    ) => throw Impossible();

    /// <inheritdoc/>
    public Task<GitHubAnswer<long>> UpdateAsync(
        string repository,
        long id,
        CheckRunPage page,
        CancellationToken stop
    ) => throw Impossible();

    /// <inheritdoc/>
    public Task<GitHubAnswer<FoundCheckRun?>> FindAsync(
        string repository,
        string commit,
        string name,
        string externalId,
        CancellationToken stop
    ) => throw Impossible();

    private static InvalidOperationException Impossible() => new("There is no GitHub App to write with.");
}
