using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.Kubernetes;

namespace Devflow.ChatOps.Tests.Sandbox.Kubernetes;

/// <summary>What the recordings do not show: writes that succeed, paging, selectors, rights.</summary>
public sealed partial class ApiServerTests : IAsyncLifetime
{
    private const string Rollouts = "/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts";
    private readonly ObjectStore store = new(TimeProvider.System);
    private ApiServer server = null!;
    private HttpClient http = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        server = await ApiServer.StartAsync(store, cancellationToken: Cancelled);
        http = new HttpClient { BaseAddress = server.Address };
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_created_object_is_answered_whole_and_its_status_is_dropped()
    {
        var (status, created) = await Send("POST", Rollouts, Manifests.Paused("web").ToJsonString());

        status.ShouldBe(201);
        created["metadata"]!["generation"]!.GetValue<int>().ShouldBe(1);
        created.ContainsKey("status").ShouldBeFalse();
        store.Get(Resources.Rollout, "shop", "web").ShouldNotBeNull();
    }

    [Theory]
    [InlineData("""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"x"}}""", 400)]
    [InlineData("""{"apiVersion":"argoproj.io/v1alpha1","kind":"Rollout","metadata":{"name":"X"}}""", 422)]
    [InlineData("""{"apiVersion":"argoproj.io/v1alpha1","kind":"Rollout","metadata":{}}""", 422)]
    [InlineData(
        """{"apiVersion":"argoproj.io/v1alpha1","kind":"Rollout","metadata":{"name":"x","namespace":"y"}}""",
        400
    )]
    [InlineData(
        """{"apiVersion":"argoproj.io/v1alpha1","kind":"Rollout","metadata":{"name":"x"},"spec":{"paused":1}}""",
        422
    )]
    [InlineData("""{"kind":"Rollout","kind":"Rollout"}""", 400)]
    [InlineData("[]", 400)]
    [InlineData("nonsense", 400)]
    public async Task An_object_that_cannot_be_is_refused(string body, int expected)
    {
        var (status, answer) = await Send("POST", Rollouts, body);

        status.ShouldBe(expected, answer.ToJsonString());
        answer["kind"]!.ToString().ShouldBe("Status");
        store.List(Resources.Rollout, null).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_promote_with_the_version_that_was_read_is_applied_once()
    {
        var version = Version(store.Create(Resources.Rollout, Manifests.Paused("web")));
        var promote = $$$"""{"metadata":{"resourceVersion":"{{{version}}}"},"status":{"pauseConditions":null}}""";

        var (first, promoted) = await Send("PATCH", $"{Rollouts}/web/status", promote, MediaType.Merge);
        var (second, refused) = await Send("PATCH", $"{Rollouts}/web/status", promote, MediaType.Merge);

        first.ShouldBe(200);
        promoted["status"]!.AsObject().ContainsKey("pauseConditions").ShouldBeFalse();
        promoted["metadata"]!["generation"]!.GetValue<int>().ShouldBe(1);
        second.ShouldBe(409);
        refused["reason"]!.ToString().ShouldBe("Conflict");
    }

    [Fact]
    public async Task On_the_status_a_wrong_uid_is_ignored_and_the_patch_applied()
    {
        store.Create(Resources.Rollout, Manifests.Paused("web"));

        var (status, patched) = await Send(
            "PATCH",
            $"{Rollouts}/web/status",
            """{"metadata":{"uid":"00000000-0000-0000-0000-000000000000"},"status":{"abort":true}}""",
            MediaType.Merge
        );

        status.ShouldBe(200);
        patched["status"]!["abort"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Theory]
    [InlineData(
        """[{"op":"test","path":"/status/currentPodHash","value":"abc"},{"op":"remove","path":"/status/pauseConditions"}]""",
        200
    )]
    [InlineData(
        """[{"op":"test","path":"/status/currentPodHash","value":"xyz"},{"op":"remove","path":"/status/pauseConditions"}]""",
        422
    )]
    [InlineData("""[{"op":"test","path":"/status/pauseConditions/0/startTime","value":"2026-11-23T07:17:09Z"}]""", 200)]
    [InlineData("""[{"op":"test","path":"/status/pauseConditions/1/startTime","value":"2026-11-23T07:17:09Z"}]""", 422)]
    [InlineData("""[{"op":"add","path":"/status/pauseConditions/-","value":{"reason":"r","startTime":"t"}}]""", 200)]
    [InlineData("""[{"op":"add","path":"/status/pauseConditions/7","value":{}}]""", 422)]
    [InlineData("""[{"op":"replace","path":"/status/nosuch","value":1}]""", 422)]
    [InlineData("""[{"op":"copy","from":"/status/currentPodHash","path":"/status/stableRS"}]""", 200)]
    [InlineData("""[{"op":"move","from":"/status/currentPodHash","path":"/status/stableRS"}]""", 200)]
    [InlineData("""[{"op":"move","from":"/status/nosuch","path":"/status/stableRS"}]""", 422)]
    [InlineData("""[{"op":"explode","path":"/status"}]""", 422)]
    [InlineData("""[{"op":"add","path":"/status/abort","value":"yes"}]""", 422)]
    [InlineData("""{"op":"remove","path":"/status"}""", 400)]
    public async Task A_JSON_patch_applies_wholly_or_not_at_all(string patch, int expected)
    {
        var before = store.Create(Resources.Rollout, Manifests.Paused("web"));

        var (status, answer) = await Send("PATCH", $"{Rollouts}/web/status", patch, MediaType.JsonPatch);

        status.ShouldBe(expected, answer.ToJsonString());
        if (expected != 200)
        {
            JsonNode.DeepEquals(store.Get(Resources.Rollout, "shop", "web"), before).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task A_replacement_needs_the_current_version_and_raises_the_generation()
    {
        var sent = store.Create(Resources.Rollout, Manifests.Paused("web"));
        sent["spec"]!["template"]!["spec"]!["containers"]![0]!["image"] = "web:2";
        sent["status"]!["phase"] = "Healthy";

        var (status, stored) = await Send("PUT", $"{Rollouts}/web", sent.ToJsonString());
        var (again, _) = await Send("PUT", $"{Rollouts}/web", sent.ToJsonString());
        sent["metadata"]!.AsObject().Remove("resourceVersion");
        var (without, _) = await Send("PUT", $"{Rollouts}/web", sent.ToJsonString());

        status.ShouldBe(200);
        stored["metadata"]!["generation"]!.GetValue<int>().ShouldBe(2);
        stored["status"]!["phase"]!.ToString().ShouldBe("Paused");
        again.ShouldBe(409);
        without.ShouldBe(422);
    }

    [Fact]
    public async Task Built_in_kinds_take_a_strategic_merge_by_container_name()
    {
        store.Create(
            Resources.Deployment,
            Manifests.Object(
                Resources.Deployment,
                "api",
                """{"template":{"spec":{"containers":[{"name":"web","image":"web:1"},{"name":"log","image":"log:1"}]}}}"""
            )
        );

        var (status, patched) = await Send(
            "PATCH",
            "/apis/apps/v1/namespaces/shop/deployments/api",
            """{"spec":{"template":{"spec":{"containers":[{"name":"web","image":"web:2"},{"name":"log","$patch":"delete"},{"name":"new","image":"new:1"}]}}}}""",
            "application/strategic-merge-patch+json"
        );

        status.ShouldBe(200);
        patched["spec"]!["template"]!["spec"]!["containers"]!
            .ToJsonString()
            .ShouldBe("""[{"name":"web","image":"web:2"},{"name":"new","image":"new:1"}]""");
    }

    [Fact]
    public async Task Deleting_checks_preconditions_and_answers_a_success()
    {
        store.Create(Resources.Rollout, Manifests.Rollout("web"));

        var (conflict, _) = await Send("DELETE", $"{Rollouts}/web", """{"preconditions":{"uid":"other"}}""");
        var (dry, _) = await Send("DELETE", $"{Rollouts}/web?dryRun=All");
        var (status, answer) = await Send("DELETE", $"{Rollouts}/web");
        var (missing, _) = await Send("DELETE", $"{Rollouts}/web");

        (conflict, dry, status, missing).ShouldBe((409, 200, 200, 404));
        answer["status"]!.ToString().ShouldBe("Success");
        store.Get(Resources.Rollout, "shop", "web").ShouldBeNull();
    }

    [Fact]
    public async Task A_kind_without_a_status_subresource_says_404_there_and_takes_status_on_the_object()
    {
        store.Create(Resources.AnalysisRun, Manifests.Object(Resources.AnalysisRun, "run"));
        const string path = "/apis/argoproj.io/v1alpha1/namespaces/shop/analysisruns/run";

        var (missing, _) = await Send("PATCH", $"{path}/status", """{"status":{"phase":"Failed"}}""", MediaType.Merge);
        var (status, patched) = await Send("PATCH", path, """{"status":{"phase":"Failed"}}""", MediaType.Merge);

        missing.ShouldBe(404);
        status.ShouldBe(200);
        patched["status"]!["phase"]!.ToString().ShouldBe("Failed");
    }

    [Fact]
    public async Task A_body_above_three_megabytes_is_refused()
    {
        var (status, answer) = await Send("POST", Rollouts, new string(' ', 4 * 1024 * 1024));

        status.ShouldBe(413);
        answer["reason"]!.ToString().ShouldBe("RequestEntityTooLarge");
    }

    private static class MediaType
    {
        public const string Merge = "application/merge-patch+json";
        public const string JsonPatch = "application/json-patch+json";
    }

    private async Task<(int Status, JsonObject Answer)> Send(
        string method,
        string path,
        string? body = null,
        string contentType = "application/json"
    )
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(contentType));
        }

        // A body that is refused by its length is not sent at all.
        request.Headers.ExpectContinue = body is { Length: > 1024 * 1024 };
        using var answer = await http.SendAsync(request, Cancelled);
        var text = await answer.Content.ReadAsStringAsync(Cancelled);
        return ((int)answer.StatusCode, JsonNode.Parse(text)!.AsObject());
    }

    private static string Version(JsonObject item) => item["metadata"]!["resourceVersion"]!.ToString();
}
