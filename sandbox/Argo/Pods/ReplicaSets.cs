using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.Kubernetes;

namespace Devflow.ChatOps.Sandbox.Argo.Pods;

/// <summary>The ReplicaSet controller: as many Pods as asked for, and how many there are in the status.</summary>
internal sealed class ReplicaSets(ObjectStore store, TimeProvider clock)
{
    private int created;

    public void Reconcile(string ns, string name)
    {
        if (store.Get(Resources.ReplicaSet, ns, name) is not { } set)
        {
            return;
        }

        var pods = PodsOf(set);
        var wanted = set.Number("spec", "replicas") ?? 1;
        if (pods.Count < wanted)
        {
            pods.AddRange(Enumerable.Range(0, wanted - pods.Count).Select(_ => CreatePod(set)));
        }
        else
        {
            var now = clock.GetUtcNow();
            foreach (var pod in pods.OrderBy(PodStatus.IsReady).Take(pods.Count - wanted).ToList())
            {
                PodStatus.Evict(store, pod, now);
                pods.Remove(pod);
            }
        }

        WriteStatus(set, pods);
    }

    private List<JsonObject> PodsOf(JsonObject set)
    {
        var uid = set.Text("metadata", "uid") ?? "";
        return
        [
            .. store
                .List(Resources.Pod, set.Text("metadata", "namespace"))
                .Items.Where(pod =>
                    Ownership.IsControlledBy(pod, uid) && pod.Text("metadata", "deletionTimestamp") is null
                ),
        ];
    }

    private JsonObject CreatePod(JsonObject set)
    {
        var template = set.At("spec", "template");
        var name = set.Text("metadata", "name");
        var number = Interlocked.Increment(ref created);
        var metadata = template.At("metadata")?.DeepClone() as JsonObject ?? [];
        metadata["generateName"] = $"{name}-";
        metadata["namespace"] = set.Text("metadata", "namespace");
        metadata["ownerReferences"] = new JsonArray(Ownership.ReferenceTo(set));
        var spec = template.At("spec")?.DeepClone() as JsonObject ?? [];
        spec["nodeName"] = $"worker-{(number % 2) + 1}";
        return store.Create(
            Resources.Pod,
            new JsonObject
            {
                ["metadata"] = metadata,
                ["spec"] = spec,
                ["status"] = new JsonObject { ["phase"] = "Pending" },
            }
        );
    }

    private void WriteStatus(JsonObject set, List<JsonObject> pods)
    {
        var ready = pods.Count(PodStatus.IsReady);
        store.Update(
            Resources.ReplicaSet,
            set.Text("metadata", "namespace") ?? "",
            set.Text("metadata", "name") ?? "",
            json =>
            {
                var status = new JsonObject { ["replicas"] = pods.Count };
                Put(status, "fullyLabeledReplicas", pods.Count);
                Put(status, "readyReplicas", ready);
                Put(status, "availableReplicas", ready);
                status["observedGeneration"] = json.At("metadata", "generation")?.DeepClone();
                json["status"] = status;
                return json;
            }
        );
    }

    private static void Put(JsonObject status, string key, int value)
    {
        if (value > 0)
        {
            status[key] = value;
        }
    }
}
