using System.Net;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Functions.Adapters.Slack;
using Devflow.ChatOps.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using static Devflow.ChatOps.Tests.Functions.Slack.SlackStand;
using Stand = Devflow.ChatOps.Sandbox.Slack;

namespace Devflow.ChatOps.Tests.Functions.Slack;

public sealed class SlackClientFaultTests
{
    [Theory]
    [InlineData("ratelimited", SlackFaultKind.RateLimited)]
    [InlineData("rate_limited", SlackFaultKind.RateLimited)]
    [InlineData("message_limit_exceeded", SlackFaultKind.RateLimited)]
    [InlineData("service_unavailable", SlackFaultKind.Unavailable)]
    [InlineData("request_timeout", SlackFaultKind.Unavailable)]
    [InlineData("fatal_error", SlackFaultKind.Uncertain)]
    [InlineData("internal_error", SlackFaultKind.Uncertain)]
    [InlineData("message_not_found", SlackFaultKind.MessageGone)]
    [InlineData("cant_update_message", SlackFaultKind.MessageGone)]
    [InlineData("edit_window_closed", SlackFaultKind.MessageGone)]
    [InlineData("thread_not_found", SlackFaultKind.MessageGone)]
    [InlineData("channel_not_found", SlackFaultKind.Channel)]
    [InlineData("not_in_channel", SlackFaultKind.Channel)]
    [InlineData("is_archived", SlackFaultKind.Channel)]
    [InlineData("restricted_action_read_only_channel", SlackFaultKind.Channel)]
    [InlineData("invalid_auth", SlackFaultKind.NotAuthorized)]
    [InlineData("not_authed", SlackFaultKind.NotAuthorized)]
    [InlineData("token_revoked", SlackFaultKind.NotAuthorized)]
    [InlineData("token_expired", SlackFaultKind.NotAuthorized)]
    [InlineData("account_inactive", SlackFaultKind.NotAuthorized)]
    [InlineData("org_login_required", SlackFaultKind.NotAuthorized)]
    [InlineData("ekm_access_denied", SlackFaultKind.NotAuthorized)]
    [InlineData("invalid_blocks", SlackFaultKind.Refused)]
    [InlineData("msg_too_long", SlackFaultKind.Refused)]
    [InlineData("metadata_too_large", SlackFaultKind.Refused)]
    [InlineData("no_text", SlackFaultKind.Refused)]
    [InlineData("an_error_of_next_year", SlackFaultKind.Refused)]
    public async Task An_error_of_Slack_is_told_by_what_can_be_done_about_it(string code, SlackFaultKind kind)
    {
        await using var stand = await StartAsync();
        stand.Fail("chat.postMessage", new Stand.SlackFault.Error(code));

        var why = (await stand.Client.PostAsync(Post("op"), Patience)).Why();

        why.Kind.ShouldBe(kind);
        why.Error.ShouldBe(code);
        (why.RetryAfter is not null).ShouldBe(kind == SlackFaultKind.RateLimited);
    }

    [Fact]
    public async Task A_missing_scope_is_named()
    {
        await using var stand = await StartAsync();
        stand.Api.Scopes = new HashSet<string> { "chat:write" };

        (await stand.Client.GroupMembersAsync(Platform, Patience))
            .Why()
            .ShouldBe(new SlackFault(SlackFaultKind.NotAuthorized, "missing_scope: usergroups:read"));
    }

    [Fact]
    public async Task Bad_blocks_are_told_with_what_is_bad_about_them()
    {
        await using var stand = await StartAsync();
        var blocks = new JsonArray(new JsonObject { ["type"] = "section" });

        var why = (
            await stand.Client.PostAsync(new SlackPost(Releases, new SlackMessage("x", blocks), "op"), Patience)
        ).Why();

        why.Kind.ShouldBe(SlackFaultKind.Refused);
        why.Error.ShouldStartWith("invalid_blocks: ");
    }

    [Fact]
    public async Task Being_told_to_wait_is_passed_on_and_nothing_is_sent_before()
    {
        await using var stand = await StartAsync();
        stand.Fail("chat.postMessage", new Stand.SlackFault.RateLimited(TimeSpan.FromSeconds(7)));

        var told = (await stand.Client.PostAsync(Post("op"), Patience)).Why();
        stand.Time.Advance(TimeSpan.FromSeconds(2));
        var held = (await stand.Client.PostAsync(Post("op") with { Urgent = true }, Patience)).Why();

        told.ShouldBe(new SlackFault(SlackFaultKind.RateLimited, "ratelimited", TimeSpan.FromSeconds(7)));
        held.ShouldBe(new SlackFault(SlackFaultKind.RateLimited, "held_back", TimeSpan.FromSeconds(5)));
        stand.Api.Log.Of("chat.postMessage").Count.ShouldBe(1);
        stand.Time.Advance(TimeSpan.FromSeconds(5));
        (await stand.Client.PostAsync(Post("op"), Patience)).Value().ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_cut_after_the_post_is_uncertain_and_the_message_is_there()
    {
        await using var stand = await StartAsync();
        stand.Fail("chat.postMessage", new Stand.SlackFault.CutAfter());

        (await stand.Client.PostAsync(Post("op"), Patience)).Why().Kind.ShouldBe(SlackFaultKind.Uncertain);

        stand.Cards().Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_cut_before_the_post_and_a_gateways_error_are_uncertain_too()
    {
        await using var stand = await StartAsync();
        stand.Fail(
            "chat.postMessage",
            new Stand.SlackFault.CutBefore(),
            new Stand.SlackFault.Status(HttpStatusCode.BadGateway)
        );

        (await stand.Client.PostAsync(Post("op"), Patience)).Why().Kind.ShouldBe(SlackFaultKind.Uncertain);
        (await stand.Client.PostAsync(Post("op"), Patience))
            .Why()
            .ShouldBe(new SlackFault(SlackFaultKind.Uncertain, "http_502"));
    }

    [Fact]
    public async Task A_post_without_an_answer_in_time_is_uncertain()
    {
        await using var stand = await StartAsync();
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        stand.Api.Faults = _ =>
        {
            arrived.TrySetResult();
            return new Stand.SlackFault.Hang();
        };

        var posting = stand.Client.PostAsync(Post("op"), Patience);
        await arrived.Task.WaitAsync(Patience);
        posting.IsCompleted.ShouldBeFalse();
        stand.Time.Advance(TimeSpan.FromSeconds(5));

        (await posting).Why().ShouldBe(new SlackFault(SlackFaultKind.Uncertain, "No answer in time."));
    }

    [Fact]
    public async Task A_lost_answer_to_a_question_only_means_to_ask_again()
    {
        await using var stand = await StartAsync();
        stand.Fail(
            "users.info",
            new Stand.SlackFault.CutAfter(),
            new Stand.SlackFault.Status(HttpStatusCode.InternalServerError),
            new Stand.SlackFault.Error("fatal_error")
        );

        for (var i = 0; i < 3; i++)
        {
            (await stand.Client.AccountAsync(Alice, Patience)).Why().Kind.ShouldBe(SlackFaultKind.Unavailable);
        }

        (await stand.Client.AccountAsync(Alice, Patience)).Value().ShouldBe(SlackAccount.Member);
    }

    [Fact]
    public async Task Without_a_connection_nothing_has_happened()
    {
        using var deaf = DeafPort.Take();
        using var client = new SlackClient(
            new SlackOptions { ApiAddress = new Uri($"http://127.0.0.1:{deaf.Port}/api"), BotToken = "xoxb-1" },
            new SlackGovernor(TimeProvider.System),
            TimeProvider.System,
            NullLogger<SlackClient>.Instance
        );

        (await client.PostAsync(Post("op"), Patience)).Why().Kind.ShouldBe(SlackFaultKind.Unavailable);
    }

    [Fact]
    public async Task The_callers_own_cancellation_is_thrown()
    {
        await using var stand = await StartAsync();
        using var stop = new CancellationTokenSource();
        stand.Api.Faults = _ =>
        {
            stop.Cancel();
            return new Stand.SlackFault.Hang();
        };

        await Should.ThrowAsync<OperationCanceledException>(() => stand.Client.PostAsync(Post("op"), stop.Token));
    }

    [Fact]
    public async Task Without_a_token_nothing_is_sent()
    {
        await using var stand = await StartAsync();
        using var client = stand.NewClient(token: " ");

        (await client.PostAsync(Post("op"), Patience)).Why().Kind.ShouldBe(SlackFaultKind.NotAuthorized);

        stand.Api.Log.Calls.ShouldBeEmpty();
    }
}
