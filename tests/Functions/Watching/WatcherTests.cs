using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Functions.Processing.Watching;
using Devflow.ChatOps.Sandbox.Kubernetes;

namespace Devflow.ChatOps.Tests.Functions.Watching;

/// <summary>Controller mode against the API server stand-in: what it hints at, and what it survives.</summary>
public sealed class WatcherTests : IAsyncLifetime
{
    private static readonly ApplicationRef application = new("shop-production", "argocd", "prod");

    private WatchWorld world = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private long bookmark;

    public async ValueTask InitializeAsync() =>
        world = await WatchWorld.StartAsync(version => Interlocked.Exchange(ref bookmark, version));

    public ValueTask DisposeAsync() => world.DisposeAsync();

    [Fact]
    public async Task A_fault_that_nobody_foresaw_does_not_end_the_host_and_the_watch_goes_on_after_it()
    {
        world.Create("storefront");
        world.Looked("storefront");
        world.Catalog("storefront");
        var roles = new FailingRoles(world.Work.RolesOf("one")) { Fails = true };
        var state = world.StartInstance(roles: roles);
        await world.WhenAsync(() => roles.Failures >= 2);
        state.Role.ShouldBe(WatchRole.Standby);

        roles.Fails = false;
        await world.WhenWatchedAsync();
        roles.Fails = true;
        await world.WhenAsync(() => state.Role == WatchRole.Standby);
        roles.Fails = false;
        await world.WhenWatchedAsync(times: 2);

        state.Role.ShouldBe(WatchRole.Watching);
        world.Log.Lines.ShouldContain(line => line.Contains("this instance is on standby") && line.Contains("Odd."));
    }

    [Fact]
    public async Task A_change_is_a_hint_and_what_the_catalog_does_not_know_is_none()
    {
        world.Create("storefront");
        world.Create("unknown");
        world.Looked("storefront");
        world.Catalog("storefront");
        world.StartInstance();
        await world.WhenWatchedAsync();

        world.Touch("unknown", "changed");
        world.Touch("storefront", "changed");

        await HintsAsync(1);
        world.Work.Hints.ShouldBe([WatchWorld.Ref("storefront")]);
        world.Server.Requests.Entries.ShouldAllBe(request => request.Path.Contains("/namespaces/shop/"));
    }

    [Fact]
    public async Task At_start_only_what_differs_from_the_last_look_is_a_hint()
    {
        foreach (var name in (string[])["same", "changed", "new"])
        {
            world.Create(name);
        }

        world.Looked("same");
        world.Looked("changed");
        world.Touch("changed", "since");
        world.Work.Saw(WatchWorld.Ref("gone"), new("uid/7", world.Clock.GetUtcNow(), Waits: false));
        world.Work.Saw(WatchWorld.Ref("gone-before"), new(ChangeMark.Gone, world.Clock.GetUtcNow(), Waits: false));
        world.Catalog("same", "changed", "new", "gone", "gone-before");

        world.StartInstance();

        await world.WhenWatchedAsync();
        world.Work.Hints.Select(hint => hint.Name).Order().ShouldBe(["changed", "gone", "new"]);
    }

    [Fact]
    public async Task A_watch_that_ends_goes_on_where_it_was_and_the_same_version_is_no_second_hint()
    {
        world.Create("storefront");
        world.Looked("storefront");
        world.Catalog("storefront");
        world.StartInstance();
        await world.WhenWatchedAsync();

        world.Objects.CloseWatches();
        world.Touch("storefront", "while nobody watched");
        await HintsAsync(1);
        await world.WhenWatchedAsync(times: 2);
        world.Objects.CloseWatches();
        await world.WhenWatchedAsync(times: 3);
        world.Touch("storefront", "again");
        await HintsAsync(2);

        world.Work.Hints.Count.ShouldBe(2);
        world.Server.Requests.Entries.Count(request => !WatchWorld.IsWatch(request)).ShouldBe(1);
    }

    [Fact]
    public async Task A_version_that_the_cluster_forgot_is_listed_again_and_only_what_changed_is_a_hint()
    {
        world.Create("storefront");
        world.Create("checkout");
        world.Looked("storefront");
        world.Looked("checkout");
        world.Catalog("storefront", "checkout");
        world.StartInstance();
        await world.WhenWatchedAsync();

        world.Server.Fault = request =>
            WatchWorld.IsWatch(new("", $"{request.QueryString}", "", 0, "")) ? new Fault.Cut() : null;
        world.Objects.CloseWatches();
        await world.WhenAskedAsync(request => request.Status == 0);
        world.Touch("checkout", "while nobody watched");
        world.Objects.Compact();
        world.Server.Fault = null;

        await HintsAsync(1);
        await world.WhenAskedAsync(request => !WatchWorld.IsWatch(request), times: 2);
        world.Work.Hints.ShouldBe([WatchWorld.Ref("checkout")]);
        world.Touch("storefront", "after");
        await HintsAsync(2);
    }

    [Fact]
    public async Task A_bookmark_is_where_the_next_watch_begins_so_that_a_quiet_place_is_not_listed_again()
    {
        world.Create("storefront");
        world.Create("elsewhere", "other");
        world.Looked("storefront");
        world.Catalog("storefront");
        world.StartInstance();
        await world.WhenWatchedAsync();

        world.Touch("elsewhere", "changed", "other");
        var changed = world.Objects.ResourceVersion;
        await world.WhenAsync(() => Interlocked.Read(ref bookmark) >= changed);
        world.Objects.Compact();
        world.Objects.CloseWatches();
        await world.WhenWatchedAsync(times: 2);
        world.Touch("storefront", "changed");
        await HintsAsync(1);

        world.Server.Requests.Entries.Count(request => !WatchWorld.IsWatch(request)).ShouldBe(1);
    }

    [Fact]
    public async Task A_cluster_that_asks_the_watch_to_wait_is_left_alone_by_lists_and_looks_too()
    {
        world.Create("storefront");
        world.Looked("storefront");
        world.Catalog("storefront");
        world.Server.Fault = _ => new Fault.Answer(429, TimeSpan.FromMinutes(10));

        world.StartInstance();

        await world.WhenAsync(() => world.Paces.WaitFor("prod") is not null);
        world.Paces.WaitFor("elsewhere").ShouldBeNull();
    }

    [Fact]
    public async Task Connections_that_are_cut_are_asked_for_again_ever_more_seldom()
    {
        world.Create("storefront");
        world.Looked("storefront");
        world.Catalog("storefront");
        world.Server.Fault = _ => new Fault.Cut();
        var state = world.StartInstance();

        var began = world.Clock.GetUtcNow();
        await world.WhenAskedAsync(_ => true, times: 5);

        // At least 0.5 s, 1 s, 2 s and 4 s lie between five of them.
        (world.Clock.GetUtcNow() - began).ShouldBeGreaterThan(TimeSpan.FromSeconds(7));
        state.Problems.ShouldBe(["prod: Rollouts: Unavailable"]);
        world.Server.Fault = null;
        await world.WhenAsync(() => state.Problems.Count == 0);
        world.Log.Lines.Count(line => line.Contains("are not watched now")).ShouldBe(1);
        world.Log.Lines.ShouldContain(line => line.Contains("are watched again"));
    }

    [Theory]
    [InlineData(403, "Forbidden")]
    [InlineData(404, "NotFound")]
    public async Task A_kind_that_cannot_be_read_is_told_and_does_not_keep_the_other_from_being_watched(
        int status,
        string why
    )
    {
        world.Create("storefront");
        world.Looked("storefront");
        world.Catalog(["storefront"], ["prod"], application);
        world.Server.Fault = request =>
            request.Path.Value!.EndsWith("/applications", StringComparison.Ordinal) ? new Fault.Answer(status) : null;

        var state = world.StartInstance();

        await world.WhenWatchedAsync();
        await world.WhenAsync(() => state.Problems.Count == 1);
        state.Problems.ShouldBe([$"prod: Applications: {why}"]);
        state.Places.ShouldBe(2);
        state.Role.ShouldBe(WatchRole.Watching);
        world.Log.Lines.ShouldContain(line => line.Contains("Applications of prod/argocd are not watched"));
        world.Touch("storefront", "changed");
        await HintsAsync(1);
    }

    [Fact]
    public async Task An_Application_hints_at_its_Rollouts_when_what_it_says_has_changed()
    {
        world.Objects.Create(Resources.Application, Kubernetes.Objects.Application());
        world.Create("storefront");
        world.Looked("storefront");
        world.Catalog(["storefront"], ["prod"], application);
        world.StartInstance();
        await world.WhenWatchedAsync("argocd", "applications");
        await world.WhenWatchedAsync();
        world.Work.Hints.ShouldBeEmpty();

        ChangeApplication(status => status["reconciledAt"] = "2026-01-02T03:04:05Z");
        ChangeApplication(status => status["sync"]!["status"] = "OutOfSync");

        await HintsAsync(1);
        ChangeApplication(status => status["sync"]!["status"] = "Synced");
        await HintsAsync(2);
        world.Work.Hints.ShouldAllBe(hint => hint == WatchWorld.Ref("storefront"));
        world.Work.Hints.Count.ShouldBe(2);
    }

    [Fact]
    public async Task The_catalog_that_changes_moves_adds_and_removes_what_is_watched()
    {
        world.Create("storefront");
        world.Create("billing", "finance");
        world.Looked("storefront");
        world.Looked("billing", "finance");
        world.Catalog("storefront");
        var state = world.StartInstance();
        await world.WhenWatchedAsync();

        world.Catalog("storefront", "finance/billing");
        await world.WhenWatchedAsync("finance");
        state.Places.ShouldBe(2);

        world.Catalog("finance/billing");
        await world.WhenAsync(() => state.Places == 1);
        world.Touch("storefront", "nobody's any more");
        world.Touch("billing", "changed", "finance");
        await HintsAsync(1);
        world.Work.Hints.ShouldBe([WatchWorld.Ref("billing", "finance")]);
        world
            .Server.Requests.Entries.Count(request => request.Path.Contains("/finance/") && WatchWorld.IsWatch(request))
            .ShouldBe(1);
    }

    [Fact]
    public async Task A_store_that_is_down_loses_no_change()
    {
        world.Create("storefront");
        world.Looked("storefront");
        world.Catalog("storefront");
        world.StartInstance(roles: new Support.InMemoryWork().RolesOf("one"));
        await world.WhenWatchedAsync();

        world.Work.IsDown = true;
        world.Touch("storefront", "while the store was down");
        await world.WhenWatchedAsync(times: 2);
        world.Work.IsDown = false;

        await HintsAsync(1);
        world.Work.Hints.ShouldBe([WatchWorld.Ref("storefront")]);
    }

    private Task HintsAsync(int count) => world.WhenAsync(() => world.Work.Hints.Count >= count);

    private void ChangeApplication(Action<System.Text.Json.Nodes.JsonObject> change) =>
        world.Objects.Update(
            Resources.Application,
            application.Namespace,
            application.Name,
            item =>
            {
                change(item["status"]!.AsObject());
                return item;
            }
        );

    /// <summary>A store with a fault that its adapter does not know.</summary>
    private sealed class FailingRoles(IRoles roles) : IRoles
    {
        private int failures;

        public bool Fails { get; set; }

        public int Failures => Volatile.Read(ref failures);

        public Task<bool> TakeRoleAsync(string role, DateTimeOffset now, CancellationToken stop)
        {
            if (!Fails)
            {
                return roles.TakeRoleAsync(role, now, stop);
            }

            Interlocked.Increment(ref failures);
            throw new InvalidOperationException("Odd.");
        }

        public Task GiveUpRoleAsync(string role, CancellationToken stop) => roles.GiveUpRoleAsync(role, stop);
    }
}
