using System.Collections.Immutable;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Jobs.Deciding;

/// <summary>A bound Job follows its release: status, votes, troubles, what is told, and what must be done about it.</summary>
internal static class Following
{
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
        job = job with { SyncedRevision = SyncedRevisions.After(job, before, seen, rollout, here.Environment) };
        job = SupposedWaysBack.Settle(job, seen, here);
        job = job with
        {
            Status = StatusOf(release.Status),
            Message = release.Message,
            Trouble =
                release.Status == ReleaseStatus.AwaitingApproval ? JobTexts.Trouble(seen.TroubleOf(release.Hash)) : "",
            WayBack = WaysBack.PathOf(job, seen, rollout, here),
            RetryGoesLiveUntil = release.Aborted ? seen.ReplicaSetOf(release.Hash)?.ScaleDownDeadline : null,
            VerifiedAt = seen.At,
            Lock = here.Lock,
            WritesGit = here.HasGit,
        };
        var isLive =
            release.Status == ReleaseStatus.Succeeded || job.WayBack is RollbackPath.Undo or RollbackPath.UndoInGit;
        job = job with { InstantRollbackUntil = isLive ? seen.InstantRollbackUntil(release) : null };
        job = VoidOldPromotion(job, rollout, here.Now);
        job = VoidOldVotes(job, here.Now);
        job = ExpireVotes(job, here, changes);
        job = Reverts.Unasked(job, seen, rollout, here);
        job = GoingBack.Follow(job, before, rollout, here).Freezing(here, changes);
        job = TellTransitions(job, before, here);
        job = LiveWithoutApproval(job, before, rollout, here);
        job = Nudging.GetMoving(job, rollout, here, changes);
        job = job.Remind(here.Now, changes);
        if (Rests(job, seen))
        {
            changes.LookUnlessVerified(here.Now + Patience(job, seen));
        }
        else
        {
            changes.LookAt(here.Now + Patience(job, seen));
        }

        if (
            job.WayBack == RollbackPath.Release
            && here.Now - release[StepName.PromoteSwitch].Since < TimeSpan.FromMinutes(1)
            && WaysBack.IsUnmarked(seen.ReplicaSetOf(release.Base))
        )
        {
            changes.LookAt(here.Now.AddSeconds(2));
        }

        if (job.Supposed is not null && here.Now - release.BoundAt < TimeSpan.FromMinutes(1))
        {
            changes.LookAt(here.Now.AddSeconds(5));
        }

        if (here.AsksGitHub && SyncedRevisions.IsAwaited(job, here.Environment, here.Now))
        {
            changes.LookAt(here.Now.AddSeconds(5));
        }

        if (here.Lock?.ExpiresAt is { } unlocked && unlocked > here.Now)
        {
            changes.LookAt(unlocked);
        }

        return job;
    }

    /// <summary>A promote speaks of one attempt and one pause.</summary>
    private static Job VoidOldPromotion(Job job, RolloutView rollout, DateTimeOffset now)
    {
        if (job.Promotion is not { } promotion)
        {
            return job;
        }

        if (promotion.Subject.Attempt < job.Release!.Attempt)
        {
            return job with { Promotion = null };
        }

        var pausesAgain =
            !promotion.Full
            && !job.Release.IsLive
            && rollout.IsObserved
            && rollout.PauseFor(PauseCondition.BlueGreenPause) is { } pause
            && promotion.Subject.Attempt == job.Release.Attempt
            && promotion.Subject.PauseStartTime != pause.StartTime;
        return pausesAgain ? (job with { Promotion = null }).Tell(now, JobTexts.PausesAgain) : job;
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

    /// <summary>Expiry ends votes, never a release; the votes of a promote that is under way have done their work.</summary>
    private static Job ExpireVotes(Job job, Circumstances here, Changes changes)
    {
        if (here.Environment.Promote.ExpireAfter is not { } life || job.Votes.IsEmpty || job.Promotion is not null)
        {
            return job;
        }

        var kept = job.Votes.RemoveAll(vote => here.Now - vote.At >= life);
        if (!kept.IsEmpty)
        {
            changes.LookAt(kept.Min(vote => vote.At) + life);
        }

        var expired = job.Votes.Length - kept.Length;
        return expired == 0 ? job : (job with { Votes = kept }).Tell(here.Now, JobTexts.VotesExpired(expired));
    }

    private static Job TellTransitions(Job job, Job before, Circumstances here)
    {
        if (job.Source == JobSource.Baseline)
        {
            return job;
        }

        var needsSomebody =
            (job.Status != before.Status && job.Status is JobStatus.AwaitingApproval or JobStatus.Failed)
            || (job.Status == JobStatus.AwaitingApproval && job.Release!.PauseStart != before.Release?.PauseStart);
        var told = JobTexts.Transitions(before, job);
        if (told.Length == 0 && needsSomebody)
        {
            told = job.Message;
        }

        return told.Length == 0
            ? job with
            {
                Reminded = job.Reminded && job.Status == before.Status,
            }
            : (job with { Reminded = false }).Tell(here.Now, told, needsSomebody, needsSomebody ? job.Status : null);
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
            // Our own rollback, and the old version was still up.
            && !(job.RollbackOf is not null && release.SkippedPause)
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

    /// <summary>
    /// Whatever changes it is written into the Rollout (a person's promote, an abort) or into the ReplicaSet of what is
    /// released (pods that cease to be ready): a mark tells (<see cref="ChangeMark"/>). In the other states the reasons of
    /// pods, metrics, the Application or another ReplicaSet's deadline move by themselves.
    /// </summary>
    private static bool Rests(Job job, Observation seen) =>
        job switch
        {
            { Status: JobStatus.AwaitingApproval } => job.Trouble.Length == 0,
            { Status: JobStatus.Succeeded or JobStatus.Failed } => !IsWayBackMoving(seen),
            _ => job.IsFinal,
        };

    /// <summary>How long to leave a Job alone when nobody hints: hints get lost.</summary>
    private static TimeSpan Patience(Job job, Observation seen) =>
        job.Status switch
        {
            JobStatus.Running or JobStatus.Syncing or JobStatus.RollingBack => TimeSpan.FromSeconds(15),
            JobStatus.AwaitingApproval or JobStatus.Failed => TimeSpan.FromSeconds(30),
            JobStatus.Succeeded when IsWayBackMoving(seen) => TimeSpan.FromSeconds(60),
            _ => TimeSpan.FromMinutes(5),
        };

    /// <summary>The way back may become instant, or cease to be.</summary>
    private static bool IsWayBackMoving(Observation seen) =>
        seen.ReplicaSets.Any(set => set.ScaleDownDeadline > seen.At);
}
