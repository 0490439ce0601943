using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.GitHub.Json;

namespace Devflow.ChatOps.Sandbox.GitHub.Rest;

/// <summary>Who is in which team (https://docs.github.com/rest/teams/members).</summary>
internal static class OrganizationEndpoints
{
    public static void Map(WebApplication app)
    {
        app.MapGet("/orgs/{org}/teams/{slug}/members", MembersAsync);
        app.MapGet("/orgs/{org}/teams/{slug}/memberships/{login}", MembershipAsync);
    }

    private static Task MembersAsync(HttpContext http, string org, string slug)
    {
        var members = Members(http, org, slug);
        var api = Caller(http).Api;
        // Nobody here maintains a team.
        var found = (string?)http.Request.Query["role"] == "maintainer" ? [] : members;
        return GitHubEdge.WriteAsync(
            http,
            200,
            new JsonArray([.. Paging.Page(http, api, found).Select(user => AccountJson.User(api.World, user))])
        );
    }

    private static Task MembershipAsync(HttpContext http, string org, string slug, string login)
    {
        var member =
            Members(http, org, slug)
                .FirstOrDefault(user => user.Login.Equals(login, StringComparison.OrdinalIgnoreCase))
            ?? throw GitHubRefusalException.NotFound();
        return GitHubEdge.WriteAsync(
            http,
            200,
            new JsonObject
            {
                ["url"] = new Uri(
                    Caller(http).Api.Address,
                    $"orgs/{org}/teams/{slug}/memberships/{member.Login}"
                ).ToString(),
                ["role"] = "member",
                ["state"] = "active",
            }
        );
    }

    // Whoever may not see a team is told that there is none.
    private static IReadOnlyList<GitHubUser> Members(HttpContext http, string org, string slug)
    {
        var caller = Caller(http);
        var token = caller.Token ?? throw new GitHubRefusalException(401, "Requires authentication");
        if (token.App is { } app && !app.IsInstalledAt(org))
        {
            throw GitHubRefusalException.NotFound();
        }

        return token.Permissions.Members == GitHubAccess.None
            ? throw GitHubRefusalException.Forbidden()
            : caller.Api.World.Directory.Members(org, slug) ?? throw GitHubRefusalException.NotFound();
    }

    private static GitHubCaller Caller(HttpContext http) => (GitHubCaller)http.Items[typeof(GitHubCaller)]!;
}
