using Devflow.ChatOps.Action.Reporting;
using Devflow.ChatOps.Action.Service;

namespace Devflow.ChatOps.Action.Waiting;

/// <summary>How far a release is waited for.</summary>
public enum WaitGoal
{
    None,

    /// <summary>The cluster has begun it.</summary>
    Synced,

    /// <summary>The new version is ready beside the old one.</summary>
    Preview,

    /// <summary>It is live and done.</summary>
    Completed,
}

/// <summary>What became of the waiting.</summary>
public abstract record WaitOutcome(JobView Job)
{
    /// <summary>The release is as far as it was waited for.</summary>
    public sealed record Reached(JobView Job) : WaitOutcome(Job);

    /// <summary>Nothing was to be released: the cluster had it already.</summary>
    public sealed record NothingToRelease(JobView Job) : WaitOutcome(Job);

    /// <summary>A newer release took its place.</summary>
    public sealed record Superseded(JobView Job) : WaitOutcome(Job);

    /// <summary>It did not get that far.</summary>
    /// <param name="Code">One of <see cref="ReasonCodes"/>.</param>
    public sealed record Ended(JobView Job, string Code) : WaitOutcome(Job);

    /// <summary>The time was up. The release goes on.</summary>
    public sealed record TimedOut(JobView Job) : WaitOutcome(Job);

    /// <summary>The service does not tell any more.</summary>
    public sealed record Lost(JobView Job, string Code, string Message) : WaitOutcome(Job);
}

/// <summary>Reads a Job against the goal of waiting; the states are those of the service's design.</summary>
internal static class WaitRule
{
    /// <summary>The outcome, or <c>null</c> while there is something to wait for.</summary>
    public static WaitOutcome? Judge(JobView job, WaitGoal goal) =>
        job.Status switch
        {
            "NoChange" => new WaitOutcome.NothingToRelease(job),
            "Superseded" => new WaitOutcome.Superseded(job),
            "Succeeded" => new WaitOutcome.Reached(job),
            // What comes after the goal is not waited for, however soon it comes.
            "Failed" when goal == WaitGoal.Synced && job.IsPast("Applied") => new WaitOutcome.Reached(job),
            "Failed" when goal == WaitGoal.Preview && job.IsPast("PreviewReady") => new WaitOutcome.Reached(job),
            // Resting, not final: but whoever waits in a workflow is told now, not in six hours.
            "Failed" => new WaitOutcome.Ended(job, ReasonCodes.ReleaseFailed),
            "SyncFailed" => new WaitOutcome.Ended(job, ReasonCodes.SyncFailed),
            "RollingBack" or "RolledBack" => new WaitOutcome.Ended(job, ReasonCodes.ReleaseRolledBack),
            "Cancelled" => new WaitOutcome.Ended(job, ReasonCodes.ReleaseCancelled),
            _ when goal == WaitGoal.Synced && job.IsPast("Applied") => new WaitOutcome.Reached(job),
            _ when goal == WaitGoal.Preview && job.IsPast("PreviewReady") => new WaitOutcome.Reached(job),
            _ => null,
        };
}
