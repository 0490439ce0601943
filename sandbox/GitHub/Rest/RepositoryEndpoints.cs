using System.Globalization;
using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.GitHub.Rest;

/// <summary>Repositories, branches, commits and contents (https://docs.github.com/en/rest/repos, …/commits, …/branches).</summary>
internal static class RepositoryEndpoints
{
    public static void Map(WebApplication app)
    {
        Get(app, "", Repository);
        Get(app, "/branches/{**branch}", Branch);
        Get(app, "/commits", Commits);
        Get(app, "/commits/{**name}", Commit);
        Get(app, "/contents/{**path}", Contents);
    }

    private static void Get(WebApplication app, string route, Func<RestRequest, (int, JsonNode)> handle) =>
        RestRequest.Map(app, "GET", route, token => token.Contents, GitHubAccess.Read, handle);

    private static (int, JsonNode) Repository(RestRequest request)
    {
        var repository = request.Repository;
        return (
            200,
            new JsonObject
            {
                ["id"] = repository.Id,
                ["node_id"] = repository.NodeId,
                ["name"] = repository.Name,
                ["full_name"] = repository.FullName,
                ["private"] = repository.IsPrivate,
                ["default_branch"] = repository.Git.DefaultBranch,
                ["owner"] = new JsonObject { ["login"] = repository.Owner },
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

    private static (int, JsonNode) Commits(RestRequest request)
    {
        if (request.Git.References().Count == 0)
        {
            throw new GitHubRefusalException(409, "Git Repository is empty.");
        }

        var from = request.Git.ResolveCommit(request.Query("sha") ?? "HEAD") ?? throw GitHubRefusalException.NotFound();
        var perPage = Math.Clamp(Number(request, "per_page", 30), 1, 100);
        var page = Math.Max(Number(request, "page", 1), 1);
        var path = request.Query("path")?.Trim('/');
        var found = request.Git.Log(from, string.IsNullOrEmpty(path) ? null : path);
        return (
            200,
            new JsonArray([.. found.Skip((page - 1) * perPage).Take(perPage).Select(id => GitJson.Commit(request, id))])
        );
    }

    private static (int, JsonNode) Commit(RestRequest request)
    {
        var id =
            request.Git.ResolveCommit(request.Route("name"))
            ?? throw GitHubRefusalException.Invalid($"No commit found for SHA: {request.Route("name")}");
        return (200, GitJson.Commit(request, id));
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

    private static int Number(RestRequest request, string name, int otherwise) =>
        int.TryParse(request.Query(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : otherwise;
}
