using System.Net;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages.Slack;
using Devflow.ChatOps.Sandbox.Slack;
using Devflow.ChatOps.Tests.EndToEnd.World;
using static Devflow.ChatOps.Tests.EndToEnd.World.WorldCatalog;

namespace Devflow.ChatOps.Tests.EndToEnd.Conversations;

/// <summary>Without Slack releases still move; when it is back, one card catches up.</summary>
public sealed class SlackTroubleTests
{
    [Fact]
    public async Task With_Slack_down_the_release_still_moves_and_the_card_catches_up()
    {
        await using var world = await ReleaseWorld.StartAsync();
        world.Slack.Faults = _ => new SlackFault.Status(HttpStatusCode.ServiceUnavailable);
        await world.ReadyAsync();

        // What Slack sends still arrives, and the answer goes out with the response.
        (await world.TypeAsync(Alice, "/promote my-app")).Text.ShouldBe("alice promoted v2.");
        await world.WhenAsync("v2", JobStatus.Succeeded);
        world.Cards().ShouldBeEmpty();

        world.Slack.Faults = null;
        world.Clock.Skip(TimeSpan.FromMinutes(6));
        await world.WhenToldAsync();

        world.Cards().ShouldHaveSingleItem();
        SlackTexts.Of(world.Card()!.Content).ShouldContain("my-app · production · v2 · live");
        world.Thread().Count.ShouldBeLessThanOrEqualTo(3, "an outage is caught up with, not replayed");
        world.Thread().ShouldBeUnique();
    }

    [Fact]
    public async Task A_card_that_was_there_before_the_outage_is_brought_up_to_date()
    {
        await using var world = await ReleaseWorld.StartAsync();
        await world.ReadyAsync();
        await world.WhenToldAsync();
        world.Slack.Faults = _ => new SlackFault.CutBefore();
        await world.TypeAsync(Alice, "/promote my-app");
        await world.WhenAsync("v2", JobStatus.Succeeded);
        SlackTexts.Of(world.Card()!.Content).ShouldContain("waiting for approval");

        world.Slack.Faults = null;
        world.Clock.Skip(TimeSpan.FromMinutes(6));
        await world.WhenToldAsync();

        SlackTexts.Of(world.Card()!.Content).ShouldContain("my-app · production · v2 · live");
        world.Cards().ShouldHaveSingleItem();
        world.Thread().ShouldBeUnique();
    }

    [Fact]
    public async Task Slack_that_says_429_is_left_alone_for_as_long_as_it_says()
    {
        await using var world = await ReleaseWorld.StartAsync();
        world.Slack.Faults = call =>
            call.Method == "chat.postMessage" ? new SlackFault.RateLimited(TimeSpan.FromMinutes(1)) : null;
        await world.ReadyAsync();
        await world.Slack.Log.WhenEndedAsync(end => end.Status == 429, TestContext.Current.CancellationToken);
        await world.HintAsync();
        await world.TypeAsync(Alice, "/promote my-app");
        await world.WhenAsync("v2", JobStatus.Succeeded);

        world.Slack.Log.Of("chat.postMessage").Count.ShouldBe(1, "nothing is posted before the minute is over");
        world.Slack.Faults = null;
        world.Clock.Skip(TimeSpan.FromMinutes(1));
        await world.WhenToldAsync();
        world.Cards().ShouldHaveSingleItem();
        SlackTexts.Of(world.Card()!.Content).ShouldContain("my-app · production · v2 · live");
    }

    [Fact]
    public async Task A_card_whose_answer_was_lost_is_found_and_not_posted_twice()
    {
        await using var world = await ReleaseWorld.StartAsync();
        var posts = 0;
        world.Slack.Faults = call =>
            call.Method == "chat.postMessage" && Interlocked.Increment(ref posts) == 1
                ? new SlackFault.CutAfter()
                : null;
        await world.ReadyAsync();
        await world.Slack.Log.WhenEndedAsync(
            end => end.Call.Method == "chat.postMessage",
            TestContext.Current.CancellationToken
        );

        world.Clock.Skip(TimeSpan.FromSeconds(15));
        await world.WhenToldAsync();

        world.Cards().ShouldHaveSingleItem();
        world.Thread().ShouldBeUnique();
    }

    [Fact]
    public async Task An_answer_whose_response_url_does_not_work_comes_as_an_ephemeral_message()
    {
        await using var world = await ReleaseWorld.StartAsync();
        await world.ReadyAsync();
        await world.WhenToldAsync();
        world.Slack.Faults = call =>
            call.Method == "response_url" ? new SlackFault.Status(HttpStatusCode.NotFound) : null;

        await world.PressAsync(Carol, CardActions.Promote);

        await world.WhenWhisperedAsync(Carol, "You may not promote here; ask somebody from platform.");
        world.Slack.Log.Of("chat.postEphemeral").Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("https://hooks.slack.com.evil.example/actions/1")]
    [InlineData("not an address")]
    public async Task An_answer_does_not_go_to_an_address_that_is_not_Slacks(string address)
    {
        await using var world = await ReleaseWorld.StartAsync();
        await world.ReadyAsync();
        await world.WhenToldAsync();
        var forgery = new SlackForgery { ResponseUrl = new Uri(address, UriKind.RelativeOrAbsolute) };

        var reply = await world.PressAsync(Carol, CardActions.Promote, forgery: forgery);

        reply.Status.ShouldBe(200);
        await world.WhenWhisperedAsync(Carol, "You may not promote here; ask somebody from platform.");
        world.Slack.Log.Of("chat.postEphemeral").Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_press_is_acknowledged_while_Slack_takes_no_answer_and_answered_when_it_does()
    {
        await using var world = await ReleaseWorld.StartAsync();
        await world.ReadyAsync();
        await world.WhenToldAsync();
        world.Slack.Faults = call =>
            call.Method is "response_url" or "chat.postEphemeral" ? new SlackFault.Hang() : null;

        var reply = await world.PressAsync(Carol, CardActions.Promote);

        reply.Status.ShouldBe(200);
        world.Whispers(Carol).ShouldBeEmpty();
        world.Slack.Faults = null;
        await world.WhenWhisperedAsync(Carol, "You may not promote here; ask somebody from platform.");
    }

    [Fact]
    public async Task Somebody_whose_group_cannot_be_looked_up_is_not_a_member()
    {
        var app = new WorldApp { More = "rollback: { by: [platform, oncall] }" };
        await using var world = await ReleaseWorld.StartAsync(new WorldOptions { Apps = [app] });
        world.Slack.Faults = call =>
            call.Method == "usergroups.users.list" ? new SlackFault.Error("fatal_error") : null;
        await world.ReadyAsync();

        var refused = (await world.TypeAsync(Dora, "/rollback my-app")).Text;

        refused.ShouldStartWith("You may not roll back here");
        refused.ShouldEndWith(
            "Slack did not tell me who is in its groups just now; if you are, try again in a minute."
        );
        world.Patches().ShouldBeEmpty();
        (await world.TypeAsync(Alice, "/rollback my-app")).Text.ShouldStartWith("alice rolls back v2 to v1");
        await world.WhenAsync("v2", JobStatus.RolledBack);
    }
}
