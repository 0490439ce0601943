using System.Net;
using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Tests.Functions.Api;

/// <summary>Tokens of people: hashed, with scopes and an end. And the keys that make a request safe to repeat.</summary>
public sealed class PersonTokenTests : IAsyncLifetime
{
    private ApiWorld world = null!;

    public async ValueTask InitializeAsync() => world = await ApiWorld.StartAsync();

    public ValueTask DisposeAsync() => world.DisposeAsync();

    [Fact]
    public async Task Each_scope_opens_what_it_names_and_nothing_else()
    {
        var created = await world.AnnounceAsync(world.Tokens["everything"]);
        created.Status.ShouldBe(HttpStatusCode.Created);
        var job = $"api/jobs/{created.Job["id"]}";

        (await world.SendAsync(HttpMethod.Get, job, world.Tokens["reader"])).Status.ShouldBe(HttpStatusCode.OK);
        (await ScopeNeededAsync(world.AnnounceAsync(world.Tokens["reader"], "key-2"))).ShouldContain("create");
        (await ScopeNeededAsync(ActAsync(job, "promote", "reader"))).ShouldContain("promote");
        (await ScopeNeededAsync(ActAsync(job, "rollback", "promoter"))).ShouldContain("rollback");
        (await ScopeNeededAsync(ActAsync(job, "retry", "promoter"))).ShouldContain("retry");
        (await ScopeNeededAsync(world.SendAsync(HttpMethod.Get, job, world.Tokens["promoter"]))).ShouldContain("read");
        (await ScopeNeededAsync(world.SendAsync(HttpMethod.Get, "api/jobs", world.Tokens["promoter"]))).ShouldContain(
            "read"
        );

        // With the scope it is the policy's, and the cluster's, to say.
        var promote = await ActAsync(job, "promote", "promoter");
        promote.Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        promote.Code.ShouldBe("cluster_unreachable");
    }

    [Fact]
    public async Task A_token_that_ended_or_of_nobody_in_the_catalog_or_its_hash_is_nobodys()
    {
        foreach (
            var token in new[]
            {
                world.Tokens["ended"],
                world.Tokens["of-nobody"],
                ApiWorld.Hash(world.Tokens["everything"]),
                world.Tokens["everything"][..^1],
                world.Tokens["everything"] + "0",
            }
        )
        {
            (await world.AnnounceAsync(token)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        }

        world.Clock.Advance(TimeSpan.FromDays(1));
        (await world.AnnounceAsync(world.Tokens["everything"])).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Who_is_no_viewer_sees_no_Jobs_and_announces_none()
    {
        var created = await world.AnnounceAsync(world.Tokens["everything"]);
        var job = $"api/jobs/{created.Job["id"]}";
        (await world.SendAsync(HttpMethod.Get, job, world.Tokens["of-bob"])).Status.ShouldBe(HttpStatusCode.NotFound);
        (await ActAsync(job, "promote", "of-bob")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await world.AnnounceAsync(world.Tokens["of-bob"])).Status.ShouldBe(HttpStatusCode.Forbidden);
        var list = await world.SendAsync(HttpMethod.Get, "api/jobs", world.Tokens["of-bob"]);
        list.Body["jobs"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_key_is_good_for_one_request_of_one_caller()
    {
        var first = await world.AnnounceAsync(world.Tokens["everything"], "release-2");
        first.Status.ShouldBe(HttpStatusCode.Created);
        var again = await world.AnnounceAsync(world.Tokens["everything"], "release-2");
        again.Status.ShouldBe(HttpStatusCode.OK);
        ((string?)again.Job["id"]).ShouldBe((string?)first.Job["id"]);

        var reused = await world.AnnounceAsync(world.Tokens["everything"], "release-2", tag: "v3");
        reused.Status.ShouldBe(HttpStatusCode.Conflict);
        reused.Code.ShouldBe("idempotency_key_reused");
        var act = await ActAsync($"api/jobs/{first.Job["id"]}", "promote", "everything", "release-2");
        act.Code.ShouldBe("idempotency_key_reused");

        // Another caller has keys of its own, and cannot ask what came of somebody else's.
        (await world.AnnounceAsync(world.WorkflowToken(), "release-2", tag: "v3")).Status.ShouldBe(
            HttpStatusCode.Created
        );
        (await world.SendAsync(HttpMethod.Get, "api/commands/release-2", world.Tokens["everything"])).Status.ShouldBe(
            HttpStatusCode.OK
        );
        (await world.SendAsync(HttpMethod.Get, "api/commands/release-2", world.Tokens["reader"])).Status.ShouldBe(
            HttpStatusCode.NotFound
        );
    }

    [Fact]
    public async Task Jobs_are_listed_newest_first_by_pages()
    {
        for (var number = 1; number <= 5; number++)
        {
            (await world.AnnounceAsync(world.Tokens["everything"], $"key-{number}", tag: $"v{number}")).Status.ShouldBe(
                HttpStatusCode.Created
            );
            world.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        await world.AnnounceAsync(world.Tokens["everything"], "key-6", "other-app");
        var versions = new List<string?>();
        JsonNode? before = null;
        do
        {
            var path = "api/jobs?app=my-app&limit=2" + (before is null ? "" : $"&before={before}");
            var page = await world.SendAsync(HttpMethod.Get, path, world.Tokens["reader"]);
            versions.AddRange(page.Body["jobs"]!.AsArray().Select(job => (string?)job!["version"]));
            before = page.Body["before"];
        } while (before is not null);

        versions.ShouldBe(["v5", "v4", "v3", "v2", "v1"]);
    }

    private Task<ApiAnswer> ActAsync(string job, string verb, string token, string key = "act-1") =>
        world.SendAsync(HttpMethod.Post, $"{job}/{verb}", world.Tokens[token], key: key);

    private static async Task<string> ScopeNeededAsync(Task<ApiAnswer> sent)
    {
        var answer = await sent;
        answer.Status.ShouldBe(HttpStatusCode.Forbidden);
        answer.Code.ShouldBe("not_allowed");
        return (string)answer.Body["detail"]!;
    }
}
