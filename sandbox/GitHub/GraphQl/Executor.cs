using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.GitHub.GraphQl;

/// <summary>Answers a valid operation field by field.</summary>
internal sealed class Executor(
    GraphQlDocument document,
    GraphQlOperation operation,
    IReadOnlyDictionary<string, JsonNode?> variables,
    Resolver resolver
)
{
    private readonly JsonArray errors = [];

    /// <summary>Data and errors; a field that fails is null, or what it belongs to, and its error has its path.</summary>
    public JsonObject Run()
    {
        var type = operation.Kind == "mutation" ? "Mutation" : "Query";
        JsonNode? data;
        try
        {
            data = Object(new GitHubSource.Root(type), operation.Selections, []);
        }
        catch (NullFieldException)
        {
            data = null;
        }

        var answer = new JsonObject { ["data"] = data };
        if (errors.Count > 0)
        {
            answer["errors"] = errors;
        }

        return answer;
    }

    private static JsonObject Error(GraphQlException e, GraphQlSelection.Field field, IEnumerable<JsonNode> path)
    {
        var error = new JsonObject();
        if (e.Type is not null)
        {
            error["type"] = e.Type;
        }

        error["path"] = new JsonArray([.. path.Select(step => step.DeepClone())]);
        error["locations"] = new JsonArray(new JsonObject { ["line"] = field.Line, ["column"] = field.Column });
        error["message"] = e.Message;
        return error;
    }

    private JsonNode? Value(GitHubSource source, GraphQlSelection.Field field, IReadOnlyList<JsonNode> path)
    {
        if (field.Name == "__typename")
        {
            return source.TypeName;
        }

        var arguments = field.Arguments.ToDictionary(
            argument => argument.Key,
            argument => Inputs.Evaluate(argument.Value, variables)
        );
        try
        {
            return Show(resolver.Resolve(source, field.Name, arguments), field, path);
        }
        catch (GraphQlException e)
        {
            errors.Add(Error(e, field, path));
            return Null(source, field);
        }
        catch (NullFieldException)
        {
            return Null(source, field);
        }
    }

    // A field that cannot be null makes what it belongs to null (https://spec.graphql.org/October2021/#sec-Handling-Field-Errors).
    private static JsonNode? Null(GitHubSource source, GraphQlSelection.Field field) =>
        Schema.Types[source.TypeName].Fields[field.Name].Type.IsRequired ? throw new NullFieldException() : null;

    private JsonNode? Show(object? value, GraphQlSelection.Field field, IReadOnlyList<JsonNode> path) =>
        value switch
        {
            null => null,
            JsonNode scalar => scalar,
            GitHubSource source => Object(source, field.Selections, path),
            IEnumerable<GitHubSource> list => new JsonArray([
                .. list.Select((item, at) => (JsonNode)Object(item, field.Selections, [.. path, at])),
            ]),
            _ => throw new InvalidOperationException($"{field.Name} is resolved to {value.GetType()}."),
        };

    private JsonObject Object(
        GitHubSource source,
        IReadOnlyList<GraphQlSelection> selections,
        IReadOnlyList<JsonNode> path
    )
    {
        var shown = new JsonObject();
        foreach (var field in Fields(source.TypeName, selections))
        {
            shown[field.Alias] = Value(source, field, [.. path, field.Alias]);
        }

        return shown;
    }

    /// <summary>The fields that apply to a type, with those of fragments among them.</summary>
    private IEnumerable<GraphQlSelection.Field> Fields(string type, IReadOnlyList<GraphQlSelection> selections)
    {
        foreach (var selection in selections)
        {
            if (selection is GraphQlSelection.Field field)
            {
                yield return field;
                continue;
            }

            var (on, inner) = selection switch
            {
                GraphQlSelection.Inline inline => (inline.On ?? type, inline.Selections),
                GraphQlSelection.Spread spread => (
                    document.Fragments[spread.Name].On,
                    document.Fragments[spread.Name].Selections
                ),
                _ => throw new InvalidOperationException(),
            };
            if (Schema.Overlap(type, on))
            {
                foreach (var below in Fields(type, inner))
                {
                    yield return below;
                }
            }
        }
    }

    /// <summary>Told already, with the path of the field that failed.</summary>
    private sealed class NullFieldException : Exception;
}
