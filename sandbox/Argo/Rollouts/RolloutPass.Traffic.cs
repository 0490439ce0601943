using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.Kubernetes;

namespace Devflow.ChatOps.Sandbox.Argo.Rollouts;

/// <summary>The pause before the switch, and which version the two Services point to.</summary>
internal sealed partial class RolloutPass
{
    /// <summary>A pause by hand, or an analysis that a person has to judge, holds the Services where they are.</summary>
    private bool IsHalted => rollout.Paused || rollout.Status.IsPausedBy(PauseCondition.InconclusiveAnalysisRun);

    private string PodHashOfService(string name) =>
        name.Length == 0
            ? ""
            : env.Store.Get(Resources.Service, rollout.Namespace, name).Text("spec", "selector", Names.PodHashLabel)
                ?? "";

    private void PointPreviewService()
    {
        if (rollout.PreviewService.Length > 0 && !IsHalted)
        {
            PointService(rollout.PreviewService, New.Hash);
        }
    }

    private void PointActiveService()
    {
        if (IsHalted || !IsReadyForPause || !New.IsSaturated(rollout.Replicas))
        {
            return;
        }

        var hash = PodHashOfService(rollout.ActiveService);
        if (IsFastTracked || (HasCompletedPause && HasCompletedPrePromotion))
        {
            hash = New.Hash;
        }

        if (rollout.Status.Abort)
        {
            hash = rollout.Status.StableRS;
        }

        PointService(rollout.ActiveService, hash);
    }

    private void PointService(string name, string hash)
    {
        var switched = false;
        env.Store.Update(
            Resources.Service,
            rollout.Namespace,
            name,
            service =>
            {
                switched =
                    service.Text("spec", "selector", Names.PodHashLabel) != hash
                    || service.Annotation(Names.ManagedBy) is null;
                if (!switched)
                {
                    return null;
                }

                service.Ensure("spec", "selector")[Names.PodHashLabel] = hash;
                service.SetAnnotation(Names.ManagedBy, rollout.Name);
                return service;
            }
        );
        if (switched)
        {
            env.Emit("SwitchService", rollout.Json);
        }
    }

    /// <summary>
    /// Whether the update goes live without a pause: a version that is still up within its scale-down delay (this is
    /// what makes both an undo and a quick retry immediate), a full promotion, a first install, or one already live.
    /// </summary>
    private bool IsFastTracked
    {
        get
        {
            var active = PodHashOfService(rollout.ActiveService);
            return New.ScaleDownDeadline is not null
                || IsRollbackWithinWindow
                || rollout.Status.PromoteFull
                || active.Length == 0
                || active == New.Hash;
        }
    }

    private bool IsRollbackWithinWindow =>
        rollout.RollbackWindow > 0
        && Stable is { } stable
        && New.Created < stable.Created
        && replicaSets.Count(set => New.Created < set.Created && set.Created < stable.Created) < rollout.RollbackWindow;

    private void ReconcilePause()
    {
        if (rollout.Status.Abort || !IsReadyForPause || IsHalted)
        {
            return;
        }

        if (IsFastTracked || rollout.Status.ScaleUpPreviewCheckPoint || !rollout.NeedsPause)
        {
            pause.Remove(PauseCondition.BlueGreenPause);
            return;
        }

        if (!HasCompletedPrePromotion)
        {
            return;
        }

        if (rollout.Status.PauseConditions.Find(IsBlueGreenPause) is { } current)
        {
            if (HasCompletedPause)
            {
                pause.Remove(PauseCondition.BlueGreenPause);
            }
            else if (rollout.AutoPromotionEnabled && rollout.AutoPromotionAfter > TimeSpan.Zero)
            {
                env.RequeueAt(current.StartTime + rollout.AutoPromotionAfter);
            }
        }
        else if (!rollout.Status.ControllerPause)
        {
            pause.Add(PauseCondition.BlueGreenPause);
        }
    }

    /// <summary>
    /// Whether somebody, or the time, has ended the pause. With auto-promotion only the time does: a promote that takes
    /// the pause away just starts it anew (recordings 06a and 06d).
    /// </summary>
    private bool HasCompletedPause
    {
        get
        {
            if (pause.HasAddedPause)
            {
                return false;
            }

            if (rollout.Status.ScaleUpPreviewCheckPoint)
            {
                return true;
            }

            var current = rollout.Status.PauseConditions.Find(IsBlueGreenPause);
            if (!rollout.AutoPromotionEnabled)
            {
                return rollout.Status.ControllerPause && current is null;
            }

            return rollout.AutoPromotionAfter == TimeSpan.Zero
                || (current is not null && now >= current.StartTime + rollout.AutoPromotionAfter);
        }
    }

    private bool HasCompletedPrePromotion =>
        rollout.PrePromotionAnalysis is null || PhaseOf(CurrentPre) == AnalysisPhase.Successful;

    private static bool IsBlueGreenPause(PauseCondition condition) => condition.Reason == PauseCondition.BlueGreenPause;

    private static string? PhaseOf(JsonObject? run) => run.Text("status", "phase");
}
