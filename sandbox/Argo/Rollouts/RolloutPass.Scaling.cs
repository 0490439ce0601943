using Devflow.ChatOps.Sandbox.Kubernetes;

namespace Devflow.ChatOps.Sandbox.Argo.Rollouts;

/// <summary>How many pods each ReplicaSet has, and how long the ones that are not needed stay.</summary>
internal sealed partial class RolloutPass
{
    /// <summary>Whether spec.replicas has changed since the new or the stable ReplicaSet was last scaled.</summary>
    private bool IsScalingEvent() =>
        new[] { newest, Stable }.Any(set =>
            set is { Wanted: > 0, DesiredReplicas: { } desired } && desired != rollout.Replicas
        );

    private async Task<bool> ScaleOnlyAsync()
    {
        if (!ReconcileReplicaSets())
        {
            return false;
        }

        var status = rollout.Status.Copy();
        var active = replicaSets.Find(set => set.Hash == status.ActiveSelector);
        status.HpaReplicas = active?.Actual ?? replicaSets.Sum(set => set.Actual);
        status.AvailableReplicas = active?.Available ?? replicaSets.Sum(set => set.Available);
        await PersistAsync(status);
        return true;
    }

    /// <summary>
    /// False when a ReplicaSet whose deadline was just removed would have to be scaled too: the real controller meets a
    /// conflict there and starts over (recording 03: the scaling is told by the pass after the retry).
    /// </summary>
    private bool ReconcileReplicaSets()
    {
        RemoveScaleDownDeadlines();
        if ((Stable is { } stable && !Scale(stable, rollout.Replicas)) || !ScaleNew())
        {
            return false;
        }

        ScaleDownOthers();
        ForgetOldRevisions();
        return true;
    }

    /// <summary>What the new ReplicaSet should have now; a preview may be smaller until it is promoted.</summary>
    private int WantedOfNew()
    {
        if (rollout.PreviewReplicaCount is not { } preview)
        {
            return rollout.Replicas;
        }

        var active = replicaSets.Find(set => set.Hash == rollout.Status.ActiveSelector);
        if (active is null || active.Name == New.Name || rollout.Status.PromoteFull)
        {
            return rollout.Replicas;
        }

        var resumed =
            New.Hash == rollout.Status.CurrentPodHash
            && !rollout.Paused
            && rollout.Status.PauseConditions.Count == 0
            && rollout.Status.ScaleUpPreviewCheckPoint;
        return resumed ? rollout.Replicas : preview;
    }

    private bool IsReadyForPause => New.Wanted == WantedOfNew() && New.Available == WantedOfNew();

    private bool DelaysScaleDownOfAborted =>
        pause.IsAborted && Stable is not null && rollout.AbortScaleDownDelay is not null;

    private void RemoveScaleDownDeadlines()
    {
        if (!DelaysScaleDownOfAborted)
        {
            RemoveDeadline(New);
        }

        if (Stable is { } stable && (DelaysScaleDownOfAborted || stable.Name != New.Name))
        {
            RemoveDeadline(stable);
        }
    }

    private static void RemoveDeadline(ReplicaSetView set)
    {
        if (set.ScaleDownDeadline is not null)
        {
            set.UpdateBehind(json => json.SetAnnotation(Names.ScaleDownDeadline, null));
        }
    }

    private bool ScaleNew()
    {
        var wanted = WantedOfNew();
        if (DelaysScaleDownOfAborted)
        {
            if (New.ScaleDownDeadline is not { } deadline)
            {
                if (Stable!.Available == rollout.Replicas)
                {
                    SetDeadline(New, rollout.AbortScaleDownDelay!.Value);
                }

                return true;
            }

            if (deadline > now)
            {
                env.RequeueAt(deadline);
                return true;
            }

            wanted = 0;
        }

        return Scale(New, wanted);
    }

    private void SetDeadline(ReplicaSetView set, TimeSpan delay)
    {
        if (delay > TimeSpan.Zero)
        {
            set.Update(json => json.SetAnnotation(Names.ScaleDownDeadline, JsonPath.Stamp(now + delay)));
            env.RequeueAt(set.ScaleDownDeadline ?? now + delay);
        }
    }

    private void ScaleDownOthers()
    {
        if (rollout.Status.IsPausedBy(PauseCondition.InconclusiveAnalysisRun) || KeepsOldUntilAnalysed)
        {
            return;
        }

        var withDeadline = 0;
        foreach (var set in Others.Where(set => set.Wanted > 0).OrderByDescending(set => set.Revision).ToList())
        {
            if (IsReferenced(set.Hash))
            {
                continue;
            }

            var wanted = 0;
            withDeadline++;
            if (withDeadline <= rollout.ScaleDownDelayRevisionLimit)
            {
                if (set.ScaleDownDeadline is not { } deadline)
                {
                    wanted = set.Wanted;
                    SetDeadline(set, rollout.ScaleDownDelay);
                }
                else if (deadline > now)
                {
                    wanted = rollout.Replicas;
                    env.RequeueAt(deadline);
                }
            }

            if (set.Wanted != wanted)
            {
                Scale(set, wanted);
            }
        }
    }

    /// <summary>Without a stated delay the old version stays until the post-promotion analysis has succeeded.</summary>
    private bool KeepsOldUntilAnalysed =>
        rollout.PostPromotionAnalysis is not null
        && rollout.StatedScaleDownDelay is null
        && !SkipsPostPromotion(CurrentPost)
        && PhaseOf(CurrentPost) != AnalysisPhase.Successful;

    private bool IsReferenced(string hash) =>
        rollout.Status.StableRS == hash
        || rollout.Status.CurrentPodHash == hash
        || rollout.Status.ActiveSelector == hash
        || rollout.Status.PreviewSelector == hash
        || PodHashOfService(rollout.ActiveService) == hash
        || PodHashOfService(rollout.PreviewService) == hash;

    private bool Scale(ReplicaSetView set, int wanted)
    {
        var former = set.Wanted;
        if (former == wanted && set.DesiredReplicas == rollout.Replicas)
        {
            return true;
        }

        if (set.IsOutdated)
        {
            return false;
        }

        var forgetsDeadline = wanted == 0 && !DelaysScaleDownOfAborted;
        set.Update(json =>
        {
            json.Ensure("spec")["replicas"] = wanted;
            json.SetAnnotation(Names.DesiredReplicas, Text(rollout.Replicas));
            if (forgetsDeadline)
            {
                json.SetAnnotation(Names.ScaleDownDeadline, null);
            }
        });
        if (former != wanted)
        {
            env.Emit("ScalingReplicaSet", rollout.Json);
        }

        return true;
    }

    private void ForgetOldRevisions()
    {
        var surplus = Others.Count() - rollout.RevisionHistoryLimit;
        foreach (var set in Others.OrderBy(set => set.Revision).Take(Math.Max(surplus, 0)).ToList())
        {
            if (set is { Wanted: 0, Actual: 0 })
            {
                env.Store.Delete(Resources.ReplicaSet, set.Namespace, set.Name);
            }
        }
    }

    /// <summary>Replaces pods that are older than spec.restartAt, never more at once than may be missing (one).</summary>
    private void RestartPods()
    {
        if (rollout.RestartAt is not { } restartAt || restartAt == rollout.Status.RestartedAt)
        {
            return;
        }

        if (restartAt > now)
        {
            env.RequeueAt(restartAt);
            return;
        }

        var owners = replicaSets.Select(set => set.Uid).ToHashSet(StringComparer.Ordinal);
        var pods = env
            .Store.List(Resources.Pod, rollout.Namespace)
            .Items.Where(pod => Ownership.ControllerOf(pod)?.Text("uid") is { } uid && owners.Contains(uid))
            .ToList();
        var total = Math.Max(rollout.Replicas, replicaSets.Sum(set => set.Wanted));
        var allowed = pods.Count(Pods.PodStatus.IsReadyAndStaying) - (total - 1);
        var outdated = 0;
        foreach (var pod in pods)
        {
            if (
                JsonPath.Moment(pod.Text("metadata", "creationTimestamp")) >= restartAt
                || pod.Text("metadata", "deletionTimestamp") is not null
            )
            {
                continue;
            }

            outdated++;
            if (allowed > 0)
            {
                allowed--;
                outdated--;
                Pods.PodStatus.Evict(env.Store, pod, now);
            }
        }

        if (outdated == 0)
        {
            next.RestartedAt = restartAt;
        }
        else
        {
            env.RequeueAt(now + TimeSpan.FromSeconds(30));
        }
    }
}
