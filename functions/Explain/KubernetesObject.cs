using System.Collections.Immutable;
using System.Text.Json;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Functions.Explain;

/// <summary>An object of the input. A kind of another API group than the one we read is spelled with its group.</summary>
internal sealed record KubernetesObject(string Kind, JsonElement Json)
{
    private const string ArgoGroup = "argoproj.io/";
    private const string ListSuffix = "List";

    public ObjectName Name { get; } = ObjectName.Of(Json);

    public string ResourceVersion =>
        Json.TryGetProperty("metadata", out var metadata) ? Text(metadata, "resourceVersion") : "";

    /// <summary>The object, or the items of a list; items of a typed list need not say their kind.</summary>
    /// <exception cref="MalformedInputException">It is no object.</exception>
    public static ImmutableArray<KubernetesObject> AllOf(JsonElement value, Place place) =>
        value.ValueKind switch
        {
            JsonValueKind.Array => [.. value.EnumerateArray().SelectMany(item => AllOf(item, place))],
            JsonValueKind.Object when Items(value) is { } items => [.. ItemsOf(value, items, place)],
            JsonValueKind.Object =>
            [
                new KubernetesObject(KindOf(Text(value, "kind"), Text(value, "apiVersion")), value),
            ],
            _ => throw new MalformedInputException(place.Line, place.Column, "an object was expected"),
        };

    private static JsonElement? Items(JsonElement value) =>
        Text(value, "kind").EndsWith(ListSuffix, StringComparison.Ordinal)
        && value.TryGetProperty("items", out var items)
        && items.ValueKind is JsonValueKind.Array or JsonValueKind.Null
            ? items
            : null;

    private static IEnumerable<KubernetesObject> ItemsOf(JsonElement list, JsonElement items, Place place)
    {
        if (items.ValueKind == JsonValueKind.Null)
        {
            yield break;
        }

        var listKind = Text(list, "kind");
        var itemKind = listKind[..^ListSuffix.Length];
        foreach (var item in items.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Object)
            {
                throw new MalformedInputException(place.Line, place.Column, "a list holds something that is no object");
            }

            var kind = Text(item, "kind");
            var version = Text(item, "apiVersion");
            yield return new KubernetesObject(
                KindOf(kind.Length > 0 ? kind : itemKind, version.Length > 0 ? version : Text(list, "apiVersion")),
                item
            );
        }
    }

    private static string KindOf(string kind, string apiVersion) =>
        kind.Length == 0 ? "no kind"
        : kind is "Rollout" or "Application" or "AnalysisRun"
        && apiVersion is not ("" or "v1")
        && !apiVersion.StartsWith(ArgoGroup, StringComparison.Ordinal)
            ? $"{kind} of {apiVersion}"
        : kind;

    private static string Text(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object
        && item.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : "";
}

/// <summary>An event of a watch: its type as the API server names it, and the object.</summary>
internal sealed record WatchEvent(string Type, JsonElement Object)
{
    /// <summary>The event, or those of an array; nothing when the value is something else.</summary>
    public static ImmutableArray<WatchEvent> AllOf(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray().Select(Of).ToArray() is var events
            && Array.TrueForAll(events, item => item is not null)
                ? [.. events.OfType<WatchEvent>()]
                : []
            : Of(value) is { } single
                ? [single]
                : [];

    private static WatchEvent? Of(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object
        && !value.TryGetProperty("kind", out _)
        && value.TryGetProperty("type", out var type)
        && type.ValueKind == JsonValueKind.String
        && value.TryGetProperty("object", out var item)
        && item.ValueKind == JsonValueKind.Object
            ? new WatchEvent(type.GetString()!, item)
            : null;
}
