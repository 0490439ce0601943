using System.Text.Json;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.GitHub.Git;

namespace Devflow.ChatOps.Sandbox.GitHub.Rest;

/// <summary>What a REST handler is about: a repository that the caller may see.</summary>
internal sealed record RestRequest(
    HttpContext Http,
    GitHubApi Api,
    GitHubRepository Repository,
    GitHubToken Token,
    JsonElement Body
)
{
    private static readonly GitHubToken nobody = new("", "")
    {
        Permissions = GitHubPermissions.Of(_ => GitHubAccess.Read),
        Repositories = new HashSet<string>(),
    };

    public GitRepository Git => Repository.Git;

    /// <summary>Maps a route below <c>/repos/{owner}/{repo}</c>.</summary>
    /// <param name="app">Host.</param>
    /// <param name="method">HTTP method.</param>
    /// <param name="route">The rest of the route.</param>
    /// <param name="permission">The permission that is asked for.</param>
    /// <param name="needed">How much of it.</param>
    /// <param name="handle">Answers status and body.</param>
    public static void Map(
        WebApplication app,
        string method,
        string route,
        Func<GitHubToken, GitHubAccess> permission,
        GitHubAccess needed,
        Func<RestRequest, (int Status, JsonNode Body)> handle
    ) =>
        app.MapMethods(
            "/repos/{owner}/{repo}" + route,
            [method],
            async http =>
            {
                var request = Read(http);
                var access = request.Token.May(request.Repository, permission(request.Token));
                if (access < needed)
                {
                    throw GitHubRefusalException.Forbidden();
                }

                var (status, body) = handle(request);
                await GitHubEdge.WriteAsync(http, status, body);
            }
        );

    /// <summary>A value of the route.</summary>
    // Kestrel decodes all but slashes, which clients such as octokit.js encode in names of references.
    public string Route(string name) =>
        ((string)Http.Request.RouteValues[name]!).Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    public string? Query(string name) => Http.Request.Query[name].FirstOrDefault();

    /// <summary>The page of a list that was asked for; the answer says where the next one is.</summary>
    public IReadOnlyList<T> Page<T>(IReadOnlyList<T> all) => Paging.Page(Http, Api, all);

    /// <exception cref="GitHubRefusalException">Not there, or no text.</exception>
    public string Text(string name) =>
        Find(name) is { ValueKind: JsonValueKind.String } text
            ? text.GetString()!
            : throw GitHubRefusalException.Invalid($"Invalid request.\n\n\"{name}\" wasn't supplied.");

    public string? TextOrNull(string name) =>
        Find(name) switch
        {
            null or { ValueKind: JsonValueKind.Null } => null,
            { ValueKind: JsonValueKind.String } text => text.GetString(),
            _ => throw GitHubRefusalException.Invalid($"Invalid request.\n\nFor '{name}', this is not a string."),
        };

    public JsonElement? Find(string name) => Body.TryGetProperty(name, out var value) ? value : null;

    private static RestRequest Read(HttpContext http)
    {
        var caller = (GitHubCaller)http.Items[typeof(GitHubCaller)]!;
        var token = caller.Token ?? nobody;
        var name = $"{http.Request.RouteValues["owner"]}/{http.Request.RouteValues["repo"]}";
        var repository = caller.Api.World.Repository(name);
        if (repository is null || !token.Sees(repository))
        {
            throw GitHubRefusalException.NotFound();
        }

        JsonElement body;
        try
        {
            body = JsonElement.Parse(caller.Body.Length == 0 ? "{}" : caller.Body);
        }
        catch (JsonException)
        {
            throw new GitHubRefusalException(400, "Problems parsing JSON");
        }

        return body.ValueKind == JsonValueKind.Object
            ? new RestRequest(http, caller.Api, repository, token, body)
            : throw new GitHubRefusalException(400, "Body should be a JSON object");
    }
}
