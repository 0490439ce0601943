using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.Kubernetes;

namespace Devflow.ChatOps.Tests.Sandbox.Kubernetes;

/// <summary>Lists: pages and selectors.</summary>
public sealed partial class ApiServerTests
{
    [Fact]
    public async Task Pages_are_of_one_version_even_when_objects_come_and_go_between_them()
    {
        for (var i = 0; i < 5; i++)
        {
            store.Create(Resources.Rollout, Manifests.Rollout($"web-{i}"));
        }

        store.Create(Resources.Rollout, Manifests.Rollout("last", "zoo"));
        var (_, first) = await Send("GET", $"{Rollouts}?limit=2");
        store.Delete(Resources.Rollout, "shop", "web-3");
        store.Create(Resources.Rollout, Manifests.Rollout("web-2b"));
        var (_, second) = await Send("GET", $"{Rollouts}?limit=2&continue={Continue(first)}");
        var (_, third) = await Send("GET", $"{Rollouts}?limit=2&continue={Continue(second)}");

        Names(first).Concat(Names(second)).Concat(Names(third)).ShouldBe(["web-0", "web-1", "web-2", "web-3", "web-4"]);
        first["metadata"]!["remainingItemCount"]!.GetValue<int>().ShouldBe(3);
        second["metadata"]!["remainingItemCount"]!.GetValue<int>().ShouldBe(1);
        Continue(third).ShouldBe("");
        Version(third).ShouldBe(Version(first));
    }

    [Fact]
    public async Task A_page_of_a_list_that_was_compacted_away_is_gone()
    {
        store.Create(Resources.Rollout, Manifests.Rollout("a"));
        store.Create(Resources.Rollout, Manifests.Rollout("b"));
        var (_, first) = await Send("GET", $"{Rollouts}?limit=1");
        store.Create(Resources.Rollout, Manifests.Rollout("c"));
        store.Compact();

        var (status, answer) = await Send("GET", $"{Rollouts}?limit=1&continue={Continue(first)}");
        var (invalid, _) = await Send("GET", $"{Rollouts}?limit=1&continue=nonsense");

        status.ShouldBe(410);
        answer["reason"]!.ToString().ShouldBe("Expired");
        invalid.ShouldBe(400);
    }

    [Theory]
    [InlineData("labelSelector=app=a", "a")]
    [InlineData("labelSelector=app!=a", "b c")]
    [InlineData("labelSelector=app in (a,c)", "a c")]
    [InlineData("labelSelector=app notin (a,c)", "b")]
    [InlineData("labelSelector=app", "a b c")]
    [InlineData("labelSelector=!app", "")]
    [InlineData("labelSelector=app in (a,b),app!=b", "a")]
    [InlineData("fieldSelector=metadata.name=b", "b")]
    [InlineData("fieldSelector=metadata.name!=b,metadata.namespace=shop", "a c")]
    public async Task Selectors_choose(string query, string expected)
    {
        foreach (var name in (string[])["a", "b", "c"])
        {
            store.Create(Resources.Rollout, Manifests.Rollout(name, app: name));
        }

        var (status, list) = await Send("GET", $"{Rollouts}?{query.Replace(" ", "%20", StringComparison.Ordinal)}");

        status.ShouldBe(200);
        string.Join(' ', Names(list)).ShouldBe(expected);
    }

    [Theory]
    [InlineData("labelSelector=a==b==c")]
    [InlineData("fieldSelector=spec.replicas=1")]
    [InlineData("fieldSelector=nonsense")]
    [InlineData("limit=many")]
    public async Task A_query_that_cannot_be_understood_is_refused(string query)
    {
        var (status, _) = await Send("GET", $"{Rollouts}?{query}");

        status.ShouldBe(400);
    }

    [Fact]
    public async Task Items_of_built_in_lists_carry_no_kind_and_those_of_custom_ones_do()
    {
        store.Create(Resources.Pod, Manifests.Object(Resources.Pod, "p"));
        store.Create(Resources.Rollout, Manifests.Rollout("r"));

        var (_, pods) = await Send("GET", "/api/v1/pods");
        var (_, rollouts) = await Send("GET", "/apis/argoproj.io/v1alpha1/rollouts");

        pods["kind"]!.ToString().ShouldBe("PodList");
        pods["items"]![0]!.AsObject().ContainsKey("kind").ShouldBeFalse();
        pods["items"]![0]!["metadata"]!["name"]!.ToString().ShouldBe("p");
        rollouts["items"]![0]!["kind"]!.ToString().ShouldBe("Rollout");
    }

    private static IEnumerable<string> Names(JsonObject list) =>
        list["items"]!.AsArray().Select(item => item!["metadata"]!["name"]!.ToString());

    private static string Continue(JsonObject list) => list["metadata"]!["continue"]!.ToString();
}
