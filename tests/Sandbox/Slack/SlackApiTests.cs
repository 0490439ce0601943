using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Devflow.ChatOps.Sandbox.Slack;
using static Devflow.ChatOps.Tests.Sandbox.Slack.SlackWorld;

namespace Devflow.ChatOps.Tests.Sandbox.Slack;

public sealed class SlackApiTests
{
    [Fact]
    public async Task A_posted_message_is_answered_with_its_ts_and_kept()
    {
        await using var world = await StartAsync();

        var answer = await world.JsonAsync(
            "chat.postMessage",
            new
            {
                channel = Releases,
                text = "hello",
                blocks = Card("op-1"),
            }
        );

        ErrorOf(answer).ShouldBeNull();
        answer.GetProperty("ts").GetString().ShouldBe("1531420618.000000");
        var message = world.Workspace.FindMessage(Releases, "1531420618.000000").ShouldNotBeNull();
        message.Content.Text.ShouldBe("hello");
        message.UserId.ShouldBe(world.Workspace.Installation.BotUserId);
    }

    [Fact]
    public async Task Timestamps_increase_even_when_the_clock_stands_still()
    {
        await using var world = await StartAsync();

        var first = world.Workspace.Post(Releases, Alice, new SlackContent("one"));
        var second = world.Workspace.Post(Releases, Alice, new SlackContent("two"));

        (first.Ts, second.Ts).ShouldBe(("1531420618.000000", "1531420618.000001"));
    }

    [Theory]
    [InlineData(null, "not_authed")]
    [InlineData("Bearer xoxb-wrong", "invalid_auth")]
    public async Task A_call_without_the_right_token_is_refused_with_200(string? header, string error)
    {
        await using var world = await StartAsync();
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(world.Api.ApiAddress, "auth.test"));
        if (header is not null)
        {
            request.Headers.Authorization = AuthenticationHeaderValue.Parse(header);
        }

        using var response = await http.SendAsync(request, Patience);

        ((int)response.StatusCode).ShouldBe(200);
        ErrorOf(await ReadAsync(response)).ShouldBe(error);
    }

    [Fact]
    public async Task Auth_test_names_the_team_and_the_bot()
    {
        await using var world = await StartAsync();

        var answer = await world.JsonAsync("auth.test", new { });

        answer.GetProperty("team_id").GetString().ShouldBe(world.Workspace.Installation.TeamId);
        answer.GetProperty("user_id").GetString().ShouldBe(world.Workspace.Installation.BotUserId);
    }

    [Theory]
    [InlineData("{\"channel\":\"C0NOBODY\",\"text\":\"x\"}", "channel_not_found")]
    [InlineData("{\"channel\":\"C0OUTSIDE\",\"text\":\"x\"}", "not_in_channel")]
    [InlineData("{\"channel\":\"C0PRIVATE\",\"text\":\"x\"}", "channel_not_found")]
    [InlineData("{\"channel\":\"C0ARCHIVED\",\"text\":\"x\"}", "is_archived")]
    [InlineData("{\"channel\":\"C0RELEASES\"}", "no_text")]
    [InlineData("{\"channel\":\"C0RELEASES\",\"blocks\":[]}", "no_text")]
    [InlineData("{\"text\":\"x\"}", "invalid_arguments")]
    [InlineData("{\"channel\":\"C0RELEASES\",\"txt\":\"x\"}", "invalid_arguments")]
    [InlineData("{\"channel\":\"C0RELEASES\",\"text\":\"x\",\"thread_ts\":\"1.000001\"}", "thread_not_found")]
    [InlineData("{\"channel\":\"C0RELEASES\",\"text\":\"x\",\"blocks\":{}}", "invalid_blocks_format")]
    [InlineData("{\"channel\":\"C0RELEASES\",\"text\":\"x\",\"blocks\":\"[\"}", "invalid_blocks_format")]
    [InlineData(
        "{\"channel\":\"C0RELEASES\",\"text\":\"x\",\"metadata\":{\"event_type\":\"a\"}}",
        "invalid_metadata_format"
    )]
    [InlineData("{\"channel\":\"C0RELEASES\",\"text\":\"x\",\"username\":\"x\"}", "missing_scope")]
    [InlineData("[]", "json_not_object")]
    [InlineData("{", "invalid_json")]
    public async Task A_post_that_slack_would_refuse_is_refused(string body, string error)
    {
        await using var world = await StartAsync();
        world.Workspace.Put(new SlackChannel("C0OUTSIDE", "outside", BotIsMember: false));
        world.Workspace.Put(new SlackChannel("C0PRIVATE", "private", BotIsMember: false, IsPrivate: true));
        world.Workspace.Put(new SlackChannel("C0ARCHIVED", "archived", IsArchived: true));
        using var content = new StringContent(body, Encoding.UTF8, "application/json");

        var answer = await ReadAsync(await world.PostAsync("chat.postMessage", content));

        ErrorOf(answer).ShouldBe(error);
        world.Workspace.Channels.SelectMany(c => world.Workspace.Messages(c.Id)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Large_metadata_is_refused()
    {
        await using var world = await StartAsync();
        var metadata = new { event_type = "job", event_payload = new { text = new string('x', 8_000) } };

        var answer = await world.JsonAsync(
            "chat.postMessage",
            new
            {
                channel = Releases,
                text = "x",
                metadata,
            }
        );

        ErrorOf(answer).ShouldBe("metadata_too_large");
    }

    [Theory]
    [InlineData("text/xml", "invalid_post_type")]
    [InlineData("application/json; charset=latin1", "invalid_charset")]
    public async Task The_wrong_content_type_is_refused(string contentType, string error)
    {
        await using var world = await StartAsync();
        using var content = new ByteArrayContent("{\"channel\":\"C0RELEASES\",\"text\":\"x\"}"u8.ToArray());
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);

        ErrorOf(await ReadAsync(await world.PostAsync("chat.postMessage", content))).ShouldBe(error);
    }

    [Fact]
    public async Task Json_without_a_charset_is_taken_with_a_warning()
    {
        await using var world = await StartAsync();
        using var content = new ByteArrayContent("{\"channel\":\"C0RELEASES\",\"text\":\"x\"}"u8.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        var answer = await ReadAsync(await world.PostAsync("chat.postMessage", content));

        ErrorOf(answer).ShouldBeNull();
        answer.GetProperty("warning").GetString().ShouldBe("missing_charset");
    }

    [Fact]
    public async Task A_form_carries_blocks_as_json_text()
    {
        await using var world = await StartAsync();

        var answer = await world.FormAsync(
            "chat.postMessage",
            ("channel", Releases),
            ("text", "hello"),
            ("blocks", Card("op-1").GetRawText())
        );

        ErrorOf(answer).ShouldBeNull();
        SlackButton.In(world.Workspace.Messages(Releases)[0].Content)[0].Value.ShouldBe("op-1");
    }

    [Fact]
    public async Task Reading_methods_do_not_look_into_json()
    {
        await using var world = await StartAsync();

        ErrorOf(await world.JsonAsync("users.info", new { user = Alice })).ShouldBe("invalid_arguments");
        ErrorOf(await world.FormAsync("users.info", ("user", Alice))).ShouldBeNull();
    }

    [Fact]
    public async Task A_missing_scope_names_what_is_needed_and_what_is_there()
    {
        await using var world = await StartAsync();
        world.Api.Scopes = new HashSet<string> { "commands", "chat:write" };

        var answer = await world.FormAsync("conversations.history", ("channel", Releases));

        ErrorOf(answer).ShouldBe("missing_scope");
        answer.GetProperty("needed").GetString().ShouldBe("channels:history");
        answer.GetProperty("provided").GetString().ShouldBe("chat:write,commands");
    }

    [Fact]
    public async Task Each_kind_of_channel_needs_its_own_history_scope()
    {
        await using var world = await StartAsync();
        world.Workspace.Put(new SlackChannel("G0SECRET", "secret", IsPrivate: true));
        world.Api.Scopes = new HashSet<string> { "channels:history" };

        var answer = await world.FormAsync("conversations.history", ("channel", "G0SECRET"));

        answer.GetProperty("needed").GetString().ShouldBe("groups:history");
    }

    [Fact]
    public async Task Chat_write_public_posts_into_public_channels_from_outside()
    {
        await using var world = await StartAsync();
        world.Workspace.Put(new SlackChannel("C0OUTSIDE", "outside", BotIsMember: false));
        world.Api.Scopes = new HashSet<string> { "chat:write", "chat:write.public" };

        ErrorOf(await world.JsonAsync("chat.postMessage", new { channel = "C0OUTSIDE", text = "x" })).ShouldBeNull();
    }

    [Fact]
    public async Task Group_members_and_users_can_be_looked_up()
    {
        await using var world = await StartAsync();
        world.Workspace.Put(new SlackUserGroup("S0OLD", "old", [Alice], Disabled: true));
        world.Workspace.Put(new SlackUser("U03GONE", "gone", Deleted: true));

        var members = await world.FormAsync("usergroups.users.list", ("usergroup", Platform));
        var groups = await world.FormAsync("usergroups.list", ("include_users", "true"));
        var gone = await world.FormAsync("users.info", ("user", "U03GONE"));

        members.GetProperty("users").EnumerateArray().Select(u => u.GetString()).ShouldBe([Alice, Bob]);
        groups
            .GetProperty("usergroups")
            .EnumerateArray()
            .Single()
            .GetProperty("handle")
            .GetString()
            .ShouldBe("platform");
        gone.GetProperty("user").GetProperty("deleted").GetBoolean().ShouldBeTrue();
        ErrorOf(await world.FormAsync("usergroups.users.list", ("usergroup", "S0NONE"))).ShouldBe("no_such_subteam");
        ErrorOf(await world.FormAsync("usergroups.users.list", ("usergroup", "S0OLD"))).ShouldBe("no_such_subteam");
        ErrorOf(await world.FormAsync("users.info", ("user", "U0NONE"))).ShouldBe("user_not_found");
        world.Workspace.IsPaidPlan = false;
        ErrorOf(await world.FormAsync("usergroups.list")).ShouldBe("plan_upgrade_required");
    }

    [Fact]
    public async Task Conversations_info_describes_the_channel()
    {
        await using var world = await StartAsync();

        var answer = await world.FormAsync("conversations.info", ("channel", Releases));

        answer.GetProperty("channel").GetProperty("is_member").GetBoolean().ShouldBeTrue();
        ErrorOf(await world.FormAsync("conversations.info", ("channel", "C0NONE"))).ShouldBe("channel_not_found");
    }

    [Fact]
    public async Task An_unknown_method_is_named_as_such()
    {
        await using var world = await StartAsync();

        ErrorOf(await world.JsonAsync("chat.shout", new { })).ShouldBe("unknown_method");
    }

    [Fact]
    public async Task The_log_keeps_arguments_but_no_token()
    {
        await using var world = await StartAsync();

        await world.FormAsync("users.info", ("user", Alice), ("token", world.Workspace.Installation.BotToken));

        var call = world.Api.Log.Of("users.info").ShouldHaveSingleItem();
        call.Argument("user").ShouldBe(Alice);
        call.Arguments.Keys.ShouldBe(["user"]);
        world.Api.Log.Ends.ShouldHaveSingleItem().Status.ShouldBe(200);
        JsonSerializer.Serialize(world.Api.Log.Calls).ShouldNotContain("xoxb-");
    }
}
