using System.Collections.Immutable;
using Devflow.ChatOps.Core.Messages;

namespace Devflow.ChatOps.Core.Rollouts;

/// <summary>
/// The steps of one blue/green release out of one observed status. Each method is one row of the step table; a step
/// that was passed stays passed, and only the step that is under way can fail.
/// </summary>
internal sealed class BlueGreenSteps(Release release, Observation seen, RolloutView rollout)
{
    private readonly PodHash hash = release.Hash;
    private readonly BlueGreenStrategy strategy = rollout.BlueGreen!;

    private bool IsActive => rollout.ActiveSelector == hash;
    private bool IsStable => rollout.StableRS == hash;
    private AnalysisStatus? PreAnalysis => OfThisAttempt(rollout.PrePromotionAnalysis);
    private AnalysisStatus? PostAnalysis => OfThisAttempt(rollout.PostPromotionAnalysis);

    /// <summary>Argo starts the post-promotion analysis only after the switch, also where it switched back since.</summary>
    private bool HasSwitched => IsActive || PostAnalysis is not null;
    private bool Stopped => release.Aborted || rollout.IsPastDeadline() || rollout.IsInvalidSpec();

    public ImmutableArray<Step> All()
    {
        var steps = Step.AllPending.ToBuilder();
        steps[0] = new Step(StepName.Applied, StepStatus.Succeeded, StepTexts.Applied(hash));
        Func<Step>[] rows = [PreviewReady, Verify, PromoteSwitch, PostVerify, Completed];
        for (var i = 0; i < rows.Length; i++)
        {
            var name = (StepName)(i + 1);
            var before = release[name];
            var step = before.IsPassed ? Kept(before) : rows[i]();
            steps[(int)name] = step;
            if (!step.IsPassed)
            {
                break;
            }
        }

        return steps.MoveToImmutable();
    }

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
        var set = seen.ReplicaSetOf(hash);
        var wanted = release.FirstInstall ? rollout.Replicas : strategy.PreviewReplicaCount ?? rollout.Replicas;
        var moved = strategy.PreviewService.Length == 0 || rollout.PreviewSelector == hash;
        var available = set is not null && set.Wanted >= wanted && set.Available >= wanted && moved;
        if (available || PassedPreview())
        {
            return new Step(StepName.PreviewReady, StepStatus.Succeeded, StepTexts.PreviewReady(wanted));
        }

        var trouble = seen.TroubleOf(hash);
        return Stopped
            ? new Step(StepName.PreviewReady, StepStatus.Failed, StepTexts.Stopped(rollout, release.Aborted, trouble))
            : new Step(
                StepName.PreviewReady,
                StepStatus.Running,
                StepTexts.Scaling(Math.Min(set?.Available ?? 0, wanted), wanted, trouble)
            );
    }

    /// <summary>Argo pauses, analyses and switches only what is ready, so any of these proves it.</summary>
    private bool PassedPreview() =>
        IsActive
        || !rollout.PauseConditions.IsEmpty
        || rollout.IsUnpausing
        || rollout.ScaleUpPreviewCheckPoint
        || PreAnalysis is not null
        || PostAnalysis is not null
        || (!release.FirstInstall && PauseEvidence.Exists(release, rollout));

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

        if (Stopped)
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
        strategy.HasPrePromotionAnalysis
        && analysis is not { Successful: true }
        && !(analysis is null && (rollout.IsUnpausing || rollout.ScaleUpPreviewCheckPoint));

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
            return new Step(StepName.Verify, StepStatus.Succeeded, StepTexts.Promoted);
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

        return strategy.PausesForApproval ? new Step(StepName.Verify, StepStatus.Succeeded, StepTexts.Promoted)
            : strategy.CountsDown ? new Step(StepName.Verify, StepStatus.Succeeded, StepTexts.PromotedItself)
            : Unpaused(analysis);
    }

    /// <summary>What Verify came to where the spec asks for no pause, or no longer.</summary>
    private Step Unpaused(AnalysisStatus? analysis) =>
        analysis is not null ? new Step(StepName.Verify, StepStatus.Succeeded, StepTexts.AnalysisSuccessful)
        : release.PauseSeen ? new Step(StepName.Verify, StepStatus.Succeeded, StepTexts.PauseTakenOut)
        : Skipped(
            StepName.Verify,
            strategy.HasPrePromotionAnalysis ? StepTexts.LiveWithoutAnalysis : StepTexts.NoVerification
        );

    private Step PromoteSwitch() =>
        HasSwitched
            ? new Step(
                StepName.PromoteSwitch,
                StepStatus.Succeeded,
                IsActive ? StepTexts.Switched : StepTexts.SwitchedBack
            )
        : Stopped
            ? new Step(
                StepName.PromoteSwitch,
                StepStatus.Failed,
                StepTexts.Stopped(rollout, release.Aborted, seen.TroubleOf(hash))
            )
        : new Step(StepName.PromoteSwitch, StepStatus.Running, StepTexts.Switching(rollout.ScaleUpPreviewCheckPoint));

    private Step PostVerify()
    {
        var analysis = PostAnalysis;
        if (!strategy.HasPostPromotionAnalysis)
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

        if (Stopped || analysis is { Bad: true })
        {
            return new Step(StepName.PostVerify, StepStatus.Failed, FailureText(analysis));
        }

        return analysis is { Inconclusive: true }
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
            ? new Step(
                StepName.Completed,
                StepStatus.Failed,
                StepTexts.Stopped(rollout, release.Aborted, seen.TroubleOf(hash))
            )
            : new Step(StepName.Completed, StepStatus.Running, StepTexts.Completing);
    }

    private string FailureText(AnalysisStatus? analysis) =>
        analysis is { Bad: true }
            ? StepTexts.AnalysisFailed(analysis)
            : StepTexts.Stopped(rollout, release.Aborted, seen.TroubleOf(hash));

    /// <summary>
    /// What the status says about an analysis, unless it speaks of the run of an earlier attempt or of another version.
    /// </summary>
    private AnalysisStatus? OfThisAttempt(AnalysisStatus? analysis) =>
        analysis is null || (!release.Aborted && release.EndedRuns.Contains(analysis.Name)) ? null
        : RunOf(analysis) is { } run && run.Hash != hash ? null
        : analysis;

    private AnalysisRunView? RunOf(AnalysisStatus? analysis) =>
        analysis is null ? null : seen.AnalysisRuns.FirstOrDefault(run => run.Name == analysis.Name);

    private static Step Skipped(StepName name, string message) => new(name, StepStatus.Skipped, message);

    private static Step Waiting(StepName name, string message) => new(name, StepStatus.Waiting, message);
}
