using System.Globalization;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.Kubernetes;

namespace Devflow.ChatOps.Sandbox.Argo.Rollouts;

/// <summary>
/// One pass of the blue/green controller over one Rollout: looks at what is there, does what can be done now and writes
/// the status. The order of reads and writes is that of Argo Rollouts v1.9.1, because the recorded intermediate states
/// come from it; notably, a pass goes on with the Rollout as it was when the pass began, also after its own status
/// writes.
/// </summary>
internal sealed partial class RolloutPass
{
    private readonly PassEnvironment env;
    private readonly DateTimeOffset now;
    private RolloutView rollout;
    private readonly List<ReplicaSetView> replicaSets;
    private readonly PauseChanges pause;
    private readonly RolloutStatus next;
    private ReplicaSetView? newest;

    private RolloutPass(PassEnvironment env, RolloutView rollout)
    {
        this.env = env;
        this.rollout = rollout;
        now = env.Clock.GetUtcNow();
        replicaSets =
        [
            .. env
                .Store.List(Resources.ReplicaSet, rollout.Namespace)
                .Items.Where(item => Ownership.IsControlledBy(item, rollout.Uid))
                .Select(item => new ReplicaSetView(env.Store, item)),
        ];
        pause = new PauseChanges(rollout.Status);
        next = new RolloutStatus { RestartedAt = rollout.Status.RestartedAt };
        var hash = PodTemplate.HashOf(rollout.Template);
        newest = replicaSets.Find(set => set.Hash == hash);
        ownRuns = LoadAnalysisRuns();
    }

    private ReplicaSetView New => newest ?? throw new InvalidOperationException("The pass has no new ReplicaSet yet.");

    /// <summary>The ReplicaSet of status.stableRS; null on the first install and when that one is gone.</summary>
    private ReplicaSetView? Stable =>
        rollout.Status.StableRS.Length == 0 ? null : replicaSets.Find(set => set.Hash == rollout.Status.StableRS);

    private IEnumerable<ReplicaSetView> Others =>
        replicaSets.Where(set => set.Name != newest?.Name && set.Name != Stable?.Name);

    /// <summary>Runs a pass; false when a write met a newer object and another pass has to follow.</summary>
    public static async Task<bool> RunAsync(PassEnvironment env, JsonObject current)
    {
        var seen = new RolloutView(env.Swallowed.SeenBy(current, env.Clock.GetUtcNow()));
        if (seen.BlueGreen is null || seen.Json.Text("metadata", "deletionTimestamp") is not null)
        {
            return true;
        }

        return await new RolloutPass(env, seen).RunAsync();
    }

    private async Task<bool> RunAsync()
    {
        if (RolloutValidation.FaultOf(rollout, env.Store) is { } fault)
        {
            await WriteInvalidSpecAsync(fault);
            env.RequeueAt(now + TimeSpan.FromSeconds(20));
            return true;
        }

        var fullyPromoted = rollout.Status.IsFullyPromoted;
        if (newest is null && !await CreateReplicaSetAsync())
        {
            return false;
        }

        if (fullyPromoted && pause.IsAborted)
        {
            // There is nothing to go back to: the abort is taken back (recordings 05c and 12).
            pause.RemoveAbort();
        }

        if (rollout.Spec.Number("replicas") is null)
        {
            return await UpdateRolloutAsync(json => json.Ensure("spec")["replicas"] = 1);
        }

        await WritePausedConditionsAsync();
        if (!await SyncRevisionAsync())
        {
            return false;
        }

        if (IsScalingEvent())
        {
            return await ScaleOnlyAsync();
        }

        return await ReleaseAsync();
    }

    /// <summary>The ordinary pass.</summary>
    private async Task<bool> ReleaseAsync()
    {
        var active = env.Store.Get(Resources.Service, rollout.Namespace, rollout.ActiveService);
        if (active is null)
        {
            return true;
        }

        if (!await SyncRevisionAsync())
        {
            return false;
        }

        PointPreviewService();
        if (IsNewTemplate)
        {
            await WriteReleaseStatusAsync();
            return true;
        }

        RestartPods();
        if (!ReconcileReplicaSets())
        {
            return false;
        }

        ReconcilePause();
        PointActiveService();
        ReconcileAnalysis();
        await WriteReleaseStatusAsync();
        return true;
    }

    /// <summary>Whether the template is another one than the status speaks of; the first install is none.</summary>
    private bool IsNewTemplate => rollout.Status.CurrentPodHash.Length > 0 && rollout.Status.CurrentPodHash != New.Hash;

    private async Task<bool> CreateReplicaSetAsync()
    {
        var hash = PodTemplate.HashOf(rollout.Template);
        var revision = replicaSets.Select(set => set.Revision).DefaultIfEmpty().Max() + 1;
        var template = PodTemplate.Normalised(rollout.Template);
        template.Ensure("metadata", "labels")[Names.PodHashLabel] = hash;
        var selector = rollout.Spec.At("selector") is JsonObject given ? given.DeepClone().AsObject() : [];
        selector.Ensure("matchLabels")[Names.PodHashLabel] = hash;
        var created = env.Store.Create(
            Resources.ReplicaSet,
            new JsonObject
            {
                ["metadata"] = new JsonObject
                {
                    ["name"] = $"{rollout.Name}-{hash}",
                    ["namespace"] = rollout.Namespace,
                    ["labels"] = template["metadata"]!["labels"]!.DeepClone(),
                    ["annotations"] = new JsonObject
                    {
                        [Names.DesiredReplicas] = Text(rollout.Replicas),
                        [Names.Revision] = Text(revision),
                    },
                    ["ownerReferences"] = new JsonArray(Ownership.ReferenceTo(rollout.Json)),
                },
                ["spec"] = new JsonObject
                {
                    ["replicas"] = 0,
                    ["minReadySeconds"] = rollout.MinReadySeconds,
                    ["selector"] = selector,
                    ["template"] = template,
                },
                ["status"] = new JsonObject { ["replicas"] = 0 },
            }
        );
        newest = new ReplicaSetView(env.Store, created);
        replicaSets.Add(newest);
        if (!await SetRevisionAsync(revision))
        {
            return false;
        }

        env.Emit("NewReplicaSetCreated", rollout.Json);
        return await UpdateProgressingAsync(
            Conditions.NewReplicaSetCreated,
            $"Created new replica set \"{newest.Name}\""
        );
    }

    /// <summary>
    /// Gives the new ReplicaSet the highest revision (a reused one gets a new number, its old ones move to the history)
    /// and copies it to the Rollout, which takes two calls, as in the real controller.
    /// </summary>
    private async Task<bool> SyncRevisionAsync()
    {
        var revision =
            replicaSets.Where(set => set.Name != New.Name).Select(set => set.Revision).DefaultIfEmpty().Max() + 1;
        if (New.Revision < revision)
        {
            var former = New.Json.Annotation(Names.Revision);
            var history = New.Json.Annotation(Names.RevisionHistory);
            New.Update(json =>
            {
                json.SetAnnotation(Names.Revision, Text(revision));
                json.SetAnnotation(Names.RevisionHistory, history is null ? former : $"{history},{former}");
            });
            return true;
        }

        if (!await SetRevisionAsync(New.Revision))
        {
            return false;
        }

        return rollout.Status.Condition(Conditions.Progressing) is not null
            || await UpdateProgressingAsync(Conditions.FoundNewReplicaSet, $"Found new replica set \"{New.Name}\"");
    }

    private async Task<bool> SetRevisionAsync(int revision)
    {
        if (rollout.Revision == revision)
        {
            return true;
        }

        var written = await UpdateRolloutAsync(json =>
        {
            json.SetAnnotation(Names.Revision, Text(revision));
            json.Ensure("spec")["template"] = PodTemplate.Normalised(json.Ensure("spec", "template"));
            if (json.Flag("spec", "paused") == false)
            {
                json.Ensure("spec").Remove("paused");
            }
        });
        if (written)
        {
            // The client that made this update returns an object without its kind (recordings: all on-rollout-updated).
            var payload = rollout.Json.DeepClone().AsObject();
            payload.Remove("kind");
            payload.Remove("apiVersion");
            env.Emit("RolloutUpdated", payload);
        }

        return written;
    }

    private async Task<bool> UpdateProgressingAsync(string reason, string message)
    {
        var status = rollout.Status.Copy();
        SetCondition(status, Conditions.Progressing, "True", reason, message);
        return await UpdateRolloutAsync(json => json["status"] = status.ToJson());
    }

    /// <summary>Replaces the Rollout, if it is still the one that this pass read, and goes on with the new one.</summary>
    private async Task<bool> UpdateRolloutAsync(Action<JsonObject> change)
    {
        await env.StepAsync();
        var isCurrent = false;
        var updated = env.Store.Update(
            Resources.Rollout,
            rollout.Namespace,
            rollout.Name,
            current =>
            {
                isCurrent = current.Text("metadata", "resourceVersion") == rollout.ResourceVersion;
                if (!isCurrent)
                {
                    return null;
                }

                change(current);
                return current;
            }
        );
        if (isCurrent && updated is not null)
        {
            rollout = new RolloutView(updated);
        }

        return isCurrent;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
