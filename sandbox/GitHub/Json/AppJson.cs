using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.GitHub.Json;

/// <summary>Apps and their installations as GitHub shows them.</summary>
internal static class AppJson
{
    private static readonly DateTimeOffset registered = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Who registered it: the owner of the first repository that it is installed on.</summary>
    public static string Owner(GitHubApp app) => app.Repositories.FirstOrDefault()?.Split('/')[0] ?? "github";

    public static JsonObject App(GitHubWorld world, GitHubApp app) =>
        new()
        {
            ["id"] = app.Id,
            ["slug"] = app.Slug,
            ["node_id"] = $"A_{app.Id}",
            ["owner"] = AccountJson.User(world, Owner(app)),
            ["name"] = app.Slug,
            ["description"] = null,
            ["external_url"] = Homepage(world, app),
            ["html_url"] = Homepage(world, app),
            ["created_at"] = Moment.Text(registered),
            ["updated_at"] = Moment.Text(registered),
            ["permissions"] = app.Permissions.ToJson(),
            ["events"] = Events(app),
        };

    public static string Homepage(GitHubWorld world, GitHubApp app) =>
        new Uri(world.Address, $"apps/{app.Slug}").ToString();

    public static JsonObject Installation(GitHubWorld world, GitHubApp app) =>
        new()
        {
            ["id"] = app.InstallationId,
            ["account"] = AccountJson.User(world, Owner(app)),
            ["repository_selection"] = "selected",
            ["access_tokens_url"] = new Uri(
                world.Address,
                $"app/installations/{app.InstallationId}/access_tokens"
            ).ToString(),
            ["repositories_url"] = new Uri(world.Address, "installation/repositories").ToString(),
            ["html_url"] = new Uri(world.Address, $"settings/installations/{app.InstallationId}").ToString(),
            ["app_id"] = app.Id,
            ["app_slug"] = app.Slug,
            ["target_id"] = world.Directory.User(Owner(app)).Id,
            ["target_type"] = "Organization",
            ["permissions"] = app.Permissions.ToJson(),
            ["events"] = Events(app),
            ["created_at"] = Moment.Text(registered),
            ["updated_at"] = Moment.Text(registered),
            ["single_file_name"] = null,
            ["has_multiple_single_files"] = false,
            ["single_file_paths"] = new JsonArray(),
            ["suspended_by"] = null,
            ["suspended_at"] = null,
        };

    private static JsonArray Events(GitHubApp app) =>
        new([.. app.Events.Order(StringComparer.Ordinal).Select(name => JsonValue.Create(name))]);
}
