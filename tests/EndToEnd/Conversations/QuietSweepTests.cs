using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Tests.EndToEnd.World;
using static Devflow.ChatOps.Tests.EndToEnd.World.WorldCatalog;

namespace Devflow.ChatOps.Tests.EndToEnd.Conversations;

/// <summary>What is quiet is compared by one list, and what people read stays true.</summary>
public sealed class QuietSweepTests
{
    [Fact]
    public async Task A_release_that_waits_is_verified_by_a_list_and_its_card_is_renewed_every_five_minutes()
    {
        await using var world = await WaitingAsync();
        var job = (await world.JobAsync())!;
        var card = SlackTexts.Of(world.Card()!.Content);

        world.Cluster.Requests.Clear();
        world.Clock.Skip(TimeSpan.FromSeconds(40));
        await SweepAsync(world);

        world
            .Cluster.Requests.Entries.Select(request => request.Path.Split('/', '?')[^2])
            .ShouldBe(["rollouts", "replicasets"]);
        (await world.JobAsync())!.VerifiedAt!.Value.ShouldBeGreaterThan(job.VerifiedAt!.Value.AddSeconds(30));
        (await VerifiedByApiAsync(world)).ShouldBe((await world.JobAsync())!.VerifiedAt!.Value);
        SlackTexts.Of(world.Card()!.Content).ShouldBe(card);

        world.Clock.Skip(TimeSpan.FromMinutes(6));
        await SweepAsync(world);
        SlackTexts.Of(world.Card()!.Content).ShouldNotBe(card);
        (await world.JobAsync())!.Revision.ShouldBe(job.Revision);
    }

    [Fact]
    public async Task A_change_that_nothing_told_of_is_found_by_the_list()
    {
        await using var world = await WaitingAsync();
        world.Abort();
        await WhenPhaseAsync(world, "Degraded");
        (await world.JobAsync())!.Status.ShouldBe(JobStatus.AwaitingApproval);

        world.Clock.Skip(TimeSpan.FromSeconds(40));
        await SweepAsync(world);

        (await world.JobAsync())!.Status.ShouldBe(JobStatus.Failed);
    }

    [Fact]
    public async Task A_preview_that_crashes_is_found_by_its_ReplicaSet()
    {
        await using var world = await WaitingAsync();
        var before = world.Rollout()["metadata"]!["resourceVersion"]!.GetValue<string>();
        world.Controller.BreakPods(Namespace, (await world.JobAsync())!.Release!.Hash.ToString());
        await world.Controller.WhenIdleAsync();

        world.Clock.Skip(TimeSpan.FromSeconds(40));
        await SweepAsync(world);

        world.Rollout()["metadata"]!["resourceVersion"]!.GetValue<string>().ShouldBe(before);
        (await world.JobAsync())!.Trouble.ShouldContain("CrashLoopBackOff");
    }

    /// <summary>Somebody waits, and the last look saw nothing new.</summary>
    private static async Task<ReleaseWorld> WaitingAsync()
    {
        var world = await ReleaseWorld.StartAsync(new WorldOptions { RunsLoop = false, Notifies = false });
        await SweepAsync(world);
        world.Release("v2");
        await WhenPhaseAsync(world, "Paused");
        world.Clock.Skip(TimeSpan.FromMinutes(6));
        await SweepAsync(world);
        (await world.JobAsync())!.Status.ShouldBe(JobStatus.AwaitingApproval);
        // Slack takes a message a second, and each look leaves the next one for later.
        for (var look = 0; look < 4; look++)
        {
            world.Clock.Skip(TimeSpan.FromSeconds(40));
            await SweepAsync(world);
        }

        (await world.JobAsync())!.IsSettled.ShouldBeTrue();
        return world;
    }

    private static Task WhenPhaseAsync(ReleaseWorld world, string phase) =>
        world.WhenAsync(
            () => Task.FromResult(world.Rollout()["status"]?["phase"]?.GetValue<string>() == phase ? phase : null),
            $"the Rollout {phase}"
        );

    private static async Task SweepAsync(ReleaseWorld world)
    {
        while (await world.SweepAsync()) { }
    }

    private static async Task<DateTimeOffset> VerifiedByApiAsync(ReleaseWorld world)
    {
        using var answer = await world.CallApiAsync(
            HttpMethod.Get,
            $"api/jobs/{(await world.JobAsync())!.Id}",
            "alice"
        );
        var job = System.Text.Json.Nodes.JsonNode.Parse(
            await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)
        )!;
        return job["verifiedAt"]!.GetValue<DateTimeOffset>();
    }
}
