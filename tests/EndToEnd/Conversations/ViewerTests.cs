using Devflow.ChatOps.Sandbox.Slack;
using Devflow.ChatOps.Tests.EndToEnd.World;
using static Devflow.ChatOps.Tests.EndToEnd.World.WorldCatalog;

namespace Devflow.ChatOps.Tests.EndToEnd.Conversations;

/// <summary>Who may look, in Slack: <c>viewers</c> and admins, with an account of the workspace.</summary>
public sealed class ViewerTests
{
    private static readonly string[] looks = ["/devflow status my-app", "/devflow jobs", "/devflow jobs my-app"];

    [Fact]
    public async Task Only_viewers_and_admins_are_told_what_is_released()
    {
        await using var world = await ReleaseWorld.StartAsync(new WorldOptions { Viewers = "[oncall]" });
        await world.WhenSeenAsync();

        foreach (var line in looks)
        {
            (await world.TypeAsync(Carol, line)).Text.ShouldBe(
                "You may not look at releases here; ask somebody from oncall or platform."
            );
            (await world.LastOutcomeAsync()).ShouldBe("not_allowed");
            (await world.TypeAsync(Dora, line)).Text.ShouldNotContain("You may not");
            (await world.TypeAsync(Alice, line)).Text.ShouldNotContain("You may not");
        }

        (await world.TypeAsync(Carol, "/devflow help")).Text.ShouldContain("/promote");
    }

    [Fact]
    public async Task Who_is_a_viewer_by_a_group_that_Slack_does_not_tell_is_refused_with_the_reason()
    {
        await using var world = await ReleaseWorld.StartAsync(new WorldOptions { Viewers = "[oncall]" });
        await world.WhenSeenAsync();
        world.Slack.Faults = call => call.Method == "usergroups.users.list" ? new SlackFault.Hang() : null;

        (await world.TypeAsync(Dora, looks[0])).Text.ShouldContain("Slack did not tell me who is in its groups");
        (await world.TypeAsync(Alice, looks[0])).Text.ShouldContain("`v1` live");
    }

    [Fact]
    public async Task Everyone_does_not_mean_guests_and_people_of_other_workspaces()
    {
        await using var world = await ReleaseWorld.StartAsync();
        await world.WhenSeenAsync();
        world.Workspace.Put(new SlackUser(Carol, "carol") { IsUltraRestricted = true });
        world.Workspace.Put(new SlackUser(Dora, "dora") { TeamId = "T0OTHER" });

        foreach (var line in looks)
        {
            (await world.TypeAsync(Carol, line)).Text.ShouldBe(
                "You may not look at releases with a guest's Slack account; ask a member of this workspace who may."
            );
            (await world.TypeAsync(Dora, line)).Text.ShouldContain("the Slack account of another workspace");
        }
    }

    [Fact]
    public async Task When_Slack_does_not_tell_the_people_of_the_catalog_may_still_look()
    {
        await using var world = await ReleaseWorld.StartAsync();
        await world.WhenSeenAsync();
        world.Slack.Faults = call => call.Method == "users.info" ? new SlackFault.Error("missing_scope") : null;

        (await world.TypeAsync(Carol, looks[0])).Text.ShouldContain("`v1` live");
        (await world.TypeAsync(Dora, looks[0])).Text.ShouldContain("whether you are a guest or a member");
    }
}
