using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Jobs.Deciding;

/// <summary>A release is on its way back: rolled back by us, withdrawn in Git, or brought again by Git in spite of us.</summary>
internal static class GoingBack
{
    /// <summary>A rollback that shows no trace in the cluster after this time was taken back, as self-heal does.</summary>
    private static readonly TimeSpan takenBackAfter = TimeSpan.FromSeconds(10);

    /// <summary>Argo CD needs a moment to notice an undo; what it says must hold this long.</summary>
    private static readonly TimeSpan gitSettles = TimeSpan.FromSeconds(10);

    /// <summary>The hash went back to the rollback's target, or the release was withdrawn; or it has rested there since.</summary>
    public static Job Returned(Job current, Observation seen, RolloutView rollout, Circumstances here, Changes changes)
    {
        var left = current with { HasLeft = true, RestsAt = rollout.CurrentPodHash, InstantRollbackUntil = null };
        if (current.IsFinal)
        {
            return changes.Put(current, left);
        }

        left = left with { VerifiedAt = seen.At, Lock = here.Lock };
        if (current.Rollback is not { } rollback)
        {
            var text = current.RollbackOf is null ? JobTexts.Withdrawn(current) : JobTexts.RollbackWithdrawn(current);
            return changes.Put(
                current,
                left.End(JobStatus.Cancelled, text, here.Now, attention: current.RollbackOf is not null)
            );
        }

        if (rollout.CurrentPodHash != rollback.Target)
        {
            changes.LookAt(here.Now.AddSeconds(5));
            return changes.Put(current, IsTakenBack(current, rollout, here.Now) ? TakenBack(left, here.Now) : left);
        }

        var done =
            rollout.IsObserved
            && rollout.CurrentPodHash == rollout.StableRS
            && rollout.CurrentPodHash == rollout.ActiveSelector
            && rollout.Phase == "Healthy";
        changes.LookAt(here.Now.AddSeconds(here.Now - rollback.At < TimeSpan.FromMinutes(1) ? 5 : 15));
        return changes.Put(
            current,
            !done ? left
                : GitAgrees(ref left, rollback, seen, here) ? RolledBack(left, rollback, seen, here)
                : rollback.ClusterDone ? left.Remind(here.Now, changes)
                : ClusterIsBack(left, here)
        );
    }

    private static Job RolledBack(Job job, Rollback rollback, Observation seen, Circumstances here)
    {
        var git = rollback.Git == GitState.NotNeeded ? GitState.NotNeeded : GitState.Agrees;
        var ended = job with { Rollback = rollback.Because("") with { ClusterDone = true, Git = git } };
        // Somebody was needed, and has done it in their own way: nothing is left to write.
        return (rollback.GitNeedsPerson && IsSynced(seen) ? ended.WithoutRevert() : ended).End(
            JobStatus.RolledBack,
            JobTexts.RolledBack(job),
            here.Now
        );
    }

    /// <summary>After an abort nothing in the cluster asks for the old template but Git; after our undo only Argo CD tells.</summary>
    private static bool GitAgrees(ref Job job, Rollback rollback, Observation seen, Circumstances here)
    {
        if (rollback.Git == GitState.NotNeeded || rollback.Path is RollbackPath.Abort or RollbackPath.GitOnly)
        {
            return true;
        }

        var compared = seen.Application?.ComparedRevision ?? "";
        if (rollback is { GitNeedsPerson: true, GitRevision: "" })
        {
            job = job with { Rollback = rollback with { GitRevision = compared } };
        }

        // While we are at it, what Argo CD says may be older than the undo; whoever writes Git sees what stands there. Where
        // somebody is needed for that, a commit that came since tells.
        var isPushedSince =
            rollback is { GitNeedsPerson: true, GitRevision.Length: > 0 } && compared != rollback.GitRevision;
        if (
            (IsWritingGit(job) && !isPushedSince)
            || (rollback.Git == GitState.Written && here.Environment.Application is null)
        )
        {
            return rollback.Git == GitState.Written;
        }

        var synced = rollback.ClusterDone && IsSynced(seen);
        if (synced && rollback.Git == GitState.Written && rollback.GitCommit == seen.Application!.ComparedRevision)
        {
            return true;
        }

        var since = job.SyncedSince is { } known && known <= here.Now ? known : here.Now;
        job = job with { SyncedSince = synced ? since : null };
        return synced && here.Now - since >= gitSettles;
    }

    private static bool IsSynced(Observation seen) =>
        seen.Application is { SyncStatus: "Synced", OperationPhase: "Succeeded" or "" };

    private static bool IsTakenBack(Job job, RolloutView rollout, DateTimeOffset now) =>
        rollout.IsObserved
        && now - job.Rollback!.At >= takenBackAfter
        && !job.Outbox.Any(entry => entry.Effect is Effect.PatchRollout)
        && !job.Rollback.ByGit
        && job.Rollback.Git != GitState.Written
        && !IsWritingGit(job);

    /// <summary>Git will ask for the target: what self-heal takes back until then comes again.</summary>
    private static bool IsWritingGit(Job job) =>
        job.Outbox.Any(entry => entry is { Effect: Effect.RevertGit, Parked: false });

    private static Job TakenBack(Job job, DateTimeOffset now) =>
        job.RollbackTakenBack().Tell(now, JobTexts.RollbackTakenBack, attention: true);

    private static Job ClusterIsBack(Job job, Circumstances here)
    {
        var message = JobTexts.ClusterRolledBack(job);
        return (
            job with
            {
                Status = JobStatus.RollingBack,
                Message = message,
                Rollback = job.Rollback! with { ClusterDone = true },
            }
        ).Tell(here.Now, message, attention: job.Rollback!.Git == GitState.NotWritten);
    }

    /// <summary>The Job's rollback while the Rollout still speaks of the release that is to go.</summary>
    public static Job Follow(Job job, Job before, RolloutView rollout, Circumstances here)
    {
        if (job.Rollback is not { } rollback)
        {
            return job;
        }

        var release = job.Release!;
        var aborts = rollback.Path is RollbackPath.Abort or RollbackPath.GitOnly;
        var nextAttempt = before.Release is { } old && release.Attempt > old.Attempt;
        if (aborts && !release.Aborted && (nextAttempt || rollback.ClusterDone))
        {
            return (job.RollbackTakenBack() with { Rollback = null }).Tell(here.Now, JobTexts.RollbackVoid);
        }

        if (!(aborts && release.Aborted) && IsTakenBack(job, rollout, here.Now))
        {
            return TakenBack(job, here.Now);
        }

        var back =
            job.Release!.Aborted
            && rollout.ActiveSelector == rollback.Target
            && rollout.PauseConditions.IsEmpty
            && rollback.Path is RollbackPath.Abort or RollbackPath.GitOnly;
        if (back && !rollback.ClusterDone)
        {
            job = ClusterIsBack(job, here);
            return rollback.Git == GitState.NotNeeded
                ? job.End(JobStatus.RolledBack, JobTexts.RolledBack(job), here.Now)
                : job;
        }

        return job with
        {
            Status = JobStatus.RollingBack,
            Message = GitTexts.Message(job),
        };
    }
}
