using System.Text.Json.Nodes;

namespace Devflow.ChatOps.GitOps.GitHub;

/// <summary>
/// What a token may do, no more than its purpose needs; all purposes together are what the App must be granted
/// (https://docs.github.com/rest/authentication/permissions-required-for-github-apps).
/// </summary>
public sealed record AppPermissions
{
    private readonly string text;

    private AppPermissions(string text) => this.text = text;

    /// <summary>Read and write files and branches.</summary>
    public static AppPermissions WriteContents { get; } = Of(("contents", "write"));

    /// <summary>The same, and open pull requests.</summary>
    public static AppPermissions WriteContentsAndPulls { get; } = Of(("contents", "write"), ("pull_requests", "write"));

    /// <summary>Check runs and their buttons.</summary>
    public static AppPermissions WriteChecks { get; } = Of(("checks", "write"));

    /// <summary>Deployments and their statuses.</summary>
    public static AppPermissions WriteDeployments { get; } = Of(("deployments", "write"));

    /// <summary>Commits and comparisons.</summary>
    public static AppPermissions ReadContents { get; } = Of(("contents", "read"));

    /// <summary>Pull requests, who opened and who merged them.</summary>
    public static AppPermissions ReadPulls { get; } = Of(("pull_requests", "read"));

    /// <summary>Comments on pull requests; the permission for issues, which GitHub takes too, would reach further.</summary>
    public static AppPermissions WritePulls { get; } = Of(("pull_requests", "write"));

    /// <summary>Members of an organization's teams.</summary>
    public static AppPermissions ReadMembers { get; } = Of(("members", "read"));

    /// <summary>Permissions by GitHub's names, each with its level: <c>read</c> or <c>write</c>.</summary>
    public IEnumerable<(string Name, string Level)> Granted =>
        text.Split(", ").Select(permission => permission.Split(": ")).Select(parts => (parts[0], parts[1]));

    private static AppPermissions Of(params IEnumerable<(string Name, string Level)> permissions) =>
        new(
            string.Join(
                ", ",
                permissions.Select(permission => $"{permission.Name}: {permission.Level}").Order(StringComparer.Ordinal)
            )
        );

    /// <summary><c>contents: write, pull_requests: write</c>.</summary>
    public override string ToString() => text;

    internal JsonObject ToJson()
    {
        var json = new JsonObject();
        foreach (var (name, level) in Granted)
        {
            json[name] = level;
        }

        return json;
    }
}
