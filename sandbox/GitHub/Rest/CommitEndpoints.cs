using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.GitHub.Git;
using Devflow.ChatOps.Sandbox.GitHub.Json;

namespace Devflow.ChatOps.Sandbox.GitHub.Rest;

/// <summary>Commits, and what lies between two of them (https://docs.github.com/rest/commits/commits).</summary>
internal static class CommitEndpoints
{
    /// <summary>Files and commits of an answer that is not asked for in pages.</summary>
    private const int MostFiles = 300;
    private const int MostCommits = 250;

    public static void Map(WebApplication app)
    {
        Get(app, "/commits", Commits);
        Get(app, "/commits/{**name}", Commit);
        Get(app, "/compare/{**range}", Compare);
    }

    private static void Get(WebApplication app, string route, Func<RestRequest, (int, JsonNode)> handle) =>
        RestRequest.Map(app, "GET", route, token => token.Contents, GitHubAccess.Read, handle);

    private static (int, JsonNode) Commits(RestRequest request)
    {
        if (request.Git.References().Count == 0)
        {
            throw new GitHubRefusalException(409, "Git Repository is empty.");
        }

        var from = request.Git.ResolveCommit(request.Query("sha") ?? "HEAD") ?? throw GitHubRefusalException.NotFound();
        var path = request.Query("path")?.Trim('/');
        var found = request.Git.Log(from, string.IsNullOrEmpty(path) ? null : path);
        return (200, new JsonArray([.. request.Page([.. found]).Select(id => GitJson.Commit(request, id))]));
    }

    private static (int, JsonNode) Commit(RestRequest request)
    {
        var name = request.Route("name");
        var id =
            request.Git.ResolveCommit(name) ?? throw GitHubRefusalException.Invalid($"No commit found for SHA: {name}");
        var changes = request.Git.ChangesOf(id);
        var (skip, take) = Part(request, MostFiles);
        var json = GitJson.Commit(request, id);
        json["stats"] = new JsonObject
        {
            ["total"] = changes.Sum(change => change.Additions + change.Deletions),
            ["additions"] = changes.Sum(change => change.Additions),
            ["deletions"] = changes.Sum(change => change.Deletions),
        };
        json["files"] = ComparisonJson.Files(request.Repository, id, changes.Skip(skip).Take(take));
        return (200, json);
    }

    private static (int, JsonNode) Compare(RestRequest request)
    {
        var range = request.Route("range");
        if (range.Split("...") is not [var left, var right])
        {
            throw GitHubRefusalException.NotFound();
        }

        var git = request.Git;
        var @base = Resolve(request, left);
        var head = Resolve(request, right);
        var common =
            git.MergeBase(@base, head)
            ?? throw GitHubRefusalException.NotFound($"No common ancestor between {left} and {right}.");
        var (ahead, behind) = (git.Beyond(head, @base), git.Beyond(@base, head));
        var (skip, take) = Part(request, MostCommits);
        // The files are all told with the first page, and with no other.
        var changes = skip > 0 ? [] : git.Changes(git.Commit(common)!.Tree, git.Commit(head)!.Tree);
        var repository = request.Repository;
        var page = repository.Page($"/compare/{range}");
        return (
            200,
            new JsonObject
            {
                ["url"] = repository.Api($"/compare/{range}"),
                ["html_url"] = page,
                ["permalink_url"] = repository.Page($"/compare/{@base[..7]}...{head[..7]}"),
                ["diff_url"] = page + ".diff",
                ["patch_url"] = page + ".patch",
                ["base_commit"] = GitJson.Commit(request, @base),
                ["merge_base_commit"] = GitJson.Commit(request, common),
                ["status"] = (ahead.Count, behind.Count) switch
                {
                    (0, 0) => "identical",
                    (_, 0) => "ahead",
                    (0, _) => "behind",
                    _ => "diverged",
                },
                ["ahead_by"] = ahead.Count,
                ["behind_by"] = behind.Count,
                ["total_commits"] = ahead.Count,
                ["commits"] = new JsonArray([.. ahead.Skip(skip).Take(take).Select(id => GitJson.Commit(request, id))]),
                ["files"] = ComparisonJson.Files(repository, head, changes.Take(MostFiles)),
            }
        );
    }

    private static string Resolve(RestRequest request, string name)
    {
        var own = request.Repository.Owner + ":";
        return request.Git.ResolveCommit(name.StartsWith(own, StringComparison.Ordinal) ? name[own.Length..] : name)
            ?? throw GitHubRefusalException.NotFound();
    }

    // Without a word about pages everything comes at once, up to a limit.
    private static (int Skip, int Take) Part(RestRequest request, int most)
    {
        if (request.Query("page") is null && request.Query("per_page") is null)
        {
            return (0, most);
        }

        var size = Math.Clamp(Paging.Number(request.Http, "per_page", 100), 1, 100);
        return ((Math.Max(Paging.Number(request.Http, "page", 1), 1) - 1) * size, size);
    }
}
