using System.Net;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Tests.DocumentDb;
using Devflow.ChatOps.Tests.EndToEnd.World;
using MongoDB.Bson;
using static Devflow.ChatOps.Tests.EndToEnd.World.WorldCatalog;

namespace Devflow.ChatOps.Tests.EndToEnd.Faults;

/// <summary>Two instances on one MongoDB, which has a clock of its own, and whose clocks do not agree.</summary>
public sealed class ClockSkewTests : IAsyncLifetime
{
    private readonly TemporaryMongo database = TemporaryMongo.Create(Assert.Skip);
    private readonly CapturedLog otherLog = new();
    private OddServer server = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        server = new OddServer(database)
        {
            Afterwards = (request, answer) =>
                request.GetElement(0).Name == "hello"
                    ? answer.Set("localTime", new BsonDateTime(TimeProvider.System.GetUtcNow().UtcDateTime))
                    : answer,
        };
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        await database.DisposeAsync();
    }

    [Fact]
    public async Task An_instance_whose_clock_is_a_minute_ahead_is_not_ready_and_leaves_the_work_to_others()
    {
        await using var world = await ReleaseWorld.StartAsync(OnMongo() with { RunsLoop = false });
        var (asks, took) = (0, 0);
        // The third in a row: nothing came of the first two.
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ahead = new ShiftedClock();
        ahead.Skip(TimeSpan.FromMinutes(1));
        await using var other = await world.StartAnotherAsync(
            ahead,
            store =>
                OddStore.Around(
                    store,
                    (verb, _) =>
                    {
                        if (verb == nameof(IWork.TakeAsync) && Interlocked.Increment(ref asks) == 3)
                        {
                            asked.SetResult();
                        }

                        Interlocked.Add(ref took, verb == nameof(IWork.ReleaseAsync) ? 1 : 0);
                        return Failing.Not;
                    }
                ),
            otherLog
        );

        await world.HintAsync();
        await asked.Task.WaitAsync(ReleaseWorld.Limit, Stop);

        Volatile.Read(ref took).ShouldBe(0);
        (await world.JobAsync()).ShouldBeNull();
        var (status, reason) = await ReadyAsync(other);
        status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        reason.ShouldContain(" s ahead of the clock of the store's server; at most 5 s are allowed.");
        otherLog.Errors.ShouldContain(line => line.Contains("this instance takes no work", StringComparison.Ordinal));
        (await ReadyAsync(world.ServiceAddress)).Status.ShouldBe(HttpStatusCode.OK);

        ahead.Skip(TimeSpan.FromMinutes(-1));

        await world.WhenSeenAsync();
        (await ReadyAsync(other)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(-4)]
    public async Task Two_instances_that_are_eight_seconds_apart_do_everything_once(int ahead)
    {
        await using var world = await ReleaseWorld.StartAsync(OnMongo());
        world.Clock.Skip(TimeSpan.FromSeconds(-ahead));
        var clock = new ShiftedClock();
        clock.Skip(TimeSpan.FromSeconds(ahead));
        await using var other = await world.StartAnotherAsync(clock, store => store, otherLog);

        var job = await world.ReadyAsync();
        await world.WhenToldAsync();
        var reply = await world.TypeAsync(Alice, "/promote my-app");
        reply.Text.ShouldBe("alice promoted v2.");
        await world.WhenAsync("v2", JobStatus.Succeeded);
        var done = await world.WhenToldAsync();

        done.Id.ShouldBe(job.Id);
        world.Cards().ShouldHaveSingleItem();
        world.Patches().ShouldHaveSingleItem();
        world.Thread().ShouldBeUnique();
        world.LiveImage().ShouldBe("registry.example.com/my-app:v2");
        otherLog.Errors.Where(error => !IsSlowMachine(error)).ShouldBeEmpty();
    }

    private WorldOptions OnMongo() =>
        new()
        {
            MostSkew = TimeSpan.FromSeconds(5),
            Settings = new Dictionary<string, string?> { ["Devflow:Store"] = server.ConnectionString },
            Expects = IsSlowMachine,
        };

    // It keeps MongoDB's driver waiting.
    private static bool IsSlowMachine(string error) => error.Contains("The store mongodb://", StringComparison.Ordinal);

    private static Task<(HttpStatusCode Status, string Reason)> ReadyAsync(RunningService of) => ReadyAsync(of.Address);

    private static async Task<(HttpStatusCode Status, string Reason)> ReadyAsync(Uri service)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var answer = await http.GetAsync(new Uri(service, "health/ready"), Stop);
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Stop))!;
        return (answer.StatusCode, body["reason"]?.GetValue<string>() ?? "");
    }
}
