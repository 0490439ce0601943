using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Devflow.ChatOps.Core.Messages;

namespace Devflow.ChatOps.Core.Jobs.Deciding;

/// <summary>The small changes of a Job that decisions are made of.</summary>
internal static class JobChanges
{
    /// <summary>Adds to the timeline; what no longer fits is dropped from its beginning.</summary>
    public static Job Tell(
        this Job job,
        DateTimeOffset at,
        string text,
        bool attention = false,
        JobStatus? during = null
    )
    {
        var entry = new TimelineEntry(job.LastEntry + 1, at, Plain.OneLine(text, 600), attention, during);
        var timeline = job.Timeline.Add(entry);
        return job with
        {
            LastEntry = entry.Number,
            Timeline = timeline.Length > Job.TimelineLimit ? timeline.RemoveAt(0) : timeline,
        };
    }

    /// <summary>Adds an effect unless one with its id is there. Of several wishes to revert Git only the last counts.</summary>
    public static Job Do(this Job job, Effect effect, bool parked = false)
    {
        if (job.Outbox.Any(entry => entry.Effect.Id == effect.Id))
        {
            return job;
        }

        var kept = effect is Effect.RevertGit ? job.WithoutRevert().Outbox : job.Outbox;
        return job with { Outbox = Capped(kept.Add(new OutboxEntry(effect) { Parked = parked })) };
    }

    /// <summary>Git is not to be reverted any more.</summary>
    public static Job WithoutRevert(this Job job) =>
        job with
        {
            Outbox = job.Outbox.RemoveAll(entry => entry.Effect is Effect.RevertGit),
        };

    // Nudges make room first, then the audit's oldest; what commands asked for is never dropped.
    private static ImmutableArray<OutboxEntry> Capped(ImmutableArray<OutboxEntry> outbox)
    {
        while (outbox.Length > Job.OutboxLimit)
        {
            var spare =
                outbox.FirstOrDefault(IsNudge) ?? outbox.FirstOrDefault(entry => entry.Effect is Effect.AppendAudit);
            if (spare is null)
            {
                break;
            }

            outbox = outbox.Remove(spare);
        }

        return outbox;
    }

    private static bool IsNudge(OutboxEntry entry) => entry.Effect is Effect.PatchRollout { Patch: RolloutPatch.Nudge };

    /// <summary>
    /// Adds a patch together with the intent to send it: until then nobody else does. A nudge takes the former's place.
    /// </summary>
    public static Job Patch(this Job job, string id, RolloutPatch patch, DateTimeOffset now) =>
        job with
        {
            Outbox = Capped(
                job.Outbox.RemoveAll(entry => entry.Effect.Id == id || (patch is RolloutPatch.Nudge && IsNudge(entry)))
                    .Add(
                        new OutboxEntry(new Effect.PatchRollout(id, patch))
                        {
                            AttemptingUntil = now + PatchAttempt,
                            Attempts = 1,
                        }
                    )
            ),
        };

    /// <summary>The time that one try of a patch may take; it lies inside the lease, and the HTTP timeout inside of it.</summary>
    public static readonly TimeSpan PatchAttempt = TimeSpan.FromSeconds(12);

    /// <summary>Remembers that the command was applied.</summary>
    public static Job Applied(this Job job, Command command, CommandOutcome outcome)
    {
        var applied = job.AppliedCommands.Add(new AppliedCommand(command.Key, outcome with { Job = job.Id }));
        return job with { AppliedCommands = applied.Length > Job.AppliedCommandsLimit ? applied.RemoveAt(0) : applied };
    }

    /// <summary>Remembers that the command was applied as it was wished.</summary>
    public static Job Applied(this Job job, Command command, string text) =>
        job.Applied(command, new CommandOutcome(CommandOutcome.OkCode, text));

    /// <summary>Sets the final word about a Job: votes are void and what was still to be done for it is dropped.</summary>
    public static Job End(this Job job, JobStatus status, string message, DateTimeOffset at, bool attention = false) =>
        (
            job with
            {
                Status = status,
                Message = message,
                Votes = [],
                Trouble = "",
                RetryGoesLiveUntil = null,
                UnpausingSince = null,
                InstantRollbackUntil = null,
                Outbox = job.Outbox.RemoveAll(entry => entry.Effect is Effect.PatchRollout || entry.Parked),
            }
        ).Tell(at, message, attention);

    /// <summary>The next revision when a surface would show something else than before.</summary>
    public static Job Revised(this Job job, Job? before) =>
        before is not null && Face(before) == Face(job) ? job : job with { Revision = job.Revision + 1 };

    // Everything that cards, check runs and pages are drawn from, but for times that pass by themselves.
    private static string Face(Job job)
    {
        var face = new StringBuilder(512);
        face.Append(CultureInfo.InvariantCulture, $"{job.Source}|{job.Status}|{job.Message}|{job.SyncMessage}|");
        face.Append(
            CultureInfo.InvariantCulture,
            $"{job.Request?.Reference}|{job.Request?.SourceCommit}|{job.Trouble}|"
        );
        face.Append(
            CultureInfo.InvariantCulture,
            $"{job.Release?.Hash}|{job.Release?.Attempt}|{job.LiveWithoutApproval}|{job.HasLeft}|"
        );
        face.Append(CultureInfo.InvariantCulture, $"{job.Promotion?.By}|{job.Promotion?.Subject}|{job.SupersededBy}|");
        face.Append(
            CultureInfo.InvariantCulture,
            $"{job.Rollback?.Path}|{job.Rollback?.Target}|{job.Rollback?.ClusterDone}|{job.Rollback?.Git}|{job.HasLeft}|"
        );
        face.Append(CultureInfo.InvariantCulture, $"{job.Lock}|{job.InstantRollbackUntil}|{job.RetryGoesLiveUntil}|");
        face.Append(CultureInfo.InvariantCulture, $"{job.LastEntry}|{job.Authors.Identities.Count}|");
        face.AppendJoin(',', job.Votes.Select(vote => vote.Actor.DisplayName + vote.At));
        face.AppendJoin(',', job.Steps.Select(step => $"{step.Status}:{step.Message}"));
        return face.ToString();
    }
}

/// <summary>Collects what a decision changed, each Job once, in the order in which they must be saved.</summary>
internal sealed class Changes
{
    private readonly Dictionary<JobId, Job?> before = [];
    private readonly List<Job> after = [];
    private DateTimeOffset? look;

    /// <summary>Puts a Job's new state; <paramref name="old"/> is the stored one, <c>null</c> for a new Job.</summary>
    public Job Put(Job? old, Job changed)
    {
        before.TryAdd(changed.Id, old);
        after.RemoveAll(job => job.Id == changed.Id);
        after.Add(changed);
        return changed;
    }

    /// <summary>The Job as it was put last, or as it is.</summary>
    public Job Latest(Job job) => after.Find(put => put.Id == job.Id) ?? job;

    /// <summary>Whether this Job was put.</summary>
    public bool Has(JobId id) => before.ContainsKey(id);

    /// <summary>Look again at this time, or earlier.</summary>
    public void LookAt(DateTimeOffset at) => look = look is null || at < look ? at : look;

    public Decision Decide(CommandOutcome? outcome = null) =>
        new()
        {
            Saves =
            [
                .. after
                    .Where(job => before[job.Id] is not { } old || !job.IsSameAs(old))
                    .Select(job => job.Revised(before[job.Id])),
            ],
            Outcome = outcome,
            LookAgainAt = look,
        };
}

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

    /// <summary>
    /// The patch has come to its end. When it was refused for good, what it stood for is taken back and told.
    /// </summary>
    public static Job PatchEnded(this Job job, string effectId, Policy.Refusal? refusal, DateTimeOffset now)
    {
        var patch = job
            .Outbox.Select(entry => entry.Effect)
            .OfType<Effect.PatchRollout>()
            .FirstOrDefault(it => it.Id == effectId);
        var ended = job.Without(effectId);
        if (refusal is null || patch is null || patch.Patch is RolloutPatch.Nudge)
        {
            return ended;
        }

        ended = patch.Patch switch
        {
            RolloutPatch.Promote or RolloutPatch.PromoteFull or RolloutPatch.Retry => ended with { Promotion = null },
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
            : former is { ClusterDone: true, Git: not GitState.NotWritten }
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
