using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.GitHub.Checks;
using Devflow.ChatOps.Sandbox.GitHub.Json;

namespace Devflow.ChatOps.Sandbox.GitHub.Hooks;

/// <summary>Events as GitHub words them (https://docs.github.com/webhooks/webhook-events-and-payloads).</summary>
internal static class HookPayloads
{
    private static readonly DateTimeOffset created = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static JsonObject CheckRun(
        GitHubRepository repository,
        GitHubCheckRun run,
        string action,
        GitHubApp to,
        string by,
        string? identifier = null
    )
    {
        var payload = new JsonObject { ["action"] = action, ["check_run"] = CheckRunJson.InEvent(repository, run) };
        if (identifier is not null)
        {
            payload["requested_action"] = new JsonObject { ["identifier"] = identifier };
        }

        return End(payload, repository, to, by);
    }

    public static JsonObject Pull(
        GitHubRepository repository,
        GitHubPull pull,
        string action,
        GitHubApp to,
        string by
    ) =>
        End(
            new JsonObject
            {
                ["action"] = action,
                ["number"] = pull.Number,
                ["pull_request"] = PullJson.InEvent(repository, pull),
            },
            repository,
            to,
            by
        );

    public static JsonObject Installation(GitHubWorld world, GitHubApp app, string action, string by) =>
        new()
        {
            ["action"] = action,
            ["installation"] = AppJson.Installation(world, app),
            ["repositories"] = new JsonArray([
                .. app
                    .Repositories.Select(world.Repository)
                    .OfType<GitHubRepository>()
                    .Select(repository => new JsonObject
                    {
                        ["id"] = repository.Id,
                        ["node_id"] = repository.NodeId,
                        ["name"] = repository.Name,
                        ["full_name"] = repository.FullName,
                        ["private"] = repository.IsPrivate,
                    }),
            ]),
            ["sender"] = AccountJson.User(world, by),
        };

    public static JsonObject Ping(GitHubWorld world, GitHubApp app) =>
        new()
        {
            ["zen"] = "Keep it logically awesome.",
            ["hook_id"] = HookSender.HookId(app),
            ["hook"] = new JsonObject
            {
                ["type"] = "App",
                ["id"] = HookSender.HookId(app),
                ["name"] = "web",
                ["active"] = true,
                ["events"] = new JsonArray([.. app.Events.Order().Select(name => JsonValue.Create(name))]),
                ["config"] = new JsonObject
                {
                    ["content_type"] = "json",
                    ["insecure_ssl"] = "0",
                    ["secret"] = "********",
                    ["url"] = app.WebhookAddress?.ToString(),
                },
                ["updated_at"] = Moment.Text(created),
                ["created_at"] = Moment.Text(created),
                ["app_id"] = app.Id,
                ["deliveries_url"] = new Uri(world.Address, "app/hook/deliveries").ToString(),
            },
        };

    private static JsonObject End(JsonObject payload, GitHubRepository repository, GitHubApp to, string by)
    {
        payload["repository"] = RepositoryJson.InEvent(repository);
        payload["organization"] = AccountJson.Organization(repository.World, repository.Owner);
        payload["sender"] = AccountJson.User(repository.World, by);
        payload["installation"] = new JsonObject
        {
            ["id"] = to.InstallationId,
            ["node_id"] = $"MDIzOkludGVncmF0aW9uSW5zdGFsbGF0aW9u{to.InstallationId}",
        };
        return payload;
    }
}
