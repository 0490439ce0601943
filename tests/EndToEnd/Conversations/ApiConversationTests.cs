using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Sandbox.Kubernetes;
using Devflow.ChatOps.Tests.EndToEnd.World;
using static Devflow.ChatOps.Tests.EndToEnd.World.WorldCatalog;

namespace Devflow.ChatOps.Tests.EndToEnd.Conversations;

/// <summary>The same by the HTTP API: announce, read, promote, roll back, retry, each key once.</summary>
public sealed class ApiConversationTests
{
    private const string Body =
        """{"app":"my-app","environment":"production","image":"registry.example.com/my-app","tag":"v2"}""";

    [Fact]
    public async Task A_release_from_its_announcement_to_its_rollback()
    {
        await using var world = await ReleaseWorld.StartAsync();
        await world.WhenSeenAsync();
        var created = await CallAsync(world, HttpMethod.Post, "api/jobs", "carol", 201, Body, "release-1");
        var id = created["job"]!["id"]!.GetValue<string>();
        world.Release("v2");
        await world.WhenAsync("v2", JobStatus.AwaitingApproval);

        var read = await CallAsync(world, HttpMethod.Get, $"api/jobs/{id}", "bob", 200);
        read["status"]!.GetValue<string>().ShouldBe("AwaitingApproval");
        read["steps"]!
            .AsArray()
            .Select(step => step!["status"]!.GetValue<string>())
            .ShouldBe(["Succeeded", "Succeeded", "Waiting", "Pending", "Pending", "Pending"]);
        var own = await CallAsync(world, HttpMethod.Post, $"api/jobs/{id}/promote", "carol", 403);
        own["code"]!.GetValue<string>().ShouldBe("not_allowed");
        var early = await CallAsync(world, HttpMethod.Post, $"api/jobs/{id}/retry", "alice", 409);
        early["code"]!.GetValue<string>().ShouldBe("nothing_to_retry");

        var promoted = await CallAsync(world, HttpMethod.Post, $"api/jobs/{id}/promote", "alice", 200, key: "go");
        promoted["text"]!.GetValue<string>().ShouldBe("alice promoted v2.");
        var again = await CallAsync(world, HttpMethod.Post, $"api/jobs/{id}/promote", "alice", 200, key: "go");
        again["text"]!.GetValue<string>().ShouldBe("alice promoted v2.");
        await world.WhenAsync("v2", JobStatus.Succeeded);
        world.Patches().Count.ShouldBe(1, "the same key is the same promote");

        var back = await CallAsync(
            world,
            HttpMethod.Post,
            $"api/jobs/{id}/rollback",
            "bob",
            200,
            """{"reason":"errors since 12:40"}"""
        );
        back["text"]!.GetValue<string>().ShouldEndWith("Reason: errors since 12:40");
        await world.WhenAsync("v2", JobStatus.RolledBack);
        var list = await CallAsync(world, HttpMethod.Get, "api/jobs?app=my-app", "carol", 200);
        list["jobs"]!.AsArray().Select(job => $"{job!["version"]} {job["status"]}").ShouldBe(["v2 RolledBack"]);
    }

    [Fact]
    public async Task A_plan_says_what_a_promote_would_come_to_and_changes_nothing()
    {
        await using var world = await ReleaseWorld.StartAsync();
        await world.WhenSeenAsync();
        var created = await CallAsync(world, HttpMethod.Post, "api/jobs", "carol", 201, Body, "release-1");
        var path = $"api/jobs/{created["job"]!["id"]}/plan";
        (await CallAsync(world, HttpMethod.Get, path, "alice", 200))["gates"]![0]!["code"]!
            .GetValue<string>()
            .ShouldBe("stale", "it is not under way yet");
        world.Release("v2");
        await world.WhenAsync("v2", JobStatus.AwaitingApproval);

        var plan = await CallAsync(world, HttpMethod.Get, path, "alice", 200);

        plan["passes"]!.GetValue<bool>().ShouldBeTrue(plan.ToJsonString());
        plan["gates"]!
            .AsArray()
            .Select(gate => gate!["name"]!.GetValue<string>())
            .ShouldBe(["State", "Right", "Author", "Lock", "Freeze", "Votes"]);
        plan["canApprove"]!.AsArray().Select(who => who!.GetValue<string>()).ShouldBe(["alice", "bob"]);
        plan["votesNeeded"]!.GetValue<int>().ShouldBe(1);

        var carols = await CallAsync(world, HttpMethod.Get, path, "carol", 200);
        carols["passes"]!.GetValue<bool>().ShouldBeFalse();
        carols["gates"]!
            .AsArray()
            .Where(gate => !gate!["passes"]!.GetValue<bool>())
            .Select(gate => gate!["code"]!.GetValue<string>())
            .ShouldBe(["not_allowed", "self_approval", "needs_votes"]);
        world.Patches().ShouldBeEmpty();
        (await CallAsync(world, HttpMethod.Get, path + "?ful=true", "alice", 400))["code"]!
            .GetValue<string>()
            .ShouldBe("malformed");

        await CallAsync(world, HttpMethod.Post, path.Replace("/plan", "/promote"), "alice", 200);
        var sent = world.Patches().ShouldHaveSingleItem();
        var patch = plan["patch"]!;
        sent.Path.ShouldBe(patch["path"]!.GetValue<string>());
        JsonNode.DeepEquals(JsonNode.Parse(sent.Body), patch["body"]).ShouldBeTrue(sent.Body);
    }

    [Fact]
    public async Task The_same_key_is_the_same_Job_and_for_another_body_it_is_refused()
    {
        await using var world = await ReleaseWorld.StartAsync();
        await world.WhenSeenAsync();

        var first = await CallAsync(world, HttpMethod.Post, "api/jobs", "carol", 201, Body, "one-key");
        var second = await CallAsync(world, HttpMethod.Post, "api/jobs", "carol", 200, Body, "one-key");
        second["job"]!["id"]!.GetValue<string>().ShouldBe(first["job"]!["id"]!.GetValue<string>());
        var other = Body.Replace("v2", "v3", StringComparison.Ordinal);
        var refused = await CallAsync(world, HttpMethod.Post, "api/jobs", "carol", 409, other, "one-key");
        refused["code"]!.GetValue<string>().ShouldBe("idempotency_key_reused");

        // Keys of different people are different keys.
        var alices = await CallAsync(world, HttpMethod.Post, "api/jobs", "alice", 201, other, "one-key");
        alices["job"]!["id"]!.GetValue<string>().ShouldNotBe(first["job"]!["id"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_cluster_that_is_down_is_a_503_with_the_code_and_an_announcement_gets_along_without_it()
    {
        await using var world = await ReleaseWorld.StartAsync();
        var job = await world.ReadyAsync();
        world.Cluster.Fault = _ => new Fault.Cut();

        var refused = await CallAsync(world, HttpMethod.Post, $"api/jobs/{job.Id}/promote", "alice", 503);
        refused["code"]!.GetValue<string>().ShouldBe("cluster_unreachable");
        var other = Body.Replace("v2", "v3", StringComparison.Ordinal);
        var announced = await CallAsync(world, HttpMethod.Post, "api/jobs", "carol", 201, other);
        announced["job"]!["status"]!.GetValue<string>().ShouldBe("Pending");

        world.Cluster.Fault = null;
        world.Patches().ShouldBeEmpty();
    }

    private static async Task<JsonObject> CallAsync(
        ReleaseWorld world,
        HttpMethod method,
        string path,
        string by,
        int status,
        string? body = null,
        string? key = null
    )
    {
        using var response = await world.CallApiAsync(method, path, by, body, key);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        ((int)response.StatusCode).ShouldBe(status, text);
        return JsonNode.Parse(text)!.AsObject();
    }
}
