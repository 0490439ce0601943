using System.Text.Json;
using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.Kubernetes;

/// <summary>
/// As much of a CustomResourceDefinition's schema as decides about types and unknown fields. Where nothing is known
/// (<see cref="Any"/>) everything is let through.
/// </summary>
internal abstract record Schema
{
    private Schema() { }

    /// <summary>Not looked at.</summary>
    public static readonly Schema Any = new AnyValue();

    public static readonly Schema Integer = new Scalar("integer");
    public static readonly Schema Boolean = new Scalar("boolean");
    public static readonly Schema String = new Scalar("string");

    /// <summary>Either an integer or a string, such as a percentage.</summary>
    public static readonly Schema IntOrString = new Scalar("integer,string");

    public static Schema Object(params (string Name, Schema Schema)[] fields) =>
        new Fields(fields.ToDictionary(field => field.Name, field => field.Schema, StringComparer.Ordinal));

    public static Schema List(Schema item) => new Items(item);

    /// <summary>An object whose fields have free names, such as labels.</summary>
    public static Schema Map(Schema value) => new Values(value);

    /// <summary>Removes what the schema does not know; returns the paths of what was removed.</summary>
    public IReadOnlyList<string> Prune(JsonNode? node, string path)
    {
        var removed = new List<string>();
        Prune(node, path, removed);
        return removed;
    }

    /// <summary>The values whose type is wrong.</summary>
    public IReadOnlyList<Cause> Check(JsonNode? node, string path)
    {
        var found = new List<Cause>();
        Check(node, path, found);
        return found;
    }

    private void Prune(JsonNode? node, string path, List<string> removed)
    {
        switch (this, node)
        {
            case (Fields fields, JsonObject members):
                foreach (var name in members.Select(member => member.Key).ToArray())
                {
                    if (fields.Known.TryGetValue(name, out var schema))
                    {
                        schema.Prune(members[name], $"{path}.{name}", removed);
                    }
                    else
                    {
                        members.Remove(name);
                        removed.Add($"{path}.{name}");
                    }
                }

                break;
            case (Items items, JsonArray list):
                for (var i = 0; i < list.Count; i++)
                {
                    items.Item.Prune(list[i], $"{path}[{i}]", removed);
                }

                break;
        }
    }

    private void Check(JsonNode? node, string path, List<Cause> found)
    {
        switch (this, node)
        {
            case (AnyValue, _):
                break;
            case (Fields fields, JsonObject members):
                foreach (var (name, value) in members)
                {
                    fields.Known.GetValueOrDefault(name, Any).Check(value, $"{path}.{name}", found);
                }

                break;
            case (Values values, JsonObject members):
                foreach (var (name, value) in members)
                {
                    values.Value.Check(value, $"{path}.{name}", found);
                }

                break;
            case (Items items, JsonArray list):
                for (var i = 0; i < list.Count; i++)
                {
                    items.Item.Check(list[i], $"{path}[{i}]", found);
                }

                break;
            case (Scalar scalar, _) when scalar.Type.Split(',').Contains(TypeOf(node)):
                break;
            default:
                var (wanted, actual) = (Name, TypeOf(node));
                found.Add(
                    new Cause(
                        "FieldValueTypeInvalid",
                        $"Invalid value: \"{actual}\": {path} in body must be of type {wanted}: \"{actual}\"",
                        path
                    )
                );
                break;
        }
    }

    private string Name =>
        this switch
        {
            Scalar scalar => scalar.Type,
            Items => "array",
            _ => "object",
        };

    private static string TypeOf(JsonNode? node) =>
        node?.GetValueKind() switch
        {
            null or JsonValueKind.Null => "null",
            JsonValueKind.Object => "object",
            JsonValueKind.Array => "array",
            JsonValueKind.String => "string",
            JsonValueKind.True or JsonValueKind.False => "boolean",
            _ => node.AsValue().TryGetValue<long>(out _) ? "integer" : "number",
        };

    private sealed record AnyValue : Schema;

    private sealed record Scalar(string Type) : Schema;

    private sealed record Fields(Dictionary<string, Schema> Known) : Schema;

    private sealed record Items(Schema Item) : Schema;

    private sealed record Values(Schema Value) : Schema;
}
