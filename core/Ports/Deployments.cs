namespace Devflow.ChatOps.Core.Ports;

/// <summary>
/// GitHub's deployments (https://docs.github.com/rest/deployments). They have no idempotency key either: they carry the
/// Job's id in their payload, by which they are found again.
/// </summary>
public interface IDeployments
{
    /// <summary>Creates one that merges nothing and waits for no other check; its id.</summary>
    Task<GitHubAnswer<long>> CreateAsync(
        string repository,
        string commit,
        string environment,
        string description,
        string job,
        CancellationToken stop
    );

    /// <summary>The one of a Job; an answer without a value when there is none.</summary>
    Task<GitHubAnswer<long?>> FindAsync(
        string repository,
        string commit,
        string environment,
        string job,
        CancellationToken stop
    );

    /// <summary>Adds a status; its id.</summary>
    Task<GitHubAnswer<long>> AddStatusAsync(
        string repository,
        long deployment,
        DeploymentStatus status,
        CancellationToken stop
    );

    /// <summary>The state of the newest status; an answer without a value when it has none.</summary>
    Task<GitHubAnswer<DeploymentState?>> LastStateAsync(string repository, long deployment, CancellationToken stop);
}

/// <summary>How far a deployment is.</summary>
public enum DeploymentState
{
    Queued,
    InProgress,
    Success,
    Failure,
    Inactive,
}

/// <param name="Description">Plain text of at most <see cref="LongestDescription"/> characters.</param>
public sealed record DeploymentStatus(DeploymentState State, string Description)
{
    /// <summary>Where the environment can be looked at.</summary>
    public Uri? Environment { get; init; }

    /// <summary>Where the release can be followed.</summary>
    public Uri? Log { get; init; }

    public const int LongestDescription = 140;
}
