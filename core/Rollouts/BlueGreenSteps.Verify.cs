using Devflow.ChatOps.Core.Messages;

namespace Devflow.ChatOps.Core.Rollouts;

/// <summary>The row Verify: analysis before the switch, and the pause.</summary>
internal sealed partial class BlueGreenSteps
{
    private Step Verify()
    {
        if (release.FirstInstall)
        {
            return Skipped(StepName.Verify, StepTexts.FirstInstall);
        }

        var analysis = PreAnalysis;
        if (HasSwitched)
        {
            return Switched(analysis);
        }

        // The deadline is about pods: it passes during a long analysis as well, which ends nothing.
        if (Halted || (rollout.IsPastDeadline() && !IsAvailable && !PassedPreview()))
        {
            return new Step(StepName.Verify, StepStatus.Failed, FailureText(analysis));
        }

        if (release.PromotedFull)
        {
            return new Step(StepName.Verify, StepStatus.Succeeded, StepTexts.PromotedFull);
        }

        if (analysis is { Bad: true })
        {
            return new Step(StepName.Verify, StepStatus.Failed, FailureText(analysis));
        }

        if (rollout.PauseFor(PauseCondition.InconclusiveAnalysisRun) is not null)
        {
            return Waiting(StepName.Verify, StepTexts.Inconclusive(analysis?.Message));
        }

        if (rollout.PauseFor(PauseCondition.BlueGreenPause) is { } pause)
        {
            return Waiting(StepName.Verify, PauseText(pause));
        }

        return IsAnalysing(analysis)
            ? new Step(
                StepName.Verify,
                StepStatus.Running,
                StepTexts.Analysis("pre-promotion", analysis?.Status, RunOf(analysis))
            )
            : WithoutPause();
    }

    private string PauseText(PauseCondition pause) =>
        !strategy.CountsDown ? StepTexts.AwaitingApproval(rollout.SpecPaused, seen.TroubleOf(hash))
        : rollout.SpecPaused ? StepTexts.PausedByHand
        : StepTexts.CountingDown(pause.StartTime, strategy.AutoPromotionSeconds);

    /// <summary>
    /// The analysis is not over. A pause that is being lifted, or was, came after it, unless it was inconclusive: then
    /// the promote runs it again.
    /// </summary>
    private bool IsAnalysing(AnalysisStatus? analysis) =>
        (strategy.HasPrePromotionAnalysis || analysis is not null)
        && analysis is not { Successful: true }
        && !(analysis is null && (rollout.IsUnpausing || rollout.ScaleUpPreviewCheckPoint || IsFastTracked));

    /// <summary>Argo takes a ReplicaSet with a scale-down deadline live without pause and analysis.</summary>
    private bool IsFastTracked => Preview is { ScaleDownDeadline: not null };

    /// <summary>The status holds no pause condition: not yet, not any more, or never.</summary>
    private Step WithoutPause()
    {
        // While paused by hand a lifted BlueGreenPause comes back (recording 12); with autoPromotionSeconds a plain
        // promote restarts the timer (recordings 06a, 06d). Neither means promoted.
        if (
            rollout.ScaleUpPreviewCheckPoint
            || (rollout.IsUnpausing && !rollout.SpecPaused && strategy.PausesForApproval)
        )
        {
            return PastPause(PreAnalysis);
        }

        var before = release[StepName.Verify];
        if (rollout.SpecPaused)
        {
            return before.Status == StepStatus.Waiting ? before : Waiting(StepName.Verify, StepTexts.PausedByHand);
        }

        if (strategy is { PausesForApproval: false, CountsDown: false })
        {
            return Unpaused(PreAnalysis);
        }

        return before.Status == StepStatus.Waiting ? before
            : PreAnalysis is not null ? new Step(StepName.Verify, StepStatus.Running, StepTexts.AnalysisSuccessful)
            : new Step(StepName.Verify, StepStatus.Pending);
    }

    private Step Switched(AnalysisStatus? analysis)
    {
        if (release.PromotedFull)
        {
            return new Step(StepName.Verify, StepStatus.Succeeded, StepTexts.PromotedFull);
        }

        if (release.SkippedPause)
        {
            return Skipped(StepName.Verify, StepTexts.LiveWithoutPause);
        }

        return release.PauseIsUnknown
            ? new Step(StepName.Verify, StepStatus.Succeeded, StepTexts.PauseNotKnown)
            : PastPause(analysis);
    }

    private Step PastPause(AnalysisStatus? analysis) =>
        strategy.PausesForApproval ? new Step(StepName.Verify, StepStatus.Succeeded, StepTexts.Promoted)
        : strategy.CountsDown ? new Step(StepName.Verify, StepStatus.Succeeded, StepTexts.PromotedItself)
        : Unpaused(analysis);

    /// <summary>What Verify came to where the spec asks for no pause, or no longer.</summary>
    private Step Unpaused(AnalysisStatus? analysis) =>
        analysis is not null ? new Step(StepName.Verify, StepStatus.Succeeded, StepTexts.AnalysisSuccessful)
        : release.PauseSeen ? new Step(StepName.Verify, StepStatus.Succeeded, StepTexts.PauseTakenOut)
        : Skipped(
            StepName.Verify,
            strategy.HasPrePromotionAnalysis ? StepTexts.LiveWithoutAnalysis : StepTexts.NoVerification
        );
}
