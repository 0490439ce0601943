using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Core.Jobs.Deciding;

/// <summary>How a Job goes on when the fate of one of its effects is known; for those who perform them.</summary>
public static class EffectChanges
{
    /// <summary>The effect is done: it leaves the outbox.</summary>
    public static Job Without(this Job job, string effectId) =>
        job with
        {
            Outbox = job.Outbox.RemoveAll(entry => entry.Effect.Id == effectId),
        };

    /// <summary>The patch with a new resourceVersion and a new intent.</summary>
    public static Job WithPatch(this Job job, string effectId, RolloutPatch patch, DateTimeOffset now) =>
        job.Patch(effectId, patch, now);

    /// <summary>How long a patch is tried again before it is given up, by a person to be resumed.</summary>
    public static readonly TimeSpan StuckAfter = TimeSpan.FromDays(1);

    /// <summary>
    /// The patch waits for a better moment: as long as the cluster asked, and twice as long after each failure. After a
    /// day of failures it is stuck, which is told.
    /// </summary>
    /// <param name="onItsWay">A try was not answered and may happen still.</param>
    public static Job PatchPutOff(this Job job, string effectId, ClusterFault fault, bool onItsWay, DateTimeOffset now)
    {
        var putOff = job.WithEntry(
            effectId,
            entry =>
                entry with
                {
                    Attempts = entry.Attempts + 1,
                    NotBefore = now + Wait(effectId, entry.Attempts, fault.RetryAfter),
                    AttemptingUntil = onItsWay ? entry.AttemptingUntil : null,
                    LastError = fault.Message,
                    FailingSince = entry.FailingSince ?? now,
                }
        );
        var failing = putOff.Outbox.FirstOrDefault(entry => entry.Effect.Id == effectId);
        if (failing is null || now - failing.FailingSince < StuckAfter)
        {
            return putOff;
        }

        return putOff
            .WithEntry(
                effectId,
                entry => entry with { Parked = true, IsStuck = true, NotBefore = null, AttemptingUntil = null }
            )
            .AuditStuck(failing, now)
            .Tell(now, StuckTexts.Patch(failing), attention: true)
            .Revised(job);
    }

    /// <summary>The stuck effects of the Job are tried again, as if they had failed once.</summary>
    public static Job Resumed(this Job job) =>
        job with
        {
            Outbox =
            [
                .. job.Outbox.Select(entry =>
                    entry.IsStuck
                        ? entry with
                        {
                            IsStuck = false,
                            Parked = false,
                            Attempts = 2,
                            FailingSince = null,
                        }
                        : entry
                ),
            ],
        };

    /// <summary>The patch is not wanted any more and may be on the wire still: its end is known when its intent ran out.</summary>
    public static Job PatchHeldBack(this Job job, string effectId) =>
        job.WithEntry(effectId, entry => entry with { NotBefore = entry.AttemptingUntil });

    internal static Job WithEntry(this Job job, string effectId, Func<OutboxEntry, OutboxEntry> change) =>
        job with
        {
            Outbox = [.. job.Outbox.Select(entry => entry.Effect.Id == effectId ? change(entry) : entry)],
        };

    private static readonly TimeSpan firstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan longestBackoff = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan longestWait = TimeSpan.FromMinutes(1);

    // 1, 2, 4, 8, 16, 30, 30 … s, spread; whoever asks for more than a minute would hold up a rollback.
    private static TimeSpan Wait(string effectId, int attempts, TimeSpan? asked)
    {
        var backoff = RetryDelay.After(effectId, attempts, firstWait, longestBackoff);
        var wait = asked > backoff ? asked.Value : backoff;
        return wait < longestWait ? wait : longestWait;
    }

    /// <summary>
    /// The patch has come to its end. When it was refused for good, what it stood for is taken back and told.
    /// </summary>
    public static Job PatchEnded(this Job job, string effectId, Policy.Refusal? refusal, DateTimeOffset now)
    {
        var entry = job.Outbox.FirstOrDefault(entry => entry.Effect.Id == effectId);
        var ended = job.Without(effectId);
        if (entry?.Effect is not Effect.PatchRollout { Patch: not RolloutPatch.Nudge } patch)
        {
            return ended;
        }

        ended = ended.AuditEnd(entry, refusal, now);
        if (refusal is null)
        {
            return ended;
        }

        ended = patch.Patch switch
        {
            RolloutPatch.Promote or RolloutPatch.PromoteFull or RolloutPatch.Retry => ended with { Promotion = null },
            // Git was written first: then Argo CD brings what the patch did not.
            RolloutPatch.Abort
            or RolloutPatch.Undo when ended.Rollback is { Git: GitState.Written or GitState.Proposed } rollback =>
                ended with
                {
                    Rollback = rollback with { ByGit = true },
                },
            RolloutPatch.Abort or RolloutPatch.Undo => ended.RollbackTakenBack(),
            _ => ended,
        };
        return ended.CameTo(effectId, refusal).Tell(now, JobTexts.PatchVoid(refusal)).Revised(job);
    }

    private static Job CameTo(this Job job, string effectId, Policy.Refusal refusal) =>
        job with
        {
            AppliedCommands =
            [
                .. job.AppliedCommands.Select(applied =>
                    Commanding.PatchId(applied.Key) == effectId
                        ? applied with
                        {
                            Outcome = Refusals.Outcome(refusal, job),
                        }
                        : applied
                ),
            ],
        };

    /// <summary>The rollback that is under way did not happen: the Job is what it was before.</summary>
    internal static Job RollbackTakenBack(this Job job)
    {
        var former = job.FormerRollback;
        var (status, message) =
            !job.HasLeft ? (Following.StatusOf(job.Release!.Status), job.Release.Message)
            : former is null ? (JobStatus.Cancelled, JobTexts.Withdrawn(job))
            : former is { ClusterDone: true, Git: not (GitState.NotWritten or GitState.Overtaken) }
                ? (JobStatus.RolledBack, JobTexts.RolledBack(job with { Rollback = former }))
            : (JobStatus.RollingBack, JobTexts.ClusterRolledBack(job with { Rollback = former }));
        return job.WithoutRevert() with
        {
            Rollback = former,
            FormerRollback = null,
            Status = status,
            Message = message,
        };
    }
}
