using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Jobs.Deciding;

/// <summary>What a fresh read says about a patch that was refused with 409, or whose answer was never seen.</summary>
public abstract record PatchVerdict
{
    private PatchVerdict() { }

    /// <summary>It is so: the patch arrived, or somebody else did the same.</summary>
    public sealed record Happened : PatchVerdict;

    /// <summary>It is still wanted and possible, under this read's resourceVersion.</summary>
    public sealed record SendAgain(RolloutPatch Patch) : PatchVerdict;

    /// <summary>It is not possible any more.</summary>
    public sealed record Void(Refusal Why) : PatchVerdict;
}

/// <summary>Decides about patches whose fate is unknown. The pause's startTime tells one promote from the next.</summary>
public static class PatchJudge
{
    public static PatchVerdict Judge(RolloutPatch patch, Job job, RolloutView? rollout)
    {
        if (rollout is null)
        {
            return new PatchVerdict.Void(
                new Refusal.RolloutGone(job.Rollout.Cluster, job.Rollout.Namespace, job.Rollout.Name)
            );
        }

        if (rollout.Uid != patch.Uid)
        {
            return new PatchVerdict.Void(new Refusal.Superseded(null));
        }

        return patch switch
        {
            RolloutPatch.Undo undo => Undone(undo, job, rollout),
            // The abort, or Git, has taken the template back in the meantime.
            RolloutPatch.Abort when job.Rollback?.Target == rollout.CurrentPodHash => new PatchVerdict.Happened(),
            _ when rollout.CurrentPodHash != patch.Hash => new PatchVerdict.Void(Promoting.NewerThan(rollout)),
            RolloutPatch.Promote promote => Promoted(promote, job, rollout),
            RolloutPatch.PromoteFull => rollout.PromoteFull || Promoting.IsLiveAndStable(rollout, patch.Hash)
                ? new PatchVerdict.Happened()
                : Unless(Promoting.Obstacle(job, job.Release!, rollout, full: true), patch, rollout),
            RolloutPatch.Abort => rollout.Abort ? new PatchVerdict.Happened()
            // The controller takes back an abort of what is stable, wherever the Service points.
            : rollout.StableRS == patch.Hash ? new PatchVerdict.Void(new Refusal.Stale())
            : !Promoting.AsksFor(rollout, job.Images) ? new PatchVerdict.Void(Promoting.NewerThan(rollout))
            : Again(patch, rollout),
            RolloutPatch.Retry retry => Retried(retry, job, rollout),
            RolloutPatch.Nudge nudge => rollout.Nudge == nudge.Value || !rollout.IsUnpausing
                ? new PatchVerdict.Happened()
                : Again(patch, rollout),
            _ => throw new InvalidOperationException($"No verdict for {patch.GetType().Name}."),
        };
    }

    private static PatchVerdict Promoted(RolloutPatch.Promote promote, Job job, RolloutView rollout)
    {
        if (rollout.Abort)
        {
            return new PatchVerdict.Void(new Refusal.Aborted(null));
        }

        // Gone or begun anew: the pause that this promote was about has been lifted.
        var pause = rollout.PauseConditions.FirstOrDefault();
        return pause is null || pause.StartTime != promote.PauseStart
            ? new PatchVerdict.Happened()
            : Unless(Promoting.Obstacle(job, job.Release!, rollout, full: false), promote, rollout);
    }

    private static PatchVerdict Retried(RolloutPatch.Retry retry, Job job, RolloutView rollout) =>
        // Aborted again since: that is another abort than the one that this retry was about.
        !rollout.Abort || (retry.AbortedAt is { } at && rollout.AbortedAt is { } last && last > at)
            ? new PatchVerdict.Happened()
        : !Promoting.AsksFor(rollout, job.Images) ? new PatchVerdict.Void(Promoting.NewerThan(rollout))
        : Again(retry, rollout);

    private static PatchVerdict Undone(RolloutPatch.Undo undo, Job job, RolloutView rollout)
    {
        if (rollout.CurrentPodHash == undo.Target)
        {
            return new PatchVerdict.Happened();
        }

        if (rollout.CurrentPodHash != undo.Hash)
        {
            return new PatchVerdict.Void(Promoting.NewerThan(rollout));
        }

        // Accepted and not taken up yet: the template has changed, the status has not.
        var images = job.Rollback?.TargetImages ?? [];
        var tells = !images.IsDefaultOrEmpty && !images.Order().SequenceEqual(job.Images.Order());
        if (tells && Promoting.AsksFor(rollout, images))
        {
            return new PatchVerdict.Happened();
        }

        return rollout.IsObserved ? Again(undo, rollout)
            : tells ? new PatchVerdict.Void(new Refusal.Conflict())
            : new PatchVerdict.Happened();
    }

    private static PatchVerdict Unless(Refusal? obstacle, RolloutPatch patch, RolloutView rollout) =>
        obstacle is null ? Again(patch, rollout) : new PatchVerdict.Void(obstacle);

    private static PatchVerdict.SendAgain Again(RolloutPatch patch, RolloutView rollout) =>
        new(patch with { ResourceVersion = rollout.ResourceVersion });
}
