using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.GitHub;

/// <summary>What a permission lets its holder do; each level has those before it.</summary>
public enum GitHubAccess
{
    None,
    Read,
    Write,
}

/// <summary>
/// Permissions of an installation or a token, by the names that GitHub gives them
/// (https://docs.github.com/rest/authentication/permissions-required-for-github-apps). Metadata can always be read.
/// </summary>
public sealed record GitHubPermissions
{
    /// <summary>What an App has that commits releases.</summary>
    public static readonly GitHubPermissions OfReleases = new()
    {
        Contents = GitHubAccess.Write,
        PullRequests = GitHubAccess.Write,
    };

    /// <summary>All that there is.</summary>
    public static readonly GitHubPermissions All = new()
    {
        Contents = GitHubAccess.Write,
        PullRequests = GitHubAccess.Write,
        Checks = GitHubAccess.Write,
        Deployments = GitHubAccess.Write,
        Issues = GitHubAccess.Write,
        Members = GitHubAccess.Read,
    };

    /// <summary>Files, branches, commits.</summary>
    public GitHubAccess Contents { get; init; }

    public GitHubAccess PullRequests { get; init; }

    /// <summary>Check runs; only Apps write them, whatever a token of somebody else may.</summary>
    public GitHubAccess Checks { get; init; }

    public GitHubAccess Deployments { get; init; }

    /// <summary>Issues and comments.</summary>
    public GitHubAccess Issues { get; init; }

    /// <summary>The organization's teams and members.</summary>
    public GitHubAccess Members { get; init; }

    /// <summary>The names in JSON.</summary>
    internal static IReadOnlyList<string> Names { get; } =
    ["contents", "pull_requests", "checks", "deployments", "issues", "members"];

    /// <summary>A permission by its name in JSON; those that are not known here nobody has.</summary>
    internal GitHubAccess this[string name] =>
        name switch
        {
            "contents" => Contents,
            "pull_requests" => PullRequests,
            "checks" => Checks,
            "deployments" => Deployments,
            "issues" => Issues,
            "members" => Members,
            "metadata" => GitHubAccess.Read,
            _ => GitHubAccess.None,
        };

    internal static GitHubPermissions Of(Func<string, GitHubAccess> level) =>
        new()
        {
            Contents = level("contents"),
            PullRequests = level("pull_requests"),
            Checks = level("checks"),
            Deployments = level("deployments"),
            Issues = level("issues"),
            Members = level("members"),
        };

    internal JsonObject ToJson()
    {
        var json = new JsonObject { ["metadata"] = "read" };
        foreach (var name in Names.Where(name => this[name] > GitHubAccess.None))
        {
            json[name] = this[name] == GitHubAccess.Write ? "write" : "read";
        }

        return json;
    }
}
