using System.Text;
using System.Text.Json;
using Devflow.ChatOps.Sandbox.Slack;
using Microsoft.AspNetCore.Http;
using static Devflow.ChatOps.Tests.Sandbox.Slack.SlackWorld;

namespace Devflow.ChatOps.Tests.Sandbox.Slack;

public sealed class SlackClientTests
{
    // The example of https://docs.slack.dev/authentication/verifying-requests-from-slack.
    private const string VectorSecret = "8f742231b10e8888abcd99yyyzzz85a5";
    private const string VectorBody =
        "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar"
        + "&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com"
        + "%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121."
        + "803a0bc887a14d10d2c447fce8b6703c";

    [Fact]
    public async Task Slacks_own_example_is_signed_as_slack_signed_it()
    {
        await using var world = await StartAsync();

        await world.Clients.SendBodyAsync(
            world.App.CommandUrl,
            VectorBody,
            new SlackForgery { SigningSecret = VectorSecret, Timestamp = "1531420618" },
            Patience
        );

        var received = await world.App.NextAsync();
        received.Text.ShouldBe(VectorBody);
        received.Timestamp.ShouldBe("1531420618");
        received.Signature.ShouldBe("v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503");
    }

    [Fact]
    public async Task A_typed_command_arrives_signed_with_every_field()
    {
        await using var world = await StartAsync();

        await world.Clients.TypeCommandAsync(Alice, Releases, "/promote my-app & more", cancellation: Patience);

        var received = await world.App.NextAsync();
        received.Path.ShouldBe("/slack/commands");
        received.ContentType.ShouldBe("application/x-www-form-urlencoded");
        received.Signature.ShouldBe(
            SlackSignature.Compute(world.Workspace.Installation.SigningSecret, "1531420618", received.Body)
        );
        received.Field("command").ShouldBe("/promote");
        received.Field("text").ShouldBe("my-app & more");
        received.Field("user_id").ShouldBe(Alice);
        received.Field("channel_id").ShouldBe(Releases);
        received.Field("team_id").ShouldBe(world.Workspace.Installation.TeamId);
        received.Field("api_app_id").ShouldBe(world.Workspace.Installation.AppId);
        received.Field("is_enterprise_install").ShouldBe("false");
        received.Field("trigger_id").ShouldNotBeNullOrEmpty();
        received.Field("response_url").ShouldStartWith($"{world.Api.Address}commands/");
    }

    [Theory]
    [InlineData("{\"text\":\"only you\"}", false)]
    [InlineData("{\"response_type\":\"in_channel\",\"text\":\"all\"}", true)]
    public async Task The_immediate_answer_is_shown_to_the_person_or_the_channel(string body, bool isPublic)
    {
        await using var world = await StartAsync();
        world.App.AnswersJson(body);

        var delivery = await world.Clients.TypeCommandAsync(Alice, Releases, "/devflow jobs", cancellation: Patience);

        if (isPublic)
        {
            delivery.Answer.ShouldBeOfType<SlackAnswer.Public>().Message.Content.Text.ShouldBe("all");
            world.Workspace.Messages(Releases).Select(m => m.Content.Text).ShouldBe(["/devflow jobs", "all"]);
        }
        else
        {
            delivery.Answer.ShouldBeOfType<SlackAnswer.Private>().Ephemeral.UserId.ShouldBe(Alice);
            world.Workspace.Messages(Releases).ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task An_empty_answer_is_silent_and_plain_text_is_for_the_person()
    {
        await using var world = await StartAsync();
        var silent = await world.Clients.TypeCommandAsync(Alice, Releases, "/promote", cancellation: Patience);
        world.App.Answer = context => context.Response.WriteAsync("which app?");
        var plain = await world.Clients.TypeCommandAsync(Alice, Releases, "/promote", cancellation: Patience);

        silent.Answer.ShouldBeOfType<SlackAnswer.Silent>();
        plain.Answer.ShouldBeOfType<SlackAnswer.Private>().Ephemeral.Content.Text.ShouldBe("which app?");
    }

    [Theory]
    [InlineData(500, "", "http_service_error")]
    [InlineData(401, "", "http_client_error")]
    [InlineData(200, "{\"blocks\":[{\"type\":\"section\"}]}", "invalid_command_response")]
    [InlineData(200, "{\"response_type\":\"loud\",\"text\":\"x\"}", "invalid_command_response")]
    [InlineData(200, "[", "invalid_command_response")]
    public async Task A_bad_answer_is_an_error_on_the_persons_screen(int status, string body, string code)
    {
        await using var world = await StartAsync();
        world.App.Answer = context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/json";
            return context.Response.WriteAsync(body);
        };

        var delivery = await world.Clients.TypeCommandAsync(Alice, Releases, "/promote my-app", cancellation: Patience);

        delivery.Answer.ShouldBeOfType<SlackAnswer.Failed>().Code.ShouldBe(code);
        var shown = world.Workspace.Ephemerals(Alice).ShouldHaveSingleItem();
        shown.Content.Text.ShouldBe($"/promote failed with the error \"{code}\"");
        shown.IsFromSlack.ShouldBeTrue();
    }

    [Fact]
    public async Task Slack_waits_three_seconds_and_no_longer()
    {
        await using var world = await StartAsync();
        world.App.Answer = context => Task.Delay(Timeout.Infinite, context.RequestAborted);

        var typing = world.Clients.TypeCommandAsync(Alice, Releases, "/promote", cancellation: Patience);
        await world.App.NextAsync();
        world.Time.Advance(TimeSpan.FromMilliseconds(2_999));
        typing.IsCompleted.ShouldBeFalse();
        world.Time.Advance(TimeSpan.FromMilliseconds(1));

        (await typing).Answer.ShouldBeOfType<SlackAnswer.Failed>().Code.ShouldBe("operation_timeout");
    }

    [Fact]
    public async Task A_button_asks_first_and_then_sends_what_was_on_screen()
    {
        await using var world = await StartAsync();
        var card = PostCard(world, "op-1");

        var press = world.Clients.Press(Alice, Releases, card.Ts, "promote");
        press.Dialog.ShouldBe(new SlackConfirmation("Promote?", "To production", "Promote", "Cancel"));
        world.Workspace.Update(Releases, card.Ts, _ => new SlackContent("new", Card("op-2")));
        var delivery = await press.ConfirmAsync(cancellation: Patience);

        delivery.Answer.ShouldBeOfType<SlackAnswer.Silent>();
        var received = await world.App.NextAsync();
        received.Path.ShouldBe("/slack/interactions");
        using var payload = JsonDocument.Parse(received.Field("payload")!);
        var root = payload.RootElement;
        root.GetProperty("type").GetString().ShouldBe("block_actions");
        root.GetProperty("user").GetProperty("id").GetString().ShouldBe(Alice);
        root.GetProperty("container").GetProperty("message_ts").GetString().ShouldBe(card.Ts);
        root.GetProperty("response_url").GetString().ShouldStartWith($"{world.Api.Address}actions/");
        var action = root.GetProperty("actions")[0];
        action.GetProperty("action_id").GetString().ShouldBe("promote");
        action.GetProperty("block_id").GetString().ShouldBe("buttons");
        action.GetProperty("value").GetString().ShouldBe("op-1");
        root.GetProperty("message").GetProperty("text").GetString().ShouldBe("card op-1");
    }

    [Fact]
    public async Task Only_buttons_on_screen_can_be_pressed_unless_the_screen_is_known_to_be_old()
    {
        await using var world = await StartAsync();
        var card = PostCard(world, "op-1");
        world.Workspace.Update(Releases, card.Ts, _ => new SlackContent("done"));

        Should.Throw<InvalidOperationException>(() => world.Clients.Press(Alice, Releases, card.Ts, "promote"));
        Should.Throw<InvalidOperationException>(() => world.Clients.Press("U0NONE", Releases, card.Ts, "promote"));
        var old = world.Clients.Press(Alice, Releases, card.Ts, "promote", seen: card.Versions[0]);

        old.Button.Value.ShouldBe("op-1");
    }

    [Fact]
    public async Task A_button_of_an_ephemeral_message_replaces_it_by_its_response_url()
    {
        await using var world = await StartAsync();
        var shown = world.Workspace.ShowEphemeral(Releases, Alice, new SlackContent("choose", Card("op-1")));

        await world.Clients.PressEphemeral(Alice, shown.Id, "promote").ConfirmAsync(cancellation: Patience);

        using var payload = JsonDocument.Parse((await world.App.NextAsync()).Field("payload")!);
        payload.RootElement.TryGetProperty("message", out _).ShouldBeFalse();
        payload.RootElement.GetProperty("container").GetProperty("is_ephemeral").GetBoolean().ShouldBeTrue();
        var url = payload.RootElement.GetProperty("response_url").GetString()!;
        (await world.RespondAsync(url, new { replace_original = true, text = "done" })).ShouldBe((200, "ok"));
        world.Workspace.Ephemerals(Alice).ShouldHaveSingleItem().Content.Text.ShouldBe("done");
        (await world.RespondAsync(url, new { delete_original = true })).ShouldBe((200, "ok"));
        world.Workspace.Ephemerals(Alice).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_app_that_refuses_a_press_is_reported_to_the_person()
    {
        await using var world = await StartAsync();
        var card = PostCard(world, "op-1");
        world.App.Answer = context => Task.FromResult(context.Response.StatusCode = 401);

        var delivery = await world
            .Clients.Press(Alice, Releases, card.Ts, "promote")
            .ConfirmAsync(cancellation: Patience);

        delivery.Status.ShouldBe(401);
        delivery.Answer.ShouldBeOfType<SlackAnswer.Failed>().Code.ShouldBe("http_client_error");
    }

    [Fact]
    public async Task Forgeries_differ_from_honest_requests_only_in_what_is_wrong()
    {
        await using var world = await StartAsync();
        var secret = world.Workspace.Installation.SigningSecret;
        async Task<Received> Type(SlackForgery forgery)
        {
            await world.Clients.TypeCommandAsync(Alice, Releases, "/promote", forgery, Patience);
            return await world.App.NextAsync();
        }

        static bool Good(Received r, string key) => SlackSignature.Compute(key, r.Timestamp!, r.Body) == r.Signature;

        var wrongKey = await Type(new SlackForgery { SigningSecret = "other" });
        var stale = await Type(new SlackForgery { TimestampOffset = TimeSpan.FromSeconds(-301) });
        var tampered = await Type(new SlackForgery { TamperBody = true });
        var unsigned = await Type(new SlackForgery { OmitSignature = true });
        var elsewhere = await Type(new SlackForgery { TeamId = "T0OTHER", AppId = "A0OTHER" });

        (Good(wrongKey, secret), Good(wrongKey, "other")).ShouldBe((false, true));
        (stale.Timestamp, Good(stale, secret)).ShouldBe(("1531420317", true));
        Good(tampered, secret).ShouldBeFalse();
        unsigned.Signature.ShouldBeNull();
        (elsewhere.Field("team_id"), elsewhere.Field("api_app_id")).ShouldBe(("T0OTHER", "A0OTHER"));
        Good(elsewhere, secret).ShouldBeTrue();
    }

    [Fact]
    public async Task A_replay_is_the_same_request_byte_for_byte()
    {
        await using var world = await StartAsync();

        var delivery = await world.Clients.TypeCommandAsync(Alice, Releases, "/promote", cancellation: Patience);
        var first = await world.App.NextAsync();
        world.Time.Advance(TimeSpan.FromSeconds(30));
        await world.Clients.ReplayAsync(delivery.Request, Patience);
        var second = await world.App.NextAsync();

        (second.Text, second.Timestamp, second.Signature).ShouldBe((first.Text, first.Timestamp, first.Signature));
    }

    private static SlackMessage PostCard(SlackWorld world, string value) =>
        world.Workspace.Post(
            Releases,
            world.Workspace.Installation.BotUserId,
            new SlackContent($"card {value}", Card(value))
        );
}
