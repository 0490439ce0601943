using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Devflow.ChatOps.Sandbox.GitHub.GraphQl;

/// <summary>Values of variables and arguments, checked against their types (https://spec.graphql.org/October2021/#sec-Coercing-Variable-Values).</summary>
internal static partial class Inputs
{
    /// <exception cref="GraphQlException">A value that its type does not take.</exception>
    public static IReadOnlyDictionary<string, JsonNode?> Variables(GraphQlOperation operation, JsonObject given)
    {
        var values = new Dictionary<string, JsonNode?>();
        foreach (var variable in operation.Variables)
        {
            if (given.TryGetPropertyValue(variable.Name, out var value))
            {
                Check(variable, variable.Type, value, []);
                values[variable.Name] = value;
            }
            else if (variable.Default is { } otherwise)
            {
                values[variable.Name] = Evaluate(otherwise, values);
            }
            else if (variable.Type.IsRequired)
            {
                throw Invalid(variable, [], "Expected value to not be null");
            }
        }

        return values;
    }

    /// <summary>The value of an argument; an unset variable is <see langword="null"/>.</summary>
    public static JsonNode? Evaluate(GraphQlValue value, IReadOnlyDictionary<string, JsonNode?> variables) =>
        value switch
        {
            GraphQlValue.Variable variable => variables.GetValueOrDefault(variable.Name)?.DeepClone(),
            GraphQlValue.Literal literal => literal.Value?.DeepClone(),
            GraphQlValue.Constant constant => constant.Name,
            GraphQlValue.List list => new JsonArray([.. list.Items.Select(item => Evaluate(item, variables))]),
            GraphQlValue.Object fields => new JsonObject(
                fields.Fields.Select(field => KeyValuePair.Create(field.Key, Evaluate(field.Value, variables)))
            ),
            _ => throw new InvalidOperationException(),
        };

    private static void Check(GraphQlVariable variable, GraphQlType type, JsonNode? value, IReadOnlyList<string> path)
    {
        switch (type)
        {
            case GraphQlType.NonNull required:
                if (value is null)
                {
                    throw Invalid(variable, path, "Expected value to not be null");
                }

                Check(variable, required.Of, value, path);
                break;
            case GraphQlType.List list when value is JsonArray items:
                for (var at = 0; at < items.Count; at++)
                {
                    Check(variable, list.Of, items[at], [.. path, $"{at}"]);
                }

                break;
            case GraphQlType.List list when value is not null:
                Check(variable, list.Of, value, path);
                break;
            case GraphQlType.Named named when value is not null:
                Check(variable, named.Name, value, path);
                break;
        }
    }

    private static void Check(GraphQlVariable variable, string type, JsonNode value, IReadOnlyList<string> path)
    {
        if (!Schema.Types.TryGetValue(type, out var input))
        {
            if (!IsScalar(type, value))
            {
                throw Invalid(variable, path, $"Could not coerce value {value.ToJsonString()} to {type}");
            }

            return;
        }

        if (value is not JsonObject fields)
        {
            throw Invalid(variable, path, $"Expected {value.ToJsonString()} to be a key-value object.");
        }

        foreach (var (name, inner) in fields)
        {
            var definition =
                input.Fields.GetValueOrDefault(name)
                ?? throw Invalid(variable, [.. path, name], $"Field is not defined on {type}");
            Check(variable, definition.Type, inner, [.. path, name]);
        }

        foreach (var (name, definition) in input.Fields)
        {
            if (definition is { Type.IsRequired: true, HasDefault: false } && !fields.ContainsKey(name))
            {
                throw Invalid(variable, [.. path, name], "Expected value to not be null");
            }
        }
    }

    private static bool IsScalar(string type, JsonNode value) =>
        (type, value.GetValueKind()) switch
        {
            ("Int", JsonValueKind.Number) => value.AsValue().TryGetValue<int>(out _),
            ("Float", JsonValueKind.Number) => true,
            ("Boolean", JsonValueKind.True or JsonValueKind.False) => true,
            ("ID", JsonValueKind.Number or JsonValueKind.String) => true,
            ("String" or "DateTime" or "GitRefname", JsonValueKind.String) => true,
            ("GitObjectID", JsonValueKind.String) => ObjectId().IsMatch(value.GetValue<string>()),
            ("Base64String", JsonValueKind.String) => IsBase64(value.GetValue<string>()),
            _ => false,
        };

    private static bool IsBase64(string text) =>
        Convert.TryFromBase64String(text, new byte[(text.Length * 3 / 4) + 3], out _);

    private static GraphQlException Invalid(GraphQlVariable variable, IReadOnlyList<string> path, string why) =>
        GraphQlException.Invalid(
            "INVALID_VARIABLE",
            path.Count == 0
                ? $"Variable ${variable.Name} of type {variable.Type} was provided invalid value ({why})"
                : $"Variable ${variable.Name} of type {variable.Type} was provided invalid value for {string.Join('.', path)} ({why})"
        );

    [GeneratedRegex("^[0-9a-fA-F]{40}$")]
    private static partial Regex ObjectId();
}
