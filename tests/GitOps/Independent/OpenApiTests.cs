using System.Text.Json;
using System.Text.RegularExpressions;
using Devflow.ChatOps.GitOps.Releasing;
using Devflow.ChatOps.Sandbox.GitHub;
using Devflow.ChatOps.Tests.GitOps.Releasing;
using NJsonSchema;
using static Devflow.ChatOps.Tests.GitOps.Releasing.ReleaseWorld;

namespace Devflow.ChatOps.Tests.GitOps.Independent;

/// <summary>What is sent over REST is what GitHub's own OpenAPI description asks for.</summary>
public sealed class OpenApiTests
{
    [Fact]
    public async Task Every_request_is_one_of_GitHubs()
    {
        var description = NodePackages.Find("@octokit/openapi/generated/api.github.com.deref.json");
        await using var stream = System.IO.File.OpenRead(description);
        using var document = await JsonDocument.ParseAsync(stream, cancellationToken: Cancellation);
        var paths = document.RootElement.GetProperty("paths");

        await using var world = await StartAsync(Way.Rest);
        await world.CommitAsync(Order("1.1.0"));
        await world.CommitAsync(Order("1.2.0", run: 8) with { Files = ["apps/**"] });
        await world.RunAsync(Order("1.3.0", run: 9) with { Mode = ReleaseMode.PullRequest });
        await world.RunAsync(Order("1.4.0", run: 10) with { Mode = ReleaseMode.PullRequest });

        var calls = world.Api.Log.Calls;
        calls.Select(call => call.Method).Distinct().ShouldBe(["GET", "POST", "PATCH"], ignoreOrder: true);
        foreach (var call in calls)
        {
            await CheckAsync(call, paths);
        }
    }

    private static async Task CheckAsync(GitHubCall call, JsonElement paths)
    {
        var path = paths
            .EnumerateObject()
            .Where(path => path.Value.TryGetProperty(call.Method.ToLowerInvariant(), out _))
            // References and branches have slashes in them; the longest template is the one that is meant.
            .Where(path => Regex.IsMatch(call.Path, "^" + Regex.Replace(path.Name, @"\{(\w+)\}", Placeholder) + "$"))
            .OrderByDescending(path => path.Name.Count(letter => letter == '/'))
            .ThenBy(path => path.Name.Count(letter => letter == '{'))
            .First();
        var operation = path.Value.GetProperty(call.Method.ToLowerInvariant());
        var parameters = operation
            .GetProperty("parameters")
            .EnumerateArray()
            .Where(parameter => parameter.GetProperty("in").GetString() == "query")
            .Select(parameter => parameter.GetProperty("name").GetString());
        foreach (var given in call.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            parameters.ShouldContain(given.Split('=')[0], $"{call} ({path.Name})");
        }

        if (call.Body.Length > 0)
        {
            var json = operation
                .GetProperty("requestBody")
                .GetProperty("content")
                .GetProperty("application/json")
                .GetProperty("schema");
            var schema = await JsonSchema.FromJsonAsync(json.GetRawText(), Cancellation);
            schema.Validate(call.Body).ShouldBeEmpty($"{call} ({path.Name}): {call.Body}");
            var known = schema.Properties.Keys;
            JsonElement
                .Parse(call.Body)
                .EnumerateObject()
                .Select(property => property.Name)
                .ShouldBeSubsetOf(known, $"{call} ({path.Name})");
        }
    }

    private static string Placeholder(Match match) =>
        match.Groups[1].Value is "ref" or "branch" or "path" or "tree_sha" ? ".+" : "[^/]+";
}
