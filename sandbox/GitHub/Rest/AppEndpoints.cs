using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.GitHub.Json;

namespace Devflow.ChatOps.Sandbox.GitHub.Rest;

/// <summary>What a GitHub App asks as itself: its installation, and tokens of it (https://docs.github.com/en/rest/apps/apps).</summary>
internal static class AppEndpoints
{
    public static void Map(WebApplication app)
    {
        app.MapGet("/repos/{owner}/{repo}/installation", InstallationAsync);
        app.MapGet("/orgs/{owner}/installation", InstallationOfOwnerAsync);
        app.MapGet("/app", AppAsync);
        app.MapPost("/app/installations/{id:long}/access_tokens", CreateTokenAsync);
    }

    /// <summary>Whether Apps are asked for here, which do not come with a token of the usual kind.</summary>
    public static bool IsFor(PathString path) =>
        path.StartsWithSegments("/app") || path.Value?.EndsWith("/installation", StringComparison.Ordinal) == true;

    private static Task InstallationAsync(HttpContext http, string owner, string repo)
    {
        var app = AppOf(http);
        var world = ((GitHubCaller)http.Items[typeof(GitHubCaller)]!).Api.World;
        return app.Repositories.Contains($"{owner}/{repo}")
            ? GitHubEdge.WriteAsync(http, 200, AppJson.Installation(world, app))
            : throw GitHubRefusalException.NotFound();
    }

    private static Task InstallationOfOwnerAsync(HttpContext http, string owner)
    {
        var app = AppOf(http);
        var world = ((GitHubCaller)http.Items[typeof(GitHubCaller)]!).Api.World;
        return app.IsInstalledAt(owner)
            ? GitHubEdge.WriteAsync(http, 200, AppJson.Installation(world, app))
            : throw GitHubRefusalException.NotFound();
    }

    private static Task AppAsync(HttpContext http)
    {
        var app = AppOf(http);
        var json = AppJson.App(((GitHubCaller)http.Items[typeof(GitHubCaller)]!).Api.World, app);
        json["installations_count"] = 1;
        return GitHubEdge.WriteAsync(http, 200, json);
    }

    private static Task CreateTokenAsync(HttpContext http, long id)
    {
        var app = AppOf(http);
        if (app.InstallationId != id)
        {
            throw GitHubRefusalException.NotFound();
        }

        var caller = (GitHubCaller)http.Items[typeof(GitHubCaller)]!;
        var body = JsonElement.Parse(caller.Body.Length == 0 ? "{}" : caller.Body);
        var repositories = app
            .Repositories.Where(name => IsWanted(body, name))
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (repositories.Count == 0)
        {
            throw GitHubRefusalException.Invalid(
                "There is at least one repository that does not exist or is not accessible to the parent installation."
            );
        }

        var token = new GitHubToken("ghs_" + RandomNumberGenerator.GetHexString(36, lowercase: true), app.Login)
        {
            Permissions = Granted(body, app),
            Repositories = repositories,
            App = app,
            ExpiresAt = caller.Api.World.Time.GetUtcNow().AddHours(1),
        };
        caller.Api.World.AddToken(token);
        return GitHubEdge.WriteAsync(
            http,
            201,
            new JsonObject
            {
                ["token"] = token.Value,
                ["expires_at"] = Moment.Text(token.ExpiresAt),
                ["permissions"] = token.Permissions.ToJson(),
                ["repository_selection"] = "selected",
                ["repositories"] = new JsonArray([
                    .. repositories
                        .Select(caller.Api.World.Repository)
                        .OfType<GitHubRepository>()
                        .Select(RepositoryJson.Of),
                ]),
            }
        );
    }

    private static bool IsWanted(JsonElement body, string fullName) =>
        !body.TryGetProperty("repositories", out var names)
        || names
            .EnumerateArray()
            .Any(name => fullName.EndsWith("/" + name.GetString(), StringComparison.OrdinalIgnoreCase));

    // Without the field a token gets everything; with it, what it names and no more than the installation has.
    private static GitHubPermissions Granted(JsonElement body, GitHubApp app)
    {
        if (!body.TryGetProperty("permissions", out var permissions))
        {
            return app.Permissions;
        }

        var wanted = permissions.EnumerateObject().ToDictionary(wish => wish.Name, wish => Level(wish.Value));
        return wanted.All(wish => wish.Value <= app.Permissions[wish.Key])
            ? GitHubPermissions.Of(name => wanted.GetValueOrDefault(name))
            : throw GitHubRefusalException.Invalid("The permissions requested are not granted to this installation.");
    }

    private static GitHubAccess Level(JsonElement wish) =>
        wish.ValueKind == JsonValueKind.String && wish.GetString() == "write" ? GitHubAccess.Write : GitHubAccess.Read;

    internal static GitHubApp AppOf(HttpContext http)
    {
        var caller = (GitHubCaller)http.Items[typeof(GitHubCaller)]!;
        var header = http.Request.Headers.Authorization.ToString().Split(' ', 2);
        var now = caller.Api.World.Time.GetUtcNow();
        return
            header is ["Bearer", var token]
            && caller.Api.World.Apps.FirstOrDefault(app => app.Signed(token, now)) is { } app
            ? app
            : throw new GitHubRefusalException(401, "A JSON web token could not be decoded");
    }
}
