using System.Collections.Immutable;
using System.Text.Json;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Adapters.GitHub;

/// <summary>Reads what GitHub's REST API answers (https://docs.github.com/rest/commits/commits).</summary>
internal static class GitHubJson
{
    public static GitCommit Commit(JsonElement json)
    {
        var commit = json.GetProperty("commit");
        return new GitCommit(
            json.GetProperty("sha").GetString()!,
            Text(commit, "message") ?? "",
            Person(commit, json, "author"),
            Person(commit, json, "committer")
        );
    }

    public static ImmutableArray<GitFile> Files(JsonElement json) =>
        json.TryGetProperty("files", out var files) && files.ValueKind == JsonValueKind.Array
            ? [.. files.EnumerateArray().Select(File)]
            : [];

    /// <summary>Those that are merged; of the others nobody has decided anything.</summary>
    public static ImmutableArray<int> MergedPulls(JsonElement json) =>
        [
            .. json.EnumerateArray()
                .Where(pull => Text(pull, "merged_at") is not null)
                .Select(pull => pull.GetProperty("number").GetInt32()),
        ];

    public static GitPull Pull(JsonElement json) =>
        new(
            json.GetProperty("number").GetInt32(),
            Text(json, "title") ?? "",
            Login(json, "user"),
            Login(json, "merged_by")
        );

    public static int Number(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt32() : 0;

    /// <summary>Whether that App made it.</summary>
    /// <param name="role">Where it names the App.</param>
    /// <param name="appId">The App's id, or its client id.</param>
    public static bool IsOfApp(JsonElement json, string role, string appId) =>
        json.TryGetProperty(role, out var app)
        && app.ValueKind == JsonValueKind.Object
        && (app.GetProperty("id").GetRawText() == appId || Text(app, "client_id") == appId);

    public static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // The outer one is GitHub's user, null when no account has the mail address; the inner one is what Git says.
    private static GitPerson Person(JsonElement commit, JsonElement json, string role)
    {
        var named = commit.TryGetProperty(role, out var found) ? found : default;
        return named.ValueKind == JsonValueKind.Object
            ? new GitPerson(Login(json, role), Text(named, "name") ?? "", Text(named, "email") ?? "")
            : new GitPerson(Login(json, role), "", "");
    }

    private static GitFile File(JsonElement json) =>
        new(
            json.GetProperty("filename").GetString()!,
            Text(json, "status") ?? "modified",
            Number(json, "additions"),
            Number(json, "deletions"),
            Text(json, "patch")
        );

    private static string? Login(JsonElement json, string role) =>
        json.TryGetProperty(role, out var user) && user.ValueKind == JsonValueKind.Object ? Text(user, "login") : null;
}
