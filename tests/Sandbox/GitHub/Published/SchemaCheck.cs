using System.Globalization;
using System.Text.Json;

namespace Devflow.ChatOps.Tests.Sandbox.GitHub.Published;

/// <summary>
/// Checks JSON against what GitHub publishes: the part of JSON Schema that its OpenAPI description and its webhook schemas use.
/// </summary>
/// <param name="root">Where references lead.</param>
/// <param name="isOpen">Whether only what a schema closes is closed; otherwise nothing may be there that it does not name.</param>
internal sealed class SchemaCheck(JsonElement root, bool isOpen)
{
    /// <summary>Everything that is wrong, with its path.</summary>
    public IReadOnlyList<string> Faults(JsonElement schema, JsonElement value) => [.. Check(schema, value, "$")];

    private IEnumerable<string> Check(JsonElement schema, JsonElement value, string path)
    {
        if (schema.TryGetProperty("$ref", out var reference))
        {
            return Check(Follow(reference.GetString()!), value, path);
        }

        if (value.ValueKind == JsonValueKind.Null && IsNullable(schema))
        {
            return [];
        }

        return
        [
            .. OfType(schema, value, path),
            .. OfChoice(schema, value, path),
            .. OfObject(schema, value, path),
            .. OfArray(schema, value, path),
        ];
    }

    private JsonElement Follow(string reference) =>
        reference.TrimStart('#', '/').Split('/').Aggregate(root, (at, name) => at.GetProperty(name));

    private static bool IsNullable(JsonElement schema) =>
        schema.TryGetProperty("nullable", out var nullable) && nullable.GetBoolean();

    private static IEnumerable<string> OfType(JsonElement schema, JsonElement value, string path)
    {
        if (schema.TryGetProperty("type", out var type))
        {
            var types = type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().ToList() : [type];
            if (!types.Exists(one => Is(one.GetString()!, value)))
            {
                yield return $"{path}: {value.GetRawText()} is no {type}";
            }
        }

        if (
            schema.TryGetProperty("enum", out var members)
            && !members.EnumerateArray().Any(member => JsonElement.DeepEquals(member, value))
        )
        {
            yield return $"{path}: {value.GetRawText()} is none of {members.GetRawText()}";
        }

        if (value.ValueKind == JsonValueKind.String && schema.TryGetProperty("format", out var format))
        {
            var text = value.GetString()!;
            var isWrong = format.GetString() switch
            {
                "date-time" => !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out _),
                // An address that was not given is an empty text, which the description's own defaults say.
                "uri" => text.Length > 0 && !Uri.TryCreate(text, UriKind.Absolute, out _),
                _ => false,
            };
            if (isWrong)
            {
                yield return $"{path}: {text} is no {format}";
            }
        }
    }

    private IEnumerable<string> OfChoice(JsonElement schema, JsonElement value, string path)
    {
        foreach (var name in (string[])["oneOf", "anyOf"])
        {
            if (schema.TryGetProperty(name, out var choices))
            {
                var faults = choices.EnumerateArray().Select(choice => Check(choice, value, path).ToList()).ToList();
                if (faults.TrueForAll(all => all.Count > 0))
                {
                    yield return $"{path}: none of the choices fits; the nearest: {string.Join("; ", faults.MinBy(all => all.Count)!)}";
                }
            }
        }

        if (schema.TryGetProperty("allOf", out var parts))
        {
            foreach (var fault in parts.EnumerateArray().SelectMany(part => Check(part, value, path)))
            {
                yield return fault;
            }
        }
    }

    private IEnumerable<string> OfObject(JsonElement schema, JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            yield break;
        }

        if (schema.TryGetProperty("required", out var required))
        {
            foreach (var name in required.EnumerateArray().Select(name => name.GetString()!))
            {
                if (!value.TryGetProperty(name, out _))
                {
                    yield return $"{path}: {name} is missing";
                }
            }
        }

        if (!schema.TryGetProperty("properties", out var properties))
        {
            yield break;
        }

        var isClosed = schema.TryGetProperty("additionalProperties", out var more)
            ? more.ValueKind == JsonValueKind.False
            : !isOpen;
        foreach (var property in value.EnumerateObject())
        {
            if (properties.TryGetProperty(property.Name, out var inner))
            {
                foreach (var fault in Check(inner, property.Value, $"{path}.{property.Name}"))
                {
                    yield return fault;
                }
            }
            else if (isClosed)
            {
                yield return $"{path}: {property.Name} is not known";
            }
        }
    }

    private IEnumerable<string> OfArray(JsonElement schema, JsonElement value, string path) =>
        value.ValueKind == JsonValueKind.Array
        && schema.TryGetProperty("items", out var items)
        && items.ValueKind == JsonValueKind.Object
            ? value.EnumerateArray().SelectMany((item, at) => Check(items, item, $"{path}[{at}]"))
            : [];

    private static bool Is(string type, JsonElement value) =>
        type switch
        {
            "object" => value.ValueKind == JsonValueKind.Object,
            "array" => value.ValueKind == JsonValueKind.Array,
            "string" => value.ValueKind == JsonValueKind.String,
            "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
            "number" => value.ValueKind == JsonValueKind.Number,
            "null" => value.ValueKind == JsonValueKind.Null,
            _ => false,
        };
}
