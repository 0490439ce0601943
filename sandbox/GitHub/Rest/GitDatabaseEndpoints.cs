using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.GitHub.Git;

namespace Devflow.ChatOps.Sandbox.GitHub.Rest;

/// <summary>Blobs, trees and commits (https://docs.github.com/en/rest/git).</summary>
internal static class GitDatabaseEndpoints
{
    private static readonly string[] modes = ["100644", "100755", "040000", "160000", "120000"];

    public static void Map(WebApplication app)
    {
        Map(app, "GET", "/git/blobs/{sha}", GitHubAccess.Read, Blob);
        Map(app, "POST", "/git/blobs", GitHubAccess.Write, NewBlob);
        Map(app, "GET", "/git/trees/{**name}", GitHubAccess.Read, Tree);
        Map(app, "POST", "/git/trees", GitHubAccess.Write, NewTree);
        Map(app, "GET", "/git/commits/{sha}", GitHubAccess.Read, Commit);
        Map(app, "POST", "/git/commits", GitHubAccess.Write, NewCommit);
    }

    private static void Map(
        WebApplication app,
        string method,
        string route,
        GitHubAccess needed,
        Func<RestRequest, (int, JsonNode)> handle
    ) => RestRequest.Map(app, method, route, token => token.Contents, needed, handle);

    private static (int, JsonNode) Blob(RestRequest request)
    {
        var id = request.Route("sha");
        var content = request.Git.Blob(id) ?? throw GitHubRefusalException.NotFound();
        return (
            200,
            new JsonObject
            {
                ["sha"] = id,
                ["node_id"] = "B_" + id,
                ["size"] = content.Length,
                ["url"] = GitJson.Url(request, $"git/blobs/{id}"),
                ["content"] = Convert.ToBase64String(content, Base64FormattingOptions.InsertLineBreaks),
                ["encoding"] = "base64",
            }
        );
    }

    private static (int, JsonNode) NewBlob(RestRequest request)
    {
        var content = request.Text("content");
        byte[] bytes;
        try
        {
            bytes =
                request.TextOrNull("encoding") == "base64"
                    ? Convert.FromBase64String(content)
                    : Encoding.UTF8.GetBytes(content);
        }
        catch (FormatException)
        {
            throw GitHubRefusalException.Invalid("content is not valid Base64");
        }

        var id = request.Git.WriteBlob(bytes);
        return (201, new JsonObject { ["sha"] = id, ["url"] = GitJson.Url(request, $"git/blobs/{id}") });
    }

    private static (int, JsonNode) Tree(RestRequest request)
    {
        var name = request.Route("name");
        var tree = request.Git.ResolveTree(name) ?? throw GitHubRefusalException.NotFound();
        var shown = request.Api.TreesEchoCommits ? request.Git.ResolveCommit(name) ?? tree : tree;
        return (200, GitJson.Tree(request, shown, tree, request.Query("recursive") is not null));
    }

    private static (int, JsonNode) NewTree(RestRequest request)
    {
        if (request.Find("tree") is not { ValueKind: JsonValueKind.Array } entries)
        {
            throw GitHubRefusalException.Invalid("Invalid request.\n\n\"tree\" wasn't supplied.");
        }

        var old = request.TextOrNull("base_tree");
        var oldTree = old is null
            ? null
            : request.Git.ResolveTree(old) ?? throw GitHubRefusalException.Invalid("base_tree is not a valid tree oid");
        var changes = entries.EnumerateArray().Select(entry => Change(request, oldTree, entry)).ToList();
        var id = request.Git.With(oldTree, changes);
        return (201, GitJson.Tree(request, id, id, isRecursive: false));
    }

    private static KeyValuePair<string, (string, string)?> Change(
        RestRequest request,
        string? oldTree,
        JsonElement entry
    )
    {
        var path = Text(entry, "path") ?? throw GitHubRefusalException.Invalid("tree.path wasn't supplied");
        if (path.Split('/').Any(name => name is "" or "." or ".." or ".git"))
        {
            throw GitHubRefusalException.Invalid("tree.path contains a malformed path component");
        }

        if (Text(entry, "mode") is not { } mode || !modes.Contains(mode))
        {
            throw GitHubRefusalException.Invalid("Must supply a valid tree.mode");
        }

        var hasSha = entry.TryGetProperty("sha", out var sha);
        var content = Text(entry, "content");
        if (hasSha == content is not null)
        {
            throw GitHubRefusalException.Invalid("Must supply either tree.sha or tree.content");
        }

        if (hasSha && sha.ValueKind == JsonValueKind.Null)
        {
            return oldTree is not null && request.Git.Find(oldTree, path) is not null
                ? KeyValuePair.Create(path, ((string, string)?)null)
                : throw GitHubRefusalException.Invalid("GitRPC::BadObjectState");
        }

        var id = content is null ? sha.GetString()! : request.Git.WriteBlob(Encoding.UTF8.GetBytes(content));
        var isThere =
            mode == "160000"
            || (mode == "040000" ? request.Git.Tree(id) is not null : request.Git.Blob(id) is not null);
        return isThere
            ? KeyValuePair.Create(path, ((string, string)?)(mode.TrimStart('0'), id))
            : throw GitHubRefusalException.Invalid(
                $"tree.sha {id} is not a valid {(mode == "040000" ? "tree" : "blob")}"
            );
    }

    private static (int, JsonNode) Commit(RestRequest request) =>
        request.Git.Commit(request.Route("sha")) is null
            ? throw GitHubRefusalException.NotFound()
            : (200, GitJson.GitCommit(request, request.Route("sha")));

    private static (int, JsonNode) NewCommit(RestRequest request)
    {
        var tree = request.Text("tree");
        if (request.Git.Tree(tree) is null)
        {
            throw GitHubRefusalException.Invalid("Tree SHA does not exist");
        }

        var parents = request.Find("parents") is { ValueKind: JsonValueKind.Array } given
            ? given.EnumerateArray().Select(parent => parent.GetString()!).ToList()
            : [];
        if (parents.Exists(parent => request.Git.Commit(parent) is null))
        {
            throw GitHubRefusalException.Invalid("Parent SHA does not exist or is not a commit object");
        }

        var by = Signature(request, "author") ?? request.Repository.Sign(request.Token.Login, Email(request));
        var committer = Signature(request, "committer") ?? by;
        var id = request.Git.WriteCommit(new GitCommit(tree, parents, by, committer, request.Text("message")));
        return (201, GitJson.GitCommit(request, id));
    }

    private static GitSignature? Signature(RestRequest request, string name)
    {
        if (request.Find(name) is not { ValueKind: JsonValueKind.Object } given)
        {
            return null;
        }

        return Text(given, "name") is { } who && Text(given, "email") is { } email
            ? request.Repository.Sign(who, email)
            : throw GitHubRefusalException.Invalid(
                $"Invalid request.\n\n\"name\" and \"email\" of {name} weren't supplied."
            );
    }

    private static string Email(RestRequest request) => $"{request.Token.Login}@users.noreply.github.com";

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
