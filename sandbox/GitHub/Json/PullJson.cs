using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.GitHub.Git;

namespace Devflow.ChatOps.Sandbox.GitHub.Json;

/// <summary>Pull requests as GitHub shows them.</summary>
internal static class PullJson
{
    private static readonly (string Name, string Field, string Path)[] links =
    [
        ("self", "", "/pulls/{0}"),
        ("html", "", "/pull/{0}"),
        ("issue", "issue_url", "/issues/{0}"),
        ("comments", "comments_url", "/issues/{0}/comments"),
        ("review_comments", "review_comments_url", "/pulls/{0}/comments"),
        ("review_comment", "review_comment_url", "/pulls/comments{{/number}}"),
        ("commits", "commits_url", "/pulls/{0}/commits"),
        ("statuses", "statuses_url", "/statuses/{1}"),
    ];

    /// <summary>As lists show it.</summary>
    public static JsonObject Of(GitHubRepository repository, GitHubPull pull)
    {
        var world = repository.World;
        var json = new JsonObject
        {
            ["url"] = repository.Api($"/pulls/{pull.Number}"),
            ["id"] = pull.Id,
            ["node_id"] = $"PR_{pull.Id}",
            ["html_url"] = repository.Page($"/pull/{pull.Number}"),
            ["diff_url"] = repository.Page($"/pull/{pull.Number}.diff"),
            ["patch_url"] = repository.Page($"/pull/{pull.Number}.patch"),
            ["number"] = pull.Number,
            ["state"] = pull.State,
            ["locked"] = pull.IsLocked,
            ["title"] = pull.Title,
            ["user"] = AccountJson.User(world, pull.By),
            ["body"] = pull.Body.Length == 0 ? null : pull.Body,
            ["created_at"] = Moment.Text(pull.CreatedAt),
            ["updated_at"] = Moment.Text(pull.UpdatedAt),
            ["closed_at"] = Moment.Text(pull.ClosedAt),
            ["merged_at"] = Moment.Text(pull.MergedAt),
            ["merge_commit_sha"] = pull.MergeCommit,
            ["assignee"] = null,
            ["assignees"] = new JsonArray(),
            ["requested_reviewers"] = new JsonArray(),
            ["requested_teams"] = new JsonArray(),
            ["labels"] = new JsonArray(),
            ["milestone"] = null,
            ["draft"] = false,
            ["head"] = Side(repository, pull.Head, repository.Pulls.HeadOf(pull)),
            ["base"] = Side(repository, pull.Base, pull.LastBase ?? repository.Git.Head(pull.Base)),
            ["author_association"] = "MEMBER",
            ["auto_merge"] = null,
            ["active_lock_reason"] = null,
        };
        var all = new JsonObject();
        foreach (var (name, field, path) in links)
        {
            var filled = string.Format(null, path, pull.Number, repository.Pulls.HeadOf(pull));
            var address = name == "html" ? repository.Page(filled) : repository.Api("") + filled;
            all[name] = new JsonObject { ["href"] = address };
            if (field.Length > 0)
            {
                json[field] = address;
            }
        }

        json["_links"] = all;
        return json;
    }

    /// <summary>As it is shown when it is asked for itself.</summary>
    public static JsonObject Full(GitHubRepository repository, GitHubPull pull)
    {
        var json = Of(repository, pull);
        var changes = Changes(repository, pull);
        var isOpen = pull.State == "open";
        json["merged"] = pull.IsMerged;
        json["mergeable"] = isOpen ? true : null;
        json["rebaseable"] = isOpen ? true : null;
        json["mergeable_state"] = isOpen ? "clean" : "unknown";
        json["merged_by"] = pull.MergedBy is { } by ? AccountJson.User(repository.World, by) : null;
        json["comments"] = repository.Comments.Of(pull.Number).Count;
        json["review_comments"] = 0;
        json["maintainer_can_modify"] = false;
        json["commits"] = repository.Pulls.CommitsOf(pull).Count;
        json["additions"] = changes.Sum(change => change.Additions);
        json["deletions"] = changes.Sum(change => change.Deletions);
        json["changed_files"] = changes.Count;
        return json;
    }

    /// <summary>As webhooks show it.</summary>
    public static JsonObject InEvent(GitHubRepository repository, GitHubPull pull)
    {
        var json = Full(repository, pull);
        json["head"]!["repo"] = RepositoryJson.InEvent(repository);
        json["base"]!["repo"] = RepositoryJson.InEvent(repository);
        return json;
    }

    private static IReadOnlyList<GitFileChange> Changes(GitHubRepository repository, GitHubPull pull)
    {
        var git = repository.Git;
        return
            repository.Pulls.HeadOf(pull) is { } head
            && (pull.LastBase ?? git.Head(pull.Base)) is { } into
            && git.MergeBase(into, head) is { } from
            ? git.Changes(git.Commit(from)!.Tree, git.Commit(head)!.Tree)
            : [];
    }

    private static JsonObject Side(GitHubRepository repository, string branch, string? sha) =>
        new()
        {
            ["label"] = $"{repository.Owner}:{branch}",
            ["ref"] = branch,
            ["sha"] = sha,
            ["user"] = AccountJson.User(repository.World, repository.Owner),
            ["repo"] = RepositoryJson.Of(repository),
        };
}
