using System.Globalization;
using System.Text.Json;

namespace Devflow.ChatOps.Core.Rollouts;

/// <summary>Reads from a Pod why it is not ready, in the words that <c>kubectl get pods</c> uses.</summary>
public static class PodReader
{
    /// <summary>
    /// What keeps a pod from becoming ready, or <c>null</c> when nothing does. A pod that is going, or ended for good
    /// (evicted), is in nobody's way: its ReplicaSet has made another one.
    /// </summary>
    public static PodTrouble? Trouble(JsonElement pod)
    {
        var metadata = pod.Get("metadata");
        var status = pod.Get("status");
        if (metadata.Get("deletionTimestamp").ValueKind == JsonValueKind.String || status.Text("phase") == "Failed")
        {
            return null;
        }

        var name = metadata.Text("name");
        var hash = new PodHash(metadata.Get("labels").Text(KubernetesReader.HashLabel));
        var containers = status.Items("containerStatuses").ToArray();
        foreach (var container in status.Items("initContainerStatuses").Concat(containers))
        {
            if (Stuck(container) is var (reason, message))
            {
                return new PodTrouble(name, hash, reason, message);
            }
        }

        if (Condition(status, "PodScheduled") is var scheduled && scheduled.Text("reason") == "Unschedulable")
        {
            return new PodTrouble(name, hash, PodTrouble.Unschedulable, scheduled.Text("message"));
        }

        return Array.Exists(containers, RunsUnready)
            ? new PodTrouble(name, hash, "NotReady", NotReadyMessage(status, containers)) { OnlyNotReady = true }
            : null;
    }

    private static (string Reason, string Message)? Stuck(JsonElement container)
    {
        var state = container.Get("state");
        var waiting = state.Get("waiting");
        if (waiting.Text("reason") is { Length: > 0 } reason and not ("ContainerCreating" or "PodInitializing"))
        {
            return (reason, Joined(waiting.Text("message"), LastEnd(container)));
        }

        // Between a crash and the next start it is neither waiting nor running.
        return Ended(state) is { } end ? (end.Reason, Joined(end.Message, Restarts(container))) : null;
    }

    private static bool RunsUnready(JsonElement container) =>
        container.Get("state").Get("running").ValueKind == JsonValueKind.Object && container.Flag("ready") == false;

    private static string NotReadyMessage(JsonElement status, JsonElement[] containers)
    {
        var unready = Array.Find(containers, RunsUnready);
        var message = Condition(status, "Ready").Text("message");
        return Joined(message.Length > 0 ? message : "runs and is not ready", LastEnd(unready));
    }

    /// <summary>How a container ended, unless it ended well.</summary>
    private static (string Reason, string Message)? Ended(JsonElement state)
    {
        var terminated = state.Get("terminated");
        var code = terminated.Number("exitCode");
        if (code is null or 0)
        {
            return null;
        }

        var exit = string.Create(CultureInfo.InvariantCulture, $"exit code {code}");
        return (terminated.Text("reason") is { Length: > 0 } reason ? reason : "Error", exit);
    }

    private static string LastEnd(JsonElement container) =>
        Ended(container.Get("lastState")) is var (reason, message) ? $"last ended by {reason}, {message}" : "";

    private static string Restarts(JsonElement container) =>
        container.Count("restartCount") is { } restarts and > 0
            ? string.Create(CultureInfo.InvariantCulture, $"restarts: {restarts}")
            : "";

    private static JsonElement Condition(JsonElement status, string type) =>
        status.Items("conditions").FirstOrDefault(condition => condition.Text("type") == type);

    private static string Joined(string first, string second) =>
        first.Length == 0 ? second
        : second.Length == 0 ? first
        : $"{first}; {second}";
}
