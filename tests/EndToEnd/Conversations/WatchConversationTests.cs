using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Tests.EndToEnd.World;
using static Devflow.ChatOps.Tests.EndToEnd.World.WorldCatalog;

namespace Devflow.ChatOps.Tests.EndToEnd.Conversations;

/// <summary>Controller mode: nobody notifies, and no sweep looks.</summary>
public sealed class WatchConversationTests
{
    private static readonly WorldOptions watchAlone = new()
    {
        Apps = [new WorldApp { Promote = "{ by: [platform], allowUnknownAuthor: true }" }],
        Notifies = false,
        Sweeps = false,
        Settings = new Dictionary<string, string?> { ["Devflow:Watch"] = "true" },
    };

    [Fact]
    public async Task A_release_that_nobody_tells_of_is_followed_by_the_watch_alone()
    {
        await using var world = await ReleaseWorld.StartAsync(watchAlone);
        await world.WhenSeenAsync();

        world.Release("v2");

        // Left alone, a quiet Rollout would be looked at after five minutes.
        await world.WhenAsync("v2", JobStatus.AwaitingApproval);
        (await world.TypeAsync(Alice, "/promote my-app")).Text.ShouldBe("alice promoted v2.");
        await world.WhenAsync("v2", JobStatus.Succeeded);
        world.Release("v3");
        await world.WhenAsync("v3", JobStatus.AwaitingApproval);
        world.Abort();
        await world.WhenAsync("v3", JobStatus.Failed);
    }

    [Fact]
    public async Task What_is_watched_is_told_with_readiness()
    {
        await using var world = await ReleaseWorld.StartAsync(watchAlone);
        await world.WhenSeenAsync();

        using var answer = await world.SendAsync(HttpMethod.Get, "health/ready", null, null);

        ((int)answer.StatusCode).ShouldBe(200);
        var ready = JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        ready["status"]!.GetValue<string>().ShouldBe("ready");
        ready["watch"]!.ToJsonString().ShouldBe("""{"role":"watching","places":1,"notWatched":[]}""");
    }

    [Fact]
    public async Task A_service_that_was_stopped_catches_up_by_what_differs_from_its_last_look()
    {
        await using var world = await ReleaseWorld.StartAsync(watchAlone);
        await world.WhenSeenAsync();
        await world.StopServiceAsync();
        world.Release("v2");
        await world.Controller.WhenIdleAsync();

        await world.StartServiceAsync();

        await world.WhenAsync("v2", JobStatus.AwaitingApproval);
    }
}
