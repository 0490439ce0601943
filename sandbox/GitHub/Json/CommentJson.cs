using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.GitHub.Json;

/// <summary>Comments as GitHub shows them.</summary>
internal static class CommentJson
{
    public static JsonObject Of(GitHubRepository repository, GitHubComment comment)
    {
        var url = repository.Api($"/issues/comments/{comment.Id}");
        var reactions = new JsonObject { ["url"] = url + "/reactions", ["total_count"] = 0 };
        foreach (var name in (string[])["+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes"])
        {
            reactions[name] = 0;
        }

        return new JsonObject
        {
            ["url"] = url,
            ["html_url"] = repository.Page($"/pull/{comment.Number}#issuecomment-{comment.Id}"),
            ["issue_url"] = repository.Api($"/issues/{comment.Number}"),
            ["id"] = comment.Id,
            ["node_id"] = $"IC_{comment.Id}",
            ["user"] = AccountJson.User(repository.World, comment.By),
            ["created_at"] = Moment.Text(comment.CreatedAt),
            ["updated_at"] = Moment.Text(comment.UpdatedAt),
            ["body"] = comment.Body,
            ["author_association"] = "MEMBER",
            ["reactions"] = reactions,
            ["performed_via_github_app"] = DeploymentJson.Via(repository, comment.AppId),
        };
    }
}
