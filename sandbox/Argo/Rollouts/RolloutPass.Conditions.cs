namespace Devflow.ChatOps.Sandbox.Argo.Rollouts;

/// <summary>The conditions of the status, and what follows from the progress deadline.</summary>
internal sealed partial class RolloutPass
{
    /// <summary>
    /// Brings the conditions Progressing and Paused in line with a pause, a resume or a retry that is already in the
    /// status. This is a write of its own; the pass then goes on with the Rollout as it was before, so the write that
    /// follows may take some of it back. When a newer template came in, this is the moment in which the new generation
    /// counts as observed while hash and pause are still the old ones.
    /// </summary>
    private async Task WritePausedConditionsAsync()
    {
        var seen = rollout.Status;
        var progressing = seen.Condition(Conditions.Progressing);
        var isPaused = seen.PauseConditions.Count > 0 || rollout.Paused;
        var isAborted = progressing?.Reason == Conditions.RolloutAborted;
        var isCompleted = seen.StableRS.Length > 0 && seen.IsFullyPromoted;
        var status = seen.Copy();
        var changed = false;
        if (isPaused != (progressing?.Reason == Conditions.RolloutPaused) && !isAborted && !isCompleted)
        {
            changed = true;
            SetCondition(
                status,
                Conditions.Progressing,
                "Unknown",
                isPaused ? Conditions.RolloutPaused : Conditions.RolloutResumed,
                isPaused ? "Rollout is paused" : "Rollout is resumed"
            );
        }

        if (!seen.Abort && isAborted)
        {
            changed = true;
            const string Message = "Retrying Rollout after abort";
            SetCondition(status, Conditions.Progressing, "Unknown", Conditions.RolloutRetry, Message);
        }

        if (isPaused != (seen.Condition(Conditions.Paused)?.Status == "True") && !isAborted)
        {
            changed = true;
            SetCondition(
                status,
                Conditions.Paused,
                isPaused ? "True" : "False",
                Conditions.RolloutPaused,
                "Rollout is paused"
            );
        }

        if (changed)
        {
            await WriteConditionsAsync(status);
        }
    }

    private async Task WriteConditionsAsync(RolloutStatus status)
    {
        status.ObservedGeneration = rollout.Generation;
        (status.Phase, status.Message) = RolloutPhase.Of(rollout, status);
        await PatchStatusAsync(status);
    }

    private void CalculateConditions(RolloutStatus status)
    {
        var isPaused = rollout.Status.PauseConditions.Count > 0 || rollout.Paused;
        var isAborted = pause.IsAborted;
        var becameUnhealthy = false;
        if (!isPaused && IsHealthy(status))
        {
            SetCondition(status, Conditions.Healthy, "True", Conditions.RolloutHealthy, "Rollout is healthy");
        }
        else if (rollout.Status.Condition(Conditions.Healthy) is not null)
        {
            const string Message = "Rollout is not healthy";
            becameUnhealthy = SetCondition(status, Conditions.Healthy, "False", Conditions.RolloutHealthy, Message);
        }

        if (isAborted)
        {
            var message = $"Rollout aborted update to revision {rollout.Revision}";
            message = pause.AbortMessage.Length > 0 ? $"{message}: {pause.AbortMessage}" : message;
            if (SetCondition(status, Conditions.Progressing, "False", Conditions.RolloutAborted, message))
            {
                env.Emit(Conditions.RolloutAborted, rollout.Json);
            }
        }
        else
        {
            CalculateProgress(status, becameUnhealthy);
        }

        var isAvailable =
            replicaSets.Find(set => set.Hash == status.ActiveSelector)?.IsSaturated(rollout.Replicas) ?? false;
        SetCondition(
            status,
            Conditions.Available,
            isAvailable ? "True" : "False",
            Conditions.AvailableReason,
            isAvailable ? "Rollout has minimum availability" : "Rollout does not have minimum availability"
        );
        var isCompleted = status.StableRS.Length > 0 && status.IsFullyPromoted;
        var changed = SetCondition(
            status,
            Conditions.Completed,
            isCompleted ? "True" : "False",
            Conditions.RolloutCompleted,
            Conditions.RolloutCompleted
        );
        if (changed && !isCompleted)
        {
            env.Emit("RolloutNotCompleted", rollout.Json);
        }
    }

    private void CalculateProgress(RolloutStatus status, bool becameUnhealthy)
    {
        var current = rollout.Status.Condition(Conditions.Progressing);
        if (IsHealthy(status))
        {
            var message = $"ReplicaSet \"{New.Name}\" has successfully progressed.";
            SetCondition(status, Conditions.Progressing, "True", Conditions.NewReplicaSetAvailable, message);
        }
        else if (HasProgressed(status) || becameUnhealthy)
        {
            var isOldVersion = becameUnhealthy && status.IsFullyPromoted;
            status.Conditions.RemoveAll(condition => condition.Type == Conditions.Progressing);
            status.Conditions.Add(
                new RolloutCondition(
                    Conditions.Progressing,
                    "True",
                    isOldVersion ? Conditions.ReplicaSetNotAvailable : Conditions.ReplicaSetUpdated,
                    isOldVersion
                        ? "Rollout does not have minimum availability"
                        : $"ReplicaSet \"{New.Name}\" is progressing.",
                    current?.Status == "True" ? current.LastTransitionTime : now,
                    now
                )
            );
        }
        else if (HasTimedOut(status))
        {
            var message = $"ReplicaSet \"{New.Name}\" has timed out progressing.";
            SetCondition(status, Conditions.Progressing, "False", Conditions.ProgressDeadlineExceeded, message);
            if (rollout.ProgressDeadlineAbort)
            {
                // Told twice: here, and again when the next pass finds the abort (recording 05b).
                pause.Abort(message);
                env.Emit(Conditions.RolloutAborted, rollout.Json);
            }
        }
    }

    private bool IsHealthy(RolloutStatus status) =>
        status.UpdatedReplicas == rollout.Replicas
        && status.AvailableReplicas == rollout.Replicas
        && rollout.Status.ObservedGeneration == rollout.Generation
        && status.ActiveSelector == status.CurrentPodHash
        && (rollout.PreviewService.Length == 0 || status.PreviewSelector == status.CurrentPodHash);

    private bool HasProgressed(RolloutStatus status)
    {
        var former = rollout.Status;
        return status.UpdatedReplicas != former.UpdatedReplicas
            || status.Replicas - status.UpdatedReplicas < former.Replicas - former.UpdatedReplicas
            || status.ReadyReplicas > former.ReadyReplicas
            || status.AvailableReplicas > former.AvailableReplicas
            || status.ActiveSelector != former.ActiveSelector
            || status.PreviewSelector != former.PreviewSelector;
    }

    private bool HasTimedOut(RolloutStatus status) =>
        status.Condition(Conditions.Progressing) switch
        {
            null or { Reason: Conditions.RolloutAborted or Conditions.RolloutPaused } => false,
            { Reason: Conditions.ProgressDeadlineExceeded } => true,
            var condition => condition.LastUpdateTime + rollout.ProgressDeadline < now,
        };

    /// <summary>Sets a condition unless one of the same status and reason is there; true if it was changed.</summary>
    private bool SetCondition(RolloutStatus status, string type, string value, string reason, string message)
    {
        var current = status.Condition(type);
        if (current is not null && current.Status == value && current.Reason == reason)
        {
            return false;
        }

        var transition = current is not null && current.Status == value ? current.LastTransitionTime : now;
        status.Conditions.RemoveAll(condition => condition.Type == type);
        status.Conditions.Add(new RolloutCondition(type, value, reason, message, transition, now));
        return true;
    }
}
