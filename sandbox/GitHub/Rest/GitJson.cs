using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.GitHub.Git;
using Devflow.ChatOps.Sandbox.GitHub.Json;

namespace Devflow.ChatOps.Sandbox.GitHub.Rest;

/// <summary>Git objects as GitHub's REST API shows them.</summary>
internal static class GitJson
{
    /// <summary>As <c>git/commits</c> shows it.</summary>
    public static JsonObject GitCommit(RestRequest request, string id)
    {
        var commit = request.Git.Commit(id)!;
        return new JsonObject
        {
            ["sha"] = id,
            ["node_id"] = "C_" + id,
            ["url"] = Url(request, $"git/commits/{id}"),
            ["html_url"] = Url(request, $"commit/{id}"),
            ["author"] = Signature(commit.Author),
            ["committer"] = Signature(commit.Committer),
            ["message"] = commit.Message,
            ["tree"] = new JsonObject { ["sha"] = commit.Tree, ["url"] = Url(request, $"git/trees/{commit.Tree}") },
            ["parents"] = Parents(request, commit),
            ["verification"] = Verification(),
        };
    }

    /// <summary>As <c>commits</c> and <c>branches</c> show it.</summary>
    public static JsonObject Commit(RestRequest request, string id)
    {
        var commit = request.Git.Commit(id)!;
        return new JsonObject
        {
            ["sha"] = id,
            ["node_id"] = "C_" + id,
            ["url"] = Url(request, $"commits/{id}"),
            ["html_url"] = Url(request, $"commit/{id}"),
            ["comments_url"] = Url(request, $"commits/{id}/comments"),
            ["commit"] = new JsonObject
            {
                ["url"] = Url(request, $"git/commits/{id}"),
                ["author"] = Signature(commit.Author),
                ["committer"] = Signature(commit.Committer),
                ["message"] = commit.Message,
                ["comment_count"] = 0,
                ["tree"] = new JsonObject { ["sha"] = commit.Tree, ["url"] = Url(request, $"git/trees/{commit.Tree}") },
                ["verification"] = Verification(),
            },
            ["author"] = Account(request, commit.Author),
            ["committer"] = Account(request, commit.Committer),
            ["parents"] = Parents(request, commit),
        };
    }

    public static JsonObject Tree(RestRequest request, string shownId, string tree, bool isRecursive)
    {
        var entries = isRecursive
            ? request.Git.Walk(tree)
            : request.Git.Tree(tree)!.Select(entry => new GitPath(entry.Name, entry));
        var shown = entries.Take(request.Api.LongestTree + 1).ToList();
        return new()
        {
            ["sha"] = shownId,
            ["url"] = Url(request, $"git/trees/{shownId}"),
            ["tree"] = new JsonArray([.. shown.Take(request.Api.LongestTree).Select(at => Entry(request, at))]),
            ["truncated"] = shown.Count > request.Api.LongestTree,
        };
    }

    public static JsonObject Reference(RestRequest request, string name, string id) =>
        new()
        {
            ["ref"] = name,
            ["node_id"] = "REF_" + name,
            ["url"] = Url(request, $"git/{name}"),
            ["object"] = new JsonObject
            {
                ["sha"] = id,
                ["type"] = "commit",
                ["url"] = Url(request, $"git/commits/{id}"),
            },
        };

    public static string Url(RestRequest request, string path) => request.Repository.Api("/" + path);

    private static JsonObject Entry(RestRequest request, GitPath at)
    {
        var entry = new JsonObject
        {
            ["path"] = at.Path,
            ["mode"] = at.Entry.Mode.PadLeft(6, '0'),
            ["type"] = at.Entry.Type,
            ["sha"] = at.Entry.Id,
        };
        if (at.Entry.Type == "blob")
        {
            entry["size"] = request.Git.Blob(at.Entry.Id)!.Length;
        }

        if (at.Entry.Type != "commit")
        {
            entry["url"] = Url(request, $"git/{at.Entry.Type}s/{at.Entry.Id}");
        }

        return entry;
    }

    private static JsonArray Parents(RestRequest request, GitCommit commit) =>
        new([
            .. commit.Parents.Select(parent => new JsonObject
            {
                ["sha"] = parent,
                ["url"] = Url(request, $"commits/{parent}"),
                ["html_url"] = Url(request, $"commit/{parent}"),
            }),
        ]);

    private static JsonObject Signature(GitSignature by) =>
        new()
        {
            ["name"] = by.Name,
            ["email"] = by.Email,
            ["date"] = Moment.Text(by.At),
        };

    // Whose address it is; GitHub does not ask whether the commit really is theirs.
    private static JsonObject? Account(RestRequest request, GitSignature by) =>
        request.Api.World.Directory.ByEmail(by.Email) is { } user ? AccountJson.User(request.Api.World, user) : null;

    private static JsonObject Verification() =>
        new()
        {
            ["verified"] = false,
            ["reason"] = "unsigned",
            ["signature"] = null,
            ["payload"] = null,
            ["verified_at"] = null,
        };
}
