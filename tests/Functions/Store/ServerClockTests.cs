using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Functions.Adapters.Mongo;
using Devflow.ChatOps.Tests.Functions.Support;
using Microsoft.Extensions.Time.Testing;

namespace Devflow.ChatOps.Tests.Functions.Store;

/// <summary>What an instance makes of its clock and the store's.</summary>
public sealed class ServerClockTests
{
    private readonly FakeTimeProvider world = new(Samples.Noon);
    private readonly OffsetClock own;
    private int asked;
    private TimeSpan wire;

    public ServerClockTests() => own = new OffsetClock(world, TimeSpan.Zero);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(3.2)]
    [InlineData(-3.2)]
    public async Task An_instance_that_is_some_seconds_off_counts_in_the_servers_time(double ahead)
    {
        own.Ahead = TimeSpan.FromSeconds(ahead);
        var clock = Clock();

        var server = await clock.AtAsync(own.GetUtcNow(), Stop);

        (server!.Value - world.GetUtcNow()).Duration().ShouldBeLessThanOrEqualTo(TimeSpan.FromMilliseconds(1));
        clock.Estimate(own.GetUtcNow()).ShouldBe(server.Value);
        clock.Problem.ShouldBeNull();
        await clock.CheckAsync(Stop);
    }

    [Theory]
    [InlineData(7, "7.0 s ahead of")]
    [InlineData(-90, "90.0 s behind")]
    public async Task An_instance_that_is_further_off_is_told_by_how_much_and_what_to_do(double ahead, string told)
    {
        own.Ahead = TimeSpan.FromSeconds(ahead);
        var clock = Clock();

        (await clock.AtAsync(own.GetUtcNow(), Stop)).ShouldBeNull();

        var fault = await Should.ThrowAsync<ClockSkewException>(() => clock.CheckAsync(Stop));
        fault.Message.ShouldBe(
            $"The clock of this instance is {told} the clock of the store's server; at most 5 s are allowed. "
                + "Until the two agree, this instance takes no work and leaves it to others: "
                + "have both synchronised (NTP)."
        );
        clock.Problem.ShouldBe(fault.Message);
    }

    [Fact]
    public async Task What_the_wire_may_have_taken_is_not_taken_for_a_difference()
    {
        (own.Ahead, wire) = (TimeSpan.FromSeconds(-2), TimeSpan.FromSeconds(9));
        var clock = Clock();

        var now = own.GetUtcNow();
        (await clock.AtAsync(now, Stop)).ShouldBe(now, "it may be 2 s behind, or 7 s ahead");
    }

    [Fact]
    public async Task A_clock_that_is_set_is_noticed_without_asking_and_is_asked_about_until_it_is_mended()
    {
        var clock = Clock();
        await clock.AtAsync(own.GetUtcNow(), Stop);
        world.Advance(TimeSpan.FromSeconds(3));
        await clock.AtAsync(own.GetUtcNow(), Stop);
        asked.ShouldBe(1);

        own.Ahead = TimeSpan.FromMinutes(1);
        (await clock.AtAsync(own.GetUtcNow(), Stop)).ShouldBeNull();
        own.Ahead = TimeSpan.FromSeconds(2);

        (await clock.AtAsync(own.GetUtcNow(), Stop)).ShouldNotBeNull();
        world.Advance(TimeSpan.FromSeconds(9));
        (await clock.AtAsync(own.GetUtcNow(), Stop)).ShouldNotBeNull();
        asked.ShouldBe(2);
        world.Advance(TimeSpan.FromSeconds(1));
        (await clock.AtAsync(own.GetUtcNow(), Stop)).ShouldNotBeNull();
        asked.ShouldBe(3, "set, and ten seconds later");
    }

    [Fact]
    public async Task A_server_that_does_not_tell_its_time_is_believed()
    {
        own.Ahead = TimeSpan.FromHours(1);
        var clock = new ServerClock(own, ServerClock.MostSkew, _ => Task.FromResult<DateTimeOffset?>(null));

        (await clock.AtAsync(own.GetUtcNow(), Stop)).ShouldBe(own.GetUtcNow());
        await clock.CheckAsync(Stop);
    }

    private ServerClock Clock() =>
        new(
            own,
            ServerClock.MostSkew,
            _ =>
            {
                asked++;
                var told = world.GetUtcNow();
                world.Advance(wire);
                return Task.FromResult<DateTimeOffset?>(told);
            }
        );
}
