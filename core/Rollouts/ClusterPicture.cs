using System.Text.Json;

namespace Devflow.ChatOps.Core.Rollouts;

/// <summary>
/// What was seen of a cluster, object by object in any order, kept by Rollout so that an <see cref="Observation"/> can
/// be cut out of it. Not thread-safe. It keeps records of ours, not the objects, and of Pods only those in trouble.
/// </summary>
public sealed class ClusterPicture
{
    private readonly Dictionary<ObjectName, RolloutView> rollouts = [];
    private readonly Dictionary<ObjectName, Dictionary<string, Owned<ReplicaSetView>>> replicaSets = [];
    private readonly Dictionary<ObjectName, Dictionary<string, Owned<AnalysisRunView>>> analysisRuns = [];
    private readonly Dictionary<string, Dictionary<string, TroubledPod>> pods = [];
    private readonly Dictionary<ObjectName, ObservedApplication> applications = [];

    private sealed record Owned<T>(T View, string OwnerUid);

    private sealed record TroubledPod(PodTrouble Trouble, string? ReplicaSet);

    private sealed record ObservedApplication(ApplicationView View, IReadOnlyList<ObjectName> Rollouts);

    /// <summary>Whether objects of this kind change the picture.</summary>
    public static bool Knows(string kind) =>
        kind is "Rollout" or "ReplicaSet" or "AnalysisRun" or "Pod" or "Application";

    /// <summary>
    /// Takes in an object, or that it is gone. Returns the Rollouts about which it may tell something new; they need
    /// not have been seen yet. Kinds that it does not know tell nothing.
    /// </summary>
    public IReadOnlyList<ObjectName> Take(string kind, JsonElement item, bool gone) =>
        kind switch
        {
            "Rollout" => TakeRollout(item, gone),
            "ReplicaSet" => TakeOwned(replicaSets, KubernetesReader.ReplicaSet(item), item, gone),
            "AnalysisRun" => TakeOwned(analysisRuns, KubernetesReader.AnalysisRun(item), item, gone),
            "Pod" => TakePod(item, gone),
            "Application" => TakeApplication(item, gone),
            _ => [],
        };

    /// <summary>What is known of a Rollout now; its Rollout is <c>null</c> when it is not there.</summary>
    public Observation Observe(ObjectName name, DateTimeOffset at)
    {
        var rollout = rollouts.GetValueOrDefault(name);
        if (rollout is null)
        {
            return new Observation(at, null);
        }

        var sets = Of(replicaSets, name, rollout.Uid).OrderBy(set => set.Name, StringComparer.Ordinal).ToArray();
        return new Observation(at, rollout)
        {
            ReplicaSets = [.. sets],
            AnalysisRuns = [.. Of(analysisRuns, name, rollout.Uid).OrderBy(run => run.Name, StringComparer.Ordinal)],
            Troubles = [.. TroublesOf(name, sets, rollout.CurrentPodHash)],
            Application = applications
                .Values.Where(application => application.Rollouts.Contains(name))
                .OrderBy(application => application.View.Name, StringComparer.Ordinal)
                .FirstOrDefault()
                ?.View,
        };
    }

    private List<ObjectName> TakeRollout(JsonElement item, bool gone)
    {
        var name = ObjectName.Of(item);
        if (gone)
        {
            rollouts.Remove(name);
            replicaSets.Remove(name);
            analysisRuns.Remove(name);
        }
        else
        {
            rollouts[name] = KubernetesReader.Rollout(item);
        }

        return [name];
    }

    private static List<ObjectName> TakeOwned<T>(
        Dictionary<ObjectName, Dictionary<string, Owned<T>>> index,
        T? view,
        JsonElement item,
        bool gone
    )
        where T : class
    {
        var name = ObjectName.Of(item);
        if (view is null || KubernetesReader.OwnerOf(item, "Rollout") is not { } owner)
        {
            return [];
        }

        var rollout = name with { Name = owner.Name };
        if (gone)
        {
            index.GetValueOrDefault(rollout)?.Remove(name.Name);
            return [rollout];
        }

        if (!index.TryGetValue(rollout, out var owned))
        {
            index[rollout] = owned = [];
        }

        owned[name.Name] = new Owned<T>(view, owner.Uid);
        return [rollout];
    }

    private List<ObjectName> TakePod(JsonElement item, bool gone)
    {
        var name = ObjectName.Of(item);
        var trouble = gone ? null : PodReader.Trouble(item);
        if (trouble is null || trouble.Hash.IsNone)
        {
            return pods.GetValueOrDefault(name.Namespace) is { } known && known.Remove(name.Name, out var former)
                ? AtHash(name.Namespace, former.Trouble.Hash)
                : [];
        }

        if (!pods.TryGetValue(name.Namespace, out var troubled))
        {
            pods[name.Namespace] = troubled = [];
        }

        troubled[name.Name] = new TroubledPod(trouble, KubernetesReader.OwnerOf(item, "ReplicaSet")?.Name);
        return AtHash(name.Namespace, trouble.Hash);
    }

    private List<ObjectName> TakeApplication(JsonElement item, bool gone)
    {
        var name = ObjectName.Of(item);
        var affected = applications.Remove(name, out var former) ? former.Rollouts : [];
        if (gone)
        {
            return [.. affected];
        }

        var managed = KubernetesReader
            .ResourcesOf(item)
            .Where(resource => resource.Kind == "Rollout")
            .Select(resource => new ObjectName(resource.Namespace, resource.Name))
            .ToArray();
        applications[name] = new ObservedApplication(KubernetesReader.Application(item), managed);
        return [.. affected.Union(managed)];
    }

    private List<ObjectName> AtHash(string @namespace, PodHash hash) =>
        [
            .. rollouts
                .Where(pair => pair.Key.Namespace == @namespace && pair.Value.CurrentPodHash == hash)
                .Select(pair => pair.Key)
                .OrderBy(name => name.Name, StringComparer.Ordinal),
        ];

    private static IEnumerable<T> Of<T>(
        Dictionary<ObjectName, Dictionary<string, Owned<T>>> index,
        ObjectName rollout,
        string uid
    ) =>
        index.TryGetValue(rollout, out var owned)
            ? owned
                .Values.Where(item => item.OwnerUid.Length == 0 || uid.Length == 0 || item.OwnerUid == uid)
                .Select(item => item.View)
            : [];

    /// <summary>Two Rollouts of one namespace may run the same template: then the owner tells whose Pod it is.</summary>
    private IEnumerable<PodTrouble> TroublesOf(ObjectName rollout, ReplicaSetView[] sets, PodHash current)
    {
        var hashes = sets.Select(set => set.Hash).Append(current).ToHashSet();
        return pods.TryGetValue(rollout.Namespace, out var troubled)
            ? troubled
                .Values.Where(pod => hashes.Contains(pod.Trouble.Hash))
                .Where(pod =>
                    pod.ReplicaSet is null || sets.Length == 0 || Array.Exists(sets, set => set.Name == pod.ReplicaSet)
                )
                .Select(pod => pod.Trouble)
                .OrderBy(trouble => trouble.Pod, StringComparer.Ordinal)
            : [];
    }
}

/// <summary>Where an object is: its namespace (<c>default</c> where it names none) and its name.</summary>
public sealed record ObjectName(string Namespace, string Name)
{
    /// <summary>Reads it from an object's metadata.</summary>
    public static ObjectName Of(JsonElement item) =>
        new(
            item.Get("metadata").Text("namespace") is { Length: > 0 } named ? named : "default",
            item.Get("metadata").Text("name")
        );

    /// <summary><c>namespace/name</c>.</summary>
    public override string ToString() => $"{Namespace}/{Name}";
}
