using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Functions.Hosting;
using Devflow.ChatOps.Functions.Sweep;
using Devflow.ChatOps.Sandbox.Argo;
using Devflow.ChatOps.Sandbox.Kubernetes;
using Devflow.ChatOps.Sandbox.Slack;
using Devflow.ChatOps.Tests.Support;

namespace Devflow.ChatOps.Tests.Functions.FunctionsHost;

/// <summary>The built service under a host that does what the Azure Functions host does.</summary>
public sealed class FunctionsHostTests : IAsyncLifetime
{
    private const string App = "my-app";
    private static readonly TimeSpan limit = TimeSpan.FromMinutes(2);

    private readonly CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(
        TestContext.Current.CancellationToken
    );
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false });
    private StandIns outside = null!;
    private FunctionsHost host = null!;
    private NotificationSender? sender;
    private SlackClientSimulator people = null!;

    private CancellationToken Stop => over.Token;

    public async ValueTask InitializeAsync()
    {
        over.CancelAfter(limit);
        outside = await StandIns.StartAsync([App], notify: notification => sender?.Send(notification));
        host = await FunctionsHost.StartAsync(outside.Settings(), Stop);
        people = outside.People(host.Address);
        sender = new NotificationSender(
            http,
            host.Address,
            StandIns.Cluster,
            outside.HookToken,
            TimeProvider.System,
            new RetryRule(100, TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(500))
        );
    }

    public async ValueTask DisposeAsync()
    {
        outside.Kubernetes.Fault = null;
        await sender!.DisposeAsync();
        people.Dispose();
        await host.DisposeAsync();
        await outside.DisposeAsync();
        http.Dispose();
        over.Dispose();
    }

    [Fact]
    public async Task The_routes_reach_the_service_and_nothing_else_is_there()
    {
        (await StatusAsync(HttpMethod.Get, "health/live")).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(HttpMethod.Get, "health/ready")).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(HttpMethod.Get, "api/jobs")).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync(HttpMethod.Post, "slack/commands")).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync(HttpMethod.Post, "hooks/argocd/prod")).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync(HttpMethod.Get, "")).ShouldBe(HttpStatusCode.NotFound);
        (await StatusAsync(HttpMethod.Post, SweepTimer.Function)).ShouldBe(HttpStatusCode.NotFound);
        (await StatusAsync(HttpMethod.Post, "api/..%2f" + SweepTimer.Function)).ShouldBe(HttpStatusCode.NotFound);
        (await StatusAsync(HttpMethod.Post, "api/%2e%2e/" + SweepTimer.Function)).ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Everything_that_was_answered_is_completed_after_a_kill()
    {
        await ReadyAsync("v2");
        var delivery = await people.TypeCommandAsync(StandIns.Alice, Channel, "/promote my-app", cancellation: Stop);
        await host.KillHandlerAsync();
        TextOf(delivery).ShouldContain("alice promoted v2");

        await host.StartHandlerAsync(Stop);
        await LiveAsync("v2");
        Applied().ShouldHaveSingleItem().ShouldContain("pauseConditions");
    }

    [Fact]
    public async Task A_kill_while_the_patch_is_under_way_leaves_nothing_undone()
    {
        await ReadyAsync("v2");
        outside.Kubernetes.Fault = request => request.Method == "PATCH" ? new Fault.Hang() : null;
        var delivery = await people.TypeCommandAsync(StandIns.Alice, Channel, "/promote my-app", cancellation: Stop);
        await host.KillHandlerAsync();
        TextOf(delivery).ShouldBe(AnswerTexts.Working);
        outside.Kubernetes.Fault = null;

        await host.StartHandlerAsync(Stop);
        await LiveAsync("v2");
        Applied().ShouldHaveSingleItem().ShouldContain("pauseConditions");
        // What was not told in time is told later, to the person who asked.
        var told = await outside.Workspace.WhenAsync(
            workspace =>
                workspace
                    .Ephemerals(StandIns.Alice)
                    .FirstOrDefault(it => StandIns.Says(it.Content, "alice promoted v2")),
            Stop
        );
        told.ChannelId.ShouldBe(Channel);
    }

    [Fact]
    public async Task A_kill_between_the_API_servers_answer_and_our_write_does_not_repeat_the_patch()
    {
        await ReadyAsync("v2");
        // The API server does it, and the service is killed before anybody hears of it.
        var killed = new TaskCompletionSource();
        outside.Kubernetes.Fault = request =>
        {
            if (request.Method != "PATCH")
            {
                return null;
            }

            outside.Kubernetes.Fault = null;
            host.KillHandlerAsync().ContinueWith(_ => killed.SetResult(), TaskScheduler.Default);
            return new Fault.LoseAnswer();
        };
        var delivery = await people.TypeCommandAsync(StandIns.Alice, Channel, "/promote my-app", cancellation: Stop);
        delivery.Status.ShouldBe(502);
        await killed.Task;

        await host.StartHandlerAsync(Stop);
        await LiveAsync("v2");
        Applied().ShouldHaveSingleItem().ShouldContain("pauseConditions");
    }

    [Fact]
    public async Task Slack_is_answered_in_time_whatever_the_cluster_does_and_hooks_do_not_even_ask_it()
    {
        await ReadyAsync("v2");
        outside.Kubernetes.Fault = _ => new Fault.Hang();
        outside.Kubernetes.Requests.Clear();
        using var hint = new HttpRequestMessage(HttpMethod.Post, new Uri(host.Address, "hooks/rollouts/prod"));
        hint.Headers.Authorization = new AuthenticationHeaderValue("Bearer", outside.HookToken);
        hint.Content = new StringContent(
            """{"event":"on-rollout-paused","namespace":"shop","name":"my-app"}""",
            Encoding.UTF8,
            "application/json"
        );
        using var answer = await http.SendAsync(hint, Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        outside.Kubernetes.Requests.Entries.ShouldBeEmpty();

        // The cluster is given up only after 5 s; this is the answer of those who could not wait for it.
        var delivery = await people.TypeCommandAsync(StandIns.Alice, Channel, "/promote my-app", cancellation: Stop);
        TextOf(delivery).ShouldBe(AnswerTexts.Working);
    }

    [Fact]
    public async Task A_host_that_ignores_the_setting_is_told_so_and_nothing_is_executed()
    {
        await ReadyAsync("v2");
        outside.Kubernetes.Requests.Clear();
        var calls = outside.Slack.Log.Calls.Count;
        foreach (var function in DefaultMode.HttpFunctions)
        {
            var envelope = new JsonObject
            {
                ["Data"] = new JsonObject
                {
                    ["req"] = new JsonObject
                    {
                        ["Url"] = "http://localhost/slack/commands",
                        ["Method"] = "POST",
                        ["Query"] = new JsonObject(),
                        ["Headers"] = new JsonObject
                        {
                            ["Authorization"] = new JsonArray($"Bearer {outside.HookToken}"),
                        },
                        ["Params"] = new JsonObject { ["cluster"] = StandIns.Cluster },
                        ["Body"] = """{"event":"x","namespace":"shop","name":"my-app"}""",
                    },
                },
                ["Metadata"] = new JsonObject { ["sys"] = new JsonObject { ["MethodName"] = function } },
            };
            using var answer = await host.InvokeAsync(function, envelope, Stop);
            answer.StatusCode.ShouldBe(HttpStatusCode.NotImplemented, function);
            answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
            (await answer.Content.ReadAsStringAsync(Stop)).ShouldContain("enableProxyingHttpRequest");
        }

        await host.TickAsync(SweepTimer.Function, Stop);
        outside.Kubernetes.Requests.Entries.ShouldBeEmpty();
        outside.Slack.Log.Calls.Count.ShouldBe(calls);
        (await StatusAsync(HttpMethod.Post, "api")).ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task What_is_logged_goes_to_standard_output_alone()
    {
        await ReadyAsync("v2");
        await StatusAsync(HttpMethod.Post, "slack/commands");
        await people.TypeCommandAsync(StandIns.Carol, Channel, "/promote my-app", cancellation: Stop);
        await host.TickAsync(SweepTimer.Function, Stop);
        host.Handler.Output.ShouldNotBeEmpty();
        host.Handler.Errors.ShouldBeEmpty();
        var secrets = new[]
        {
            outside.HookToken,
            outside.Workspace.Installation.BotToken,
            outside.Workspace.Installation.SigningSecret,
        };
        host.Handler.Output.Where(line => secrets.Any(line.Contains)).ShouldBeEmpty();
    }

    private static string Channel => StandIns.ChannelOf(App);

    /// <summary>Releases a version and lets the timer tick until its card asks for approval.</summary>
    private async Task ReadyAsync(string version)
    {
        // What runs at first sight is the baseline: a version that is released before would be taken for it.
        await TickUntilAsync(() => host.Handler.Output.Any(line => line.Contains(" is Succeeded (pod hash ")));
        outside.Release(App, version);
        await outside.WhenPausedAsync(App, version, Stop);
        await sender!.WhenSentAsync();
        await TickUntilAsync(() => AsksForApproval(version));
        outside.Cards(App).ShouldHaveSingleItem();
    }

    /// <summary>
    /// One tick is enough where the machine is not slower than the service's patience with the cluster; what the service has
    /// printed arrives some time behind the answer.
    /// </summary>
    private async Task TickUntilAsync(Func<bool> isSo)
    {
        while (!isSo())
        {
            Stop.IsCancellationRequested.ShouldBeFalse(string.Join("\n", host.Handler.Output));
            await host.TickAsync(SweepTimer.Function, Stop);
        }
    }

    private bool AsksForApproval(string version) =>
        outside
            .Cards(App)
            .Any(card => StandIns.Says(card.Content, version) && StandIns.Says(card.Content, "waiting for approval"));

    /// <summary>Lets the timer tick until a version is live, in the cluster and on the only card.</summary>
    private async Task LiveAsync(string version)
    {
        var live = outside.WhenStableAsync(App, version, Stop);
        while (!live.IsCompleted)
        {
            await host.TickAsync(SweepTimer.Function, Stop);
        }

        await live;
        await sender!.WhenSentAsync();
        await host.TickAsync(SweepTimer.Function, Stop);
        var card = await outside.WhenCardAsync(App, "live", Stop);
        outside.Cards(App).ShouldBe([card]);
    }

    /// <summary>The patches of the Rollout that the API server carried out.</summary>
    private IReadOnlyList<string> Applied() =>
        [.. outside.Patches(App).Where(patch => patch.Status == 200).Select(patch => patch.Body)];

    private static string TextOf(SlackDelivery delivery)
    {
        delivery.Status.ShouldBe(200, delivery.Body);
        return JsonNode.Parse(delivery.Body)!["text"]!.GetValue<string>();
    }

    private async Task<HttpStatusCode> StatusAsync(HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, new Uri(host.Address, path));
        using var answer = await http.SendAsync(request, Stop);
        return answer.StatusCode;
    }
}
