using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages.Slack;
using Devflow.ChatOps.Sandbox.Slack;
using Devflow.ChatOps.Tests.EndToEnd.World;
using static Devflow.ChatOps.Tests.EndToEnd.World.WorldCatalog;

namespace Devflow.ChatOps.Tests.EndToEnd.Conversations;

/// <summary>
/// A preview that begins to crash while it waits. No notification tells of it, and the Rollout says nothing of its
/// preview's pods (ARCHITECTURE.md): the looks that come by themselves do.
/// </summary>
public sealed class PreviewHealthTests
{
    private static readonly TimeSpan untilTheNextLook = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_promote_is_refused_until_it_is_well_again()
    {
        await using var world = await ReleaseWorld.StartAsync();
        var job = await world.ReadyAsync();
        world.Controller.BreakPods(Namespace, job.Release!.Hash.ToString());
        await world.Controller.WhenIdleAsync();
        world.Clock.Skip(untilTheNextLook);
        await world.WhenJobAsync(it => it.Trouble.Length > 0, "the trouble of the preview");

        var reply = await world.TypeAsync(Alice, "/promote my-app");

        reply.Text.ShouldStartWith("The preview is not healthy (CrashLoopBackOff");
        (await world.LastOutcomeAsync()).ShouldBe("preview_unhealthy");
        world.Patches().ShouldBeEmpty();
        var card = await world.WhenCardAsync("🚨 *Trouble* CrashLoopBackOff");
        SlackButton.In(card.Content).ShouldNotContain(button => button.ActionId == CardActions.Promote);

        world.Controller.HealPods(Namespace, job.Release.Hash.ToString());
        await world.Controller.WhenIdleAsync();
        world.Clock.Skip(untilTheNextLook);
        await world.WhenJobAsync(it => it.Trouble.Length == 0, "the preview being well again");
        (await world.TypeAsync(Alice, "/promote my-app")).Text.ShouldBe("alice promoted v2.");
        await world.WhenAsync("v2", JobStatus.Succeeded);
    }

    [Fact]
    public async Task Promoted_before_anybody_looked_it_takes_no_traffic_and_must_be_approved_again_when_it_is_well()
    {
        await using var world = await ReleaseWorld.StartAsync();
        var job = await world.ReadyAsync();
        // It has waited for a minute: pauses are told apart by whole seconds.
        var pause = job.Release!.PauseStart!.Value.AddMinutes(-1);
        world.ChangeRollout(rollout =>
            rollout["status"]!["pauseConditions"]![0]!["startTime"] = $"{pause.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}"
        );
        world.Controller.BreakPods(Namespace, job.Release.Hash.ToString());
        await world.Controller.WhenIdleAsync();

        (await world.TypeAsync(Alice, "/promote my-app")).Text.ShouldBe("alice promoted v2.");

        await world.Controller.WhenIdleAsync();
        world.LiveImage().ShouldBe(world.App.Image("v1"));
        world.Clock.Skip(untilTheNextLook);
        await world.WhenJobAsync(it => it.Trouble.Length > 0, "the trouble of the preview");
        (await world.TypeAsync(Alice, "/promote my-app")).Text.ShouldStartWith("The preview is not healthy");

        world.Controller.HealPods(Namespace, job.Release.Hash.ToString());
        await world.WhenJobAsync(
            it =>
                it is { Status: JobStatus.AwaitingApproval, Trouble: "", Promotion: null }
                && it.Release!.PauseStart > pause,
            "another pause"
        );
        await world.WhenToldAsync();
        world.Thread().ShouldContain(line => line.Contains("The release pauses again"));
        world.LiveImage().ShouldBe(world.App.Image("v1"));

        (await world.TypeAsync(Alice, "/promote my-app")).Text.ShouldBe("alice promoted v2.");
        await world.WhenAsync("v2", JobStatus.Succeeded);
        world.LiveImage().ShouldBe(world.App.Image("v2"));
    }
}
