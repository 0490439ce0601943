using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Functions.Adapters.Kubernetes;
using Devflow.ChatOps.Sandbox.Kubernetes;

namespace Devflow.ChatOps.Tests.Functions.Kubernetes;

/// <summary>The adapter against the API server stand-in: rights, preconditions and what patches change.</summary>
public sealed class StandInTests : IAsyncLifetime
{
    private readonly ObjectStore store = new(TimeProvider.System);
    private readonly Clusters clusters = new();
    private ApiServer server = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private KubernetesRollouts Rollouts => clusters.Rollouts;

    public async ValueTask InitializeAsync()
    {
        server = await ApiServer.StartAsync(
            store,
            new ApiServerOptions
            {
                UseTls = true,
                Tokens = new Dictionary<string, ApiUser>
                {
                    ["observer-token"] = ApiUser.Observer("system:serviceaccount:devflow:observer"),
                    // As deploy/kubernetes/rbac.yaml has it: it patches and cannot read.
                    ["executor-token"] = new(
                        "system:serviceaccount:devflow:executor",
                        [new AccessRule(["patch"], ["argoproj.io"], ["rollouts", "rollouts/status"])]
                    ),
                    ["stranger-token"] = new("stranger", []),
                },
            },
            Stop
        );
        store.Create(Resources.Rollout, Objects.Rollout());
        UseIdentities("observer-token", "executor-token");
    }

    public async ValueTask DisposeAsync()
    {
        clusters.Dispose();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_promote_is_one_read_and_one_patch_and_lifts_the_pause()
    {
        var seen = (await Rollouts.FindAsync(Clusters.Shop, Stop)).Value();
        var pause = seen.PauseFor(PauseCondition.BlueGreenPause)!;

        var after = await Rollouts.PatchAsync(
            Clusters.Shop,
            new RolloutPatch.Promote(seen.Uid, seen.ResourceVersion, seen.CurrentPodHash, pause.StartTime),
            Stop
        );

        after.Value().PauseConditions.ShouldBeEmpty();
        after.Value().ResourceVersion.ShouldNotBe(seen.ResourceVersion);
        server
            .Requests.Entries.Select(request => (request.Method, request.User))
            .ShouldBe([
                ("GET", "system:serviceaccount:devflow:observer"),
                ("PATCH", "system:serviceaccount:devflow:executor"),
            ]);
    }

    [Fact]
    public async Task Every_patch_with_a_stale_resourceVersion_is_a_conflict_and_changes_nothing()
    {
        var seen = (await Rollouts.FindAsync(Clusters.Shop, Stop)).Value();
        store.Update(
            Resources.Rollout,
            "shop",
            "storefront",
            rollout =>
            {
                rollout["status"]!["message"] = "moved on";
                return rollout;
            }
        );
        var moved = store.Get(Resources.Rollout, "shop", "storefront")!.ToJsonString();
        var (uid, version, hash) = (seen.Uid, seen.ResourceVersion, seen.CurrentPodHash);
        RolloutPatch[] patches =
        [
            new RolloutPatch.Promote(uid, version, hash, DateTimeOffset.UnixEpoch),
            new RolloutPatch.PromoteFull(uid, version, hash),
            new RolloutPatch.Abort(uid, version, hash),
            new RolloutPatch.Retry(uid, version, hash),
            new RolloutPatch.Undo(uid, version, hash, new PodHash("aaa"), Template("shop:1")),
            new RolloutPatch.Nudge(uid, version, hash, "1"),
        ];

        foreach (var patch in patches)
        {
            (await Rollouts.PatchAsync(Clusters.Shop, patch, Stop)).Kind().ShouldBe(ClusterFaultKind.Conflict);
        }

        store.Get(Resources.Rollout, "shop", "storefront")!.ToJsonString().ShouldBe(moved);
    }

    [Fact]
    public async Task An_undo_replaces_the_whole_template_and_a_nudge_only_an_annotation()
    {
        var seen = (await Rollouts.FindAsync(Clusters.Shop, Stop)).Value();

        var undone = await Rollouts.PatchAsync(
            Clusters.Shop,
            new RolloutPatch.Undo(
                seen.Uid,
                seen.ResourceVersion,
                seen.CurrentPodHash,
                new PodHash("aaa"),
                Template("shop:1")
            ),
            Stop
        );
        undone.Value().TemplateImages.ShouldBe(["shop:1"]);
        undone.Value().Generation.ShouldBe(seen.Generation + 1);

        var nudged = await Rollouts.PatchAsync(
            Clusters.Shop,
            new RolloutPatch.Nudge(seen.Uid, undone.Value().ResourceVersion, seen.CurrentPodHash, "7"),
            Stop
        );
        nudged.Value().Nudge.ShouldBe("7");
        nudged.Value().Generation.ShouldBe(undone.Value().Generation);
    }

    [Fact]
    public async Task Abort_retry_and_full_promote_set_their_fields()
    {
        var seen = (await Rollouts.FindAsync(Clusters.Shop, Stop)).Value();

        var aborted = await Rollouts.PatchAsync(
            Clusters.Shop,
            new RolloutPatch.Abort(seen.Uid, seen.ResourceVersion, seen.CurrentPodHash),
            Stop
        );
        aborted.Value().Abort.ShouldBeTrue();
        var retried = await Rollouts.PatchAsync(
            Clusters.Shop,
            new RolloutPatch.Retry(seen.Uid, aborted.Value().ResourceVersion, seen.CurrentPodHash),
            Stop
        );
        retried.Value().Abort.ShouldBeFalse();
        var full = await Rollouts.PatchAsync(
            Clusters.Shop,
            new RolloutPatch.PromoteFull(seen.Uid, retried.Value().ResourceVersion, seen.CurrentPodHash),
            Stop
        );
        full.Value().PromoteFull.ShouldBeTrue();
    }

    [Fact]
    public async Task An_observer_that_patches_is_told_which_right_it_lacks()
    {
        UseIdentities("observer-token", executor: null);
        var seen = (await Rollouts.FindAsync(Clusters.Shop, Stop)).Value();

        var why = (
            await Rollouts.PatchAsync(
                Clusters.Shop,
                new RolloutPatch.Abort(seen.Uid, seen.ResourceVersion, seen.CurrentPodHash),
                Stop
            )
        ).Why();

        why.Kind.ShouldBe(ClusterFaultKind.Forbidden);
        why.Message.ShouldContain("cannot patch resource \"rollouts/status\"");
    }

    [Fact]
    public async Task An_unknown_token_is_not_accepted_and_a_stranger_is_not_allowed()
    {
        UseIdentities("unknown-token", executor: null);
        var unknown = (await Rollouts.FindAsync(Clusters.Shop, Stop)).Why();
        UseIdentities("stranger-token", executor: null);
        var stranger = (await Rollouts.ObserveAsync(Clusters.Shop, null, Stop)).Why();

        unknown.Kind.ShouldBe(ClusterFaultKind.Unauthorized);
        unknown.Message.ShouldNotContain("unknown-token");
        stranger.Kind.ShouldBe(ClusterFaultKind.Forbidden);
    }

    [Fact]
    public async Task An_observation_reads_what_is_there()
    {
        store.Create(Resources.ReplicaSet, OwnedBy(Uid(), Objects.ReplicaSet("aaa")));
        store.Create(Resources.ReplicaSet, OwnedBy(Uid(), Objects.ReplicaSet("bbb")));
        store.Create(Resources.ReplicaSet, Objects.ReplicaSet("ccc", "11111111-1111-1111-1111-111111111111"));
        store.Create(Resources.AnalysisRun, OwnedBy(Uid(), Objects.AnalysisRun("bbb")));
        store.Create(Resources.Pod, Objects.CrashingPod("bbb"));
        store.Create(Resources.Pod, Objects.CrashingPod("old"));
        store.Create(Resources.Application, Objects.Application());

        var seen = (
            await Rollouts.ObserveAsync(Clusters.Shop, new ApplicationRef("shop-production", "argocd", "prod"), Stop)
        ).Value();

        seen.ReplicaSets.Select(set => set.Hash.ToString()).ShouldBe(["aaa", "bbb"], ignoreOrder: true);
        seen.AnalysisRuns.ShouldHaveSingleItem();
        seen.Troubles.ShouldHaveSingleItem().Hash.ShouldBe(new PodHash("bbb"));
        seen.Application!.SyncStatus.ShouldBe("Synced");
        clusters.Log.Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_patch_whose_answer_is_lost_has_happened_once_and_is_told_as_uncertain()
    {
        var seen = (await Rollouts.FindAsync(Clusters.Shop, Stop)).Value();
        server.Fault = request => request.Method == "PATCH" ? new Fault.LoseAnswer() : null;

        var why = (
            await Rollouts.PatchAsync(
                Clusters.Shop,
                new RolloutPatch.Abort(seen.Uid, seen.ResourceVersion, seen.CurrentPodHash),
                Stop
            )
        ).Why();

        why.Kind.ShouldBe(ClusterFaultKind.Timeout);
        server.Requests.Entries.Count(request => request.Method == "PATCH").ShouldBe(1);
        (await Rollouts.FindAsync(Clusters.Shop, Stop)).Value().Abort.ShouldBeTrue();
    }

    [Fact]
    public async Task A_Rollout_that_was_deleted_is_not_there()
    {
        store.Delete(Resources.Rollout, "shop", "storefront");

        (await Rollouts.FindAsync(Clusters.Shop, Stop)).Kind().ShouldBe(ClusterFaultKind.NotFound);
        (await Rollouts.ObserveAsync(Clusters.Shop, null, Stop)).Value().Rollout.ShouldBeNull();
    }

    private void UseIdentities(string observer, string? executor)
    {
        server.WriteKubeconfig(clusters.PathOf("observer"), observer);
        if (executor is not null)
        {
            server.WriteKubeconfig(clusters.PathOf("executor"), executor);
        }

        clusters.Catalog = Clusters.Of(
            new Cluster(
                "prod",
                new ClusterAccess.Kubeconfig(clusters.PathOf("observer")),
                executor is null ? null : new ClusterAccess.Kubeconfig(clusters.PathOf("executor"))
            )
        );
    }

    private string Uid() => store.Get(Resources.Rollout, "shop", "storefront")!["metadata"]!["uid"]!.GetValue<string>();

    private static JsonObject OwnedBy(string uid, JsonObject item)
    {
        item["metadata"]!["ownerReferences"]![0]!["uid"] = uid;
        return item;
    }

    private static string Template(string image) =>
        $$$"""{"metadata":{"labels":{"app":"storefront","tier":"web"}},"spec":{"containers":[{"name":"main","image":"{{{image}}}"}]}}""";
}
