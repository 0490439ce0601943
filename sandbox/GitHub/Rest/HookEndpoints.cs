using System.Globalization;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.GitHub.Hooks;
using Devflow.ChatOps.Sandbox.GitHub.Json;

namespace Devflow.ChatOps.Sandbox.GitHub.Rest;

/// <summary>The deliveries of an App's webhook, asked for by the App (https://docs.github.com/rest/apps/webhooks).</summary>
internal static class HookEndpoints
{
    public static void Map(WebApplication app)
    {
        app.MapGet("/app/hook/deliveries", ListAsync);
        app.MapGet("/app/hook/deliveries/{id:long}", GetAsync);
        app.MapPost("/app/hook/deliveries/{id:long}/attempts", AgainAsync);
    }

    private static Task ListAsync(HttpContext http)
    {
        var (app, api) = Caller(http);
        var size = Math.Clamp(Paging.Number(http, "per_page", 30), 1, 100);
        var before = long.TryParse(http.Request.Query["cursor"], CultureInfo.InvariantCulture, out var cursor)
            ? cursor
            : long.MaxValue;
        var found = Of(api, app)
            .Where(delivery => delivery.Id < before)
            .Where(delivery =>
                (string?)http.Request.Query["status"] switch
                {
                    "success" => delivery.IsOk,
                    "failure" => !delivery.IsOk,
                    _ => true,
                }
            )
            .ToList();
        if (found.Count > size)
        {
            var next = new Uri(api.Address, $"app/hook/deliveries?per_page={size}&cursor={found[size - 1].Id}");
            http.Response.Headers.Link = $"<{next}>; rel=\"next\"";
        }

        return GitHubEdge.WriteAsync(http, 200, new JsonArray([.. found.Take(size).Select(Brief)]));
    }

    private static Task GetAsync(HttpContext http, long id)
    {
        var delivery = Find(http, id);
        var json = Brief(delivery);
        json["url"] = delivery.App.WebhookAddress?.ToString();
        json["request"] = new JsonObject
        {
            ["headers"] = new JsonObject
            {
                ["X-GitHub-Delivery"] = delivery.Request.Guid,
                ["X-GitHub-Event"] = delivery.Request.Event,
                ["X-Hub-Signature-256"] = delivery.Request.Signature,
            },
            ["payload"] = JsonNode.Parse(delivery.Request.Body.Span),
        };
        json["response"] = new JsonObject { ["headers"] = new JsonObject(), ["payload"] = delivery.Body };
        return GitHubEdge.WriteAsync(http, 200, json);
    }

    private static Task AgainAsync(HttpContext http, long id)
    {
        var delivery = Find(http, id);
        _ = Caller(http).Api.World.Hooks.RedeliverAsync(delivery);
        return GitHubEdge.WriteAsync(http, 202, new JsonObject());
    }

    private static (GitHubApp App, GitHubApi Api) Caller(HttpContext http) =>
        (AppEndpoints.AppOf(http), ((GitHubCaller)http.Items[typeof(GitHubCaller)]!).Api);

    private static IEnumerable<GitHubDelivery> Of(GitHubApi api, GitHubApp app) =>
        api.World.Hooks.Deliveries.Where(delivery => delivery.App == app).Reverse();

    private static GitHubDelivery Find(HttpContext http, long id)
    {
        var (app, api) = Caller(http);
        return Of(api, app).FirstOrDefault(delivery => delivery.Id == id) ?? throw GitHubRefusalException.NotFound();
    }

    private static JsonObject Brief(GitHubDelivery delivery) =>
        new()
        {
            ["id"] = delivery.Id,
            ["guid"] = delivery.Request.Guid,
            ["delivered_at"] = Moment.Text(delivery.DeliveredAt),
            ["redelivery"] = delivery.IsRedelivery,
            ["duration"] = Math.Round(delivery.Duration.TotalSeconds, 2),
            ["status"] = delivery.Status,
            ["status_code"] = delivery.StatusCode,
            ["event"] = delivery.Request.Event,
            ["action"] = delivery.Request.Action,
            ["installation_id"] = delivery.App.InstallationId,
            ["repository_id"] = delivery.Request.RepositoryId,
            ["throttled_at"] = null,
        };
}
