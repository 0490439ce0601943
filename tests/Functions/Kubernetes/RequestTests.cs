using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Tests.Functions.Kubernetes;

/// <summary>What goes over the wire, byte for byte.</summary>
public sealed class RequestTests
{
    private const string Path = "/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/storefront";
    private static readonly PodHash Hash = new("bbb");
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<RolloutPatch, string, string, string> Patches =>
        new()
        {
            {
                new RolloutPatch.Promote("u", "41", Hash, DateTimeOffset.UnixEpoch),
                "/status",
                "application/merge-patch+json",
                """{"metadata":{"resourceVersion":"41"},"status":{"pauseConditions":null}}"""
            },
            {
                new RolloutPatch.PromoteFull("u", "41", Hash),
                "/status",
                "application/merge-patch+json",
                """{"metadata":{"resourceVersion":"41"},"status":{"promoteFull":true}}"""
            },
            {
                new RolloutPatch.Abort("u", "41", Hash),
                "/status",
                "application/merge-patch+json",
                """{"metadata":{"resourceVersion":"41"},"status":{"abort":true}}"""
            },
            {
                new RolloutPatch.Retry("u", "41", Hash),
                "/status",
                "application/merge-patch+json",
                """{"metadata":{"resourceVersion":"41"},"status":{"abort":false}}"""
            },
            {
                new RolloutPatch.Undo("u", "41", Hash, new PodHash("aaa"), """{"spec":{"containers":[]}}"""),
                "",
                "application/json-patch+json",
                """[{"op":"test","path":"/metadata/resourceVersion","value":"41"},{"op":"replace","path":"/spec/template","value":{"spec":{"containers":[]}}}]"""
            },
            {
                new RolloutPatch.Nudge("u", "41", Hash, "7"),
                "",
                "application/merge-patch+json",
                """{"metadata":{"resourceVersion":"41","annotations":{"devflow.chatops/nudge":"7"}}}"""
            },
        };

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Patches))]
    public async Task A_patch_is_one_request_with_exactly_this_body(
        RolloutPatch patch,
        string subresource,
        string contentType,
        string body
    )
    {
        await using var server = await OddServer.StartAsync(
            OddServer.Says(200, Objects.Rollout(resourceVersion: "42").ToJsonString())
        );
        using var clusters = Clusters.At(server.Address);

        var answer = await clusters.Rollouts.PatchAsync(Clusters.Shop, patch, Stop);

        answer.Value().ResourceVersion.ShouldBe("42");
        var sent = server.Requests.ShouldHaveSingleItem();
        sent.Method.ShouldBe("PATCH");
        sent.Path.ShouldBe($"{Path}{subresource}?fieldManager=devflow-chatops");
        sent.ContentType.ShouldBe(contentType);
        sent.Body.ShouldBe(body);
        sent.Authorization.ShouldBe($"Bearer {Clusters.Token}");
    }

    [Fact]
    public async Task A_find_is_one_read()
    {
        await using var server = await OddServer.StartAsync(OddServer.Says(200, Objects.Rollout().ToJsonString()));
        using var clusters = Clusters.At(server.Address);

        var seen = (await clusters.Rollouts.FindAsync(Clusters.Shop, Stop)).Value();

        seen.Uid.ShouldBe(Objects.RolloutUid);
        seen.CurrentPodHash.ShouldBe(Hash);
        var sent = server.Requests.ShouldHaveSingleItem();
        (sent.Method, sent.Path, sent.Body).ShouldBe(("GET", Path, ""));
    }

    [Fact]
    public async Task The_address_may_have_a_path_of_its_own()
    {
        await using var server = await OddServer.StartAsync(OddServer.Says(200, Objects.Rollout().ToJsonString()));
        using var clusters = Clusters.At(new Uri(server.Address, "k8s/clusters/c-1"));

        (await clusters.Rollouts.FindAsync(Clusters.Shop, Stop)).Value();

        server.Requests.ShouldHaveSingleItem().Path.ShouldBe($"/k8s/clusters/c-1{Path}");
    }

    [Theory]
    [InlineData("..", "storefront")]
    [InlineData("shop", "..")]
    [InlineData("shop", "a/b")]
    [InlineData("shop", "storefront?x=1")]
    [InlineData("shop", "Storefront")]
    [InlineData("", "storefront")]
    public async Task Names_that_are_none_are_never_sent(string ns, string name)
    {
        await using var server = await OddServer.StartAsync(OddServer.Says(200, "{}"));
        using var clusters = Clusters.At(server.Address);
        var rollout = new RolloutRef("prod", ns, name);

        (await clusters.Rollouts.FindAsync(rollout, Stop)).Kind().ShouldBe(ClusterFaultKind.Invalid);
        (await clusters.Rollouts.ObserveAsync(rollout, null, Stop)).Kind().ShouldBe(ClusterFaultKind.Invalid);
        (await clusters.Rollouts.PatchAsync(rollout, new RolloutPatch.Abort("u", "41", Hash), Stop))
            .Kind()
            .ShouldBe(ClusterFaultKind.Invalid);
        server.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_patch_without_precondition_or_template_is_never_sent()
    {
        await using var server = await OddServer.StartAsync(OddServer.Says(200, "{}"));
        using var clusters = Clusters.At(server.Address);
        RolloutPatch[] patches =
        [
            new RolloutPatch.Abort("u", "", Hash),
            new RolloutPatch.Undo("u", "41", Hash, new PodHash("aaa"), ""),
            new RolloutPatch.Undo("u", "41", Hash, new PodHash("aaa"), "[]"),
        ];

        foreach (var patch in patches)
        {
            (await clusters.Rollouts.PatchAsync(Clusters.Shop, patch, Stop)).Kind().ShouldBe(ClusterFaultKind.Invalid);
        }

        server.Requests.ShouldBeEmpty();
    }
}
