using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.Kubernetes;

namespace Devflow.ChatOps.Tests.Sandbox.Kubernetes;

/// <summary>The scale subresource of a Rollout.</summary>
public sealed partial class ApiServerTests
{
    private const string ScaleOfWeb = $"{Rollouts}/web/scale";

    [Fact]
    public async Task A_Rollout_is_read_as_a_Scale()
    {
        var rollout = Manifests.Paused("web");
        rollout["status"]!["HPAReplicas"] = 2;
        rollout["status"]!["selector"] = "app=web";
        var metadata = store.Create(Resources.Rollout, rollout)["metadata"]!;

        var (status, scale) = await Send("GET", ScaleOfWeb);

        status.ShouldBe(200);
        var expected = new JsonObject
        {
            ["apiVersion"] = "autoscaling/v1",
            ["kind"] = "Scale",
            ["metadata"] = new JsonObject
            {
                ["name"] = "web",
                ["namespace"] = "shop",
                ["uid"] = metadata["uid"]!.ToString(),
                ["resourceVersion"] = metadata["resourceVersion"]!.ToString(),
                ["creationTimestamp"] = metadata["creationTimestamp"]!.ToString(),
            },
            ["spec"] = new JsonObject { ["replicas"] = 2 },
            ["status"] = new JsonObject { ["replicas"] = 2, ["selector"] = "app=web" },
        };
        JsonNode.DeepEquals(scale, expected).ShouldBeTrue(scale.ToJsonString());
    }

    [Fact]
    public async Task A_Scale_is_replaced_under_the_version_that_was_read_and_changes_nothing_but_the_replicas()
    {
        store.Create(Resources.Rollout, Manifests.Paused("web"));
        var (_, scale) = await Send("GET", ScaleOfWeb);
        scale["spec"]!["replicas"] = 5;
        scale["status"]!["replicas"] = 9;

        var (status, answer) = await Send("PUT", ScaleOfWeb, scale.ToJsonString());
        var (stale, refused) = await Send("PUT", ScaleOfWeb, scale.ToJsonString());
        scale["metadata"]!.AsObject().Remove("resourceVersion");
        scale["spec"]!["replicas"] = 0;
        var (unconditional, none) = await Send("PUT", ScaleOfWeb, scale.ToJsonString());

        (status, stale, unconditional).ShouldBe((200, 409, 200));
        answer["kind"]!.ToString().ShouldBe("Scale");
        answer["spec"]!["replicas"]!.GetValue<int>().ShouldBe(5);
        refused["message"]!.ToString().ShouldStartWith("Operation cannot be fulfilled on rollouts.argoproj.io \"web\"");
        none["spec"]!.AsObject().ShouldBeEmpty("Go leaves out a zero");
        var rollout = store.Get(Resources.Rollout, "shop", "web")!;
        rollout["spec"]!["replicas"]!.GetValue<int>().ShouldBe(0);
        rollout["status"]!["replicas"]!.GetValue<int>().ShouldBe(4);
        rollout["metadata"]!["generation"]!.GetValue<int>().ShouldBe(3);
    }

    [Theory]
    [InlineData(MediaType.Merge, """{"spec":{"replicas":7}}""", 200)]
    [InlineData(MediaType.JsonPatch, """[{"op":"replace","path":"/spec/replicas","value":7}]""", 200)]
    [InlineData(MediaType.JsonPatch, """[{"op":"test","path":"/spec/replicas","value":3}]""", 422)]
    [InlineData(MediaType.Merge, """{"spec":{"replicas":-1}}""", 422)]
    [InlineData(MediaType.Merge, """{"spec":{"replicas":"two"}}""", 422)]
    [InlineData(MediaType.Merge, """{"spec":{"replicas":9999999999}}""", 422)]
    [InlineData(MediaType.Merge, """{"spec":7}""", 422)]
    [InlineData(MediaType.Merge, """{"metadata":{"resourceVersion":"1000000"},"spec":{"replicas":7}}""", 409)]
    [InlineData("application/strategic-merge-patch+json", """{"spec":{"replicas":7}}""", 415)]
    public async Task A_Scale_is_patched_wholly_or_not_at_all(string contentType, string patch, int expected)
    {
        store.Create(Resources.Rollout, Manifests.Paused("web"));

        var (status, answer) = await Send("PATCH", ScaleOfWeb, patch, contentType);

        status.ShouldBe(expected, answer.ToJsonString());
        var replicas = store.Get(Resources.Rollout, "shop", "web")!["spec"]!["replicas"]!.GetValue<int>();
        replicas.ShouldBe(expected == 200 ? 7 : 2);
    }

    [Fact]
    public async Task A_Rollout_that_does_not_say_how_many_replicas_it_wants_has_no_Scale_until_it_is_given_one()
    {
        var rollout = Manifests.Paused("web");
        rollout["spec"]!.AsObject().Remove("replicas");
        store.Create(Resources.Rollout, rollout);

        var (missing, why) = await Send("GET", ScaleOfWeb);
        var (empty, _) = await Send("PATCH", ScaleOfWeb, "{}", MediaType.Merge);
        var (given, _) = await Send("PATCH", ScaleOfWeb, """{"spec":{"replicas":1}}""", MediaType.Merge);

        (missing, empty, given).ShouldBe((500, 400, 200));
        why["message"]!
            .ToString()
            .ShouldBe("Internal error occurred: the spec replicas field \".spec.replicas\" does not exist");
    }

    [Fact]
    public async Task A_Scale_is_of_its_own_kind_and_no_other_kind_has_one()
    {
        store.Create(Resources.Rollout, Manifests.Paused("web"));
        store.Create(Resources.AnalysisRun, Manifests.Object(Resources.AnalysisRun, "run"));

        var (kind, _) = await Send("PUT", ScaleOfWeb, store.Get(Resources.Rollout, "shop", "web")!.ToJsonString());
        var (name, _) = await Send("PUT", ScaleOfWeb, """{"metadata":{"name":"api"},"spec":{"replicas":3}}""");
        var (missing, _) = await Send("GET", $"{Rollouts}/nosuch/scale");
        var (other, _) = await Send("GET", "/apis/argoproj.io/v1alpha1/namespaces/shop/analysisruns/run/scale");
        var (method, _) = await Send("DELETE", ScaleOfWeb);

        (kind, name, missing, other, method).ShouldBe((400, 400, 404, 404, 405));
    }
}
