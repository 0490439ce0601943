using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Devflow.ChatOps.Sandbox.Slack;
using static Devflow.ChatOps.Tests.Sandbox.Slack.SlackWorld;

namespace Devflow.ChatOps.Tests.Sandbox.Slack;

/// <summary>Changing, deleting and whispering messages.</summary>
public sealed class SlackMessageMethodTests
{
    [Fact]
    public async Task An_update_keeps_every_version_the_metadata_and_omitted_blocks()
    {
        await using var world = await StartAsync();
        var metadata = new { event_type = "job", event_payload = new { job_id = "j-1" } };
        var posted = await world.JsonAsync(
            "chat.postMessage",
            new
            {
                channel = Releases,
                text = "one",
                blocks = Card("v1"),
                metadata,
            }
        );
        var ts = posted.GetProperty("ts").GetString()!;

        await world.JsonAsync(
            "chat.update",
            new
            {
                channel = Releases,
                ts,
                text = "two",
            }
        );
        var answer = await world.JsonAsync(
            "chat.update",
            new
            {
                channel = Releases,
                ts,
                text = "three",
                blocks = Card("v3"),
            }
        );

        ErrorOf(answer).ShouldBeNull();
        var message = world.Workspace.FindMessage(Releases, ts).ShouldNotBeNull();
        message.EditCount.ShouldBe(2);
        message
            .Versions.Select(v => (v.Content.Text, SlackButton.In(v.Content)[0].Value))
            .ShouldBe([("one", "v1"), ("two", "v1"), ("three", "v3")]);
        message
            .Metadata.ShouldNotBeNull()
            .GetProperty("event_payload")
            .GetProperty("job_id")
            .GetString()
            .ShouldBe("j-1");
    }

    [Fact]
    public async Task Only_own_messages_can_be_updated_and_only_with_short_text()
    {
        await using var world = await StartAsync();
        var alices = world.Workspace.Post(Releases, Alice, new SlackContent("hi"));
        var own = world.Workspace.Post(Releases, world.Workspace.Installation.BotUserId, new SlackContent("hi"));
        async Task<string?> Update(string ts, string text) =>
            ErrorOf(
                await world.JsonAsync(
                    "chat.update",
                    new
                    {
                        channel = Releases,
                        ts,
                        text,
                    }
                )
            );

        (await Update(alices.Ts, "x")).ShouldBe("cant_update_message");
        (await Update("1.000001", "x")).ShouldBe("message_not_found");
        (await Update(own.Ts, new string('x', 4_001))).ShouldBe("msg_too_long");
        (await Update(own.Ts, "")).ShouldBe("no_text");
        (await Update(own.Ts, new string('x', 4_000))).ShouldBeNull();
        world.Workspace.Put(new SlackChannel(Releases, "releases", IsArchived: true));
        (await Update(own.Ts, "x")).ShouldBe("is_inactive");
    }

    [Fact]
    public async Task Own_messages_can_be_deleted_once()
    {
        await using var world = await StartAsync();
        var own = world.Workspace.Post(Releases, world.Workspace.Installation.BotUserId, new SlackContent("hi"));

        ErrorOf(await world.JsonAsync("chat.delete", new { channel = Releases, ts = own.Ts })).ShouldBeNull();
        ErrorOf(await world.JsonAsync("chat.delete", new { channel = Releases, ts = own.Ts }))
            .ShouldBe("message_not_found");
    }

    [Fact]
    public async Task An_ephemeral_message_is_for_one_member_and_out_of_reach_of_updates_and_history()
    {
        await using var world = await StartAsync();
        world.Workspace.Put(new SlackChannel(Releases, "releases", Members: [Alice]));

        var shown = await world.JsonAsync(
            "chat.postEphemeral",
            new
            {
                channel = Releases,
                user = Alice,
                text = "psst",
            }
        );
        var outsider = await world.JsonAsync(
            "chat.postEphemeral",
            new
            {
                channel = Releases,
                user = Bob,
                text = "psst",
            }
        );

        ErrorOf(outsider).ShouldBe("user_not_in_channel");
        var ts = shown.GetProperty("message_ts").GetString();
        world.Workspace.Ephemerals(Alice).ShouldHaveSingleItem().Content.Text.ShouldBe("psst");
        ErrorOf(
                await world.JsonAsync(
                    "chat.update",
                    new
                    {
                        channel = Releases,
                        ts,
                        text = "x",
                    }
                )
            )
            .ShouldBe("message_not_found");
        var history = await world.FormAsync("conversations.history", ("channel", Releases));
        history.GetProperty("messages").GetArrayLength().ShouldBe(0);
    }
}
