using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Jobs.Deciding;

/// <summary>A promote that Argo Rollouts swallowed is got moving by a change of an annotation (facts 7).</summary>
internal static class Nudging
{
    /// <summary>A lifted pause that is not acted on for this long was swallowed (recordings 15a and 15b).</summary>
    public static readonly TimeSpan SwallowedAfter = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan nudgeEvery = TimeSpan.FromSeconds(5);
    private const int NudgesAtMost = 5;

    /// <summary>The Job with a nudge where one is due.</summary>
    public static Job GetMoving(Job job, RolloutView rollout, Circumstances here, Changes changes)
    {
        var stuck =
            job.Source != JobSource.Baseline
            && !job.IsFinal
            && rollout.IsObserved
            && rollout.IsUnpausing
            && !rollout.SpecPaused
            && !rollout.Abort
            && rollout.BlueGreen is { CountsDown: false };
        if (!stuck)
        {
            return job with { UnpausingSince = null, Nudges = 0, NudgedAt = null };
        }

        var since = job.UnpausingSince is { } known && known <= here.Now ? known : here.Now;
        var last = job.NudgedAt is { } nudged && nudged <= here.Now ? nudged : (DateTimeOffset?)null;
        var due = last is null ? since + SwallowedAfter : last.Value + nudgeEvery;
        job = job with { UnpausingSince = since };
        if (here.Now < due)
        {
            changes.LookAt(due);
            return job;
        }

        if (job.Nudges >= NudgesAtMost)
        {
            return job.Nudges > NudgesAtMost
                ? job
                : (job with { Nudges = job.Nudges + 1 }).Tell(here.Now, JobTexts.NudgesFailed, attention: true);
        }

        changes.LookAt(here.Now + nudgeEvery);
        job = job with { Nudges = job.Nudges + 1, NudgedAt = here.Now };
        return Nudge(job, rollout, here);
    }

    private static Job Nudge(Job job, RolloutView rollout, Circumstances here)
    {
        var value = $"{job.UnpausingSince!.Value.UtcDateTime:yyyyMMddTHHmmss}-{job.Nudges}";
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
        return job.Nudges == 1 ? job.Tell(here.Now, JobTexts.Nudged) : job;
    }
}
