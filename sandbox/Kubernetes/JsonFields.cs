using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.Kubernetes;

/// <summary>Small readings of JSON trees that come from outside and may be of any shape.</summary>
internal static class JsonFields
{
    /// <summary>Compact, and readable where the default escapes more than JSON asks for.</summary>
    public static readonly JsonSerializerOptions Plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The string at <paramref name="name"/>, or null if there is none.</summary>
    public static string? Text(JsonObject? parent, string name) =>
        parent?[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    /// <summary>The object at <paramref name="name"/>, or null if there is none.</summary>
    public static JsonObject? Object(JsonObject? parent, string name) => parent?[name] as JsonObject;

    /// <summary>The object at <paramref name="name"/>, created if there is none.</summary>
    public static JsonObject Ensure(JsonObject parent, string name)
    {
        if (parent[name] is JsonObject found)
        {
            return found;
        }

        var made = new JsonObject();
        parent[name] = made;
        return made;
    }

    /// <summary>Sets, or removes when the value is null.</summary>
    public static void Put(JsonObject parent, string name, JsonNode? value)
    {
        if (value is null)
        {
            parent.Remove(name);
        }
        else
        {
            parent[name] = value;
        }
    }

    /// <summary>A copy with the fields of every object in order of their names, as Go writes maps.</summary>
    public static JsonNode? Sorted(JsonNode? node) =>
        node switch
        {
            JsonObject members => new JsonObject(
                members
                    .OrderBy(member => member.Key, StringComparer.Ordinal)
                    .Select(member => KeyValuePair.Create(member.Key, Sorted(member.Value)))
            ),
            JsonArray items => new JsonArray([.. items.Select(Sorted)]),
            _ => node?.DeepClone(),
        };

    /// <summary>A number as Kubernetes writes resource versions: a string.</summary>
    public static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>A moment as Kubernetes writes it: RFC 3339, UTC, whole seconds.</summary>
    public static string Time(DateTimeOffset moment) =>
        moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
