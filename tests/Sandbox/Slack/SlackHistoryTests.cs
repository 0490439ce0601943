using Devflow.ChatOps.Sandbox.Slack;
using static Devflow.ChatOps.Tests.Sandbox.Slack.SlackWorld;

namespace Devflow.ChatOps.Tests.Sandbox.Slack;

public sealed class SlackHistoryTests
{
    [Fact]
    public async Task History_is_newest_first_without_replies_unless_broadcast()
    {
        await using var world = await StartAsync();
        var parent = Post(world, "parent");
        Post(world, "reply", parent.Ts);
        Post(world, "loud reply", parent.Ts, broadcast: true);
        Post(world, "last");

        var answer = await world.FormAsync("conversations.history", ("channel", Releases));

        Texts(answer).ShouldBe(["last", "loud reply", "parent"]);
        answer.GetProperty("messages")[1].GetProperty("subtype").GetString().ShouldBe("thread_broadcast");
        answer.GetProperty("messages")[2].GetProperty("reply_count").GetInt32().ShouldBe(2);
    }

    [Fact]
    public async Task Metadata_is_handed_out_only_when_asked_for()
    {
        await using var world = await StartAsync();
        var metadata = new { event_type = "job", event_payload = new { job_id = "j-7" } };
        await world.JsonAsync(
            "chat.postMessage",
            new
            {
                channel = Releases,
                text = "card",
                metadata,
            }
        );

        var without = await world.FormAsync("conversations.history", ("channel", Releases));
        var with = await world.FormAsync(
            "conversations.history",
            ("channel", Releases),
            ("include_all_metadata", "true")
        );

        without.GetProperty("messages")[0].TryGetProperty("metadata", out _).ShouldBeFalse();
        var found = with.GetProperty("messages")[0].GetProperty("metadata").GetProperty("event_payload");
        found.GetProperty("job_id").GetString().ShouldBe("j-7");
    }

    [Fact]
    public async Task The_range_excludes_its_ends_unless_inclusive()
    {
        await using var world = await StartAsync();
        var all = Enumerable.Range(1, 4).Select(i => Post(world, $"m{i}")).ToArray();

        var open = await world.FormAsync(
            "conversations.history",
            ("channel", Releases),
            ("oldest", all[0].Ts),
            ("latest", all[3].Ts)
        );
        var closed = await world.FormAsync(
            "conversations.history",
            ("channel", Releases),
            ("oldest", all[0].Ts),
            ("latest", all[3].Ts),
            ("inclusive", "true")
        );

        Texts(open).ShouldBe(["m3", "m2"]);
        Texts(closed).ShouldBe(["m4", "m3", "m2", "m1"]);
    }

    [Fact]
    public async Task Pages_follow_the_cursor()
    {
        await using var world = await StartAsync();
        for (var i = 1; i <= 5; i++)
        {
            Post(world, $"m{i}");
        }

        var first = await world.FormAsync("conversations.history", ("channel", Releases), ("limit", "3"));
        var cursor = first.GetProperty("response_metadata").GetProperty("next_cursor").GetString()!;
        var second = await world.FormAsync(
            "conversations.history",
            ("channel", Releases),
            ("limit", "3"),
            ("cursor", cursor)
        );

        Texts(first).ShouldBe(["m5", "m4", "m3"]);
        first.GetProperty("has_more").GetBoolean().ShouldBeTrue();
        Texts(second).ShouldBe(["m2", "m1"]);
        second.GetProperty("has_more").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task Replies_come_after_their_parent_oldest_first()
    {
        await using var world = await StartAsync();
        var parent = Post(world, "parent");
        Post(world, "other");
        var reply = Post(world, "one", parent.Ts);
        Post(world, "two", parent.Ts);

        var thread = await world.FormAsync("conversations.replies", ("channel", Releases), ("ts", parent.Ts));
        var single = await world.FormAsync("conversations.replies", ("channel", Releases), ("ts", reply.Ts));
        var none = await world.FormAsync("conversations.replies", ("channel", Releases), ("ts", "1.000001"));

        Texts(thread).ShouldBe(["parent", "one", "two"]);
        Texts(single).ShouldBe(["one"]);
        ErrorOf(none).ShouldBe("thread_not_found");
    }

    [Theory]
    [InlineData("limit", "0", "invalid_limit")]
    [InlineData("limit", "1000", "invalid_limit")]
    [InlineData("oldest", "yesterday", "invalid_ts_oldest")]
    [InlineData("latest", "1.2.3", "invalid_ts_latest")]
    [InlineData("cursor", "nonsense", "invalid_cursor")]
    [InlineData("inclusive", "perhaps", "invalid_arguments")]
    public async Task Bad_ranges_and_pages_are_refused(string name, string value, string error)
    {
        await using var world = await StartAsync();

        ErrorOf(await world.FormAsync("conversations.history", ("channel", Releases), (name, value))).ShouldBe(error);
    }

    [Fact]
    public async Task A_reply_is_no_parent()
    {
        await using var world = await StartAsync();
        var reply = Post(world, "reply", Post(world, "parent").Ts);

        var answer = await world.JsonAsync(
            "chat.postMessage",
            new
            {
                channel = Releases,
                text = "x",
                thread_ts = reply.Ts,
            }
        );

        ErrorOf(answer).ShouldBe("cannot_reply_to_message");
    }

    private static SlackMessage Post(SlackWorld world, string text, string? thread = null, bool broadcast = false) =>
        world.Workspace.Post(
            Releases,
            world.Workspace.Installation.BotUserId,
            new SlackContent(text),
            thread,
            broadcast
        );

    private static string?[] Texts(System.Text.Json.JsonElement answer) =>
        answer.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("text").GetString()).ToArray();
}
