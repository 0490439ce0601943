using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Functions.Adapters.Kubernetes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Devflow.ChatOps.Tests.Functions.Kubernetes;

/// <summary>A Rollout with everything around it.</summary>
public sealed class ObserveTests
{
    private static readonly ApplicationRef Argo = new("shop-production", "argocd", "prod");
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_observation_has_the_Rollouts_own_objects_and_nobody_elses()
    {
        await using var server = await OddServer.StartAsync(Everything);
        using var clusters = Clusters.At(server.Address);

        var seen = (await clusters.Rollouts.ObserveAsync(Clusters.Shop, Argo, Stop)).Value();

        seen.Rollout!.CurrentPodHash.ShouldBe(new PodHash("bbb"));
        seen.ReplicaSets.Select(set => set.Name).ShouldBe(["storefront-aaa", "storefront-bbb"]);
        seen.AnalysisRuns.ShouldHaveSingleItem().Name.ShouldBe("storefront-bbb-pre");
        seen.TroubleOf(new PodHash("bbb"))!.Reason.ShouldBe("CrashLoopBackOff");
        seen.Application!.SyncedRevision.ShouldBe("");
        seen.Application.ComparedRevision.ShouldBe("abc");
        clusters.Log.Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task Lists_ask_for_no_more_than_they_need()
    {
        await using var server = await OddServer.StartAsync(Everything);
        using var clusters = Clusters.At(server.Address);

        await clusters.Rollouts.ObserveAsync(Clusters.Shop, Argo, Stop);

        const string selector = "app=storefront,tier in (web,api)";
        const string hashes = "rollouts-pod-template-hash in (bbb,aaa)";
        server
            .Requests.Select(request => Uri.UnescapeDataString(request.Path))
            .ShouldBe(
                [
                    "/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/storefront",
                    $"/apis/apps/v1/namespaces/shop/replicasets?limit=500&labelSelector={selector}",
                    $"/apis/argoproj.io/v1alpha1/namespaces/shop/analysisruns?limit=500&labelSelector={hashes}",
                    $"/api/v1/namespaces/shop/pods?limit=500&labelSelector={selector},{hashes}",
                    "/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/shop-production",
                ],
                ignoreOrder: true
            );
        server.Requests[0].Path.ShouldEndWith("/rollouts/storefront");
    }

    [Fact]
    public async Task Long_lists_are_read_page_by_page()
    {
        await using var server = await OddServer.StartAsync(
            (http, seen) =>
                seen.Path.Contains("/replicasets", StringComparison.Ordinal)
                    ? OddServer.Say(
                        http,
                        200,
                        seen.Path.Contains("continue=more%2F1%3D", StringComparison.Ordinal)
                            ? Objects.List("", Objects.ReplicaSet("bbb"))
                            : Objects.List("more/1=", Objects.ReplicaSet("aaa"))
                    )
                    : Everything(http, seen)
        );
        using var clusters = Clusters.At(server.Address);

        var seen = (await clusters.Rollouts.ObserveAsync(Clusters.Shop, null, Stop)).Value();

        seen.ReplicaSets.Select(set => set.Hash.ToString()).ShouldBe(["aaa", "bbb"]);
    }

    [Fact]
    public async Task A_Rollout_that_is_gone_is_an_observation_without_one()
    {
        await using var server = await OddServer.StartAsync(
            (http, seen) =>
                seen.Path.EndsWith("/rollouts/storefront", StringComparison.Ordinal)
                    ? OddServer.Say(http, 404, Objects.Status(404, "NotFound", "not found"))
                    : Everything(http, seen)
        );
        using var clusters = Clusters.At(server.Address);

        var seen = (await clusters.Rollouts.ObserveAsync(Clusters.Shop, Argo, Stop)).Value();

        seen.Rollout.ShouldBeNull();
        seen.Application.ShouldNotBeNull();
        server.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task What_may_not_be_read_is_left_out_and_told_once()
    {
        var broken = true;
        await using var server = await OddServer.StartAsync(
            (http, seen) =>
                seen.Path.EndsWith("/rollouts/storefront", StringComparison.Ordinal) || !broken ? Everything(http, seen)
                : seen.Path.Contains("/analysisruns", StringComparison.Ordinal)
                    ? OddServer.Say(http, 404, "404 page not found", "text/plain")
                : OddServer.Say(http, 403, Objects.Status(403, "Forbidden", "no right"))
        );
        using var clusters = Clusters.At(server.Address);

        var seen = (await clusters.Rollouts.ObserveAsync(Clusters.Shop, Argo, Stop)).Value();
        await clusters.Rollouts.ObserveAsync(Clusters.Shop, Argo, Stop);

        seen.Rollout.ShouldNotBeNull();
        seen.ReplicaSets.ShouldBeEmpty();
        seen.AnalysisRuns.ShouldBeEmpty();
        seen.Troubles.ShouldBeEmpty();
        seen.Application.ShouldBeNull();
        clusters.Log.Lines.Count.ShouldBe(4);
        clusters.Log.Lines.ShouldContain(line => line.Contains("list pods in shop (403)", StringComparison.Ordinal));

        broken = false;
        (await clusters.Rollouts.ObserveAsync(Clusters.Shop, Argo, Stop)).Value().Troubles.ShouldNotBeEmpty();
        clusters.Log.Lines.Count(line => line.EndsWith("again", StringComparison.Ordinal)).ShouldBe(4);
    }

    [Theory]
    [InlineData(401, ClusterFaultKind.Unauthorized)]
    [InlineData(429, ClusterFaultKind.TooManyRequests)]
    [InlineData(500, ClusterFaultKind.Unavailable)]
    public async Task Without_its_ReplicaSets_an_observation_would_lie(int code, ClusterFaultKind kind)
    {
        await using var server = await OddServer.StartAsync(
            (http, seen) =>
                seen.Path.Contains("/replicasets", StringComparison.Ordinal)
                    ? OddServer.Say(http, code, Objects.Status(code, "x", "busy"))
                    : Everything(http, seen)
        );
        using var clusters = Clusters.At(server.Address);

        (await clusters.Rollouts.ObserveAsync(Clusters.Shop, Argo, Stop)).Kind().ShouldBe(kind);
    }

    [Theory]
    [InlineData("/analysisruns")]
    [InlineData("/pods")]
    [InlineData("/applications")]
    public async Task Other_parts_that_fail_for_a_moment_are_left_out(string part)
    {
        await using var server = await OddServer.StartAsync(
            (http, seen) =>
                seen.Path.Contains(part, StringComparison.Ordinal)
                    ? OddServer.Say(http, 500, "oops", "text/plain")
                    : Everything(http, seen)
        );
        using var clusters = Clusters.At(server.Address);

        var seen = (await clusters.Rollouts.ObserveAsync(Clusters.Shop, Argo, Stop)).Value();

        seen.ReplicaSets.Length.ShouldBe(2);
        (seen.AnalysisRuns.IsEmpty, seen.Troubles.IsEmpty, seen.Application is null).ShouldBe(
            (part == "/analysisruns", part == "/pods", part == "/applications")
        );
        clusters.Log.Lines.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_part_that_hangs_is_left_out_after_its_time()
    {
        var clock = new RequestClock();
        await using var server = await OddServer.StartAsync(
            (http, seen) =>
                seen.Path.Contains("/pods", StringComparison.Ordinal)
                    ? Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default)
                    : Everything(http, seen)
        );
        using var clusters = Clusters.At(
            server.Address,
            new KubernetesOptions { ConnectTimeout = TimeSpan.FromMinutes(1) },
            clock
        );

        var observing = clusters.Rollouts.ObserveAsync(Clusters.Shop, null, Stop);
        for (var read = 0; read < 3; read++)
        {
            await clock.Finished.WaitAsync(TimeSpan.FromMinutes(1), Stop);
        }

        clock.Advance(TimeSpan.FromSeconds(6));
        var seen = (await observing).Value();

        seen.Troubles.ShouldBeEmpty();
        seen.ReplicaSets.Length.ShouldBe(2);
        seen.At.ShouldBe(clock.GetUtcNow());
    }

    [Fact]
    public async Task The_Application_is_read_in_its_own_cluster()
    {
        await using var prod = await OddServer.StartAsync(Everything);
        await using var tools = await OddServer.StartAsync(Everything);
        using var clusters = new Clusters();
        clusters.Catalog = Clusters.Of(
            new Cluster("prod", clusters.Kubeconfig("prod", prod.Address)),
            new Cluster("tools", clusters.Kubeconfig("tools", tools.Address, "another-token"))
        );

        var seen = await clusters.Rollouts.ObserveAsync(Clusters.Shop, Argo with { Cluster = "tools" }, Stop);

        seen.Value().Application.ShouldNotBeNull();
        prod.Requests.ShouldNotContain(request => request.Path.Contains("/applications", StringComparison.Ordinal));
        tools.Requests.ShouldHaveSingleItem().Authorization.ShouldBe("Bearer another-token");
    }

    [Fact]
    public async Task A_Rollout_that_no_controller_saw_yet_has_no_hashes_to_ask_for()
    {
        var fresh = Objects.Rollout();
        fresh["status"] = new JsonObject();
        fresh["spec"]!.AsObject().Remove("selector");
        await using var server = await OddServer.StartAsync(
            (http, seen) =>
                OddServer.Say(
                    http,
                    200,
                    seen.Path.Contains("/replicasets", StringComparison.Ordinal)
                        ? Objects.List("")
                        : fresh.ToJsonString()
                )
        );
        using var clusters = Clusters.At(server.Address);

        var seen = (await clusters.Rollouts.ObserveAsync(Clusters.Shop, null, Stop)).Value();

        seen.Rollout!.CurrentPodHash.IsNone.ShouldBeTrue();
        server
            .Requests.Select(request => request.Path)
            .ShouldBe([
                "/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/storefront",
                "/apis/apps/v1/namespaces/shop/replicasets?limit=500&labelSelector=rollouts-pod-template-hash",
            ]);
    }

    private static Task Everything(HttpContext http, Seen seen)
    {
        const string other = "11111111-1111-1111-1111-111111111111";
        return OddServer.Say(
            http,
            200,
            seen.Path.Contains("/replicasets", StringComparison.Ordinal)
                    ? Objects.List(
                        "",
                        Objects.ReplicaSet("aaa"),
                        Objects.ReplicaSet("bbb"),
                        Objects.ReplicaSet("ccc", other)
                    )
                : seen.Path.Contains("/analysisruns", StringComparison.Ordinal)
                    ? Objects.List("", Objects.AnalysisRun("bbb"), Objects.AnalysisRun("aaa", other))
                : seen.Path.Contains("/pods", StringComparison.Ordinal) ? Objects.List("", Objects.CrashingPod("bbb"))
                : seen.Path.Contains("/applications/", StringComparison.Ordinal) ? Objects.Application().ToJsonString()
                : Objects.Rollout().ToJsonString()
        );
    }

    /// <summary>A clock that tells when a request's time is given back, that is when its answer was read.</summary>
    private sealed class RequestClock : FakeTimeProvider
    {
        public SemaphoreSlim Finished { get; } = new(0);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            new Timed(base.CreateTimer(callback, state, dueTime, period), Finished);

        private sealed class Timed(ITimer inner, SemaphoreSlim finished) : ITimer
        {
            private int disposed;

            public bool Change(TimeSpan dueTime, TimeSpan period) => inner.Change(dueTime, period);

            public void Dispose()
            {
                inner.Dispose();
                if (Interlocked.Exchange(ref disposed, 1) == 0)
                {
                    finished.Release();
                }
            }

            public ValueTask DisposeAsync()
            {
                Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }
}
