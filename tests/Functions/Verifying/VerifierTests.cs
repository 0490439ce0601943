using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Functions.Processing;
using Devflow.ChatOps.Functions.Processing.Verifying;
using Devflow.ChatOps.Sandbox.Kubernetes;
using Devflow.ChatOps.Tests.Functions.Support;
using Devflow.ChatOps.Tests.Functions.Watching;

namespace Devflow.ChatOps.Tests.Functions.Verifying;

/// <summary>The sweep against the API server stand-in: what it asks, what it hints at, and how it waits.</summary>
public sealed class VerifierTests : IAsyncLifetime
{
    private readonly ListLogger<Verifier> log = new();
    private WatchWorld world = null!;
    private ClusterPaces paces = null!;
    private Verifier verifier = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        world = await WatchWorld.StartAsync();
        paces = new ClusterPaces(world.Clock);
        verifier = new Verifier(world.Work, world.Changes, world.Catalogs, paces, new WakeUp(), world.Clock, log);
    }

    public ValueTask DisposeAsync() => world.DisposeAsync();

    [Fact]
    public async Task Quiet_Rollouts_cost_a_list_for_their_namespace_and_one_write()
    {
        Here(waits: true, "a", "b", "finance/c");
        After(seconds: 31);

        await verifier.RunAsync(Stop);

        world.Work.Hints.ShouldBeEmpty();
        world.Work.Verifications.ShouldBe(2);
        Asked().ShouldBe(["finance", "shop"], ignoreOrder: true);
        LookOf("a").VerifiedAt.ShouldBe(world.Clock.GetUtcNow());
        LookOf("a").LookedAt.ShouldBe(world.Clock.GetUtcNow().AddSeconds(-31));
    }

    [Fact]
    public async Task What_differs_is_gone_or_was_never_seen_is_looked_at_in_full()
    {
        Here(waits: true, "same", "changed", "gone", "new");
        world.Touch("changed", "since");
        world.Objects.Delete(Resources.Rollout, "shop", "gone");
        world.Work.Forget(WatchWorld.Ref("new"));
        After(seconds: 31);

        await verifier.RunAsync(Stop);

        Hinted().ShouldBe(["changed", "gone", "new"]);
        LookOf("changed").VerifiedAt.ShouldBe(LookOf("changed").LookedAt);
        LookOf("same").VerifiedAt.ShouldBe(world.Clock.GetUtcNow());
    }

    [Fact]
    public async Task A_preview_whose_ReplicaSet_changed_is_looked_at_where_somebody_waits()
    {
        world.Objects.Create(Resources.ReplicaSet, Kubernetes.Objects.ReplicaSet("bbb"));
        Here(waits: true, "storefront", "other");
        world.Objects.Update(
            Resources.ReplicaSet,
            "shop",
            "storefront-bbb",
            set =>
            {
                set["status"]!["readyReplicas"] = 0;
                return set;
            }
        );
        After(seconds: 31);

        await verifier.RunAsync(Stop);

        Hinted().ShouldBe(["storefront"]);
        LookOf("other").VerifiedAt.ShouldBe(world.Clock.GetUtcNow());
    }

    [Fact]
    public async Task What_is_known_to_be_gone_and_still_is_is_quiet()
    {
        Here(waits: false);
        world.Catalog("gone");
        world.Work.Saw(WatchWorld.Ref("gone"), new LastLook(ChangeMark.Gone, world.Clock.GetUtcNow(), Waits: false));
        After(seconds: 301);

        await verifier.RunAsync(Stop);

        world.Work.Hints.ShouldBeEmpty();
        LookOf("gone").VerifiedAt.ShouldBe(world.Clock.GetUtcNow());
    }

    [Fact]
    public async Task Where_somebody_waits_it_is_verified_twice_a_minute_and_elsewhere_every_five()
    {
        Here(waits: true, "waits");
        Here(waits: false, "finance/quiet");
        world.Catalog("waits", "finance/quiet");
        for (var second = 0; second < 620; second += 2)
        {
            After(seconds: 2);
            await verifier.RunAsync(Stop);
        }

        Asked().Count(ns => ns == "shop").ShouldBeInRange(15, 21);
        Asked().Count(ns => ns == "finance").ShouldBe(2);
    }

    [Fact]
    public async Task What_waits_is_looked_at_in_full_every_five_minutes_but_only_some_at_once()
    {
        string[] names = [.. Enumerable.Range(0, 50).Select(i => $"app-{i:d2}")];
        Here(waits: true, names);
        After(seconds: 301);

        await verifier.RunAsync(Stop);
        world.Work.Hints.Count.ShouldBe(ClusterVerifier.LooksAgainAtMost);
        After(seconds: 10);
        await verifier.RunAsync(Stop);
        world.Work.Hints.Count.ShouldBe(ClusterVerifier.LooksAgainAtMost);

        foreach (var rollout in world.Work.Hints)
        {
            world.Looked(rollout.Name, waits: true);
        }

        After(seconds: 31);
        await verifier.RunAsync(Stop);
        world.Work.Hints.Distinct().Count().ShouldBe(2 * ClusterVerifier.LooksAgainAtMost);
    }

    [Fact]
    public async Task A_cluster_that_asks_to_wait_is_left_alone_for_that_long()
    {
        Here(waits: true, "a", "finance/b");
        After(seconds: 31);
        world.Server.Fault = _ => new Fault.Answer(429, TimeSpan.FromSeconds(40));
        await verifier.RunAsync(Stop);
        var asked = world.Server.Requests.Entries.Count;
        asked.ShouldBeInRange(1, 2);
        world.Server.Fault = null;

        After(seconds: 39);
        await verifier.RunAsync(Stop);
        world.Server.Requests.Entries.Count.ShouldBe(asked);
        world.Work.Verifications.ShouldBe(0);

        After(seconds: 1);
        await verifier.RunAsync(Stop);
        world.Work.Verifications.ShouldBe(2);
        world.Work.Hints.ShouldBeEmpty();
        log.Lines.ShouldContain(line => line.Contains("TooManyRequests"));
    }

    [Fact]
    public async Task At_most_four_namespaces_are_listed_at_once()
    {
        Here(waits: true, [.. Enumerable.Range(0, 30).Select(i => $"ns-{i}/app")]);
        After(seconds: 31);
        var (now, most) = (0, 0);
        world.Server.Fault = _ =>
        {
            most = Math.Max(most, Interlocked.Increment(ref now));
            return new Fault.Delay(TimeSpan.FromMilliseconds(20));
        };
        var changes = new Counted(world.Changes, () => Interlocked.Decrement(ref now));
        verifier = new Verifier(world.Work, changes, world.Catalogs, paces, new WakeUp(), world.Clock, log);

        await verifier.RunAsync(Stop);

        world.Work.Verifications.ShouldBe(30);
        most.ShouldBeInRange(1, 4);
    }

    [Fact]
    public async Task A_namespace_that_may_not_be_listed_is_looked_at_one_by_one_every_five_minutes_and_told_once()
    {
        Here(waits: true, "a", "b");
        world.Server.Fault = _ => new Fault.Answer(403);
        for (var second = 0; second <= 330; second += 10)
        {
            After(seconds: 10);
            await verifier.RunAsync(Stop);
        }

        world.Server.Requests.Entries.Count.ShouldBe(2);
        // Twice because of the list, and twice because the last look at them is five minutes old.
        world.Work.Hints.Count.ShouldBeInRange(4, 8);
        log.Lines.Count(line => line.Contains("Cannot list the Rollouts of prod/shop: Forbidden")).ShouldBe(1);
    }

    [Fact]
    public async Task A_namespace_whose_lists_keep_failing_is_looked_at_one_by_one_in_measure()
    {
        Here(waits: false, [.. Enumerable.Range(0, 30).Select(i => $"app-{i:d2}")]);
        After(seconds: 301);
        world.Server.Fault = _ => new Fault.Answer(500);
        for (var failed = 1; failed < ClusterVerifier.ListsFailAtMost; failed++)
        {
            await verifier.RunAsync(Stop);
            After(seconds: 121);
        }

        world.Work.Hints.ShouldBeEmpty();
        await verifier.RunAsync(Stop);

        world.Work.Hints.Count.ShouldBe(ClusterVerifier.LooksAgainAtMost);
        foreach (var rollout in world.Work.Hints)
        {
            world.Looked(rollout.Name, waits: false);
        }

        After(seconds: 121);
        await verifier.RunAsync(Stop);
        Hinted().Distinct().Count().ShouldBe(30, "those that wait longest are next");
        world.Server.Fault = null;
        world.Work.ForgetHints();
        After(seconds: 121);
        await verifier.RunAsync(Stop);
        world.Work.Hints.ShouldBeEmpty();
        world.Work.Verifications.ShouldBe(1);
    }

    [Fact]
    public async Task Rules_that_changed_are_told_to_those_who_wait()
    {
        Here(waits: true, "waits");
        Here(waits: false, "quiet");
        world.Catalog("waits", "quiet");
        await verifier.RunAsync(Stop);
        world.Work.Hints.ShouldBeEmpty();

        world.Catalog("waits", "quiet");
        await verifier.RunAsync(Stop);

        Hinted().ShouldBe(["waits"]);
    }

    [Fact]
    public async Task A_verified_time_from_a_clock_that_was_ahead_does_not_stop_the_sweep()
    {
        Here(waits: true, "a");
        world.Work.Saw(
            WatchWorld.Ref("a"),
            new LastLook(world.Mark("a"), world.Clock.GetUtcNow().AddHours(3), Waits: true)
        );

        await verifier.RunAsync(Stop);

        Asked().ShouldBe(["shop"]);
    }

    [Fact]
    public async Task A_clock_that_jumps_a_day_ahead_and_back_does_not_stop_the_sweep()
    {
        Here(waits: true, "a", "b");
        world.Clock.Ahead = TimeSpan.FromDays(1);
        world.Looked("b", waits: true);
        await verifier.RunAsync(Stop);
        Asked().ShouldBe(["shop"]);
        Hinted().ShouldBe(["a"], "its last look seems to be a day old");
        world.Work.ForgetHints();

        world.Clock.Ahead = TimeSpan.Zero;
        After(seconds: 31);
        await verifier.RunAsync(Stop);

        Asked().ShouldBe(["shop", "shop"]);
        Hinted().ShouldBe(["b"], "its last look is of a day that has not come");
    }

    [Fact]
    public async Task A_look_that_is_asked_to_wait_makes_the_lists_of_the_cluster_wait_too()
    {
        Here(waits: true, "a");
        After(seconds: 31);
        paces.Of("prod").LookFailed(new ClusterFault(ClusterFaultKind.Unavailable, "One look."));
        paces.WaitFor("prod").ShouldBeNull();
        paces
            .Of("prod")
            .LookFailed(new ClusterFault(ClusterFaultKind.TooManyRequests, "429.", TimeSpan.FromSeconds(40)));

        After(seconds: 39);
        await verifier.RunAsync(Stop);
        Asked().ShouldBeEmpty();
        paces.WaitFor("prod").ShouldNotBeNull();
        paces.WaitFor("staging").ShouldBeNull();

        After(seconds: 1);
        await verifier.RunAsync(Stop);
        Asked().ShouldBe(["shop"]);
        paces.WaitFor("prod").ShouldBeNull();
    }

    [Fact]
    public async Task A_store_that_is_down_is_told_and_the_next_round_goes_on()
    {
        Here(waits: true, "a");
        After(seconds: 31);
        world.Work.IsDown = true;
        await verifier.RunAsync(Stop);
        log.Lines.ShouldContain(line => line.Contains("The store does not answer"));

        world.Work.IsDown = false;
        After(seconds: 31);
        await verifier.RunAsync(Stop);
        world.Work.Verifications.ShouldBe(1);
    }

    [Fact]
    public async Task A_cluster_that_hangs_is_not_asked_a_second_time_meanwhile()
    {
        Here(waits: true, "a");
        After(seconds: 31);
        world.Server.Fault = _ => new Fault.Hang();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop);

        var hanging = verifier.RunAsync(patience.Token);
        await world.WhenAskedAsync(_ => true);
        After(seconds: 31);
        var again = verifier.RunAsync(patience.Token);

        again.IsCompleted.ShouldBeFalse();
        world.Server.Requests.Entries.Count.ShouldBe(1);
        await patience.CancelAsync();
        await Task.WhenAll(hanging, again);
    }

    /// <summary>They are in the catalog and in the cluster, and as the last look saw them.</summary>
    private void Here(bool waits, params string[] rollouts)
    {
        world.Catalog(rollouts);
        foreach (var rollout in rollouts)
        {
            var (ns, name) = rollout.Split('/') is [var first, var second] ? (first, second) : ("shop", rollout);
            world.Create(name, ns);
            world.Looked(name, ns, waits);
        }
    }

    private void After(int seconds) => world.Clock.Advance(TimeSpan.FromSeconds(seconds));

    private LastLook LookOf(string name) => world.Work.LookOf(WatchWorld.Ref(name))!;

    private IReadOnlyList<string> Hinted() => [.. world.Work.Hints.Select(hint => hint.Name).Order()];

    /// <summary>The namespaces that were listed.</summary>
    private IReadOnlyList<string> Asked() =>
        [
            .. world
                .Server.Requests.Entries.Where(request => request.Path.Contains("/rollouts?"))
                .Select(request => request.Path.Split('/')[5]),
        ];

    private sealed class Counted(IChanges inner, Action after) : IChanges
    {
        public async Task<ClusterAnswer<Listed>> ListAsync(WatchedPlace place, CancellationToken stop)
        {
            var answer = await inner.ListAsync(place, stop);
            after();
            return answer;
        }

        public async Task<
            ClusterAnswer<IReadOnlyDictionary<(string Rollout, PodHash Hash), string>>
        > ListReplicaSetsAsync(
            string cluster,
            string @namespace,
            IReadOnlyCollection<PodHash> hashes,
            CancellationToken stop
        )
        {
            var answer = await inner.ListReplicaSetsAsync(cluster, @namespace, hashes, stop);
            after();
            return answer;
        }

        public Task<ClusterAnswer<WatchEnd>> WatchAsync(
            WatchedPlace place,
            string version,
            Func<WatchNews, Task> tell,
            CancellationToken stop
        ) => inner.WatchAsync(place, version, tell, stop);
    }
}
