using System.Net;
using System.Text;
using System.Text.Json;
using Devflow.ChatOps.Sandbox.Slack;
using static Devflow.ChatOps.Tests.Sandbox.Slack.SlackWorld;

namespace Devflow.ChatOps.Tests.Sandbox.Slack;

public sealed class SlackTroubleTests
{
    [Fact]
    public async Task A_channel_takes_a_short_burst_and_then_one_message_a_second()
    {
        await using var world = await StartAsync();
        world.Workspace.Put(new SlackChannel("C0OTHER", "other"));

        var burst = new List<int>();
        for (var i = 0; i < 4; i++)
        {
            burst.Add((await StatusAsync(world, "chat.postMessage", new { channel = Releases, text = "x" })).Status);
        }

        burst.ShouldBe([200, 200, 200, 429]);
        (await StatusAsync(world, "chat.postMessage", new { channel = "C0OTHER", text = "x" })).Status.ShouldBe(200);
        world.Time.Advance(TimeSpan.FromSeconds(1));
        var early = await StatusAsync(world, "chat.postMessage", new { channel = Releases, text = "x" });
        early.ShouldBe((429, "2", "ratelimited"));
        world.Time.Advance(TimeSpan.FromSeconds(2));
        (await StatusAsync(world, "chat.postMessage", new { channel = Releases, text = "x" })).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Updates_are_limited_to_fifty_a_minute_unless_switched_off()
    {
        await using var world = await StartAsync();
        var own = world.Workspace.Post(Releases, world.Workspace.Installation.BotUserId, new SlackContent("x"));
        object Update(int i) =>
            new
            {
                channel = Releases,
                ts = own.Ts,
                text = $"v{i}",
            };

        for (var i = 0; i < 50; i++)
        {
            (await StatusAsync(world, "chat.update", Update(i))).Status.ShouldBe(200);
        }

        world.Time.Advance(TimeSpan.FromSeconds(15));
        (await StatusAsync(world, "chat.update", Update(50))).ShouldBe((429, "45", "ratelimited"));
        world.Api.EnforcesRateLimits = false;
        (await StatusAsync(world, "chat.update", Update(51))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Group_look_ups_are_limited_to_twenty_a_minute()
    {
        await using var world = await StartAsync();

        for (var i = 0; i < 20; i++)
        {
            ErrorOf(await world.FormAsync("usergroups.users.list", ("usergroup", Platform))).ShouldBeNull();
        }

        ErrorOf(await world.FormAsync("usergroups.users.list", ("usergroup", Platform))).ShouldBe("ratelimited");
    }

    [Fact]
    public async Task Faults_are_answered_as_told_and_nothing_is_posted()
    {
        await using var world = await StartAsync();
        var faults = new Queue<SlackFault>([
            new SlackFault.RateLimited(TimeSpan.FromSeconds(7)),
            new SlackFault.Status(HttpStatusCode.InternalServerError),
            new SlackFault.Error("fatal_error"),
        ]);
        world.Api.Faults = _ => faults.TryDequeue(out var fault) ? fault : null;
        var post = new { channel = Releases, text = "x" };

        (await StatusAsync(world, "chat.postMessage", post)).ShouldBe((429, "7", "ratelimited"));
        (await StatusAsync(world, "chat.postMessage", post)).ShouldBe((500, null, null));
        (await StatusAsync(world, "chat.postMessage", post)).ShouldBe((200, null, "fatal_error"));
        world.Workspace.Messages(Releases).ShouldBeEmpty();
        (await StatusAsync(world, "chat.postMessage", post)).ShouldBe((200, null, null));
        world.Workspace.Messages(Releases).Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public async Task A_cut_connection_leaves_the_caller_in_doubt(bool after, int posted)
    {
        await using var world = await StartAsync();
        world.Api.Faults = _ => after ? new SlackFault.CutAfter() : new SlackFault.CutBefore();

        await Should.ThrowAsync<HttpRequestException>(() =>
            world.JsonAsync("chat.postMessage", new { channel = Releases, text = "x" })
        );

        world.Workspace.Messages(Releases).Count.ShouldBe(posted);
        var end = await world.Api.Log.WhenEndedAsync(e => e.Call.Method == "chat.postMessage", Patience);
        end.Status.ShouldBeNull();
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public async Task A_hanging_call_ends_when_the_caller_gives_up(bool after, int posted)
    {
        await using var world = await StartAsync();
        world.Api.Faults = _ => after ? new SlackFault.HangAfter() : new SlackFault.Hang();
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", world.Workspace.Installation.BotToken);
        using var content = new StringContent(
            "{\"channel\":\"C0RELEASES\",\"text\":\"x\"}",
            Encoding.UTF8,
            "application/json"
        );
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Patience);

        var call = http.PostAsync(new Uri(world.Api.ApiAddress, "chat.postMessage"), content, patience.Token);
        if (after)
        {
            await world.Workspace.WhenAsync(w => w.Messages(Releases) is [var first, ..] ? first : null, Patience);
        }

        await patience.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => call);
        world.Workspace.Messages(Releases).Count.ShouldBe(posted);
    }

    [Fact]
    public async Task A_held_call_goes_on_when_released()
    {
        await using var world = await StartAsync();
        var release = new TaskCompletionSource();
        world.Api.Faults = _ => new SlackFault.Hold(release.Task);

        var call = world.JsonAsync("chat.postMessage", new { channel = Releases, text = "x" });
        world.Workspace.Messages(Releases).ShouldBeEmpty();
        release.SetResult();

        ErrorOf(await call).ShouldBeNull();
    }

    private static async Task<(int Status, string? RetryAfter, string? Error)> StatusAsync(
        SlackWorld world,
        string method,
        object arguments
    )
    {
        using var content = new StringContent(JsonSerializer.Serialize(arguments), Encoding.UTF8, "application/json");
        using var response = await world.PostAsync(method, content);
        var isJson = response.Content.Headers.ContentType?.MediaType == "application/json";
        using var json = JsonDocument.Parse(isJson ? await response.Content.ReadAsStringAsync(Patience) : "{}");
        return (
            (int)response.StatusCode,
            response.Headers.TryGetValues("Retry-After", out var after) ? after.Single() : null,
            json.RootElement.TryGetProperty("error", out var error) ? error.GetString() : null
        );
    }
}
