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
            RolloutPatch.Undo undo => Undone(undo, rollout),
            _ when rollout.CurrentPodHash != patch.Hash => new PatchVerdict.Void(
                new Refusal.Superseded(
                    rollout.TemplateImages.IsDefaultOrEmpty ? null : VersionName.TagOf(rollout.TemplateImages[0])
                )
            ),
            RolloutPatch.Promote promote => Promoted(promote, job, rollout),
            RolloutPatch.PromoteFull => rollout.PromoteFull || rollout.StableRS == patch.Hash
                ? new PatchVerdict.Happened()
                : Unless(Promoting.Obstacle(job, job.Release!, rollout, full: true), patch, rollout),
            RolloutPatch.Abort => rollout.Abort ? new PatchVerdict.Happened()
            : rollout.StableRS == patch.Hash ? new PatchVerdict.Void(new Refusal.Stale())
            : Again(patch, rollout),
            RolloutPatch.Retry => rollout.Abort ? Again(patch, rollout) : new PatchVerdict.Happened(),
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

    private static PatchVerdict Undone(RolloutPatch.Undo undo, RolloutView rollout) =>
        rollout.CurrentPodHash == undo.Target ? new PatchVerdict.Happened()
        : rollout.CurrentPodHash != undo.Hash ? new PatchVerdict.Void(new Refusal.Superseded(null))
        // Accepted and not taken up yet: the template has changed, the status has not.
        : !rollout.IsObserved ? new PatchVerdict.Happened()
        : Again(undo, rollout);

    private static PatchVerdict Unless(Refusal? obstacle, RolloutPatch patch, RolloutView rollout) =>
        obstacle is null ? Again(patch, rollout) : new PatchVerdict.Void(obstacle);

    private static PatchVerdict.SendAgain Again(RolloutPatch patch, RolloutView rollout) =>
        new(patch with { ResourceVersion = rollout.ResourceVersion });
}
