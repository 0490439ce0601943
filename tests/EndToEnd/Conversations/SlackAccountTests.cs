using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages.Slack;
using Devflow.ChatOps.Sandbox.Slack;
using Devflow.ChatOps.Tests.EndToEnd.World;
using static Devflow.ChatOps.Tests.EndToEnd.World.WorldCatalog;

namespace Devflow.ChatOps.Tests.EndToEnd.Conversations;

/// <summary>Whatever the catalog says of a person: guests, bots and people of other workspaces give no commands.</summary>
public sealed class SlackAccountTests
{
    private const string UsersInfo = "users.info";

    [Theory]
    [InlineData("a guest's")]
    [InlineData("a bot's")]
    [InlineData("another workspace")]
    public async Task Who_is_no_member_of_the_workspace_is_refused_whatever_they_ask_for(string kind)
    {
        await using var world = await ReleaseWorld.StartAsync();
        var alice = new SlackUser(Alice, "alice");
        world.Workspace.Put(
            kind switch
            {
                "a guest's" => alice with { IsUltraRestricted = true },
                "a bot's" => alice with { IsBot = true },
                _ => alice with { TeamId = "T0OTHER" },
            }
        );
        await world.ReadyAsync();
        await world.WhenToldAsync();

        foreach (var line in new[] { "/promote my-app", "/rollback my-app", "/devflow lock my-app mine" })
        {
            var reply = await world.TypeAsync(Alice, line);

            reply.Text.ShouldStartWith("You may not ");
            reply.Text.ShouldContain(kind);
            (await world.LastOutcomeAsync()).ShouldBe("not_allowed");
        }

        await world.PressAsync(Alice, CardActions.Promote);
        await world.WhenWhisperedAsync(Alice, "You may not promote");
        world.Patches().ShouldBeEmpty();
        world.Slack.Log.Of(UsersInfo).Count.ShouldBe(1);

        (await world.TypeAsync(Bob, "/promote my-app")).Text.ShouldBe("bob promoted v2.");
        await world.WhenAsync("v2", JobStatus.Succeeded);
    }

    [Fact]
    public async Task When_Slack_does_not_tell_the_catalog_still_gives_rights_and_Slack_groups_do_not()
    {
        var app = new WorldApp { Promote = "{ by: [platform, oncall], votes: 2 }" };
        await using var world = await ReleaseWorld.StartAsync(new WorldOptions { Apps = [app] });
        await world.ReadyAsync();
        world.Slack.Faults = call => call.Method == UsersInfo ? new SlackFault.Error("missing_scope") : null;

        var dora = await world.TypeAsync(Dora, "/promote my-app");

        dora.Text.ShouldStartWith("You may not promote here; ask somebody from platform or oncall.");
        dora.Text.ShouldContain("Slack did not tell me whether you are a guest");
        (await world.LastOutcomeAsync()).ShouldBe("not_allowed");
        (await world.TypeAsync(Alice, "/promote my-app")).Text.ShouldStartWith("1 of 2 approvals are in");

        world.Slack.Faults = null;
        (await world.TypeAsync(Dora, "/promote my-app")).Text.ShouldStartWith("dora promoted v2.");
        await world.WhenAsync("v2", JobStatus.Succeeded);
        world.Patches().Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_Slack_that_hangs_keeps_nobody_whom_the_catalog_names_from_rolling_back()
    {
        await using var world = await ReleaseWorld.StartAsync();
        await world.ReadyAsync();
        world.Slack.Faults = call => call.Method == UsersInfo ? new SlackFault.Hang() : null;

        await world.TypeAsync(Alice, "/rollback my-app");

        await world.WhenJobAsync(job => job.Rollback is not null, "the rollback");
        (await world.LastOutcomeAsync()).ShouldBe("ok");
    }
}
