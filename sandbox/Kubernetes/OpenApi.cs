using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.Kubernetes;

/// <summary>
/// As much of the OpenAPI documents as kubectl looks at before it applies something: that a kind exists and that
/// patching it takes <c>fieldValidation</c>, so that it leaves validation to the server.
/// </summary>
internal static class OpenApi
{
    /// <summary>
    /// The v2 document, which kubectl insists on before it applies anything and wants as protobuf. It says nothing
    /// about any kind; kubectl then leaves the checks to the server.
    /// </summary>
    public static Task AnswerV2Async(ApiRequest request)
    {
        if (!request.Http.Request.Headers.Accept.ToString().Contains("protobuf", StringComparison.Ordinal))
        {
            return request.AnswerAsync(
                200,
                Render.Json(
                    new JsonObject
                    {
                        ["swagger"] = "2.0",
                        ["info"] = new JsonObject { ["title"] = "Kubernetes", ["version"] = "v1.34.9" },
                        ["paths"] = new JsonObject(),
                    }
                )
            );
        }

        // Field 1 (swagger) of gnostic's openapi.v2.Document, the string "2.0".
        byte[] document = [0x0A, 0x03, .. "2.0"u8];
        return request.AnswerAsync(200, document, "application/com.github.proto-openapi.spec.v2.v1.0+protobuf");
    }

    /// <summary>The v3 document at a path, or null.</summary>
    public static JsonObject? At(string path)
    {
        if (path == "/openapi/v3")
        {
            var paths = new JsonObject();
            foreach (var at in Resources.All.Select(PathOf).Distinct())
            {
                paths[at] = new JsonObject { ["serverRelativeURL"] = $"/openapi/v3/{at}?hash=0" };
            }

            return new JsonObject { ["paths"] = paths };
        }

        const string prefix = "/openapi/v3/";
        if (!path.StartsWith(prefix, StringComparison.Ordinal))
        {
            return null;
        }

        var types = Resources.All.Where(type => PathOf(type) == path[prefix.Length..]).ToArray();
        return types.Length == 0 ? null : Document(types);
    }

    private static string PathOf(ResourceType type) =>
        type.Group.Length == 0 ? $"api/{type.Version}" : $"apis/{type.Group}/{type.Version}";

    private static JsonObject Document(ResourceType[] types)
    {
        var paths = new JsonObject();
        var schemas = new JsonObject();
        foreach (var type in types)
        {
            JsonObject Kind() =>
                new()
                {
                    ["group"] = type.Group,
                    ["version"] = type.Version,
                    ["kind"] = type.Kind,
                };
            var scope = type.Namespaced ? "/namespaces/{namespace}" : "";
            paths[$"/{PathOf(type)}{scope}/{type.Plural}/{{name}}"] = new JsonObject
            {
                ["patch"] = new JsonObject
                {
                    ["parameters"] = new JsonArray(Parameter("dryRun"), Parameter("fieldValidation")),
                    ["responses"] = new JsonObject { ["200"] = new JsonObject { ["description"] = "OK" } },
                    ["x-kubernetes-action"] = "patch",
                    ["x-kubernetes-group-version-kind"] = Kind(),
                },
            };
            schemas[$"{type.Group}.{type.Version}.{type.Kind}"] = new JsonObject
            {
                ["type"] = "object",
                ["x-kubernetes-group-version-kind"] = new JsonArray(Kind()),
            };
        }

        return new JsonObject
        {
            ["openapi"] = "3.0.0",
            ["info"] = new JsonObject { ["title"] = "Kubernetes", ["version"] = "v1.34.9" },
            ["paths"] = paths,
            ["components"] = new JsonObject { ["schemas"] = schemas },
        };
    }

    private static JsonObject Parameter(string name) =>
        new()
        {
            ["name"] = name,
            ["in"] = "query",
            ["schema"] = new JsonObject { ["type"] = "string", ["uniqueItems"] = true },
        };
}
