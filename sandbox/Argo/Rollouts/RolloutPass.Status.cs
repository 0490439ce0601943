using Devflow.ChatOps.Sandbox.Kubernetes;

namespace Devflow.ChatOps.Sandbox.Argo.Rollouts;

/// <summary>Writing the status.</summary>
internal sealed partial class RolloutPass
{
    private async Task WriteReleaseStatusAsync()
    {
        var status = BaseStatus();
        if (IsNewTemplate)
        {
            Reset(status);
        }

        if (rollout.Status.PromoteFull || IsRollbackWithinWindow)
        {
            pause.Clear();
            pause.RemoveAbort();
        }

        status.PreviewSelector = PodHashOfService(rollout.PreviewService);
        status.ActiveSelector = PodHashOfService(rollout.ActiveService);
        if (ShouldPromoteFully(status))
        {
            PromoteFully(status);
        }
        else
        {
            status.ScaleUpPreviewCheckPoint = IsScaleUpCheckPointReached();
        }

        var active = replicaSets.Find(set => set.Hash == status.ActiveSelector);
        status.HpaReplicas = active?.Actual ?? replicaSets.Sum(set => set.Actual);
        status.Selector = active?.SelectorText ?? rollout.SelectorText;
        status.AvailableReplicas = active?.Available ?? replicaSets.Sum(set => set.Available);
        status.ReadyReplicas = active?.Ready ?? status.ReadyReplicas;
        CalculateConditions(status);
        await PersistAsync(status);
    }

    private RolloutStatus BaseStatus() =>
        new()
        {
            RestartedAt = next.RestartedAt,
            PrePromotion = next.PrePromotion,
            PostPromotion = next.PostPromotion,
            CurrentPodHash = New.Hash,
            StableRS = rollout.Status.StableRS,
            Replicas = replicaSets.Sum(set => set.Actual),
            UpdatedReplicas = New.Actual,
            ReadyReplicas = replicaSets.Sum(set => set.Ready),
            Conditions = [.. rollout.Status.Conditions.Where(condition => condition.Type != Conditions.InvalidSpec)],
            PromoteFull = rollout.Status.PromoteFull,
        };

    /// <summary>A new template begins from the start, whatever state the former update was in.</summary>
    private void Reset(RolloutStatus status)
    {
        pause.Clear();
        pause.RemoveAbort();
        status.RestartedAt = rollout.RestartAt;
        status.PromoteFull = false;
        status.PrePromotion = null;
        status.PostPromotion = null;
    }

    private bool ShouldPromoteFully(RolloutStatus status)
    {
        if (Stable is null || status.ActiveSelector.Length == 0)
        {
            // First install: stable is named at once, long before a pod is ready (recording 01).
            return true;
        }

        if (status.ActiveSelector != status.CurrentPodHash)
        {
            return false;
        }

        if (rollout.Status.PromoteFull || IsRollbackWithinWindow)
        {
            return true;
        }

        if (pause.IsAborted)
        {
            return false;
        }

        return rollout.PostPromotionAnalysis is null
            || New.ScaleDownDeadline is not null
            || PhaseOf(CurrentPost) == AnalysisPhase.Successful;
    }

    private void PromoteFully(RolloutStatus status)
    {
        pause.Clear();
        pause.RemoveAbort();
        status.PromoteFull = false;
        if (status.StableRS != status.CurrentPodHash)
        {
            status.StableRS = status.CurrentPodHash;
            env.Emit(Conditions.RolloutCompleted, rollout.Json);
        }
    }

    /// <summary>Set once, when a smaller preview is available, analysed and promoted: now it may grow to full size.</summary>
    private bool IsScaleUpCheckPointReached() =>
        rollout.PreviewReplicaCount is { } preview
        && !IsNewTemplate
        && (
            rollout.Status.ScaleUpPreviewCheckPoint
            || (HasCompletedPrePromotion && HasCompletedPause && New.Available == preview)
        );

    private async Task PersistAsync(RolloutStatus status)
    {
        pause.WriteTo(status, now);
        status.ObservedGeneration = rollout.Generation;
        (status.Phase, status.Message) = RolloutPhase.Of(rollout, status);
        if (!await PatchStatusAsync(status))
        {
            RequeueForDeadline(status);
            return;
        }

        var wasPaused = rollout.Status.PauseConditions.Count > 0;
        var isPaused = status.PauseConditions.Count > 0;
        if (!wasPaused && isPaused)
        {
            env.Emit(Conditions.RolloutPaused, rollout.Json);
        }
        else if (wasPaused && !isPaused && status.AbortedAt is null)
        {
            env.Emit(Conditions.RolloutResumed, rollout.Json);
        }
    }

    /// <summary>Writes the difference between what this pass had read and <paramref name="status"/>; false if there is none.</summary>
    private async Task<bool> PatchStatusAsync(RolloutStatus status)
    {
        var patch = MergePatch.Between(rollout.Status.ToJson(), status.ToJson());
        if (patch.Count == 0)
        {
            return false;
        }

        await env.StepAsync();
        env.Store.Update(
            Resources.Rollout,
            rollout.Namespace,
            rollout.Name,
            current =>
            {
                MergePatch.Apply(current.Ensure("status"), patch);
                return current;
            }
        );
        return true;
    }

    private void RequeueForDeadline(RolloutStatus status)
    {
        if (
            rollout.Status.Condition(Conditions.Progressing) is not { } progressing
            || IsHealthy(status)
            || progressing.Reason == Conditions.ProgressDeadlineExceeded
            || rollout.Status.PauseConditions.Count > 0
            || rollout.Paused
            || rollout.Status.Abort
        )
        {
            return;
        }

        // One second more, as times are kept in whole seconds.
        var due = progressing.LastUpdateTime + rollout.ProgressDeadline + TimeSpan.FromSeconds(1);
        if (due > now)
        {
            env.RequeueAt(due);
        }
    }

    private async Task WriteInvalidSpecAsync(string fault)
    {
        var status = rollout.Status.Copy();
        var message = $"The Rollout \"{rollout.Name}\" is invalid: {fault}";
        if (status.Condition(Conditions.InvalidSpec)?.Message != message)
        {
            status.Conditions.RemoveAll(condition => condition.Type == Conditions.InvalidSpec);
        }

        SetCondition(status, Conditions.InvalidSpec, "True", Conditions.InvalidSpec, message);
        await WriteConditionsAsync(status);
    }
}
