using System.Globalization;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Jobs.Deciding;

/// <summary>
/// What the audit says of a patch when its fate is known, which may be long after the command that asked for it was
/// answered. Nudges are written down when they are decided.
/// </summary>
internal static class PatchAudit
{
    /// <summary>Something else was decided before its fate was known.</summary>
    private const string Overtaken = "overtaken";

    /// <summary>The Job with the audit of a patch that happened, or was refused for good.</summary>
    public static Job AuditEnd(this Job job, OutboxEntry entry, Refusal? refusal, DateTimeOffset now) =>
        job.Audit(
            entry,
            refusal?.Code ?? CommandOutcome.OkCode,
            refusal is null ? "" : RefusalTexts.Sentence(refusal),
            now
        );

    /// <summary>The Job with the audit of a patch that was given up until a person resumes it.</summary>
    public static Job AuditStuck(this Job job, OutboxEntry entry, DateTimeOffset now) =>
        job.Audit(entry, Refusal.Stuck.TheCode, entry.LastError, now);

    /// <summary>The Job with the audit of those of its patches that nobody will look after any more.</summary>
    public static Job AuditOvertaken(this Job job, DateTimeOffset now) =>
        job.Outbox.Aggregate(job, (audited, entry) => audited.Audit(entry, Overtaken, entry.LastError, now));

    private static Job Audit(this Job job, OutboxEntry entry, string outcome, string reason, DateTimeOffset now) =>
        entry.Effect is not Effect.PatchRollout { Patch: not RolloutPatch.Nudge } effect
            ? job
            : job.Do(
                new Effect.AppendAudit(
                    Id(effect, outcome, now),
                    JobTexts.Audit(
                        job,
                        now,
                        entry.Asked is { } asked ? JobTexts.Who(asked.By) : "devflow",
                        "service",
                        $"patch {Kind(effect.Patch)}",
                        outcome
                    ) with
                    {
                        PodHash = effect.Patch.Hash.ToString(),
                        Patch = Describe(job.Rollout, effect.Patch),
                        Reason = reason,
                    }
                )
            );

    // Once resumed it may be stuck again, and each is told.
    private static string Id(Effect.PatchRollout effect, string outcome, DateTimeOffset now) =>
        outcome == Refusal.Stuck.TheCode
            ? string.Create(CultureInfo.InvariantCulture, $"{effect.Id}:{outcome}:{now.UtcTicks}")
            : $"{effect.Id}:{outcome}";

    internal static string Kind(RolloutPatch patch) =>
        patch switch
        {
            RolloutPatch.Promote => "promote",
            RolloutPatch.PromoteFull => "promote --full",
            RolloutPatch.Abort => "abort",
            RolloutPatch.Retry => "retry",
            RolloutPatch.Undo => "undo",
            _ => patch.GetType().Name,
        };

    private static string Describe(RolloutRef rollout, RolloutPatch patch)
    {
        var (resource, change) = patch switch
        {
            RolloutPatch.Promote promote => (
                "rollouts/status",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"pauseConditions=null, of the pause since {promote.PauseStart.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}"
                )
            ),
            RolloutPatch.PromoteFull => ("rollouts/status", "promoteFull=true"),
            RolloutPatch.Abort => ("rollouts/status", "abort=true"),
            RolloutPatch.Retry => ("rollouts/status", "abort=false"),
            RolloutPatch.Undo undo => ("rollouts", $"spec.template of pod hash {undo.Target}"),
            _ => ("rollouts", patch.GetType().Name),
        };
        return $"{resource} {rollout.Namespace}/{rollout.Name}: {change}; pod hash {patch.Hash}, resourceVersion {patch.ResourceVersion}";
    }
}
