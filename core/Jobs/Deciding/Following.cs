using System.Collections.Immutable;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Jobs.Deciding;

/// <summary>A bound Job follows its release: status, votes, troubles, what is told, and what must be done about it.</summary>
internal static class Following
{
    /// <summary>A lifted pause that is not acted on for this long was swallowed (facts 7, recordings 15a and 15b).</summary>
    public static readonly TimeSpan SwallowedAfter = TimeSpan.FromSeconds(3);

    /// <summary>When the one reminder of a pause is given.</summary>
    public static readonly TimeSpan RemindAfter = TimeSpan.FromMinutes(30);

    private static readonly TimeSpan nudgeEvery = TimeSpan.FromSeconds(5);
    private const int NudgesAtMost = 5;

    public static JobStatus StatusOf(ReleaseStatus status) =>
        status switch
        {
            ReleaseStatus.Syncing => JobStatus.Syncing,
            ReleaseStatus.AwaitingApproval => JobStatus.AwaitingApproval,
            ReleaseStatus.Failed => JobStatus.Failed,
            ReleaseStatus.Succeeded => JobStatus.Succeeded,
            _ => JobStatus.Running,
        };

    /// <summary>
    /// The Job after its release was brought up to date. <paramref name="before"/> is what was known until now, to tell
    /// each transition once.
    /// </summary>
    public static Job Advance(
        Job job,
        Observation seen,
        RolloutView rollout,
        Circumstances here,
        Changes changes,
        Job? before = null
    )
    {
        before ??= job;
        var release = job.Release!;
        job = job with
        {
            Status = StatusOf(release.Status),
            Message = release.Message,
            Trouble =
                release.Status == ReleaseStatus.AwaitingApproval ? JobTexts.Trouble(seen.TroubleOf(release.Hash)) : "",
            InstantRollbackUntil = release.Status == ReleaseStatus.Succeeded ? OldReplicaSetUntil(seen, release) : null,
            RetryGoesLiveUntil = release.Aborted ? seen.ReplicaSetOf(release.Hash)?.ScaleDownDeadline : null,
            VerifiedAt = Freshness(job.VerifiedAt, seen.At),
            Lock = here.Lock,
        };
        job = VoidOldVotes(job, here.Now);
        job = RollingBack(job, rollout, here);
        job = TellTransitions(job, before, here);
        job = LiveWithoutApproval(job, before, rollout, here);
        job = GetMoving(job, rollout, here, changes);
        job = Remind(job, here, changes);
        changes.LookAt(here.Now + Patience(job));
        return job;
    }

    /// <summary>The hash went back to the rollback's target, or the release was withdrawn.</summary>
    public static Job Returned(Job current, Observation seen, RolloutView rollout, Circumstances here, Changes changes)
    {
        var left = current with
        {
            HasLeft = true,
            InstantRollbackUntil = null,
            VerifiedAt = Freshness(current.VerifiedAt, seen.At),
        };
        if (current.IsFinal)
        {
            return current.HasLeft ? current : changes.Put(current, left);
        }

        if (current.Rollback is not { } rollback)
        {
            return changes.Put(current, left.End(JobStatus.Cancelled, JobTexts.Withdrawn(current), here.Now));
        }

        var done =
            rollout.IsObserved
            && rollout.CurrentPodHash == rollout.StableRS
            && rollout.CurrentPodHash == rollout.ActiveSelector
            && rollout.Phase == "Healthy";
        if (!done)
        {
            changes.LookAt(here.Now.AddSeconds(5));
            return changes.Put(current, Changed(current, left));
        }

        // After an abort nothing in the cluster asks for the old template but Git; after our undo only Argo CD tells.
        var agrees =
            rollback.Git == GitState.NotNeeded
            || rollback.Path is RollbackPath.Abort or RollbackPath.GitOnly
            || (rollback.ClusterDone && seen.Application is { SyncStatus: "Synced", OperationPhase: "Succeeded" });
        if (agrees)
        {
            var git = rollback.Git == GitState.NotNeeded ? GitState.NotNeeded : GitState.Agrees;
            return changes.Put(
                current,
                (left with { Rollback = rollback with { ClusterDone = true, Git = git } }).End(
                    JobStatus.RolledBack,
                    JobTexts.RolledBack(current),
                    here.Now
                )
            );
        }

        changes.LookAt(here.Now.AddSeconds(30));
        return changes.Put(current, rollback.ClusterDone ? Changed(current, left) : ClusterIsBack(left, here));
    }

    private static Job Changed(Job current, Job left) => current.HasLeft ? current : left;

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

    private static Job RollingBack(Job job, RolloutView rollout, Circumstances here)
    {
        if (job.Rollback is not { } rollback)
        {
            return job;
        }

        var retried =
            rollback.Path is RollbackPath.Abort or RollbackPath.GitOnly
            && !job.Release!.Aborted
            && rollback.ClusterDone;
        if (retried)
        {
            return (
                job with
                {
                    Rollback = null,
                    Outbox = job.Outbox.RemoveAll(entry => entry.Effect is Effect.RevertGit),
                }
            ).Tell(here.Now, JobTexts.RollbackVoid);
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
            Message = rollback.ClusterDone ? JobTexts.ClusterRolledBack(job) : JobTexts.RollingBack(job),
        };
    }

    private static Job VoidOldVotes(Job job, DateTimeOffset now)
    {
        var kept = job.Votes.RemoveAll(vote => vote.Subject != job.Subject);
        if (kept.Length == job.Votes.Length)
        {
            return job;
        }

        var voided = job with { Votes = kept };
        return job.Release!.IsLive ? voided : voided.Tell(now, JobTexts.VotesVoid(job.Votes.Length - kept.Length));
    }

    private static Job TellTransitions(Job job, Job before, Circumstances here)
    {
        if (job.Source == JobSource.Baseline)
        {
            return job;
        }

        var told = JobTexts.Transitions(before, job);
        if (told.Length == 0)
        {
            return job with { Reminded = job.Reminded && job.Status == JobStatus.AwaitingApproval };
        }

        var needsSomebody =
            job.Status != before.Status && job.Status is JobStatus.AwaitingApproval or JobStatus.Failed
            || (job.Status == JobStatus.AwaitingApproval && job.Release!.PauseStart != before.Release?.PauseStart);
        return (job with { Reminded = false }).Tell(here.Now, told, needsSomebody);
    }

    private static Job LiveWithoutApproval(Job job, Job before, RolloutView rollout, Circumstances here)
    {
        var release = job.Release!;
        var wentLive = release.IsLive && !(before.Release is { } old && old.IsLive && old.Attempt == release.Attempt);
        var approved =
            job.Promotion is { } promotion
            && promotion.Subject.Attempt == release.Attempt
            && promotion.Subject.PodHash == release.Hash.ToString();
        var matters =
            wentLive
            && !approved
            && job.Source != JobSource.Baseline
            && !release.FirstInstall
            && rollout.BlueGreen is { PausesForApproval: true };
        if (!matters)
        {
            return job;
        }

        var text = JobTexts.LiveWithoutApproval(job);
        return (job with { LiveWithoutApproval = true })
            .Tell(here.Now, text, attention: true)
            .Do(
                new Effect.AppendAudit(
                    $"{job.Id}:live:{release.Attempt}",
                    JobTexts.Audit(
                        job,
                        here.Now,
                        "somebody outside of Devflow",
                        "cluster",
                        "went live",
                        "not approved"
                    ) with
                    {
                        Reason = text,
                    }
                )
            );
    }

    private static Job GetMoving(Job job, RolloutView rollout, Circumstances here, Changes changes)
    {
        var stuck =
            rollout.IsObserved
            && rollout.IsUnpausing
            && !rollout.SpecPaused
            && !rollout.Abort
            && rollout.BlueGreen is { CountsDown: false };
        if (!stuck)
        {
            return job.UnpausingSince is null ? job : job with { UnpausingSince = null };
        }

        var since = job.UnpausingSince ?? here.Now;
        job = job with { UnpausingSince = since };
        var waited = here.Now - since;
        if (waited < SwallowedAfter)
        {
            changes.LookAt(since + SwallowedAfter);
            return job;
        }

        var count = 1 + (int)((waited - SwallowedAfter) / nudgeEvery);
        if (count > NudgesAtMost)
        {
            return job;
        }

        changes.LookAt(here.Now + nudgeEvery);
        var value = $"{since.UtcDateTime:yyyyMMddTHHmmss}-{count}";
        if (rollout.Nudge == value)
        {
            return job;
        }

        var id = $"{job.Id}:nudge:{value}";
        job = job.Patch(
                id,
                new RolloutPatch.Nudge(rollout.Uid, rollout.ResourceVersion, rollout.CurrentPodHash, value),
                here.Now
            )
            .Do(
                new Effect.AppendAudit(
                    $"{id}:audit",
                    JobTexts.Audit(job, here.Now, "devflow", "service", "nudge", "ok") with
                    {
                        Patch = $"annotation {KubernetesReader.NudgeAnnotation}={value}",
                    }
                )
            );
        return count == 1 ? job.Tell(here.Now, JobTexts.Nudged) : job;
    }

    private static Job Remind(Job job, Circumstances here, Changes changes)
    {
        if (job.Status != JobStatus.AwaitingApproval || job.Reminded || job.Source == JobSource.Baseline)
        {
            return job;
        }

        var due = (job.Release![StepName.Verify].Since ?? here.Now) + RemindAfter;
        if (here.Now < due)
        {
            changes.LookAt(due);
            return job;
        }

        return (job with { Reminded = true }).Tell(here.Now, JobTexts.StillWaiting, attention: true);
    }

    /// <summary>How long to leave a Job alone when nobody hints: hints get lost.</summary>
    private static TimeSpan Patience(Job job) =>
        job.Status switch
        {
            JobStatus.Running or JobStatus.Syncing or JobStatus.RollingBack => TimeSpan.FromSeconds(15),
            JobStatus.AwaitingApproval or JobStatus.Failed => TimeSpan.FromSeconds(30),
            JobStatus.Succeeded when job.InstantRollbackUntil is not null => TimeSpan.FromSeconds(60),
            _ => TimeSpan.FromMinutes(5),
        };

    // Writing down every quiet look would be a write for nothing; half a minute is exact enough for "verified … ago".
    private static DateTimeOffset? Freshness(DateTimeOffset? before, DateTimeOffset at) =>
        before is { } old && at - old < TimeSpan.FromSeconds(30) ? old : at;

    private static DateTimeOffset? OldReplicaSetUntil(Observation seen, Release release) =>
        seen
            .ReplicaSets.Where(set => set.Hash != release.Hash && set.ScaleDownDeadline is not null && set.Wanted > 0)
            .Max(set => set.ScaleDownDeadline);
}
