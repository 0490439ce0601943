using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Functions.Adapters.Kubernetes;
using Devflow.ChatOps.Sandbox.Kubernetes;
using Microsoft.AspNetCore.Http;

namespace Devflow.ChatOps.Tests.Functions.Kubernetes;

/// <summary>Lists and watches, against the stand-in and against servers that do odd things.</summary>
public sealed class ChangesTests : IAsyncLifetime
{
    private static readonly WatchedPlace shop = new("prod", WatchedKind.Rollouts, "shop");
    private static readonly WatchedPlace argo = new("prod", WatchedKind.Applications, "argocd");

    private readonly ObjectStore store = new(TimeProvider.System);
    private ApiServer server = null!;
    private Clusters clusters = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        server = await ApiServer.StartAsync(
            store,
            new ApiServerOptions { BookmarkInterval = TimeSpan.FromMilliseconds(50) },
            Stop
        );
        clusters = Clusters.At(server.Address);
    }

    public async ValueTask DisposeAsync()
    {
        clusters.Dispose();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_list_tells_every_Rollout_of_the_namespace_and_only_its_mark_is_sent()
    {
        store.Create(Resources.Rollout, Objects.Rollout("storefront"));
        store.Create(Resources.Rollout, Objects.Rollout("checkout"));
        store.Create(Resources.Rollout, Objects.Rollout("other", ns: "elsewhere"));

        var listed = (await Changes().ListAsync(shop, Stop)).Value();

        listed.Items.Select(item => item.Name).ShouldBe(["checkout", "storefront"]);
        listed.Version.ShouldBe($"{store.ResourceVersion}");
        var live = (await clusters.Rollouts.FindAsync(Clusters.Shop, Stop)).Value();
        listed.Items[1].Mark.ShouldBe(ChangeMark.OfRollout(live.Uid, live.ResourceVersion));
        server.Requests.Entries[0].Path.ShouldBe("/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts?limit=500");
    }

    [Fact]
    public async Task Five_thousand_Rollouts_are_ten_pages_of_one_state()
    {
        for (var i = 0; i < 5_000; i++)
        {
            store.Create(Resources.Rollout, Objects.Rollout($"app-{i:d4}"));
        }

        var listed = (await Changes().ListAsync(shop, Stop)).Value();

        listed.Items.Count.ShouldBe(5_000);
        listed.Items.Select(item => item.Name).Distinct().Count().ShouldBe(5_000);
        server.Requests.Entries.Count.ShouldBe(10);
    }

    [Fact]
    public async Task ReplicaSets_of_hashes_are_told_by_their_Rollout_as_a_full_look_sees_them()
    {
        store.Create(Resources.Rollout, Objects.Rollout());
        store.Create(Resources.ReplicaSet, Objects.ReplicaSet("aaa"));
        store.Create(Resources.ReplicaSet, Objects.ReplicaSet("bbb"));
        PodHash[] hashes = [new("bbb"), .. Enumerable.Range(0, 400).Select(i => new PodHash($"none{i}"))];

        var sets = (await Changes().ListReplicaSetsAsync("prod", "shop", hashes, Stop)).Value();

        var seen = store.Get(Resources.ReplicaSet, "shop", "storefront-bbb")!;
        sets.ShouldHaveSingleItem().Key.ShouldBe(("storefront", new PodHash("bbb")));
        sets.Values.ShouldBe([seen["metadata"]!["resourceVersion"]!.GetValue<string>()]);
        server.Requests.Entries.Count.ShouldBe(2);
        server.Requests.Entries.ShouldAllBe(request => request.Path.Length < 8_000);
    }

    [Fact]
    public async Task The_mark_of_an_Application_stays_when_Argo_CD_only_looked_and_changes_with_its_sync()
    {
        store.Create(Resources.Application, Objects.Application());
        var before = (await Changes().ListAsync(argo, Stop)).Value().Items.ShouldHaveSingleItem();

        Change("argocd", "shop-production", item => item["status"]!["reconciledAt"] = "2026-01-02T03:04:05Z");
        var looked = (await Changes().ListAsync(argo, Stop)).Value().Items.ShouldHaveSingleItem();
        Change("argocd", "shop-production", item => item["status"]!["sync"]!["status"] = "OutOfSync");
        var synced = (await Changes().ListAsync(argo, Stop)).Value().Items.ShouldHaveSingleItem();

        looked.ShouldBe(before);
        synced.Name.ShouldBe(before.Name);
        synced.Mark.ShouldNotBe(before.Mark);
    }

    [Fact]
    public async Task A_watch_tells_what_came_after_the_version_and_bookmarks_move_it_on()
    {
        store.Create(Resources.Rollout, Objects.Rollout("storefront"));
        var from = (await Changes().ListAsync(shop, Stop)).Value().Version;
        store.Create(Resources.Rollout, Objects.Rollout("checkout"));
        var heard = new Heard();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var watching = Changes().WatchAsync(shop, from, heard.TellAsync, ending.Token);

        await heard.WhenAsync(news => news.Seen?.Name == "checkout");
        store.Delete(Resources.Rollout, "shop", "storefront");
        await heard.WhenAsync(news => news.Seen is { Name: "storefront", Mark: ChangeMark.Gone });
        store.Create(Resources.Rollout, Objects.Rollout("other", ns: "elsewhere"));
        var mark = await heard.WhenAsync(news => news.Seen is null && news.Version == $"{store.ResourceVersion}");

        heard.All[0].ShouldBe(new WatchNews(from, null));
        heard.All.ShouldNotContain(news => news.Seen != null && news.Seen.Name == "other");
        mark.Seen.ShouldBeNull();
        await ending.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => watching);
        server
            .Requests.Entries[^1]
            .Path.ShouldContain($"watch=true&allowWatchBookmarks=true&resourceVersion={from}&timeoutSeconds=");
    }

    [Fact]
    public async Task A_version_that_was_forgotten_is_told_as_expired_whether_in_the_stream_or_by_status()
    {
        store.Create(Resources.Rollout, Objects.Rollout());
        store.Compact();
        (await Changes().WatchAsync(shop, "1", _ => Task.CompletedTask, Stop)).Value().ShouldBe(WatchEnd.Expired);

        server.Fault = _ => new Fault.Answer(410);
        (await Changes().WatchAsync(shop, "1", _ => Task.CompletedTask, Stop)).Value().ShouldBe(WatchEnd.Expired);
    }

    [Fact]
    public async Task A_watch_whose_time_is_over_ends_in_order()
    {
        var changes = Changes(new KubernetesOptions { WatchTime = TimeSpan.FromSeconds(1) });

        var end = await changes.WatchAsync(shop, $"{store.ResourceVersion}", _ => Task.CompletedTask, Stop);

        end.Value().ShouldBe(WatchEnd.Over);
    }

    [Fact]
    public async Task A_server_that_restarts_ends_the_watch()
    {
        var heard = new Heard();
        var watching = Changes().WatchAsync(shop, $"{store.ResourceVersion}", heard.TellAsync, Stop);
        await heard.WhenAsync(_ => true);

        store.CloseWatches();

        (await watching).Value().ShouldBe(WatchEnd.Over);
    }

    [Theory]
    [InlineData(403, ClusterFaultKind.Forbidden)]
    [InlineData(404, ClusterFaultKind.NotFound)]
    [InlineData(429, ClusterFaultKind.TooManyRequests)]
    [InlineData(500, ClusterFaultKind.Unavailable)]
    public async Task A_watch_that_is_refused_is_a_fault_with_its_kind(int status, ClusterFaultKind kind)
    {
        server.Fault = _ => new Fault.Answer(status, TimeSpan.FromSeconds(7));

        var why = (await Changes().WatchAsync(shop, "1", _ => Task.CompletedTask, Stop)).Why();

        why.Kind.ShouldBe(kind);
        why.RetryAfter.ShouldBe(status is 429 or 500 ? TimeSpan.FromSeconds(7) : null);
    }

    [Fact]
    public async Task A_kind_that_is_not_installed_is_named_as_such()
    {
        await using var odd = await OddServer.StartAsync(OddServer.Says(404, "404 page not found\n", "text/plain"));
        using var there = Clusters.At(odd.Address);

        var why = (await Changes(there).WatchAsync(argo, "1", _ => Task.CompletedTask, Stop)).Why();

        why.Kind.ShouldBe(ClusterFaultKind.Misconfigured);
        why.Message.ShouldContain("CRDs are not installed");
    }

    [Theory]
    [InlineData("""{"type":"MODIFIED","object":{"metadata":{"na""", "broke off in the middle")]
    [InlineData("nonsense\n", "not JSON")]
    [InlineData(
        """{"type":"ERROR","object":{"kind":"Status","code":500,"reason":"InternalError"}}""" + "\n",
        "ended the watch with an error"
    )]
    public async Task A_watch_that_goes_wrong_is_a_fault_after_what_came_before_was_told(string text, string says)
    {
        await using var odd = await OddServer.StartAsync(
            OddServer.Says(200, Line("MODIFIED", "storefront", 42) + "\n" + Line("STRANGE", "x", 43) + "\n" + text)
        );
        using var there = Clusters.At(odd.Address);
        var heard = new Heard();

        var why = (await Changes(there).WatchAsync(shop, "41", heard.TellAsync, Stop)).Why();

        why.Kind.ShouldBe(ClusterFaultKind.Unavailable);
        why.Message.ShouldContain(says);
        heard.All.ShouldBe([new WatchNews("41", null), new WatchNews("42", new Sighting("storefront", "u/42"))]);
    }

    [Fact]
    public async Task A_change_that_is_larger_than_an_answer_may_be_is_not_read_on()
    {
        await using var odd = await OddServer.StartAsync(OddServer.Says(200, new string('x', 300_000)));
        using var there = Clusters.At(odd.Address);
        var changes = Changes(there, new KubernetesOptions { AnswerLimit = 64 * 1024 });

        var why = (await changes.WatchAsync(shop, "41", _ => Task.CompletedTask, Stop)).Why();

        why.Message.ShouldContain("more than 64 KiB");
    }

    [Fact]
    public async Task A_connection_that_is_cut_is_a_fault()
    {
        await using var odd = await OddServer.StartAsync(
            async (http, _) =>
            {
                await http.Response.WriteAsync(Line("MODIFIED", "storefront", 42) + "\n");
                await http.Response.Body.FlushAsync();
                http.Abort();
            }
        );
        using var there = Clusters.At(odd.Address);
        var heard = new Heard();

        var why = (await Changes(there).WatchAsync(shop, "41", heard.TellAsync, Stop)).Why();

        why.IsTransient.ShouldBeTrue(why.ToString());
    }

    [Fact]
    public async Task A_server_that_says_nothing_any_more_is_given_up()
    {
        await using var odd = await OddServer.StartAsync(
            async (http, _) =>
            {
                await http.Response.Body.FlushAsync();
                await Task.Delay(Timeout.Infinite, http.RequestAborted)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        );
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        using var there = Clusters.At(odd.Address, clock: clock);
        var heard = new Heard();
        var watching = new KubernetesChanges(there.Connections, new KubernetesOptions(), clock).WatchAsync(
            shop,
            "41",
            heard.TellAsync,
            Stop
        );
        await heard.WhenAsync(_ => true);

        clock.Advance(TimeSpan.FromMinutes(7));

        (await watching).Kind().ShouldBe(ClusterFaultKind.Timeout);
    }

    [Fact]
    public async Task What_the_listener_throws_comes_out()
    {
        await using var odd = await OddServer.StartAsync(OddServer.Says(200, Line("ADDED", "storefront", 42) + "\n"));
        using var there = Clusters.At(odd.Address);

        await Should.ThrowAsync<StoreUnavailableException>(() =>
            Changes(there)
                .WatchAsync(
                    shop,
                    "41",
                    news => news.Seen is null ? Task.CompletedTask : throw new StoreUnavailableException("down"),
                    Stop
                )
        );
    }

    [Fact]
    public async Task A_namespace_that_is_none_is_refused_before_anything_is_sent()
    {
        var odd = shop with { Namespace = "../../secrets" };

        (await Changes().ListAsync(odd, Stop)).Kind().ShouldBe(ClusterFaultKind.Invalid);
        (await Changes().WatchAsync(odd, "1", _ => Task.CompletedTask, Stop)).Kind().ShouldBe(ClusterFaultKind.Invalid);
        server.Requests.Entries.ShouldBeEmpty();
    }

    private KubernetesChanges Changes(KubernetesOptions? options = null) => Changes(clusters, options);

    private static KubernetesChanges Changes(Clusters there, KubernetesOptions? options = null) =>
        new(there.Connections, options ?? new KubernetesOptions(), TimeProvider.System);

    private void Change(string ns, string name, Action<JsonObject> change) =>
        store.Update(
            Resources.Application,
            ns,
            name,
            item =>
            {
                change(item);
                return item;
            }
        );

    private static string Line(string type, string name, int version) =>
        new JsonObject
        {
            ["type"] = type,
            ["object"] = new JsonObject
            {
                ["metadata"] = new JsonObject
                {
                    ["name"] = name,
                    ["uid"] = "u",
                    ["resourceVersion"] = $"{version}",
                },
            },
        }.ToJsonString();

    /// <summary>What a watch told.</summary>
    private sealed class Heard
    {
        private readonly List<WatchNews> all = [];
        private readonly List<(Func<WatchNews, bool> Fits, TaskCompletionSource<WatchNews> Found)> waiting = [];

        public IReadOnlyList<WatchNews> All
        {
            get
            {
                lock (all)
                {
                    return [.. all];
                }
            }
        }

        public Task TellAsync(WatchNews news)
        {
            lock (all)
            {
                all.Add(news);
                foreach (var (_, found) in waiting.Where(it => it.Fits(news)))
                {
                    found.TrySetResult(news);
                }
            }

            return Task.CompletedTask;
        }

        public Task<WatchNews> WhenAsync(Func<WatchNews, bool> fits)
        {
            var found = new TaskCompletionSource<WatchNews>(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (all)
            {
                if (all.FirstOrDefault(fits) is { } already)
                {
                    return Task.FromResult(already);
                }

                waiting.Add((fits, found));
            }

            return found.Task.WaitAsync(TimeSpan.FromSeconds(60), Stop);
        }
    }
}
