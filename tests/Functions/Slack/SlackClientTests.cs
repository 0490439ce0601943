using System.Text.Json;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Ports;
using static Devflow.ChatOps.Tests.Functions.Slack.SlackStand;
using Stand = Devflow.ChatOps.Sandbox.Slack;

namespace Devflow.ChatOps.Tests.Functions.Slack;

public sealed class SlackClientTests
{
    [Fact]
    public async Task A_post_shows_text_and_blocks_and_carries_its_operation()
    {
        await using var stand = await StartAsync();
        var blocks = new JsonArray(
            new JsonObject
            {
                ["type"] = "section",
                ["text"] = new JsonObject { ["type"] = "plain_text", ["text"] = "a card" },
            }
        );

        var ts = (
            await stand.Client.PostAsync(new SlackPost(Releases, new SlackMessage("hi", blocks), "op"), Patience)
        ).Value();

        var message = stand.Workspace.Messages(Releases).ShouldHaveSingleItem();
        message.Ts.ShouldBe(ts);
        message.Content.Text.ShouldBe("hi");
        message.Content.Blocks!.Value.GetArrayLength().ShouldBe(1);
        message.Metadata!.Value.GetProperty("event_payload").GetProperty("operation_id").GetString().ShouldBe("op");
        message.Metadata!.Value.GetProperty("event_type").GetString().ShouldBe("devflow_job");
    }

    [Fact]
    public async Task A_reply_goes_into_its_thread_and_only_a_broadcast_one_into_the_channel_too()
    {
        await using var stand = await StartAsync();
        var card = (await stand.Client.PostAsync(Post("card"), Patience)).Value();

        await stand.Client.PostAsync(Post("1") with { Thread = card }, Patience);
        await stand.Client.PostAsync(Post("2") with { Thread = card, Broadcast = true, Urgent = true }, Patience);

        stand.Replies().Select(reply => reply.ThreadTs).ShouldBe([card, card]);
        stand.Replies().Select(reply => reply.Broadcast).ShouldBe([false, true]);
    }

    [Fact]
    public async Task An_update_replaces_what_is_shown_and_keeps_the_operation()
    {
        await using var stand = await StartAsync();
        var ts = (await stand.Client.PostAsync(Post("op"), Patience)).Value();

        (await stand.Client.UpdateAsync(Releases, ts, new SlackMessage("new", []), urgent: false, Patience)).Value();

        stand.Workspace.Messages(Releases).ShouldHaveSingleItem().Content.Text.ShouldBe("new");
        (await stand.Client.FindAsync(Releases, null, "op", stand.Time.GetUtcNow().AddMinutes(-1), Patience))
            .Value()
            .ShouldBe(ts);
    }

    [Fact]
    public async Task A_person_alone_sees_an_ephemeral_text()
    {
        await using var stand = await StartAsync();

        (await stand.Client.PostEphemeralAsync(Releases, Alice, "psst", Patience)).Value();

        stand.Workspace.Ephemerals(Alice).ShouldHaveSingleItem().Content.Text.ShouldBe("psst");
        stand.Workspace.Ephemerals(Bob).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_message_is_found_by_its_operation_in_the_channel_and_in_a_thread()
    {
        await using var stand = await StartAsync();
        var since = stand.Time.GetUtcNow().AddMinutes(-1);
        var card = (await stand.Client.PostAsync(Post("card"), Patience)).Value();
        var reply = (await stand.Client.PostAsync(Post("card:1") with { Thread = card }, Patience)).Value();

        (await stand.Client.FindAsync(Releases, null, "card", since, Patience)).Value().ShouldBe(card);
        (await stand.Client.FindAsync(Releases, card, "card:1", since, Patience)).Value().ShouldBe(reply);
        (await stand.Client.FindAsync(Releases, null, "card:1", since, Patience)).Value().ShouldBeEmpty();
        (await stand.Client.FindAsync(Releases, null, "car", since, Patience)).Value().ShouldBeEmpty();
        (await stand.Client.FindAsync(Releases, null, "card", stand.Time.GetUtcNow().AddSeconds(1), Patience))
            .Value()
            .ShouldBeEmpty();
    }

    [Fact]
    public async Task What_others_wrote_with_the_same_metadata_is_not_ours()
    {
        await using var stand = await StartAsync();
        var forged = JsonSerializer.SerializeToElement(
            new { event_type = "devflow_job", event_payload = new { operation_id = "op" } }
        );
        var foreign = JsonSerializer.SerializeToElement(
            new { event_type = "another_job", event_payload = new { operation_id = "op" } }
        );
        stand.Workspace.Post(Releases, Alice, new Stand.SlackContent("mine"), metadata: forged);
        var bot = stand.Workspace.Installation.BotUserId;
        stand.Workspace.Post(Releases, bot, new Stand.SlackContent("another kind"), metadata: foreign);

        (await stand.Client.FindAsync(Releases, null, "op", stand.Time.GetUtcNow().AddMinutes(-1), Patience))
            .Value()
            .ShouldBeEmpty();
    }

    [Fact]
    public async Task A_message_is_found_behind_pages_of_chatter()
    {
        await using var stand = await StartAsync();
        var ts = (await stand.Client.PostAsync(Post("op"), Patience)).Value();
        Chatter(stand, 450);

        (await stand.Client.FindAsync(Releases, null, "op", stand.Time.GetUtcNow().AddMinutes(-1), Patience))
            .Value()
            .ShouldBe(ts);
        stand.Api.Log.Of("conversations.history").Count.ShouldBe(3);
    }

    [Fact]
    public async Task Of_more_than_it_can_read_it_does_not_say_that_nothing_is_there()
    {
        await using var stand = await StartAsync();
        Chatter(stand, 5001);

        var why = (
            await stand.Client.FindAsync(Releases, null, "op", stand.Time.GetUtcNow().AddMinutes(-1), Patience)
        ).Why();

        why.ShouldBe(new SlackFault(SlackFaultKind.Refused, "history_too_long"));
    }

    private static void Chatter(SlackStand stand, int count)
    {
        for (var i = 0; i < count; i++)
        {
            stand.Workspace.Post(Releases, Alice, new Stand.SlackContent($"chatter {i}"));
        }
    }
}
