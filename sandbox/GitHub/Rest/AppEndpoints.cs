using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.GitHub.Rest;

/// <summary>What a GitHub App asks as itself: its installation, and tokens of it (https://docs.github.com/en/rest/apps/apps).</summary>
internal static class AppEndpoints
{
    public static void Map(WebApplication app)
    {
        app.MapGet("/repos/{owner}/{repo}/installation", InstallationAsync);
        app.MapPost("/app/installations/{id:long}/access_tokens", CreateTokenAsync);
    }

    /// <summary>Whether Apps are asked for here, which do not come with a token of the usual kind.</summary>
    public static bool IsFor(PathString path) =>
        path.StartsWithSegments("/app") || path.Value?.EndsWith("/installation", StringComparison.Ordinal) == true;

    private static Task InstallationAsync(HttpContext http, string owner, string repo)
    {
        var app = AppOf(http);
        return app.Repositories.Contains($"{owner}/{repo}")
            ? GitHubEdge.WriteAsync(
                http,
                200,
                new JsonObject
                {
                    ["id"] = app.InstallationId,
                    ["app_id"] = app.Id,
                    ["account"] = new JsonObject { ["login"] = owner },
                    ["repository_selection"] = "selected",
                }
            )
            : throw GitHubRefusalException.NotFound();
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
            Contents = Granted(body, "contents", app.Contents),
            PullRequests = Granted(body, "pull_requests", app.PullRequests),
            Repositories = repositories,
        };
        caller.Api.World.AddToken(token);
        return GitHubEdge.WriteAsync(
            http,
            201,
            new JsonObject
            {
                ["token"] = token.Value,
                ["expires_at"] = caller
                    .Api.World.Time.GetUtcNow()
                    .AddHours(1)
                    .ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                ["repository_selection"] = "selected",
            }
        );
    }

    private static bool IsWanted(JsonElement body, string fullName) =>
        !body.TryGetProperty("repositories", out var names)
        || names
            .EnumerateArray()
            .Any(name => fullName.EndsWith("/" + name.GetString(), StringComparison.OrdinalIgnoreCase));

    // Without the field a token gets everything; with it, what it names and no more than the installation has.
    private static GitHubAccess Granted(JsonElement body, string name, GitHubAccess installed)
    {
        if (!body.TryGetProperty("permissions", out var permissions))
        {
            return installed;
        }

        var wanted =
            !permissions.TryGetProperty(name, out var level) ? GitHubAccess.None
            : level.GetString() == "write" ? GitHubAccess.Write
            : GitHubAccess.Read;
        return wanted <= installed
            ? wanted
            : throw GitHubRefusalException.Invalid("The permissions requested are not granted to this installation.");
    }

    private static GitHubApp AppOf(HttpContext http)
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
