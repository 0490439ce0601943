using System.Globalization;
using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.Argo;

/// <summary>Reading and writing of nested fields; what is missing or of another type reads as null.</summary>
internal static class JsonPath
{
    public static JsonNode? At(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var key in path)
        {
            node = (node as JsonObject)?[key];
        }

        return node;
    }

    public static string? Text(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    public static int? Number(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        if (node.At(path) is not JsonValue value)
        {
            return null;
        }

        // A value that was set in this process answers to its own type only, one that was parsed to any.
        return value.TryGetValue<int>(out var whole) ? whole
            : value.TryGetValue<double>(out var number) ? (int)number
            : null;
    }

    public static bool? Flag(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.TryGetValue<bool>(out var flag) ? flag : null;

    /// <summary>The object at <paramref name="path"/>, created along the way where it is missing.</summary>
    public static JsonObject Ensure(this JsonObject node, params ReadOnlySpan<string> path)
    {
        foreach (var key in path)
        {
            if (node[key] is not JsonObject child)
            {
                child = [];
                node[key] = child;
            }

            node = child;
        }

        return node;
    }

    public static string? Annotation(this JsonNode? item, string key) => item.Text("metadata", "annotations", key);

    /// <summary>Sets an annotation, or removes it when <paramref name="value"/> is null.</summary>
    public static void SetAnnotation(this JsonObject item, string key, string? value)
    {
        if (value is not null)
        {
            item.Ensure("metadata", "annotations")[key] = value;
        }
        else if (item.At("metadata", "annotations") is JsonObject annotations)
        {
            annotations.Remove(key);
        }
    }

    /// <summary>A moment as Kubernetes writes it: RFC 3339, UTC, whole seconds.</summary>
    public static string Stamp(DateTimeOffset moment) =>
        moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static DateTimeOffset? Moment(string? stamp) =>
        DateTimeOffset.TryParse(stamp, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
            ? moment
            : null;
}
