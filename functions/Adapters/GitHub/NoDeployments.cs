using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Adapters.GitHub;

/// <summary>Where no App is set up: GitHub hears of no deployment.</summary>
public sealed class NoDeployments : IDeployments
{
    /// <inheritdoc/>
    public Task<GitHubAnswer<long>> CreateAsync(
        string repository,
        string commit,
        string environment,
        string description,
        string job,
        CancellationToken stop
    ) => throw Impossible();

    /// <inheritdoc/>
    public Task<GitHubAnswer<long?>> FindAsync(
        string repository,
        string commit,
        string environment,
        string job,
        CancellationToken stop
    ) => throw Impossible();

    /// <inheritdoc/>
    public Task<GitHubAnswer<long>> AddStatusAsync(
        string repository,
        long deployment,
        DeploymentStatus status,
        CancellationToken stop
    ) => throw Impossible();

    /// <inheritdoc/>
    public Task<GitHubAnswer<DeploymentState?>> LastStateAsync(
        string repository,
        long deployment,
        CancellationToken stop
    ) => throw Impossible();

    private static InvalidOperationException Impossible() => new("There is no GitHub App to write with.");
}
