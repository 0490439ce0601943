using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Core.Jobs;

/// <summary>The GitHub deployment of a Job: that its commit is on its way to an environment, is there, or is not any more.</summary>
/// <param name="Environment">As GitHub calls it.</param>
public sealed record GitHubDeployment(string Environment)
{
    /// <summary>GitHub's; <c>null</c> while there is none.</summary>
    public long? Id { get; init; }

    /// <summary>It is being created until then; it is looked up once this has passed.</summary>
    public DateTimeOffset? CreatingUntil { get; init; }

    /// <summary>The last state that GitHub was told.</summary>
    public DeploymentState? State { get; init; }

    /// <summary>A state was told, and the answer never seen: GitHub is asked before it is told again.</summary>
    public bool IsUncertain { get; init; }

    /// <inheritdoc cref="GitHubCheck.Trouble"/>
    public GitHubTrouble Trouble { get; init; } = GitHubTrouble.None;

    /// <summary>GitHub will not take it: nothing more is tried for this Job.</summary>
    public bool IsGivenUp { get; init; }

    /// <summary>GitHub knows how far this Job is, or never will.</summary>
    public bool Shows(Job job) => IsGivenUp || (State == Of(job) && !IsUncertain && CreatingUntil is null);

    /// <summary>How far a Job is, in GitHub's words.</summary>
    public static DeploymentState Of(Job job) =>
        job.Status switch
        {
            JobStatus.Pending => DeploymentState.Queued,
            JobStatus.Succeeded when !job.HasLeft => DeploymentState.Success,
            JobStatus.Failed or JobStatus.SyncFailed => DeploymentState.Failure,
            JobStatus.Syncing or JobStatus.Running or JobStatus.AwaitingApproval or JobStatus.RollingBack =>
                DeploymentState.InProgress,
            _ => DeploymentState.Inactive,
        };
}
