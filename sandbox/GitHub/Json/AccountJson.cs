using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.GitHub.Json;

/// <summary>Accounts as GitHub shows them wherever somebody is named.</summary>
internal static class AccountJson
{
    public static JsonObject User(GitHubWorld world, string login) => User(world, world.Directory.User(login));

    public static JsonObject User(GitHubWorld world, GitHubUser user)
    {
        var url = new Uri(world.Address, $"users/{Uri.EscapeDataString(user.Login)}").ToString();
        return new JsonObject
        {
            ["login"] = user.Login,
            ["id"] = user.Id,
            ["node_id"] = $"U_{user.Id}",
            ["avatar_url"] = new Uri(world.Address, $"avatars/{user.Id}").ToString(),
            ["gravatar_id"] = "",
            ["url"] = url,
            ["html_url"] = new Uri(world.Address, Uri.EscapeDataString(user.Login)).ToString(),
            ["followers_url"] = url + "/followers",
            ["following_url"] = url + "/following{/other_user}",
            ["gists_url"] = url + "/gists{/gist_id}",
            ["starred_url"] = url + "/starred{/owner}{/repo}",
            ["subscriptions_url"] = url + "/subscriptions",
            ["organizations_url"] = url + "/orgs",
            ["repos_url"] = url + "/repos",
            ["events_url"] = url + "/events{/privacy}",
            ["received_events_url"] = url + "/received_events",
            ["type"] = user.Type,
            ["site_admin"] = false,
        };
    }

    /// <summary>An organization as webhooks show it beside the repository.</summary>
    public static JsonObject Organization(GitHubWorld world, string login)
    {
        var user = world.Directory.User(login);
        var url = new Uri(world.Address, $"orgs/{Uri.EscapeDataString(login)}").ToString();
        return new JsonObject
        {
            ["login"] = login,
            ["id"] = user.Id,
            ["node_id"] = $"O_{user.Id}",
            ["url"] = url,
            ["repos_url"] = url + "/repos",
            ["events_url"] = url + "/events",
            ["hooks_url"] = url + "/hooks",
            ["issues_url"] = url + "/issues",
            ["members_url"] = url + "/members{/member}",
            ["public_members_url"] = url + "/public_members{/member}",
            ["avatar_url"] = new Uri(world.Address, $"avatars/{user.Id}").ToString(),
            ["description"] = null,
        };
    }
}
