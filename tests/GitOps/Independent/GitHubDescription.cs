using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Devflow.ChatOps.Sandbox.GitHub;
using NJsonSchema;

namespace Devflow.ChatOps.Tests.GitOps.Independent;

/// <summary>GitHub's own OpenAPI description of its REST API (npm <c>@octokit/openapi</c>), as a check of requests.</summary>
internal sealed class GitHubDescription
{
    private static readonly Regex Scalar = new("^(-?[0-9]+|true|false)$");

    private readonly Dictionary<string, JsonElement> paths;

    private GitHubDescription(JsonElement document) =>
        paths = document.GetProperty("paths").EnumerateObject().ToDictionary(path => path.Name, path => path.Value);

    /// <summary>Reads it; where the package is not installed the test is skipped.</summary>
    public static async Task<GitHubDescription> LoadAsync()
    {
        var file = NodePackages.Find("@octokit/openapi/generated/api.github.com.deref.json");
        await using var stream = System.IO.File.OpenRead(file);
        var document = await JsonDocument.ParseAsync(stream, cancellationToken: TestContext.Current.CancellationToken);
        return new GitHubDescription(document.RootElement);
    }

    /// <summary>
    /// Every request over REST is an operation that is described, with parameters and a body that are described; GraphQL has
    /// a schema of its own and is passed over.
    /// </summary>
    /// <returns>The operations that were asked for, each once: <c>GET /repos/{owner}/{repo}/pulls</c>.</returns>
    public async Task<IReadOnlyCollection<string>> CheckAsync(IEnumerable<GitHubCall> calls)
    {
        var asked = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var call in calls.Where(call => !call.IsGraphQl))
        {
            var (template, operation) = Find(call);
            asked.Add($"{call.Method} {template}");
            var at = $"{call} ({template})";
            await CheckQueryAsync(call, operation, at);
            await CheckBodyAsync(call, operation, at);
        }

        return asked;
    }

    private (string Template, JsonElement Operation) Find(GitHubCall call)
    {
        var method = call.Method.ToLowerInvariant();
        var template = paths
            .Where(path => path.Value.TryGetProperty(method, out _))
            .Select(path => path.Key)
            // References and branches have slashes in them; the longest template is the one that is meant.
            .Where(path => Regex.IsMatch(call.Path, "^" + Regex.Replace(path, @"\{(\w+)\}", Placeholder) + "$"))
            .OrderByDescending(path => path.Count(letter => letter == '/'))
            .ThenBy(path => path.Count(letter => letter == '{'))
            .FirstOrDefault()
            .ShouldNotBeNull($"{call} is none of GitHub's operations");
        return (template, paths[template].GetProperty(method));
    }

    private static async Task CheckQueryAsync(GitHubCall call, JsonElement operation, string at)
    {
        var described = operation
            .GetProperty("parameters")
            .EnumerateArray()
            .Where(parameter => parameter.GetProperty("in").GetString() == "query")
            .ToDictionary(parameter => parameter.GetProperty("name").GetString()!);
        var given = call
            .Query.TrimStart('?')
            .Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1]));
        given.Keys.ShouldBeSubsetOf(described.Keys, at);
        described
            .Where(parameter => parameter.Value.TryGetProperty("required", out var needed) && needed.GetBoolean())
            .Select(parameter => parameter.Key)
            .ShouldBeSubsetOf(given.Keys, at);
        foreach (var (name, value) in given)
        {
            var schema = described[name].GetProperty("schema");
            var isText = schema.TryGetProperty("type", out var type) && type.GetString() == "string";
            var json = isText || !Scalar.IsMatch(value) ? JsonSerializer.Serialize(value) : value;
            var faults = (await SchemaAsync(schema)).Validate(json);
            faults.ShouldBeEmpty($"{at}: {name}={value}");
        }
    }

    private static async Task CheckBodyAsync(GitHubCall call, JsonElement operation, string at)
    {
        if (!operation.TryGetProperty("requestBody", out var described))
        {
            call.Body.ShouldBeEmpty(at);
            return;
        }

        if (call.Body.Length == 0)
        {
            (described.TryGetProperty("required", out var needed) && needed.GetBoolean()).ShouldBeFalse(at);
            return;
        }

        var schema = described.GetProperty("content").GetProperty("application/json").GetProperty("schema");
        (await SchemaAsync(schema)).Validate(call.Body).ShouldBeEmpty($"{at}: {call.Body}");
        CheckNames(JsonElement.Parse(call.Body), [schema], at);
    }

    /// <summary>The description allows more than it names; what it does not name is a slip of ours.</summary>
    private static void CheckNames(JsonElement value, IReadOnlyList<JsonElement> schemas, string at)
    {
        var all = schemas.SelectMany(Alternatives).ToList();
        if (value.ValueKind == JsonValueKind.Array)
        {
            var items = Parts(all, "items").ToList();
            foreach (var item in value.EnumerateArray())
            {
                CheckNames(item, items, $"{at}[]");
            }
        }

        var known = Parts(all, "properties").SelectMany(part => part.EnumerateObject()).ToLookup(part => part.Name);
        if (value.ValueKind != JsonValueKind.Object || known.Count == 0)
        {
            return;
        }

        foreach (var property in value.EnumerateObject())
        {
            known.Contains(property.Name).ShouldBeTrue($"{at}: {property.Name} is not described");
            CheckNames(property.Value, [.. known[property.Name].Select(part => part.Value)], $"{at}.{property.Name}");
        }
    }

    private static IEnumerable<JsonElement> Alternatives(JsonElement schema) =>
        new[] { "oneOf", "anyOf", "allOf" }
            .SelectMany(word => Parts([schema], word))
            .SelectMany(list => list.EnumerateArray())
            .SelectMany(Alternatives)
            .Prepend(schema);

    private static IEnumerable<JsonElement> Parts(IEnumerable<JsonElement> schemas, string name) =>
        schemas.Where(schema => schema.TryGetProperty(name, out _)).Select(schema => schema.GetProperty(name));

    private static async Task<JsonSchema> SchemaAsync(JsonElement schema)
    {
        var plain = JsonNode.Parse(schema.GetRawText())!;
        AllowNull(plain);
        return await JsonSchema.FromJsonAsync(plain.ToJsonString(), TestContext.Current.CancellationToken);
    }

    /// <summary>OpenAPI 3.0 says <c>nullable</c> where JSON Schema says another type.</summary>
    private static void AllowNull(JsonNode? schema)
    {
        if (schema is JsonArray list)
        {
            foreach (var item in list)
            {
                AllowNull(item);
            }
        }

        if (schema is not JsonObject parts)
        {
            return;
        }

        if (parts["nullable"] is JsonValue nullable && nullable.GetValueKind() == JsonValueKind.True)
        {
            if (parts["type"] is JsonValue type)
            {
                parts["type"] = new JsonArray(type.GetValue<string>(), "null");
            }

            (parts["enum"] as JsonArray)?.Add(null);
        }

        foreach (var (_, part) in parts)
        {
            AllowNull(part);
        }
    }

    private static string Placeholder(Match match) =>
        match.Groups[1].Value is "ref" or "branch" or "path" or "tree_sha" ? ".+" : "[^/]+";
}
