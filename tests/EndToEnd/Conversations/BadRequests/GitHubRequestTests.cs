using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Sandbox.GitHub.Hooks;
using Devflow.ChatOps.Tests.EndToEnd.World;
using static Devflow.ChatOps.Tests.EndToEnd.Conversations.BadRequests.Requests;

namespace Devflow.ChatOps.Tests.EndToEnd.Conversations.BadRequests;

/// <summary>What reaches GitHub's webhook and is not GitHub's, or nothing that it would send.</summary>
public sealed class GitHubRequestTests : IAsyncLifetime
{
    private const string Path = "github/webhooks";
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false });
    private GitHubStage stage = null!;
    private ReleaseWorld world = null!;

    public async ValueTask InitializeAsync()
    {
        stage = await GitHubStage.StartAsync();
        world = await stage.StartWorldAsync();
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await world.DisposeAsync();
        await stage.DisposeAsync();
    }

    [Fact]
    public async Task Bodies_that_are_no_event_are_refused_by_their_form()
    {
        foreach (var (name, (body, status)) in Bodies.Where(it => it.Key != "an empty object"))
        {
            using var answer = await SendAsync(body);
            ((int)answer.StatusCode).ShouldBe(status, name);
        }

        await ShouldBeProblemAsync(await SendAsync(Utf8("{}"), contentType: Form), 415);
        await ShouldBeProblemAsync(await SendAsync(Utf8("{}"), @event: null), 400);
        await ShouldBeProblemAsync(await SendAsync(Utf8("{}"), delivery: null), 400);
        await ShouldBeProblemAsync(await SendAsync(Utf8("{}"), delivery: "a:b/c"), 400);
        await ShouldBeProblemAsync(
            await SendAsync(Utf8("""{"action":"requested_action"}"""), @event: "check_run"),
            400
        );
        using var get = await world.SendAsync(HttpMethod.Get, Path, null, null);
        await ShouldBeProblemAsync(get, 405);
        using var unknown = await SendAsync(Utf8("{}"), @event: "star");
        ((int)unknown.StatusCode).ShouldBe(202);
    }

    [Fact]
    public async Task What_GitHub_did_not_sign_is_refused()
    {
        var ping = new JsonObject { ["zen"] = "x" };
        foreach (
            var forgery in new[]
            {
                new GitHubForgery { OmitSignature = true },
                new GitHubForgery { TamperBody = true },
                new GitHubForgery { Secret = "somebody else's secret" },
            }
        )
        {
            (await stage.GitHub.Hooks.SendAsync(stage.App, "ping", ping, forgery)).StatusCode.ShouldBe(401);
        }
    }

    [Fact]
    public async Task Runs_of_others_and_of_other_repositories_are_refused()
    {
        await stage.ReadyAsync(world);
        var run = stage.Newest;
        var event_ = new JsonObject
        {
            ["action"] = "requested_action",
            ["requested_action"] = new JsonObject { ["identifier"] = "promote" },
            ["check_run"] = new JsonObject
            {
                ["id"] = run.Id,
                ["external_id"] = run.ExternalId,
                ["app"] = new JsonObject { ["id"] = 4711 },
            },
            ["repository"] = new JsonObject { ["id"] = stage.Source.Id, ["full_name"] = "acme/my-app" },
            ["sender"] = new JsonObject { ["login"] = "bob-gh" },
        };

        (await SendAsync(event_, it => it["check_run"]!["app"]!["id"] = 4712)).ShouldBe(403);
        (await SendAsync(event_, it => it["repository"]!["full_name"] = "acme/other")).ShouldBe(403);
        (await SendAsync(event_, it => it["check_run"]!["external_id"] = "nothing of ours")).ShouldBe(202);
        (
            await SendAsync(
                event_,
                it => it["check_run"]!["external_id"] = $"{JobId.New(DateTimeOffset.UnixEpoch)}:1:1"
            )
        ).ShouldBe(202);
        (await SendAsync(event_, it => it["requested_action"]!["identifier"] = "explode")).ShouldBe(202);
        world.Patches().ShouldBeEmpty();
        (await world.AuditAsync()).Count(entry => entry is { From: "github", Outcome: "stale" }).ShouldBe(3);

        (await SendAsync(event_, _ => { })).ShouldBe(200, "the same event, unchanged, is a press");
    }

    [Fact]
    public async Task Without_a_secret_every_delivery_is_refused()
    {
        await using var open = await ReleaseWorld.StartAsync();
        stage.Listen(open);

        (await stage.GitHub.Hooks.PingAsync(stage.App)).StatusCode.ShouldBe(401);
    }

    private async Task<int> SendAsync(JsonObject event_, Action<JsonNode> change)
    {
        var copy = event_.DeepClone().AsObject();
        change(copy);
        return (await stage.GitHub.Hooks.SendAsync(stage.App, "check_run", copy)).StatusCode;
    }

    private async Task<HttpResponseMessage> SendAsync(
        byte[] body,
        string contentType = Json,
        string? @event = "ping",
        string? delivery = "9f1b2c3d-0000-4000-8000-000000000001"
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(world.ServiceAddress, Path));
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        request.Headers.ExpectContinue = body.Length > 64 * 1024;
        request.Headers.Add("X-Hub-Signature-256", GitHubSignature.Compute(stage.App.WebhookSecret!, body));
        if (@event is not null)
        {
            request.Headers.Add("X-GitHub-Event", @event);
        }

        if (delivery is not null)
        {
            request.Headers.Add("X-GitHub-Delivery", delivery);
        }

        return await http.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
