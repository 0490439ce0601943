using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Jobs.Deciding;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Sandbox.Kubernetes;
using Devflow.ChatOps.Tests.EndToEnd.Faults;
using Devflow.ChatOps.Tests.EndToEnd.World;
using static Devflow.ChatOps.Tests.EndToEnd.World.WorldCatalog;

namespace Devflow.ChatOps.Tests.EndToEnd.Conversations;

/// <summary>What is given up is shown where people look, and tried again by whoever may.</summary>
public sealed class StuckConversationTests
{
    [Fact]
    public async Task A_command_that_is_stuck_is_told_listed_and_resumed()
    {
        var isBroken = false;
        await using var world = await ReleaseWorld.StartAsync(
            new WorldOptions
            {
                RunsLoop = false,
                Expects = error =>
                    error.Contains("is stuck after", StringComparison.Ordinal)
                    || error.Contains("Working on prod/shop/my-app failed", StringComparison.Ordinal),
                Store = inner =>
                    OddStore.Around(
                        inner,
                        (verb, _) => isBroken && verb == nameof(ILocks.FindLockAsync) ? Failing.Before : Failing.Not,
                        _ => new InvalidOperationException("A defect; password=hunter2")
                    ),
            }
        );
        await PassAsync(world);
        await world.ShipAsync("v2");
        await world.WhenPausedAsync("v2");
        await world.HintAsync();
        await PassAsync(world);
        var job = (await world.JobAsync())!;
        job.Status.ShouldBe(JobStatus.AwaitingApproval);

        isBroken = true;
        await world.TypeAndReadAtOnceAsync(Alice, "/promote my-app");
        for (var minutes = 0; minutes < 8; minutes++)
        {
            await PassAsync(world);
        }

        isBroken = false;
        await PassAsync(world);
        await world.WhenWhisperedAsync(Alice, "resume");
        world.Patches().ShouldBeEmpty();

        var stuck = (await CallAsync(world, HttpMethod.Get, "api/stuck", "bob", 200))["commands"]!.AsArray();
        var command = stuck.ShouldHaveSingleItem()!;
        command["app"]!.GetValue<string>().ShouldBe("my-app");
        command["environment"]!.GetValue<string>().ShouldBe("production");
        command["command"]!.GetValue<string>().ShouldBe("promote");
        command["by"]!.GetValue<string>().ShouldBe("alice");
        command["reason"]!.GetValue<string>().ShouldBe("InvalidOperationException, see the log");
        (await world.TypeAsync(Bob, "/devflow status my-app")).Text.ShouldContain("1 command stuck after many tries");
        (await world.TypeAsync(Bob, "/devflow jobs")).Text.ShouldContain("1 command stuck after many tries");

        var refused = await CallAsync(world, HttpMethod.Post, $"api/jobs/{job.Id}/resume", "carol", 403);
        refused["code"]!.GetValue<string>().ShouldBe("not_allowed");
        var resumed = await CallAsync(world, HttpMethod.Post, $"api/jobs/{job.Id}/resume", "alice", 200);
        resumed["text"]!.GetValue<string>().ShouldBe("Trying again for my-app production: 1 command.");
        await PassAsync(world);

        world.Patches().ShouldHaveSingleItem().Status.ShouldBe(200);
        (await CallAsync(world, HttpMethod.Get, "api/stuck", "bob", 200))["commands"]!.AsArray().ShouldBeEmpty();
        var nothing = await CallAsync(world, HttpMethod.Post, $"api/jobs/{job.Id}/resume", "alice", 409);
        nothing["code"]!.GetValue<string>().ShouldBe("nothing_stuck");
        (await world.TypeAsync(Bob, "/devflow status my-app")).Text.ShouldNotContain("stuck");
    }

    [Fact]
    public async Task A_patch_that_is_stuck_is_listed_to_viewers_and_resumed()
    {
        await using var world = await ReleaseWorld.StartAsync(
            new WorldOptions
            {
                RunsLoop = false,
                Viewers = "[platform]",
                Expects = error => error.Contains("is stuck; “resume” tries it again", StringComparison.Ordinal),
            }
        );
        await PassAsync(world);
        await world.ShipAsync("v2", "bob");
        await world.WhenPausedAsync("v2");
        await world.HintAsync();
        await PassAsync(world);
        var job = (await world.JobAsync())!;
        world.Cluster.Fault = request => request.Method == "PATCH" ? new Fault.Answer(503) : null;
        await world.TypeAndReadAtOnceAsync(Alice, "/rollback my-app");
        await PassAsync(world);
        (await EffectsAsync(world, "bob")).ShouldBeEmpty("it is tried again by itself");

        world.Clock.Skip(EffectChanges.StuckAfter);
        await PassAsync(world);

        var effect = (await EffectsAsync(world, "bob")).ShouldHaveSingleItem()!;
        effect["job"]!.GetValue<string>().ShouldBe(job.Id.ToString());
        effect["app"]!.GetValue<string>().ShouldBe("my-app");
        effect["environment"]!.GetValue<string>().ShouldBe("production");
        effect["version"]!.GetValue<string>().ShouldBe("v2");
        effect["effect"]!.GetValue<string>().ShouldBe("abort");
        effect["reason"]!.GetValue<string>().ShouldContain("503");
        var since = effect["since"]!.GetValue<DateTimeOffset>();
        (world.Clock.GetUtcNow() - since).ShouldBeGreaterThanOrEqualTo(EffectChanges.StuckAfter);
        (await EffectsAsync(world, "carol")).ShouldBeEmpty("carol is no viewer");
        (await world.TypeAsync(Bob, "/devflow status my-app")).Text.ShouldContain("1 effect stuck after many tries");
        (await world.TypeAsync(Bob, "/devflow jobs my-app")).Text.ShouldContain("1 effect stuck after many tries");
        (await world.TypeAsync(Bob, "/devflow jobs")).Text.ShouldContain("1 effect stuck after many tries");
        var tries = world.Patches().Count;
        await PassAsync(world);
        world.Patches().Count.ShouldBe(tries, "nobody has resumed it");

        world.Cluster.Fault = null;
        var resumed = await CallAsync(world, HttpMethod.Post, $"api/jobs/{job.Id}/resume", "alice", 200);
        resumed["text"]!.GetValue<string>().ShouldBe("Trying again for my-app production: 1 effect.");
        (await EffectsAsync(world, "bob")).ShouldBeEmpty();
        await PassAsync(world);

        world.Patches().Skip(tries).ShouldHaveSingleItem().Status.ShouldBe(200);
        (await EffectsAsync(world, "bob")).ShouldBeEmpty();
    }

    private static async Task<JsonArray> EffectsAsync(ReleaseWorld world, string by) =>
        (await CallAsync(world, HttpMethod.Get, "api/stuck", by, 200))["effects"]!.AsArray();

    private static async Task PassAsync(ReleaseWorld world)
    {
        world.Clock.Skip(TimeSpan.FromMinutes(1));
        while (await world.SweepAsync())
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }
    }

    private static async Task<JsonObject> CallAsync(
        ReleaseWorld world,
        HttpMethod method,
        string path,
        string by,
        int status
    )
    {
        using var response = await world.CallApiAsync(method, path, by);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        ((int)response.StatusCode).ShouldBe(status, text);
        return JsonNode.Parse(text)!.AsObject();
    }
}
