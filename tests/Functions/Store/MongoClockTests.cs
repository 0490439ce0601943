using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Functions.Adapters.Mongo;
using Devflow.ChatOps.Functions.Processing;
using Devflow.ChatOps.Tests.DocumentDb;
using Devflow.ChatOps.Tests.Functions.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MongoDB.Bson;

namespace Devflow.ChatOps.Tests.Functions.Store;

/// <summary>Instances of different clocks on one MongoDB, which has a clock of its own.</summary>
public sealed class MongoClockTests : IAsyncLifetime
{
    private static readonly RolloutRef web = new("prod", "shop", "web");

    private readonly TemporaryMongo database = TemporaryMongo.Create(Assert.Skip);
    private readonly FakeTimeProvider server = new(Samples.Noon);
    private readonly ListLogger<MongoStore> log = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await using var store = MongoStore.Open(database.ConnectionString, "first", TimeProvider.System);
        await store.PrepareAsync(Stop);
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Theory]
    [InlineData(4)]
    [InlineData(-4)]
    public async Task A_living_lease_is_not_taken_by_an_instance_that_is_eight_seconds_apart(int ahead)
    {
        var (one, two) = (Clock(ahead), Clock(-ahead));
        await using var holder = Open(one);
        await using var other = Open(two);
        var lease = (await holder.TakeAsync(web, one.GetUtcNow(), Stop))!;
        (await holder.TakeRoleAsync("watch", one.GetUtcNow(), Stop)).ShouldBeTrue();
        lease.Until.ShouldBe(one.GetUtcNow() + RolloutLease.Duration, "it tells its holder by its holder's clock");
        await holder.HintAsync(web, Stop);

        server.Advance(RolloutLease.Duration - TimeSpan.FromSeconds(1));
        (await other.TakeAsync(web, two.GetUtcNow(), Stop)).ShouldBeNull();
        (await other.TakeRoleAsync("watch", two.GetUtcNow(), Stop)).ShouldBeFalse();
        (await other.DueAsync(two.GetUtcNow(), [], 10, Stop)).ShouldBeEmpty();
        (await holder.RenewAsync(lease, one.GetUtcNow(), Stop)).ShouldNotBeNull();

        server.Advance(RolloutLease.Duration - TimeSpan.FromSeconds(1));
        (await other.TakeAsync(web, two.GetUtcNow(), Stop)).ShouldBeNull();
        server.Advance(TimeSpan.FromSeconds(2));
        (await other.DueAsync(two.GetUtcNow(), [], 10, Stop)).ShouldBe([web]);
        (await other.TakeAsync(web, two.GetUtcNow(), Stop)).ShouldNotBeNull();
        (await other.TakeRoleAsync("watch", two.GetUtcNow(), Stop)).ShouldBeTrue();
        (await holder.RenewAsync(lease, one.GetUtcNow(), Stop)).ShouldBeNull();
    }

    [Theory]
    [InlineData(6)]
    [InlineData(-6)]
    [InlineData(3600)]
    public async Task An_instance_that_is_further_off_takes_nothing_until_its_clock_is_mended(int ahead)
    {
        var clock = Clock(ahead);
        await using var store = Open(clock);
        await store.PrepareAsync(Stop);

        await store.HintAsync(web, Stop);

        (await Should.ThrowAsync<ClockSkewException>(() => store.PingAsync(Stop))).Message.ShouldContain(
            " s are allowed"
        );
        (await store.TakeAsync(web, clock.GetUtcNow(), Stop)).ShouldBeNull();
        (await store.TakeRoleAsync("watch", clock.GetUtcNow(), Stop)).ShouldBeFalse();
        log.Lines.Count(line => line.Contains("The clock of this instance is", StringComparison.Ordinal)).ShouldBe(1);
        clock.Ahead = TimeSpan.Zero;
        await store.PingAsync(Stop);
        (await store.TakeAsync(web, clock.GetUtcNow(), Stop)).ShouldNotBeNull("what it had written down is there");
        (await store.TakeRoleAsync("watch", clock.GetUtcNow(), Stop)).ShouldBeTrue();
        log.Lines.ShouldContain(line => line.Contains("the clocks agree again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Work_ends_when_the_clock_is_set_while_it_is_under_way()
    {
        var clock = Clock(0);
        await using var store = Open(clock);
        var leases = new Leases(store, clock, NullLogger<Leases>.Instance);
        await using var held = (await leases.TryTakeAsync(web, Stop))!;
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var ending = held.Stop.Register(ended.SetResult);

        clock.Ahead = TimeSpan.FromMinutes(-1);
        server.Advance(RolloutLease.RenewEvery);

        await ended.Task.WaitAsync(TimeSpan.FromSeconds(60), Stop);
        await using var other = Open(Clock(0));
        (await other.TakeAsync(web, server.GetUtcNow(), Stop)).ShouldBeNull("it holds for what may be on the wire");
    }

    [Fact]
    public async Task The_server_is_asked_for_its_time()
    {
        await using var odd = new OddServer(database)
        {
            Afterwards = (request, answer) =>
                request.GetElement(0).Name == "hello"
                    ? answer.Set("localTime", new BsonDateTime(server.GetUtcNow().UtcDateTime))
                    : answer,
        };
        var clock = Clock(60);
        await using var store = MongoStore.Open(
            odd.ConnectionString,
            "one",
            clock,
            NullLogger<MongoStore>.Instance,
            ServerClock.MostSkew
        );

        (await Should.ThrowAsync<ClockSkewException>(() => store.PingAsync(Stop))).Message.ShouldContain(
            "60.0 s ahead of"
        );
        (await store.TakeAsync(web, clock.GetUtcNow(), Stop)).ShouldBeNull();
        clock.Ahead = TimeSpan.Zero;
        await store.PingAsync(Stop);
        (await store.TakeAsync(web, clock.GetUtcNow(), Stop)).ShouldNotBeNull();
    }

    private OffsetClock Clock(int ahead) => new(server, TimeSpan.FromSeconds(ahead));

    private MongoStore Open(OffsetClock clock) =>
        MongoStore.Open(
            database.ConnectionString,
            "one",
            clock,
            log,
            ServerClock.MostSkew,
            _ => Task.FromResult<DateTimeOffset?>(server.GetUtcNow())
        );
}
