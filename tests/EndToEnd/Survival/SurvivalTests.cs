using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Sandbox.Argo;
using Devflow.ChatOps.Sandbox.Slack;
using Devflow.ChatOps.Tests.Support;
using Microsoft.Data.Sqlite;

namespace Devflow.ChatOps.Tests.EndToEnd.Survival;

/// <summary>
/// Twenty releases, while the service is killed again and again: everything completes, nothing is lost, and nothing that
/// people or clusters see is done twice.
/// </summary>
public sealed class SurvivalTests(ITestOutputHelper output)
{
    private const int Releases = 20;
    private const int AtOnce = 10;
    private const int Strays = 3;
    private static readonly TimeSpan limit = TimeSpan.FromMinutes(8);

    [Fact]
    public async Task Twenty_releases_complete_while_the_service_is_killed_and_nothing_is_done_twice()
    {
        var given = Environment.GetEnvironmentVariable("DEVFLOW_SURVIVAL_SEED");
        var seed = given is null
            ? Random.Shared.Next()
            : int.Parse(given, System.Globalization.CultureInfo.InvariantCulture);
        output.WriteLine($"DEVFLOW_SURVIVAL_SEED={seed}");
        using var over = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        over.CancelAfter(limit);

        var began = TimeProvider.System.GetTimestamp();
        string[] apps = [.. Enumerable.Range(1, Releases).Select(number => $"app-{number}")];
        NotificationSender? sender = null;
        await using var outside = await StandIns.StartAsync(apps, notify: notification => sender?.Send(notification));
        // Rates are Slack's own matter; here they would only make the test long.
        outside.Slack.EnforcesRateLimits = false;
        var plan = new KillPlan(seed, Strays);
        await using var service = new MortalService(outside.Settings(), plan.Watch, over.Token);
        using var http = new HttpClient(
            new Announcing(plan) { InnerHandler = new SocketsHttpHandler { UseProxy = false } }
        );
        sender = Sender(http, service.Address, outside);
        using var people = outside.People(service.Address);
        try
        {
            await Task.WhenAll(apps.Select(app => BaselineAsync(app, service, people, over.Token)));
            outside.Kubernetes.Fault = plan.At;
            outside.Slack.Faults = plan.At;
            plan.Begin();
            using var turns = new SemaphoreSlim(AtOnce);
            var waiting = await Task.WhenAll(
                apps.Select(app =>
                    InTurnAsync(turns, () => ReleaseAsync(app, outside, service, plan, people, over.Token))
                )
            );
            await sender.WhenSentAsync();
            await Task.WhenAll(apps.Zip(waiting, (app, count) => AnsweredAsync(app, count, outside, over.Token)));
            await plan.EndAsync(over.Token);
            (await service.StopAsync(over.Token)).ShouldBe(0);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            Assert.Fail($"Not completed in time.\n{await StateAsync(outside, apps, service)}");
        }
        finally
        {
            output.WriteLine(
                $"{service.Starts} starts in {TimeProvider.System.GetElapsedTime(began).TotalSeconds:0} s\n{string.Join('\n', plan.Told)}"
            );
            outside.Kubernetes.Fault = null;
            outside.Slack.Faults = null;
            await sender.DisposeAsync();
        }

        plan.Missed.ShouldBeEmpty();
        service.Surprises.ShouldBeEmpty();
        foreach (var app in apps)
        {
            ShouldHaveHappenedOnce(outside, app);
        }

        OpenCommands(outside).ShouldBe(0);
    }

    /// <summary>Tells the plan of each notification, also when it is sent again.</summary>
    private sealed class Announcing(KillPlan plan) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken stop)
        {
            plan.Comes(Inbound.Notification);
            return base.SendAsync(request, stop);
        }
    }

    /// <summary>What is live when the service first looks is no release; once it answers, it has looked.</summary>
    private static async Task BaselineAsync(
        string app,
        MortalService service,
        SlackClientSimulator people,
        CancellationToken stop
    )
    {
        await service.WhenUpAsync(stop);
        SlackDelivery delivery;
        do
        {
            delivery = await people.TypeCommandAsync(
                StandIns.Alice,
                StandIns.ChannelOf(app),
                $"/promote {app}",
                cancellation: stop
            );
            delivery.Status.ShouldBe(200, delivery.Body);
        } while (delivery.Body.Contains("On it.", StringComparison.Ordinal));
    }

    private static async Task<T> InTurnAsync<T>(SemaphoreSlim turns, Func<Task<T>> work)
    {
        await turns.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            return await work();
        }
        finally
        {
            turns.Release();
        }
    }

    /// <summary>Releases v2 and promotes it when the card asks for it; how often the person was told to wait for an answer.</summary>
    private static async Task<int> ReleaseAsync(
        string app,
        StandIns outside,
        MortalService service,
        KillPlan plan,
        SlackClientSimulator people,
        CancellationToken stop
    )
    {
        outside.Release(app, "v2");
        await outside.WhenCardAsync(app, "waiting for approval", stop);
        var waiting = 0;
        for (var lost = false; ; lost = true)
        {
            await service.WhenUpAsync(stop);
            plan.Comes(Inbound.Command);
            var delivery = await people.TypeCommandAsync(
                StandIns.Alice,
                StandIns.ChannelOf(app),
                $"/promote {app}",
                cancellation: stop
            );
            if (delivery.Status is null)
            {
                // Slack shows that nobody answered, and people try again. Whether the first one counted is not theirs to know.
                continue;
            }

            delivery.Status.ShouldBe(200, delivery.Body);
            var text = JsonNode.Parse(delivery.Body)!["text"]!.GetValue<string>();
            waiting += text == AnswerTexts.Working ? 1 : 0;
            var promoted = text == AnswerTexts.Working || text.Contains("alice promoted v2", StringComparison.Ordinal);
            (promoted || lost).ShouldBeTrue($"{app}: {text}");
            break;
        }

        await outside.WhenStableAsync(app, "v2", stop);
        await outside.WhenCardAsync(app, "live", stop);
        await WhenToldAsync(app, "alice promoted v2", outside, stop);
        await WhenToldAsync(app, "Completed:", outside, stop);
        return waiting;
    }

    private static Task WhenToldAsync(string app, string text, StandIns outside, CancellationToken stop) =>
        outside.Workspace.WhenAsync(
            workspace =>
                workspace
                    .Messages(StandIns.ChannelOf(app))
                    .FirstOrDefault(it => it.ThreadTs is not null && StandIns.Says(it.Content, text)),
            stop
        );

    /// <summary>Whoever was told to wait is told what came of it.</summary>
    private static Task AnsweredAsync(string app, int count, StandIns outside, CancellationToken stop) =>
        outside.Workspace.WhenAsync(
            workspace =>
                workspace
                    .Ephemerals(StandIns.Alice)
                    .Count(it => it.ChannelId == StandIns.ChannelOf(app) && IsOutcome(it)) >= count
                    ? workspace
                    : null,
            stop
        );

    private static bool IsOutcome(SlackEphemeral shown) =>
        !shown.IsFromSlack && !StandIns.Says(shown.Content, AnswerTexts.Working);

    private static void ShouldHaveHappenedOnce(StandIns outside, string app)
    {
        var messages = outside.Workspace.Messages(StandIns.ChannelOf(app));
        var all = app + ":\n" + string.Join('\n', messages.Select(it => $"{Operation(it)} {it.Content.Text}"));
        outside.Cards(app).Count.ShouldBe(1, all);
        messages.Select(Operation).ShouldBeUnique(all);
        messages.Where(it => it.ThreadTs is not null).Select(it => it.Content.Text).ShouldBeUnique(all);
        messages.Count(it => StandIns.Says(it.Content, "alice promoted v2")).ShouldBeGreaterThan(0, all);
        var carriedOut = outside.Patches(app).Where(patch => patch.Status == 200).Select(patch => patch.Body).ToList();
        carriedOut.Count.ShouldBe(1, string.Join('\n', carriedOut));
        carriedOut[0].ShouldContain("pauseConditions");
    }

    private static string Operation(SlackMessage message) =>
        message.Metadata!.Value.GetProperty("event_payload").GetRawText();

    private static long OpenCommands(StandIns outside)
    {
        using var connection = new SqliteConnection($"Data Source={outside.StorePath};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM commands WHERE open = 1";
        return (long)command.ExecuteScalar()!;
    }

    private static NotificationSender Sender(HttpClient http, Uri service, StandIns outside) =>
        new(
            http,
            service,
            StandIns.Cluster,
            outside.HookToken,
            TimeProvider.System,
            new RetryRule(1_000, TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(500))
        );

    private static async Task<string> StateAsync(StandIns outside, IEnumerable<string> apps, MortalService service)
    {
        var cards = apps.Select(app =>
            $"{app}: {string.Join(" / ", outside.Cards(app).Select(card => card.Content.Text))}"
        );
        var last = await service.WhenUpAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10));
        return $"{string.Join('\n', cards)}\n{last.Said()}";
    }
}
