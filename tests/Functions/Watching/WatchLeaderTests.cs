using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Functions.Processing.Watching;
using Devflow.ChatOps.Sandbox.Kubernetes;

namespace Devflow.ChatOps.Tests.Functions.Watching;

/// <summary>One instance among several watches.</summary>
public sealed class WatchLeaderTests : IAsyncLifetime
{
    private WatchWorld world = null!;

    public async ValueTask InitializeAsync()
    {
        world = await WatchWorld.StartAsync();
        world.Create("storefront");
        world.Looked("storefront");
        world.Catalog("storefront");
    }

    public ValueTask DisposeAsync() => world.DisposeAsync();

    [Fact]
    public async Task Of_two_instances_one_watches_and_the_other_takes_over_at_once_when_it_stops()
    {
        var one = world.StartInstance("one");
        await world.WhenWatchedAsync();
        var two = world.StartInstance("two");
        await world.WhenAsync(() => two.Role == WatchRole.Standby);

        world.Touch("storefront", "first");
        await world.WhenAsync(() => world.Work.Hints.Count == 1);
        one.Role.ShouldBe(WatchRole.Watching);
        await world.StopInstanceAsync("one");
        await world.WhenAsync(() => two.Role == WatchRole.Watching);
        await world.WhenWatchedAsync(times: 2);

        world.Work.ForgetHints();
        world.Looked("storefront");
        world.Touch("storefront", "second");
        await world.WhenAsync(() => world.Work.Hints.Count == 1);
        world.Server.Requests.Entries.Count(request => !WatchWorld.IsWatch(request)).ShouldBe(2);
    }

    [Fact]
    public async Task Who_is_cut_off_from_the_store_stops_at_once_and_another_goes_on_after_the_lease()
    {
        var cutOff = new CutOff(world.Work.RolesOf("one"));
        var one = world.StartInstance("one", roles: cutOff);
        await world.WhenWatchedAsync();
        var two = world.StartInstance("two");

        cutOff.IsDown = true;
        var began = world.Clock.GetUtcNow();
        await world.WhenAsync(() => one.Role == WatchRole.Standby);
        (world.Clock.GetUtcNow() - began).ShouldBeLessThan(RolloutLease.Duration);
        await world.WhenAsync(() => two.Role == WatchRole.Watching);

        one.Places.ShouldBe(0);
        await world.WhenWatchedAsync(times: 2);
        world.Touch("storefront", "changed");
        await world.WhenAsync(() => world.Work.Hints.Count > 0);
        world.Work.Hints.Count.ShouldBe(1);

        // The first one comes back and waits for its turn.
        cutOff.IsDown = false;
        await world.WhenAsync(() => cutOff.Refused > 0);
        one.Role.ShouldBe(WatchRole.Standby);
    }

    [Fact]
    public async Task A_store_that_hangs_is_a_lost_role_too()
    {
        var hanging = new CutOff(world.Work.RolesOf("one"));
        var one = world.StartInstance("one", roles: hanging);
        await world.WhenWatchedAsync();

        hanging.Hangs = true;

        await world.WhenAsync(() => one.Role == WatchRole.Standby);
        world.Log.Lines.ShouldContain(line => line.Contains("no answer in time"));
    }

    [Fact]
    public async Task Five_thousand_Rollouts_are_listed_in_pages_and_hinted_at_once_each()
    {
        string[] names = [.. Enumerable.Range(0, 5_000).Select(i => $"app-{i:d4}")];
        foreach (var name in names)
        {
            world.Create(name);
        }

        world.Catalog(names);
        world.StartInstance();
        await world.WhenWatchedAsync();

        world.Work.Hints.Count.ShouldBe(5_000);
        world.Work.Hints.Distinct().Count().ShouldBe(5_000);
        var lists = world.Server.Requests.Entries.Where(request => !WatchWorld.IsWatch(request)).ToList();
        lists.Count.ShouldBe(11);
        lists.ShouldAllBe(request => request.Path.Contains("limit=500"));

        world.Work.ForgetHints();
        world.Server.Fault = request => request.QueryString.Value!.Contains("watch=true") ? new Fault.Cut() : null;
        world.Objects.CloseWatches();
        await world.WhenAskedAsync(request => request.Status == 0);
        world.Touch("app-1234", "changed");
        world.Objects.Compact();
        world.Server.Fault = null;
        await world.WhenAsync(() => world.Work.Hints.Count > 0);
        await world.WhenAskedAsync(request => request.Path.Contains("continue="), times: 20);
        world.Work.Hints.ShouldBe([WatchWorld.Ref("app-1234")]);
    }

    /// <summary>Roles of an instance that may be cut off from the store.</summary>
    private sealed class CutOff(IRoles inner) : IRoles
    {
        public bool IsDown { get; set; }

        public bool Hangs { get; set; }

        public int Refused { get; private set; }

        public async Task<bool> TakeRoleAsync(string role, DateTimeOffset now, CancellationToken stop)
        {
            if (Hangs)
            {
                await Task.Delay(Timeout.Infinite, stop);
            }

            var isTaken = IsDown
                ? throw new StoreUnavailableException("cut off")
                : await inner.TakeRoleAsync(role, now, stop);
            Refused += isTaken ? 0 : 1;
            return isTaken;
        }

        public Task GiveUpRoleAsync(string role, CancellationToken stop) => inner.GiveUpRoleAsync(role, stop);
    }
}
