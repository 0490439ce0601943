using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.Kubernetes;

namespace Devflow.ChatOps.Sandbox.Argo.Pods;

/// <summary>Statuses of Pods as a kubelet writes them (recordings, pod-watch.jsonl).</summary>
internal static class PodStatus
{
    public static bool IsReady(JsonObject pod) =>
        (pod.At("status", "conditions") as JsonArray ?? []).Any(condition =>
            condition.Text("type") == "Ready" && condition.Text("status") == "True"
        );

    public static bool IsReadyAndStaying(JsonObject pod) =>
        pod.Text("metadata", "deletionTimestamp") is null && IsReady(pod);

    /// <summary>Marks a Pod as going; <see cref="Kubelet"/> removes it a little later.</summary>
    public static void Evict(ObjectStore store, JsonObject pod, DateTimeOffset now) =>
        store.Update(
            Resources.Pod,
            pod.Text("metadata", "namespace") ?? "",
            pod.Text("metadata", "name") ?? "",
            json =>
            {
                json.Ensure("metadata")["deletionTimestamp"] ??= JsonPath.Stamp(now);
                return json;
            }
        );

    public static JsonObject Creating(JsonObject pod, DateTimeOffset now) =>
        Of(pod, now, "Pending", Waiting("ContainerCreating", null));

    public static JsonObject ImagePullBackOff(JsonObject pod, DateTimeOffset now) =>
        Of(pod, now, "Pending", Waiting("ImagePullBackOff", $"Back-off pulling image \"{ImageOf(pod)}\""));

    public static JsonObject CrashLoopBackOff(JsonObject pod, DateTimeOffset now)
    {
        var name = pod.Text("metadata", "name");
        var place = $"{name}_{pod.Text("metadata", "namespace")}({pod.Text("metadata", "uid")})";
        var message = $"back-off 20s restarting failed container={ContainerOf(pod)} pod={place}";
        return Of(pod, now, "Running", Waiting("CrashLoopBackOff", message), restarts: 2);
    }

    public static JsonObject Running(JsonObject pod, DateTimeOffset now) =>
        Of(
            pod,
            now,
            "Running",
            new JsonObject { ["running"] = new JsonObject { ["startedAt"] = JsonPath.Stamp(now) } },
            ready: true
        );

    public static string ImageOf(JsonObject pod) =>
        (pod.At("spec", "containers") as JsonArray)?.FirstOrDefault().Text("image") ?? "";

    /// <summary>What comes after the image's last colon.</summary>
    public static string TagOf(JsonObject pod)
    {
        var image = ImageOf(pod);
        return image[(image.LastIndexOf(':') + 1)..];
    }

    private static string ContainerOf(JsonObject pod) =>
        (pod.At("spec", "containers") as JsonArray)?.FirstOrDefault().Text("name") ?? "";

    private static JsonObject Waiting(string reason, string? message)
    {
        var waiting = new JsonObject { ["reason"] = reason };
        if (message is not null)
        {
            waiting["message"] = message;
        }

        return new JsonObject { ["waiting"] = waiting };
    }

    private static JsonObject Of(
        JsonObject pod,
        DateTimeOffset now,
        string phase,
        JsonObject state,
        bool ready = false,
        int restarts = 0
    )
    {
        var lastState = new JsonObject();
        if (restarts > 0)
        {
            lastState["terminated"] = new JsonObject
            {
                ["exitCode"] = 1,
                ["reason"] = "Error",
                ["startedAt"] = JsonPath.Stamp(now),
                ["finishedAt"] = JsonPath.Stamp(now),
            };
        }

        return new JsonObject
        {
            ["phase"] = phase,
            ["conditions"] = new JsonArray(
                Condition("Initialized", true, pod, now),
                Condition("Ready", ready, pod, now),
                Condition("ContainersReady", ready, pod, now),
                Condition("PodScheduled", true, pod, now)
            ),
            ["startTime"] = pod.Text("status", "startTime") ?? JsonPath.Stamp(now),
            ["containerStatuses"] = new JsonArray(
                new JsonObject
                {
                    ["name"] = ContainerOf(pod),
                    ["state"] = state,
                    ["lastState"] = lastState,
                    ["ready"] = ready,
                    ["restartCount"] = restarts,
                    ["image"] = ImageOf(pod),
                    ["imageID"] = "",
                    ["started"] = ready,
                }
            ),
            ["qosClass"] = "BestEffort",
        };
    }

    private static JsonObject Condition(string type, bool value, JsonObject pod, DateTimeOffset now)
    {
        var condition = new JsonObject
        {
            ["type"] = type,
            ["status"] = value ? "True" : "False",
            ["lastProbeTime"] = null,
            ["lastTransitionTime"] = JsonPath.Stamp(now),
        };
        if (!value)
        {
            condition["reason"] = "ContainersNotReady";
            condition["message"] = $"containers with unready status: [{ContainerOf(pod)}]";
        }

        return condition;
    }
}
