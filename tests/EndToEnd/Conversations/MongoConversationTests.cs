using System.Net;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Tests.DocumentDb;
using Devflow.ChatOps.Tests.EndToEnd.World;
using static Devflow.ChatOps.Tests.EndToEnd.World.WorldCatalog;

namespace Devflow.ChatOps.Tests.EndToEnd.Conversations;

/// <summary>Releases of a service that writes everything down in MongoDB.</summary>
public sealed class MongoConversationTests : IAsyncLifetime
{
    private readonly TemporaryMongo database = TemporaryMongo.Create(Assert.Skip);
    private readonly WireProxy network = TestMongo.Network();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await network.DisposeAsync();
        await database.DisposeAsync();
    }

    [Fact]
    public async Task A_release_is_announced_promoted_and_completed()
    {
        await using var world = await ReleaseWorld.StartAsync(OnMongo());
        var job = await world.ReadyAsync();
        await world.WhenToldAsync();

        var reply = await world.TypeAsync(Alice, "/promote my-app");

        reply.Text.ShouldBe("alice promoted v2.");
        await CompletedAsync(world, job);
    }

    [Fact]
    public async Task A_service_that_is_restarted_goes_on_with_what_was_written_down()
    {
        await using var world = await ReleaseWorld.StartAsync(OnMongo());
        var job = await world.ReadyAsync();
        await world.WhenToldAsync();

        await world.StopServiceAsync();
        await world.StartServiceAsync();
        var reply = await world.TypeAsync(Alice, "/promote my-app");

        reply.Text.ShouldBe("alice promoted v2.");
        await CompletedAsync(world, job);
    }

    [Fact(Timeout = 240_000)]
    public async Task While_the_store_is_away_nothing_is_accepted_and_afterwards_the_release_goes_on()
    {
        await using var world = await ReleaseWorld.StartAsync(
            OnMongo() with
            {
                Expects = error => error.Contains("The store mongodb://", StringComparison.Ordinal),
            }
        );
        var job = await world.ReadyAsync();
        await world.WhenToldAsync();

        network.IsDown = true;
        network.Cut();
        (await ReadyAsync(world)).ShouldBe(HttpStatusCode.ServiceUnavailable);
        var refused = await world.TypeAsync(Alice, "/promote my-app");
        refused.Text.ShouldNotContain("promoted");
        world.Patches().ShouldBeEmpty();

        network.IsDown = false;
        // Each answer waits for the store a while by itself.
        while (await ReadyAsync(world) != HttpStatusCode.OK)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }

        var reply = await world.TypeAsync(Alice, "/promote my-app");

        reply.Text.ShouldBe("alice promoted v2.");
        await CompletedAsync(world, job);
    }

    private WorldOptions OnMongo() =>
        new()
        {
            Settings = new Dictionary<string, string?>
            {
                ["Devflow:Store"] =
                    $"{database.ConnectionStringThrough(network)}&serverSelectionTimeoutMS=1000&heartbeatFrequencyMS=500",
            },
        };

    private static async Task<HttpStatusCode> ReadyAsync(ReleaseWorld world)
    {
        using var answer = await world.SendAsync(HttpMethod.Get, "health/ready", token: null, body: null);
        return answer.StatusCode;
    }

    private static async Task CompletedAsync(ReleaseWorld world, Job job)
    {
        await world.WhenAsync("v2", JobStatus.Succeeded);
        var done = await world.WhenToldAsync();
        done.Id.ShouldBe(job.Id);
        done.Steps.ShouldAllBe(step => step.Status == StepStatus.Succeeded || step.Status == StepStatus.Skipped);
        world.LiveImage().ShouldBe("registry.example.com/my-app:v2");
        world.Cards().ShouldHaveSingleItem();
        world.Patches().ShouldHaveSingleItem();
        var thread = world.Thread();
        thread.Count(text => text.Contains("Completed:", StringComparison.Ordinal)).ShouldBe(1);
        thread.ShouldBeUnique();
        (await world.LastOutcomeAsync()).ShouldBe("ok");
    }
}
