using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.GitHub.Json;

/// <summary>Repositories as GitHub shows them.</summary>
internal static class RepositoryJson
{
    private static readonly DateTimeOffset founded = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly (string Name, string Path)[] addresses =
    [
        ("forks_url", "/forks"),
        ("keys_url", "/keys{/key_id}"),
        ("collaborators_url", "/collaborators{/collaborator}"),
        ("teams_url", "/teams"),
        ("hooks_url", "/hooks"),
        ("issue_events_url", "/issues/events{/number}"),
        ("events_url", "/events"),
        ("assignees_url", "/assignees{/user}"),
        ("branches_url", "/branches{/branch}"),
        ("tags_url", "/tags"),
        ("blobs_url", "/git/blobs{/sha}"),
        ("git_tags_url", "/git/tags{/sha}"),
        ("git_refs_url", "/git/refs{/sha}"),
        ("trees_url", "/git/trees{/sha}"),
        ("statuses_url", "/statuses/{sha}"),
        ("languages_url", "/languages"),
        ("stargazers_url", "/stargazers"),
        ("contributors_url", "/contributors"),
        ("subscribers_url", "/subscribers"),
        ("subscription_url", "/subscription"),
        ("commits_url", "/commits{/sha}"),
        ("git_commits_url", "/git/commits{/sha}"),
        ("comments_url", "/comments{/number}"),
        ("issue_comment_url", "/issues/comments{/number}"),
        ("contents_url", "/contents/{+path}"),
        ("compare_url", "/compare/{base}...{head}"),
        ("merges_url", "/merges"),
        ("archive_url", "/{archive_format}{/ref}"),
        ("downloads_url", "/downloads"),
        ("issues_url", "/issues{/number}"),
        ("pulls_url", "/pulls{/number}"),
        ("milestones_url", "/milestones{/number}"),
        ("notifications_url", "/notifications{?since,all,participating}"),
        ("labels_url", "/labels{/name}"),
        ("releases_url", "/releases{/id}"),
        ("deployments_url", "/deployments"),
    ];

    /// <summary>As webhooks and lists show it.</summary>
    public static JsonObject Of(GitHubRepository repository)
    {
        var json = new JsonObject
        {
            ["id"] = repository.Id,
            ["node_id"] = repository.NodeId,
            ["name"] = repository.Name,
            ["full_name"] = repository.FullName,
            ["private"] = repository.IsPrivate,
            ["owner"] = AccountJson.User(repository.World, repository.Owner),
            ["html_url"] = repository.Page(""),
            ["description"] = null,
            ["fork"] = false,
            ["url"] = repository.Api(""),
        };
        foreach (var (name, path) in addresses)
        {
            // The braces are for the client to fill in.
            json[name] = repository.Api("") + path;
        }

        json["created_at"] = Moment.Text(founded);
        json["updated_at"] = Moment.Text(founded);
        json["pushed_at"] = Moment.Text(founded);
        json["git_url"] = $"git://github.com/{repository.FullName}.git";
        json["ssh_url"] = $"git@github.com:{repository.FullName}.git";
        json["clone_url"] = $"https://github.com/{repository.FullName}.git";
        json["svn_url"] = $"https://github.com/{repository.FullName}";
        json["homepage"] = null;
        json["size"] = 1;
        json["language"] = null;
        json["license"] = null;
        json["mirror_url"] = null;
        foreach (var name in (string[])["stargazers_count", "watchers_count", "forks_count", "open_issues_count"])
        {
            json[name] = 0;
        }

        foreach (var name in (string[])["forks", "open_issues", "watchers"])
        {
            json[name] = 0;
        }

        foreach (var name in (string[])["has_issues", "has_projects", "has_downloads", "has_wiki", "allow_forking"])
        {
            json[name] = true;
        }

        foreach (var name in (string[])["has_pages", "has_discussions", "archived", "disabled", "is_template"])
        {
            json[name] = false;
        }

        json["web_commit_signoff_required"] = false;
        json["topics"] = new JsonArray();
        json["visibility"] = repository.IsPrivate ? "private" : "public";
        json["default_branch"] = repository.Git.DefaultBranch;
        return json;
    }

    /// <summary>As it is shown when it is asked for itself.</summary>
    public static JsonObject Full(GitHubRepository repository)
    {
        var json = Of(repository);
        json["subscribers_count"] = 0;
        json["network_count"] = 0;
        return json;
    }

    /// <summary>As webhooks show it.</summary>
    public static JsonObject InEvent(GitHubRepository repository)
    {
        var json = Of(repository);
        json["custom_properties"] = new JsonObject();
        return json;
    }
}
