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
    /// <summary>Data and errors; a root field that fails is null, and its error has its path.</summary>
    public JsonObject Run()
    {
        var data = new JsonObject();
        var errors = new JsonArray();
        var type = operation.Kind == "mutation" ? "Mutation" : "Query";
        foreach (var field in Fields(type, operation.Selections))
        {
            try
            {
                data[field.Alias] = Value(new GitHubSource.Root(), type, field);
            }
            catch (GraphQlException e)
            {
                data[field.Alias] = null;
                errors.Add(Error(e, field));
            }
        }

        var answer = new JsonObject { ["data"] = data };
        if (errors.Count > 0)
        {
            answer["errors"] = errors;
        }

        return answer;
    }

    private static JsonObject Error(GraphQlException e, GraphQlSelection.Field field)
    {
        var error = new JsonObject();
        if (e.Type is not null)
        {
            error["type"] = e.Type;
        }

        error["path"] = new JsonArray(field.Alias);
        error["locations"] = new JsonArray(new JsonObject { ["line"] = field.Line, ["column"] = field.Column });
        error["message"] = e.Message;
        return error;
    }

    private JsonNode? Value(GitHubSource source, string type, GraphQlSelection.Field field)
    {
        if (field.Name == "__typename")
        {
            return source.TypeName;
        }

        var arguments = field.Arguments.ToDictionary(
            argument => argument.Key,
            argument => Inputs.Evaluate(argument.Value, variables)
        );
        return Show(resolver.Resolve(source, field.Name, arguments), field);
    }

    private JsonNode? Show(object? value, GraphQlSelection.Field field) =>
        value switch
        {
            null => null,
            JsonNode scalar => scalar,
            GitHubSource source => Object(source, field.Selections),
            IEnumerable<GitHubSource> list => new JsonArray([
                .. list.Select(item => (JsonNode)Object(item, field.Selections)),
            ]),
            _ => throw new InvalidOperationException($"{field.Name} is resolved to {value.GetType()}."),
        };

    private JsonObject Object(GitHubSource source, IReadOnlyList<GraphQlSelection> selections)
    {
        var shown = new JsonObject();
        foreach (var field in Fields(source.TypeName, selections))
        {
            shown[field.Alias] = Value(source, source.TypeName, field);
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
}
