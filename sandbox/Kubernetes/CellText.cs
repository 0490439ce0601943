using System.Globalization;
using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.Kubernetes;

/// <summary>The texts in the cells of a table, as the API server's printers write them.</summary>
internal static class CellText
{
    /// <summary>A copy of the value at a dotted path, null if there is none.</summary>
    public static JsonNode? At(JsonNode? item, string path)
    {
        foreach (var segment in path.Split('.'))
        {
            item = (item as JsonObject)?[segment];
        }

        return item?.DeepClone();
    }

    /// <summary>
    /// Time since the moment at <paramref name="path"/>, in the two largest units that matter: 4s, 3m5s, 12m, 5h3m, 2d.
    /// </summary>
    public static string Age(JsonObject item, string path, DateTimeOffset now)
    {
        if (
            !DateTimeOffset.TryParse(
                At(item, path)?.ToString(),
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var since
            )
        )
        {
            return "<unknown>";
        }

        var age = now - since;
        var (days, hours, minutes, seconds) = (
            (int)age.TotalDays,
            (int)age.TotalHours,
            (int)age.TotalMinutes,
            (int)age.TotalSeconds
        );
        return age switch
        {
            { TotalSeconds: < 0 } => "0s",
            { TotalMinutes: < 2 } => $"{seconds}s",
            { TotalMinutes: < 10 } => Two(minutes, 'm', seconds % 60, 's'),
            { TotalHours: < 3 } => $"{minutes}m",
            { TotalHours: < 8 } => Two(hours, 'h', minutes % 60, 'm'),
            { TotalHours: < 48 } => $"{hours}h",
            { TotalDays: < 8 } => Two(days, 'd', hours % 24, 'h'),
            { TotalDays: < 730 } => $"{days}d",
            _ => $"{days / 365}y",
        };
    }

    public static string Ratio(JsonObject item, string part, string whole) =>
        $"{At(item, part)?.ToString() ?? "0"}/{At(item, whole)?.ToString() ?? "1"}";

    public static string Selector(JsonObject item) => Pairs(At(item, "spec.selector.matchLabels"));

    public static string ServiceSelector(JsonObject item) => Pairs(At(item, "spec.selector"));

    public static string ServicePorts(JsonObject item) =>
        At(item, "spec.ports") is JsonArray { Count: > 0 } ports
            ? string.Join(',', ports.Select(port => $"{port?["port"]}/{port?["protocol"]?.ToString() ?? "TCP"}"))
            : "<none>";

    public static string Containers(JsonObject item, string field) =>
        At(item, "spec.template.spec.containers") is JsonArray containers
            ? string.Join(',', containers.Select(container => container?[field]?.ToString()))
            : "<none>";

    public static string EventObject(JsonObject item) =>
        $"{At(item, "involvedObject.kind")?.ToString().ToLowerInvariant()}/{At(item, "involvedObject.name")}";

    public static string PodReady(JsonObject item)
    {
        var states = Containers(item);
        var all = (At(item, "spec.containers") as JsonArray)?.Count ?? states.Length;
        return $"{states.Count(state => state["ready"]?.ToString() == "true")}/{all}";
    }

    /// <summary>The reason that a container waits or ended for says more than the phase.</summary>
    public static string PodStatus(JsonObject item)
    {
        if (At(item, "metadata.deletionTimestamp") is not null)
        {
            return "Terminating";
        }

        var reasons = Containers(item)
            .Select(state => At(state, "state.waiting.reason") ?? At(state, "state.terminated.reason"));
        return reasons.FirstOrDefault(reason => reason is not null)?.ToString()
            ?? At(item, "status.reason")?.ToString()
            ?? At(item, "status.phase")?.ToString()
            ?? "Pending";
    }

    public static string PodRestarts(JsonObject item) =>
        Containers(item)
            .Sum(state => int.TryParse(state["restartCount"]?.ToString(), out var count) ? count : 0)
            .ToString(CultureInfo.InvariantCulture);

    private static JsonObject[] Containers(JsonObject item) =>
        [.. (At(item, "status.containerStatuses") as JsonArray ?? []).OfType<JsonObject>()];

    private static string Pairs(JsonNode? labels) =>
        labels is JsonObject { Count: > 0 } all
            ? string.Join(',', all.Select(label => $"{label.Key}={label.Value}"))
            : "<none>";

    private static string Two(int large, char largeUnit, int small, char smallUnit) =>
        small == 0 ? $"{large}{largeUnit}" : $"{large}{largeUnit}{small}{smallUnit}";
}
