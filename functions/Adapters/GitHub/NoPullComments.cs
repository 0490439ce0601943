using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Adapters.GitHub;

/// <summary>Where no App is set up: pull requests hear of no release.</summary>
public sealed class NoPullComments : IPullComments
{
    /// <inheritdoc/>
    public Task<GitHubAnswer<long?>> WriteAsync(
        string repository,
        int pull,
        long? known,
        PullCommentPage page,
        CancellationToken stop
    ) => throw new InvalidOperationException("There is no GitHub App to write with.");
}
