using System.Text.Json;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Tests.GitOps.Independent;

namespace Devflow.ChatOps.Tests.Sandbox.GitHub.Published;

/// <summary>What GitHub publishes about itself; tests that ask for it are skipped where the packages are not installed.</summary>
internal static class PublishedGitHub
{
    private static readonly Lazy<JsonDocument> openApi = new(() =>
        Read("@octokit/openapi/generated/api.github.com.deref.json")
    );
    private static readonly Lazy<JsonDocument> webhooks = new(() => Read("@octokit/webhooks-schemas/schema.json"));
    private static readonly Lazy<JsonDocument> examples = new(() =>
        Read("@octokit/webhooks-examples/api.github.com/index.json")
    );

    /// <summary>What is wrong with an answer by GitHub's OpenAPI description.</summary>
    /// <param name="method">Of the request.</param>
    /// <param name="path">As the description has it, with names in braces.</param>
    /// <param name="status">Of the answer.</param>
    /// <param name="body">Of the answer.</param>
    public static IReadOnlyList<string> FaultsOfAnswer(HttpMethod method, string path, int status, JsonNode body)
    {
        Need("@octokit/openapi/generated/api.github.com.deref.json");
        var schema = openApi
            .Value.RootElement.GetProperty("paths")
            .GetProperty(path)
            .GetProperty(method.Method.ToLowerInvariant())
            .GetProperty("responses")
            .GetProperty($"{status}")
            .GetProperty("content")
            .GetProperty("application/json")
            .GetProperty("schema");
        return new SchemaCheck(openApi.Value.RootElement, isOpen: false).Faults(schema, ToElement(body));
    }

    /// <summary>What is wrong with an event by the schemas of webhooks.</summary>
    /// <param name="name">Such as <c>check_run$requested_action</c>.</param>
    /// <param name="payload">What was sent.</param>
    public static IReadOnlyList<string> FaultsOfEvent(string name, JsonNode payload)
    {
        Need("@octokit/webhooks-schemas/schema.json");
        var root = webhooks.Value.RootElement;
        return new SchemaCheck(root, isOpen: true).Faults(
            root.GetProperty("definitions").GetProperty(name),
            ToElement(payload)
        );
    }

    /// <summary>Payloads that GitHub sent.</summary>
    public static IReadOnlyList<JsonObject> Examples(string @event, string? action)
    {
        Need("@octokit/webhooks-examples/api.github.com/index.json");
        return
        [
            .. examples
                .Value.RootElement.EnumerateArray()
                .Single(all => all.GetProperty("name").GetString() == @event)
                .GetProperty("examples")
                .EnumerateArray()
                .Select(example => JsonObject.Create(example)!)
                .Where(example => (string?)example["action"] == action),
        ];
    }

    private static void Need(string path) => NodePackages.Find(path);

    private static JsonElement ToElement(JsonNode node) => JsonElement.Parse(node.ToJsonString());

    private static JsonDocument Read(string path) => JsonDocument.Parse(File.ReadAllBytes(NodePackages.Find(path)));
}
