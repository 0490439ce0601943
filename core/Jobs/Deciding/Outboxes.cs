using System.Collections.Immutable;

namespace Devflow.ChatOps.Core.Jobs.Deciding;

/// <summary>What goes into a Job's outbox, and what leaves it because something else was decided.</summary>
internal static class Outboxes
{
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

    /// <summary>What was sent before, and whose answer was never seen, is overtaken: the Rollout was read since.</summary>
    public static Job WithoutPatches(this Job job, DateTimeOffset now)
    {
        var audited = job.AuditOvertaken(now);
        return audited with { Outbox = audited.Outbox.RemoveAll(entry => entry.Effect is Effect.PatchRollout) };
    }

    /// <summary>What waits for something that no retry brings is not told any more.</summary>
    public static Job WithoutParked(this Job job) => job with { Outbox = job.Outbox.RemoveAll(entry => entry.Parked) };

    // Nudges make room first; then what moved out of the timeline is told in fewer entries of the audit. What commands
    // asked for, and what the audit is told of it, is never dropped: the store takes it before the next decision.
    private static ImmutableArray<OutboxEntry> Capped(ImmutableArray<OutboxEntry> outbox)
    {
        while (outbox.Length > Job.OutboxLimit)
        {
            if (outbox.FirstOrDefault(IsNudge) is { } nudge)
            {
                outbox = outbox.Remove(nudge);
            }
            else if (outbox.Where(IsMovedOut).Take(2).ToArray() is [var first, var second])
            {
                outbox = outbox.Replace(second, Folded(first, second)).Remove(first);
            }
            else
            {
                break;
            }
        }

        return outbox;
    }

    private static bool IsMovedOut(OutboxEntry entry) =>
        entry.Effect is Effect.AppendAudit { Entry.Action: JobChanges.MovedOut };

    // Under the later one's id: if the earlier is in the audit already, it is told twice, and nothing is lost.
    private static OutboxEntry Folded(OutboxEntry first, OutboxEntry second)
    {
        var (one, other) = ((Effect.AppendAudit)first.Effect, (Effect.AppendAudit)second.Effect);
        var reason = $"{one.Entry.Reason} · {other.Entry.Reason}";
        return second with { Effect = other with { Entry = other.Entry with { Reason = reason } } };
    }

    private static bool IsNudge(OutboxEntry entry) => entry.Effect is Effect.PatchRollout { Patch: RolloutPatch.Nudge };

    /// <summary>
    /// Adds a patch together with the intent to send it: until then nobody else does. A nudge takes the former's place,
    /// and so does a patch that is sent again, for whoever asked for it.
    /// </summary>
    public static Job Patch(this Job job, string id, RolloutPatch patch, DateTimeOffset now, PatchWish? asked = null)
    {
        var former = job.Outbox.FirstOrDefault(entry => entry.Effect.Id == id);
        return job with
        {
            Outbox = Capped(
                job.Outbox.RemoveAll(entry => entry.Effect.Id == id || (patch is RolloutPatch.Nudge && IsNudge(entry)))
                    .Add(
                        new OutboxEntry(new Effect.PatchRollout(id, patch))
                        {
                            AttemptingUntil = now + PatchAttempt,
                            Attempts = former?.Attempts ?? 1,
                            LastError = former?.LastError ?? "",
                            FailingSince = former?.FailingSince,
                            Asked = asked ?? former?.Asked,
                        }
                    )
            ),
        };
    }

    /// <summary>The time that one try of a patch may take; it lies inside the lease, and the HTTP timeout inside of it.</summary>
    public static readonly TimeSpan PatchAttempt = TimeSpan.FromSeconds(12);
}
