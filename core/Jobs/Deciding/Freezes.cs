using Devflow.ChatOps.Core.Policy;

namespace Devflow.ChatOps.Core.Jobs.Deciding;

/// <summary>What a freeze means for a Job that is not live: its card says so from the first moment to the last.</summary>
internal static class Freezes
{
    /// <summary>The Job with the freeze of now; it is looked at again when one begins or ends.</summary>
    public static Job Freezing(this Job job, Circumstances here, Changes changes)
    {
        if (!Matters(job))
        {
            return job with { Freeze = null };
        }

        if (FreezeClock.NextChange(here.Environment.Freeze, here.Now) is { } change)
        {
            changes.LookAt(change);
        }

        return job with
        {
            Freeze = FreezeClock.FrozenUntil(here.Environment.Freeze, here.Now),
        };
    }

    // A rollback is promoted in freezes too; what is live cannot be kept out any more.
    private static bool Matters(Job job) =>
        job is { RollbackOf: null, Source: not JobSource.Baseline }
        && job.Status
            is JobStatus.Pending
                or JobStatus.Syncing
                or JobStatus.SyncFailed
                or JobStatus.Running
                or JobStatus.AwaitingApproval
                or JobStatus.Failed;
}
