using System.Collections.Immutable;
using Devflow.ChatOps.Core.Messages;

namespace Devflow.ChatOps.Core.Rollouts;

/// <summary>
/// The steps of one blue/green release out of one observed status. Each method is one row of the step table; a step
/// that was passed stays passed, and only the step that is under way can fail.
/// </summary>
internal sealed partial class BlueGreenSteps(Release release, Observation seen, RolloutView rollout)
{
    private readonly PodHash hash = release.Hash;
    private readonly BlueGreenStrategy strategy = rollout.BlueGreen!;

    private bool IsActive => rollout.ActiveSelector == hash;
    private bool IsStable => rollout.StableRS == hash;
    private AnalysisStatus? PreAnalysis => OfThisAttempt(rollout.PrePromotionAnalysis);
    private AnalysisStatus? PostAnalysis => OfThisAttempt(rollout.PostPromotionAnalysis);

    /// <summary>Argo starts the post-promotion analysis only after the switch, also where it switched back since.</summary>
    private bool HasSwitched => IsActive || PostAnalysis is not null;
    private bool Halted => release.Aborted || rollout.IsInvalidSpec();
    private bool Stopped => Halted || rollout.IsPastDeadline();
    private ReplicaSetView? Preview => seen.ReplicaSetOf(hash);
    private int PreviewSize =>
        release.FirstInstall ? rollout.Replicas : strategy.PreviewReplicaCount ?? rollout.Replicas;
    private bool IsAvailable => Preview is { } set && set.Wanted >= PreviewSize && set.Available >= PreviewSize;

    public ImmutableArray<Step> All()
    {
        var steps = Step.AllPending.ToBuilder();
        steps[0] = new Step(StepName.Applied, StepStatus.Succeeded, StepTexts.Applied(hash));
        Func<Step>[] rows = [PreviewReady, Verify, PromoteSwitch, PostVerify, Completed];
        for (var i = 0; i < rows.Length; i++)
        {
            var name = (StepName)(i + 1);
            var before = release[name];
            var step = before.IsPassed ? Kept(before) : Unrecovered(before, rows[i]());
            steps[(int)name] = step;
            if (!step.IsPassed)
            {
                break;
            }
        }

        return steps.MoveToImmutable();
    }

    /// <summary>
    /// Pods that become ready after an abort, while the ReplicaSet is still up, change nothing about what it ended.
    /// </summary>
    private Step Unrecovered(Step before, Step now) =>
        release.Aborted && before.Status == StepStatus.Failed && now.Status != StepStatus.Failed ? before : now;

    private Step Kept(Step before) =>
        before.Name switch
        {
            StepName.PromoteSwitch when !IsActive && !rollout.ActiveSelector.IsNone => before with
            {
                Message = StepTexts.SwitchedBack,
            },
            StepName.Completed => before with
            {
                Message = rollout.IsInvalidSpec()
                    ? StepTexts.NewerSpecInvalid(rollout.Message)
                    : StepTexts.Completed(seen.InstantRollbackUntil(release)),
            },
            _ => before,
        };

    private Step PreviewReady()
    {
        var moved = strategy.PreviewService.Length == 0 || rollout.PreviewSelector == hash;
        if ((IsAvailable && moved) || PassedPreview())
        {
            return new Step(StepName.PreviewReady, StepStatus.Succeeded, StepTexts.PreviewReady(PreviewSize));
        }

        return Stopped
            ? new Step(StepName.PreviewReady, StepStatus.Failed, StoppedText())
            : new Step(
                StepName.PreviewReady,
                StepStatus.Running,
                StepTexts.Scaling(Preview?.Available, PreviewSize, seen.TroubleOf(hash))
            );
    }

    /// <summary>
    /// Argo pauses, analyses and switches only what is ready, so any of these proves it; except that a retry starts the
    /// analysis anew at once, before the pods are back.
    /// </summary>
    private bool PassedPreview() =>
        IsActive
        || !rollout.PauseConditions.IsEmpty
        || rollout.IsUnpausing
        || rollout.ScaleUpPreviewCheckPoint
        || (PreAnalysis is not null && (release.Attempt == 1 || Preview is null))
        || PostAnalysis is not null
        || (!release.FirstInstall && PauseEvidence.Exists(release, rollout));

    private Step PromoteSwitch() =>
        HasSwitched
            ? new Step(
                StepName.PromoteSwitch,
                StepStatus.Succeeded,
                IsActive ? StepTexts.Switched : StepTexts.SwitchedBack
            )
        : Stopped ? new Step(StepName.PromoteSwitch, StepStatus.Failed, StoppedText())
        : new Step(
            StepName.PromoteSwitch,
            StepStatus.Running,
            StepTexts.Switching(
                promoted: release.PromotedFull || (strategy.PausesForApproval && !release.FirstInstall),
                scalingUp: rollout.ScaleUpPreviewCheckPoint
            )
        );

    private Step PostVerify()
    {
        var analysis = PostAnalysis;
        if (!strategy.HasPostPromotionAnalysis && analysis is null)
        {
            return Skipped(StepName.PostVerify, StepTexts.NoPostAnalysis);
        }

        // An abort ends the run, and a run that was ended counts as Successful.
        if (release.Aborted)
        {
            return new Step(StepName.PostVerify, StepStatus.Failed, FailureText(analysis));
        }

        // Argo makes it stable without a run after a full promote, a first install and a fast rollback.
        if (release.FirstInstall || release.PromotedFull || (IsStable && analysis is null))
        {
            return Skipped(StepName.PostVerify, StepTexts.PostAnalysisSkipped);
        }

        if (analysis is { Successful: true })
        {
            return new Step(StepName.PostVerify, StepStatus.Succeeded, StepTexts.AnalysisSuccessful);
        }

        if (Halted || analysis is { Bad: true })
        {
            return new Step(StepName.PostVerify, StepStatus.Failed, FailureText(analysis));
        }

        return analysis is { Inconclusive: true } && !rollout.IsUnpausing
            ? Waiting(StepName.PostVerify, StepTexts.Inconclusive(analysis.Message))
            : new Step(
                StepName.PostVerify,
                StepStatus.Running,
                StepTexts.Analysis("post-promotion", analysis?.Status, RunOf(analysis))
            );
    }

    private Step Completed()
    {
        if (IsStable && IsActive && rollout.Phase == "Healthy")
        {
            return new Step(
                StepName.Completed,
                StepStatus.Succeeded,
                StepTexts.Completed(seen.InstantRollbackUntil(release))
            );
        }

        return Stopped
            ? new Step(StepName.Completed, StepStatus.Failed, StoppedText())
            : new Step(
                StepName.Completed,
                StepStatus.Running,
                StepTexts.Completing(IsStable && IsActive ? rollout.Message : "")
            );
    }

    private string FailureText(AnalysisStatus? analysis) =>
        analysis is { Bad: true } ? StepTexts.AnalysisFailed(analysis) : StoppedText();

    private string StoppedText() => StepTexts.Stopped(rollout, release.Aborted, seen.WhyNotReady(hash));

    /// <summary>
    /// What the status says about an analysis, unless it speaks of the run of an earlier attempt or of another version.
    /// </summary>
    private AnalysisStatus? OfThisAttempt(AnalysisStatus? analysis) =>
        analysis is null || release.EndedRuns.Contains(analysis.Name) ? null
        : RunOf(analysis) is { } run && run.Hash != hash ? null
        : analysis;

    private AnalysisRunView? RunOf(AnalysisStatus? analysis) =>
        analysis is null ? null : seen.AnalysisRuns.FirstOrDefault(run => run.Name == analysis.Name);

    private static Step Skipped(StepName name, string message) => new(name, StepStatus.Skipped, message);

    private static Step Waiting(StepName name, string message) => new(name, StepStatus.Waiting, message);
}
