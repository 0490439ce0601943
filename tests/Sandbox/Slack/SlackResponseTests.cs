using System.Text.Json;
using Devflow.ChatOps.Sandbox.Slack;
using static Devflow.ChatOps.Tests.Sandbox.Slack.SlackWorld;

namespace Devflow.ChatOps.Tests.Sandbox.Slack;

public sealed class SlackResponseTests
{
    [Fact]
    public async Task A_response_url_is_good_for_five_answers()
    {
        await using var world = await StartAsync();
        var url = await CommandAsync(world, "response_url");

        for (var i = 1; i <= 5; i++)
        {
            (await world.RespondAsync(url, new { text = $"answer {i}" })).ShouldBe((200, "ok"));
        }

        (await world.RespondAsync(url, new { text = "answer 6" })).ShouldBe((404, "used_url"));
        world.Workspace.Ephemerals(Alice).Count.ShouldBe(5);
    }

    [Fact]
    public async Task A_response_url_is_good_for_thirty_minutes()
    {
        await using var world = await StartAsync();
        var url = await CommandAsync(world, "response_url");

        world.Time.Advance(TimeSpan.FromMinutes(30));
        (await world.RespondAsync(url, new { text = "in time" })).ShouldBe((200, "ok"));
        world.Time.Advance(TimeSpan.FromSeconds(1));
        (await world.RespondAsync(url, new { text = "late" })).ShouldBe((404, "expired_url"));
        (await world.RespondAsync(url + "x", new { text = "guessed" })).ShouldBe((404, "expired_url"));
    }

    [Theory]
    [InlineData("{}", "no_text")]
    [InlineData("{\"text\":\"x\",\"response_type\":\"loud\"}", "invalid_payload")]
    [InlineData("{\"text\":\"x\",\"surprise\":1}", "invalid_payload")]
    [InlineData("{\"text\":\"x\",\"thread_ts\":\"1.000001\"}", "invalid_payload")]
    [InlineData("{\"delete_original\":true,\"text\":\"x\"}", "invalid_payload")]
    [InlineData("{\"blocks\":[{\"type\":\"section\"}]}", "invalid_blocks")]
    public async Task A_bad_answer_is_refused(string body, string word)
    {
        await using var world = await StartAsync();
        var url = await CommandAsync(world, "response_url");

        (await world.RespondAsync(url, Blocks(body))).ShouldBe((400, word));
    }

    [Fact]
    public async Task An_answer_in_the_channel_passes_by_the_bots_permissions()
    {
        await using var world = await StartAsync();
        world.Workspace.Put(new SlackChannel(Releases, "releases", BotIsMember: false));
        var url = await CommandAsync(world, "response_url");

        await world.RespondAsync(url, new { response_type = "in_channel", text = "for all" });

        world.Workspace.Messages(Releases).ShouldHaveSingleItem().Content.Text.ShouldBe("for all");
    }

    [Fact]
    public async Task The_message_with_the_button_can_be_replaced()
    {
        await using var world = await StartAsync();
        var card = world.Workspace.Post(
            Releases,
            world.Workspace.Installation.BotUserId,
            new SlackContent("card", Card("op-1"))
        );
        await world.Clients.Press(Alice, Releases, card.Ts, "promote").ConfirmAsync(cancellation: Patience);
        using var payload = JsonDocument.Parse((await world.App.NextAsync()).Field("payload")!);
        var url = payload.RootElement.GetProperty("response_url").GetString()!;

        await world.RespondAsync(url, new { replace_original = true, text = "promoted" });

        var replaced = world.Workspace.FindMessage(Releases, card.Ts).ShouldNotBeNull();
        (replaced.Content.Text, replaced.Content.Blocks, replaced.EditCount).ShouldBe(("promoted", null, 1));
    }

    [Fact]
    public async Task A_trigger_opens_one_modal_within_three_seconds()
    {
        await using var world = await StartAsync();
        var used = await CommandAsync(world, "trigger_id");
        var old = await CommandAsync(world, "trigger_id");
        var view = Blocks(
            """
            {"type":"modal","title":{"type":"plain_text","text":"Why?"},"submit":{"type":"plain_text","text":"Go"},
             "blocks":[{"type":"input","label":{"type":"plain_text","text":"Reason"},"element":{"type":"plain_text_input"}}]}
            """
        );
        async Task<string?> Open(string trigger, JsonElement shown) =>
            ErrorOf(await world.JsonAsync("views.open", new { trigger_id = trigger, view = shown }));

        (await Open(used, view)).ShouldBeNull();
        (await Open(used, view)).ShouldBe("exchanged_trigger_id");
        (await Open("1.2.3", view)).ShouldBe("invalid_trigger_id");
        (await Open(old, Blocks("""{"type":"modal"}"""))).ShouldBe("invalid_arguments");
        world.Time.Advance(TimeSpan.FromSeconds(4));
        (await Open(old, view)).ShouldBe("expired_trigger_id");
        world.Workspace.Views.ShouldHaveSingleItem().UserId.ShouldBe(Alice);
    }

    private static async Task<string> CommandAsync(SlackWorld world, string field)
    {
        await world.Clients.TypeCommandAsync(Alice, Releases, "/promote my-app", cancellation: Patience);
        return (await world.App.NextAsync()).Field(field)!;
    }
}
