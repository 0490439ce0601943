using System.Text.Json;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Functions.Adapters.Kubernetes;

/// <summary>Writes a <c>metav1.LabelSelector</c> the way a list request takes it.</summary>
internal static class LabelSelectors
{
    /// <summary>
    /// The Rollout's <c>spec.selector</c>; for one without (a workloadRef has it elsewhere) everything that belongs to
    /// some Rollout.
    /// </summary>
    public static string OfRollout(JsonElement rollout)
    {
        var selector = Child(Child(rollout, "spec"), "selector");
        string[] parts =
        [
            .. Labels(Child(selector, "matchLabels")),
            .. Expressions(Child(selector, "matchExpressions")),
        ];
        return parts.Length > 0 ? string.Join(',', parts) : KubernetesReader.HashLabel;
    }

    /// <summary>Only what carries one of these pod hashes.</summary>
    public static string WithHashes(string selector, IEnumerable<PodHash> hashes)
    {
        var one = $"{KubernetesReader.HashLabel} in ({string.Join(',', hashes)})";
        return selector.Length > 0 ? $"{selector},{one}" : one;
    }

    private static IEnumerable<string> Labels(JsonElement labels) =>
        labels.ValueKind == JsonValueKind.Object
            ? labels
                .EnumerateObject()
                .Where(label => label.Value.ValueKind == JsonValueKind.String)
                .Select(label => $"{label.Name}={label.Value.GetString()}")
            : [];

    private static IEnumerable<string> Expressions(JsonElement expressions) =>
        expressions.ValueKind == JsonValueKind.Array
            ? expressions.EnumerateArray().Select(Expression).OfType<string>()
            : [];

    private static string? Expression(JsonElement expression)
    {
        var key = Text(Child(expression, "key"));
        var values = Child(expression, "values") is { ValueKind: JsonValueKind.Array } list
            ? string.Join(',', list.EnumerateArray().Select(Text))
            : "";
        return key.Length == 0
            ? null
            : Text(Child(expression, "operator")) switch
            {
                "In" => $"{key} in ({values})",
                "NotIn" => $"{key} notin ({values})",
                "Exists" => key,
                "DoesNotExist" => $"!{key}",
                // Unknown: leaving it out finds more, and owners are compared afterwards.
                _ => null,
            };
    }

    private static JsonElement Child(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var value) ? value : default;

    private static string Text(JsonElement item) => item.ValueKind == JsonValueKind.String ? item.GetString()! : "";
}
