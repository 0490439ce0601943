using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Functions.Adapters.Kubernetes;

// What surrounds a Rollout. The ReplicaSets say what a status speaks of, so a cluster that fails to list them fails
// the observation; everything else is left out when it cannot be read.
public sealed partial class KubernetesRollouts
{
    /// <summary>Parts that are left out at the moment, so that each is told once.</summary>
    private readonly ConcurrentDictionary<(RolloutRef, string), bool> leftOut = [];

    private async Task<ClusterAnswer<Observation>> ObserveAsync(
        RolloutRef rollout,
        JsonElement item,
        ApplicationRef? application,
        Deadline deadline
    )
    {
        var view = KubernetesReader.Rollout(item);
        var selector = LabelSelectors.OfRollout(item);
        PodHash[] hashes = [.. new[] { view.CurrentPodHash, view.StableRS }.Where(hash => !hash.IsNone).Distinct()];

        var sets = ListAsync(
            rollout,
            ApiPaths.Apps,
            "replicasets",
            selector,
            set => IsOwn(set, view) ? KubernetesReader.ReplicaSet(set) : null,
            deadline
        );
        var runs = ListOfHashesAsync(
            rollout,
            ApiPaths.Argo,
            "analysisruns",
            "",
            hashes,
            run => IsOwn(run, view) ? KubernetesReader.AnalysisRun(run) : null,
            deadline
        );
        var pods = ListOfHashesAsync(rollout, ApiPaths.Core, "pods", selector, hashes, PodReader.Trouble, deadline);
        var argo = ApplicationAsync(rollout, application, deadline);
        await Task.WhenAll(sets, runs, pods, argo);

        var own = await sets;
        if (own is ClusterAnswer<ImmutableArray<ReplicaSetView>>.Fault(var why) && !MayBeLeftOut(why))
        {
            return new ClusterAnswer<Observation>.Fault(why);
        }

        return new ClusterAnswer<Observation>.Ok(
            new Observation(clock.GetUtcNow(), view)
            {
                ReplicaSets = Part(rollout, "ReplicaSets", own),
                AnalysisRuns = Part(rollout, "AnalysisRuns", await runs),
                Troubles = Part(rollout, "Pods", await pods),
                Application = await argo,
            }
        );
    }

    /// <summary>Rights that are lacking stay so until somebody acts; waiting for them would stop every release.</summary>
    private static bool MayBeLeftOut(ClusterFault why) =>
        why.Kind is ClusterFaultKind.Forbidden or ClusterFaultKind.NotFound;

    private static bool IsOwn(JsonElement item, RolloutView owner) =>
        KubernetesReader.IsOwnedBy(item, "Rollout", owner.Name, owner.Uid);

    private async Task<ApplicationView?> ApplicationAsync(
        RolloutRef rollout,
        ApplicationRef? application,
        Deadline deadline
    )
    {
        if (application is null)
        {
            return null;
        }

        var part = $"Application {application.Namespace}/{application.Name} of cluster {application.Cluster}";
        if (ApiRequest.Refuse("Application", application.Namespace, application.Name) is { } refused)
        {
            LeaveOut(rollout, part, refused);
            return null;
        }

        var request = ApiRequest.Get(ApiPaths.Argo, "applications", application.Namespace, application.Name);
        switch (await api.SendAsync(application.Cluster, request, deadline))
        {
            case ClusterAnswer<JsonDocument>.Ok(var json):
                using (json)
                {
                    TakeBack(rollout, part);
                    return KubernetesReader.Application(json.RootElement);
                }

            case ClusterAnswer<JsonDocument>.Fault(var why):
                LeaveOut(rollout, part, why);
                return null;

            default:
                throw new InvalidOperationException("A cluster's answer is either Ok or Fault.");
        }
    }

    private Task<ClusterAnswer<ImmutableArray<T>>> ListOfHashesAsync<T>(
        RolloutRef rollout,
        string group,
        string resource,
        string selector,
        PodHash[] hashes,
        Func<JsonElement, T?> read,
        Deadline deadline
    )
        where T : class =>
        hashes.Length == 0
            ? Task.FromResult<ClusterAnswer<ImmutableArray<T>>>(new ClusterAnswer<ImmutableArray<T>>.Ok([]))
            : ListAsync(rollout, group, resource, LabelSelectors.WithHashes(selector, hashes), read, deadline);

    private async Task<ClusterAnswer<ImmutableArray<T>>> ListAsync<T>(
        RolloutRef rollout,
        string group,
        string resource,
        string selector,
        Func<JsonElement, T?> read,
        Deadline deadline
    )
        where T : class
    {
        var found = ImmutableArray.CreateBuilder<T>();
        var next = "";
        do
        {
            var page = ApiRequest.List(group, resource, rollout.Namespace, selector, options.PageSize, next);
            var answer = await api.SendAsync(rollout.Cluster, page, deadline);
            if (answer is not ClusterAnswer<JsonDocument>.Ok(var json))
            {
                return new ClusterAnswer<ImmutableArray<T>>.Fault(((ClusterAnswer<JsonDocument>.Fault)answer).Why);
            }

            using (json)
            {
                var items = json.RootElement.GetProperty("items");
                if (items.ValueKind == JsonValueKind.Array)
                {
                    found.AddRange(items.EnumerateArray().Select(read).OfType<T>());
                }

                next = ContinueOf(json.RootElement);
            }
        } while (next.Length > 0);

        return new ClusterAnswer<ImmutableArray<T>>.Ok(found.ToImmutable());
    }

    private static string ContinueOf(JsonElement list) =>
        list.TryGetProperty("metadata", out var metadata)
        && metadata.ValueKind == JsonValueKind.Object
        && metadata.TryGetProperty("continue", out var next)
        && next.ValueKind == JsonValueKind.String
            ? next.GetString()!
            : "";

    private ImmutableArray<T> Part<T>(RolloutRef rollout, string part, ClusterAnswer<ImmutableArray<T>> answer)
    {
        if (answer is ClusterAnswer<ImmutableArray<T>>.Ok(var items))
        {
            TakeBack(rollout, part);
            return items;
        }

        LeaveOut(rollout, part, ((ClusterAnswer<ImmutableArray<T>>.Fault)answer).Why);
        return [];
    }

    private void LeaveOut(RolloutRef rollout, string part, ClusterFault why)
    {
        if (leftOut.TryAdd((rollout, part), true))
        {
            LogLeftOut(logger, rollout.ToString(), part, why.Message);
        }
    }

    private void TakeBack(RolloutRef rollout, string part)
    {
        if (leftOut.TryRemove((rollout, part), out _))
        {
            LogBack(logger, rollout.ToString(), part);
        }
    }
}
