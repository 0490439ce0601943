using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.GitHub.Json;

namespace Devflow.ChatOps.Sandbox.GitHub.Rest;

/// <summary>Repositories, branches and contents (https://docs.github.com/en/rest/repos, …/branches).</summary>
internal static class RepositoryEndpoints
{
    public static void Map(WebApplication app)
    {
        // Everybody who sees a repository may ask for it.
        RestRequest.Map(app, "GET", "", _ => GitHubAccess.Read, GitHubAccess.Read, Repository);
        Get(app, "/branches/{**branch}", Branch);
        Get(app, "/contents/{**path}", Contents);
        RestRequest.Map(
            app,
            "GET",
            "/collaborators/{login}/permission",
            _ => GitHubAccess.Read,
            GitHubAccess.Read,
            Permission
        );
    }

    private static void Get(WebApplication app, string route, Func<RestRequest, (int, JsonNode)> handle) =>
        RestRequest.Map(app, "GET", route, token => token.Contents, GitHubAccess.Read, handle);

    private static (int, JsonNode) Repository(RestRequest request) => (200, RepositoryJson.Full(request.Repository));

    private static (int, JsonNode) Permission(RestRequest request)
    {
        var login = request.Route("login");
        var permission =
            request.Repository.Collaborators.TryGetValue(login, out var given) ? given
            : request.Repository.IsPrivate ? "none"
            : "read";
        var user = AccountJson.User(request.Api.World, login);
        user["role_name"] = permission;
        return (
            200,
            new JsonObject
            {
                ["permission"] = permission,
                ["role_name"] = permission,
                ["user"] = user,
            }
        );
    }

    private static (int, JsonNode) Branch(RestRequest request)
    {
        var name = request.Route("branch");
        var head = request.Git.Head(name) ?? throw GitHubRefusalException.NotFound("Branch not found");
        return (
            200,
            new JsonObject
            {
                ["name"] = name,
                ["commit"] = GitJson.Commit(request, head),
                ["protected"] = request.Repository.Protections.ContainsKey(name),
            }
        );
    }

    private static (int, JsonNode) Contents(RestRequest request)
    {
        var at = request.Query("ref");
        var tree =
            request.Git.ResolveTree(at ?? "HEAD")
            ?? throw GitHubRefusalException.NotFound($"No commit found for the ref {at}");
        var path = request.Route("path").Trim('/');
        var entry = request.Git.Find(tree, path);
        if (entry is not { Type: "blob" })
        {
            throw GitHubRefusalException.NotFound();
        }

        var content = request.Git.Blob(entry.Id)!;
        return (
            200,
            new JsonObject
            {
                ["type"] = entry.Mode == "120000" ? "symlink" : "file",
                ["name"] = entry.Name,
                ["path"] = path,
                ["sha"] = entry.Id,
                ["size"] = content.Length,
                ["encoding"] = "base64",
                ["content"] = Convert.ToBase64String(content, Base64FormattingOptions.InsertLineBreaks),
            }
        );
    }
}
