using System.Text.Json;
using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.GitHub.GraphQl;

/// <summary><c>POST /graphql</c>: for those with a token only, and answered with status 200 whatever is wrong.</summary>
internal static class GraphQlEndpoint
{
    public static void Map(WebApplication app, GitHubApi api) =>
        app.MapPost(
            "/graphql",
            http =>
            {
                if (!api.HasGraphQl)
                {
                    throw GitHubRefusalException.NotFound();
                }

                var caller = (GitHubCaller)http.Items[typeof(GitHubCaller)]!;
                if (caller.Token is null)
                {
                    throw new GitHubRefusalException(401, "This endpoint requires you to be authenticated.");
                }

                return GitHubEdge.WriteAsync(http, 200, Answer(caller));
            }
        );

    private static JsonObject Answer(GitHubCaller caller)
    {
        try
        {
            var request = JsonNode.Parse(caller.Body) as JsonObject;
            var query =
                (request?["query"] as JsonValue)?.GetValue<string>()
                ?? throw new GraphQlException(null, "A query attribute must be specified and must be a string.");
            var document = Parser.Document(query);
            var wanted = (request!["operationName"] as JsonValue)?.GetValue<string>();
            var operation =
                document.Operations.SingleOrDefault(operation => wanted is null || operation.Name == wanted)
                ?? throw new GraphQlException(null, "An operation name is required");
            Validator.Check(document, operation);
            var variables = Inputs.Variables(operation, request["variables"] as JsonObject ?? []);
            return new Executor(document, operation, variables, new Resolver(caller)).Run();
        }
        catch (JsonException)
        {
            throw new GitHubRefusalException(400, "Problems parsing JSON");
        }
        catch (GraphQlException e)
        {
            var error = new JsonObject { ["message"] = e.Message };
            if (e.Code is not null)
            {
                error["extensions"] = new JsonObject { ["code"] = e.Code };
            }

            return new JsonObject { ["errors"] = new JsonArray(error) };
        }
    }
}
