using System.Collections.Immutable;
using Devflow.ChatOps.Core.Messages;

namespace Devflow.ChatOps.Core.Rollouts;

/// <summary>
/// A sensible view of a canary: it is shown, and acting on it is refused as <c>unsupported</c>. Its many pauses fold into
/// Verify, and the switch happens with the last step.
/// </summary>
internal static class CanarySteps
{
    public static ImmutableArray<Step> Of(Release release, Observation seen, RolloutView rollout)
    {
        var steps = Step.AllPending.ToBuilder();
        void Set(StepName name, StepStatus status, string message) =>
            steps[(int)name] = new Step(name, status, message);

        Set(StepName.Applied, StepStatus.Succeeded, StepTexts.Applied(release.Hash));
        var trouble = seen.TroubleOf(release.Hash);
        var stopped = release.Aborted || rollout.IsPastDeadline() || rollout.IsInvalidSpec();
        var stable = rollout.StableRS == release.Hash;
        var first = stable && release[StepName.Verify].Status is StepStatus.Pending or StepStatus.Skipped;

        if (release[StepName.Completed].IsPassed || (stable && rollout.Phase == "Healthy"))
        {
            Set(StepName.PreviewReady, StepStatus.Succeeded, StepTexts.CanaryReady);
            Set(StepName.Verify, first ? StepStatus.Skipped : StepStatus.Succeeded, StepTexts.CanaryWeights);
            Set(StepName.PromoteSwitch, StepStatus.Succeeded, StepTexts.Switched);
            Set(StepName.PostVerify, StepStatus.Skipped, StepTexts.NoPostAnalysis);
            Set(StepName.Completed, StepStatus.Succeeded, StepTexts.Completed(null));
            return steps.MoveToImmutable();
        }

        var ready =
            release[StepName.PreviewReady].IsPassed
            || !rollout.PauseConditions.IsEmpty
            || (!stable && seen.ReplicaSetOf(release.Hash) is { Available: > 0 });
        if (!ready)
        {
            Set(
                StepName.PreviewReady,
                stopped ? StepStatus.Failed : StepStatus.Running,
                stopped ? StepTexts.Stopped(rollout, release.Aborted, trouble) : StepTexts.CanaryStarting
            );
            return steps.MoveToImmutable();
        }

        Set(StepName.PreviewReady, StepStatus.Succeeded, StepTexts.CanaryReady);
        var verify =
            stopped ? StepStatus.Failed
            : rollout.PauseConditions.IsEmpty ? StepStatus.Running
            : StepStatus.Waiting;
        Set(
            StepName.Verify,
            verify,
            stopped ? StepTexts.Stopped(rollout, release.Aborted, trouble) : StepTexts.CanaryWeights
        );
        return steps.MoveToImmutable();
    }
}
