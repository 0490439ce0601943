using System.Globalization;
using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.Kubernetes;

/// <summary>JSON patch (RFC 6902).</summary>
internal static class JsonPatch
{
    /// <summary>Applies all operations or none.</summary>
    /// <returns>The patched copy, or null if an operation does not apply.</returns>
    public static JsonNode? Apply(JsonNode target, JsonArray operations)
    {
        JsonNode? document = target.DeepClone();
        foreach (var operation in operations)
        {
            if (operation is not JsonObject step || !TryStep(ref document, step))
            {
                return null;
            }
        }

        return document;
    }

    private static bool TryStep(ref JsonNode? document, JsonObject step)
    {
        if (JsonFields.Text(step, "path") is not { } pathText || Segments(pathText) is not { } path)
        {
            return false;
        }

        switch (JsonFields.Text(step, "op"))
        {
            case "add" when step.ContainsKey("value"):
                return TryAdd(ref document, path, step["value"]?.DeepClone());
            case "replace" when step.ContainsKey("value"):
                return TryFind(document, path, out _)
                    && (path.Length == 0 || TryRemove(document, path))
                    && TryAdd(ref document, path, step["value"]?.DeepClone());
            case "remove":
                return TryRemove(document, path);
            case "test":
                // A missing member equals null, as in the library that the API server uses.
                return (TryFind(document, path, out var found) || step["value"] is null)
                    && JsonNode.DeepEquals(found, step["value"]);
            case "copy":
                return TryFind(document, Segments(JsonFields.Text(step, "from")), out var copied)
                    && TryAdd(ref document, path, copied?.DeepClone());
            case "move":
                var from = Segments(JsonFields.Text(step, "from"));
                return TryFind(document, from, out var moved)
                    && TryRemove(document, from!)
                    && TryAdd(ref document, path, moved?.DeepClone());
            default:
                return false;
        }
    }

    private static bool TryFind(JsonNode? node, string[]? path, out JsonNode? found)
    {
        found = null;
        if (path is null)
        {
            return false;
        }

        foreach (var segment in path)
        {
            switch (node)
            {
                case JsonObject parent when parent.TryGetPropertyValue(segment, out var member):
                    node = member;
                    break;
                case JsonArray items when Index(segment, items.Count - 1) is { } index:
                    node = items[index];
                    break;
                default:
                    return false;
            }
        }

        found = node;
        return true;
    }

    private static bool TryAdd(ref JsonNode? document, string[] path, JsonNode? value)
    {
        if (path.Length == 0)
        {
            document = value;
            return true;
        }

        if (!TryFind(document, path[..^1], out var parent))
        {
            return false;
        }

        switch (parent)
        {
            case JsonObject members:
                members[path[^1]] = value;
                return true;
            case JsonArray items when path[^1] == "-":
                items.Add(value);
                return true;
            case JsonArray items when Index(path[^1], items.Count) is { } index:
                items.Insert(index, value);
                return true;
            default:
                return false;
        }
    }

    private static bool TryRemove(JsonNode? document, string[] path)
    {
        if (path.Length == 0 || !TryFind(document, path[..^1], out var parent))
        {
            return false;
        }

        switch (parent)
        {
            case JsonObject members:
                return members.Remove(path[^1]);
            case JsonArray items when Index(path[^1], items.Count - 1) is { } index:
                items.RemoveAt(index);
                return true;
            default:
                return false;
        }
    }

    private static int? Index(string segment, int last) =>
        int.TryParse(segment, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index <= last
            ? index
            : null;

    private static string[]? Segments(string? pointer) =>
        pointer switch
        {
            null => null,
            "" => [],
            ['/', ..] =>
            [
                .. pointer[1..]
                    .Split('/')
                    .Select(segment =>
                        segment
                            .Replace("~1", "/", StringComparison.Ordinal)
                            .Replace("~0", "~", StringComparison.Ordinal)
                    ),
            ],
            _ => null,
        };
}
