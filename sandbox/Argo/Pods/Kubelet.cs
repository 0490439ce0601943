using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.Kubernetes;

namespace Devflow.ChatOps.Sandbox.Argo.Pods;

/// <summary>
/// The life of Pods without containers: created, starting, ready. The image decides about the rest: one with "broken"
/// in its tag cannot be pulled, one with "crash" crashes, one with "slow" takes longer.
/// </summary>
internal sealed class Kubelet(
    ObjectStore store,
    TimeProvider clock,
    ControllerOptions options,
    Action<string, string, DateTimeOffset> lookAgainAt
)
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> seenAt = new();
    private readonly ConcurrentDictionary<string, DateTimeOffset> goingSince = new();
    private readonly ConcurrentDictionary<(string Namespace, string PodHash), bool> broken = new();

    /// <summary>Whether the Pods of a version crash, whatever their image.</summary>
    public void SetBroken(string ns, string podHash, bool isBroken)
    {
        if (isBroken)
        {
            broken[(ns, podHash)] = true;
        }
        else
        {
            broken.TryRemove((ns, podHash), out _);
        }
    }

    public void Reconcile(string ns, string name)
    {
        if (store.Get(Resources.Pod, ns, name) is not { } pod)
        {
            return;
        }

        var uid = pod.Text("metadata", "uid") ?? "";
        var now = clock.GetUtcNow();
        if (pod.Text("metadata", "deletionTimestamp") is not null)
        {
            var goneAt = goingSince.GetOrAdd(uid, now) + options.PodGoneAfter;
            if (now < goneAt)
            {
                lookAgainAt(ns, name, goneAt);
                return;
            }

            store.Delete(Resources.Pod, ns, name);
            seenAt.TryRemove(uid, out _);
            goingSince.TryRemove(uid, out _);
            return;
        }

        Advance(pod, seenAt.GetOrAdd(uid, now), now);
    }

    private void Advance(JsonObject pod, DateTimeOffset since, DateTimeOffset now)
    {
        var ns = pod.Text("metadata", "namespace") ?? "";
        var name = pod.Text("metadata", "name") ?? "";
        var reason = (pod.At("status", "containerStatuses") as JsonArray)
            ?.FirstOrDefault()
            .Text("state", "waiting", "reason");
        if (IsBroken(ns, pod))
        {
            Become(pod, reason == "CrashLoopBackOff", PodStatus.CrashLoopBackOff, now);
            return;
        }

        if (PodStatus.IsReady(pod))
        {
            // Also one that was ready before this kubelet started: it has not seen its beginning.
            return;
        }

        var startsAt = since + options.PodStartsAfter;
        if (now < startsAt)
        {
            lookAgainAt(ns, name, startsAt);
            return;
        }

        var tag = PodStatus.TagOf(pod);
        if (tag.Contains("broken", StringComparison.Ordinal))
        {
            Become(pod, reason == "ImagePullBackOff", PodStatus.ImagePullBackOff, now);
            return;
        }

        if (tag.Contains("crash", StringComparison.Ordinal))
        {
            Become(pod, reason == "CrashLoopBackOff", PodStatus.CrashLoopBackOff, now);
            return;
        }

        var isSlow = tag.Contains("slow", StringComparison.Ordinal);
        var readyAt = since + (isSlow ? options.SlowPodReadyAfter : options.PodReadyAfter);
        if (now >= readyAt)
        {
            Become(pod, false, PodStatus.Running, now);
            return;
        }

        Become(pod, reason is not null, PodStatus.Creating, now);
        lookAgainAt(ns, name, readyAt);
    }

    private bool IsBroken(string ns, JsonObject pod) =>
        pod.Text("metadata", "labels", Rollouts.Names.PodHashLabel) is { } hash && broken.ContainsKey((ns, hash));

    private void Become(
        JsonObject pod,
        bool isAlready,
        Func<JsonObject, DateTimeOffset, JsonObject> status,
        DateTimeOffset now
    )
    {
        if (isAlready)
        {
            return;
        }

        store.Update(
            Resources.Pod,
            pod.Text("metadata", "namespace") ?? "",
            pod.Text("metadata", "name") ?? "",
            json =>
            {
                json["status"] = status(json, now);
                return json;
            }
        );
    }
}
