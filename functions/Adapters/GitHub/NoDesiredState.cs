using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Adapters.GitHub;

/// <summary>Where the service has no GitHub App.</summary>
public sealed class NoDesiredState : IDesiredState
{
    /// <inheritdoc />
    public bool IsSetUp => false;

    /// <inheritdoc />
    public Task<GitAnswer> RevertAsync(string app, string environment, Effect.RevertGit what, CancellationToken stop) =>
        throw new InvalidOperationException("There is nothing to write Git with.");
}
