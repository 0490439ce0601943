using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Sandbox.GitHub;

namespace Devflow.ChatOps.Tests.Functions.Api;

/// <summary>Workflow runs prove who they are with the issuer's tokens; nothing else of a request says who asks.</summary>
public sealed class WorkflowTokenTests : IAsyncLifetime
{
    private ApiWorld world = null!;

    public async ValueTask InitializeAsync() => world = await ApiWorld.StartAsync();

    public ValueTask DisposeAsync() => world.DisposeAsync();

    [Fact]
    public async Task A_release_workflow_announces_a_Job_and_reads_those_of_its_repository()
    {
        var token = world.WorkflowToken();
        var created = await world.AnnounceAsync(token);
        created.Status.ShouldBe(HttpStatusCode.Created);
        created.Location!.ToString().ShouldBe($"/api/jobs/{created.Job["id"]}");
        ((string?)created.Job["status"]).ShouldBe("Pending");

        // Of another repository, and announced by a person.
        var other = await world.AnnounceAsync(world.Tokens["everything"], app: "other-app");
        other.Status.ShouldBe(HttpStatusCode.Created);
        (await world.SendAsync(HttpMethod.Get, $"api/jobs/{created.Job["id"]}", token)).Status.ShouldBe(
            HttpStatusCode.OK
        );
        var hidden = await world.SendAsync(HttpMethod.Get, $"api/jobs/{other.Job["id"]}", token);
        hidden.Status.ShouldBe(HttpStatusCode.NotFound);
        var list = await world.SendAsync(HttpMethod.Get, "api/jobs", token);
        list.Body["jobs"]!.AsArray().Select(job => (string?)job!["app"]).ShouldBe(["my-app"]);
    }

    [Fact]
    public async Task The_author_is_the_actor_of_the_token_and_not_of_the_body()
    {
        var created = await world.AnnounceAsync(world.WorkflowToken());
        var id = JobId.TryParse((string?)created.Job["id"])!.Value;
        var job = await world.Store.FindJobAsync(id, TestContext.Current.CancellationToken);
        job!.Authors.Identities.Select(author => author.GitHubLogin).ShouldBe(["alice-gh"]);
    }

    [Fact]
    public async Task The_tokens_commit_is_the_source_commit_where_the_body_names_none()
    {
        var sha = new string('c', 40);
        (await CommitOfAsync("run-1", token => token["sha"] = sha)).ShouldBe(sha);
        (await CommitOfAsync("run-2", token => token["sha"] = "main")).ShouldBeNull();
        (await CommitOfAsync("run-3", _ => { })).ShouldBeNull();

        async Task<string?> CommitOfAsync(string key, Action<JsonObject> claims)
        {
            var created = await world.AnnounceAsync(world.WorkflowToken(claims), key);
            var id = JobId.TryParse((string?)created.Job["id"])!.Value;
            var job = await world.Store.FindJobAsync(id, TestContext.Current.CancellationToken);
            return job!.Request!.SourceCommit;
        }
    }

    [Theory]
    [InlineData('c', 'c', null)]
    [InlineData('b', 'c', "cccccccccccccccccccccccccccccccccccccccc")]
    public async Task A_body_that_names_another_commit_than_the_token_does_not_hide_the_tokens(
        char named,
        char proven,
        string? kept
    )
    {
        var token = world.WorkflowToken(claims => claims["sha"] = new string(proven, 40));
        var created = await world.AnnounceAsync(token, sourceCommit: new string(named, 40));
        created.Status.ShouldBe(HttpStatusCode.Created);

        var id = JobId.TryParse((string?)created.Job["id"])!.Value;
        var job = await world.Store.FindJobAsync(id, TestContext.Current.CancellationToken);
        job!.Request!.SourceCommit.ShouldBe(new string(named, 40));
        job.Request.WorkflowCommit.ShouldBe(kept);
        job.Request.IsOfWorkflow.ShouldBeTrue();
    }

    [Fact]
    public async Task A_subject_of_any_form_changes_nothing()
    {
        var token = world.WorkflowToken(claims => claims["sub"] = "repository_id:777:environment:prod");
        (await world.AnnounceAsync(token)).Status.ShouldBe(HttpStatusCode.Created);
        (await world.AnnounceAsync(token, "run-2", "other-app")).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("aud", "somebody-else")]
    [InlineData("aud", null)]
    [InlineData("iss", "https://token.actions.githubusercontent.com")]
    [InlineData("iss", null)]
    [InlineData("exp", null)]
    [InlineData("repository_id", null)]
    [InlineData("repository_id", "acme/my-app")]
    [InlineData("repository", null)]
    [InlineData("ref", null)]
    [InlineData("workflow_ref", null)]
    [InlineData("actor", null)]
    public async Task A_token_with_another_claim_than_ours_is_nobodys(string claim, string? value)
    {
        var token = world.WorkflowToken(claims =>
        {
            claims.Remove(claim);
            if (value is not null)
            {
                claims[claim] = value;
            }
        });
        (await world.AnnounceAsync(token)).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("repository_id", "777")]
    [InlineData("ref", "refs/heads/feature")]
    [InlineData("ref", "refs/tags/refs/heads/main")]
    [InlineData("workflow_ref", "acme/my-app/.github/workflows/test.yml@refs/heads/main")]
    [InlineData("workflow_ref", "acme/my-app/.github/workflows/release.yml@refs/heads/feature")]
    [InlineData("workflow_ref", "evil/my-app/.github/workflows/release.yml@refs/heads/main")]
    public async Task Who_is_somebody_else_may_not_announce(string claim, string value)
    {
        var token = world.WorkflowToken(claims => claims[claim] = value);
        var answer = await world.AnnounceAsync(token);
        answer.Status.ShouldBe(HttpStatusCode.Forbidden);
        answer.Code.ShouldBe("not_allowed");
    }

    [Fact]
    public async Task An_app_without_release_rules_is_released_by_no_workflow()
    {
        (await world.AnnounceAsync(world.WorkflowToken(), app: "closed-app")).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_token_is_good_from_its_beginning_to_its_end_and_half_a_minute_around()
    {
        var token = world.WorkflowToken();
        world.Clock.Advance(TimeSpan.FromSeconds(5 * 60 + 29));
        (await world.AnnounceAsync(token)).Status.ShouldBe(HttpStatusCode.Created);
        world.Clock.Advance(TimeSpan.FromSeconds(2));
        (await world.AnnounceAsync(token)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        var early = world.WorkflowToken(claims =>
            claims["nbf"] = world.Clock.GetUtcNow().AddSeconds(32).ToUnixTimeSeconds()
        );
        (await world.AnnounceAsync(early)).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Only_the_issuers_own_signature_counts()
    {
        var claims = world.Issuer.Claims(world.Clock.GetUtcNow());
        using var foreign = RSA.Create(2048);
        var valid = world.Issuer.Sign(claims);
        var unsigned = StandInIssuer.Header("key-1");
        unsigned["alg"] = "none";
        var keyless = StandInIssuer.Header("key-1");
        keyless.Remove("kid");
        foreach (
            var token in new[]
            {
                world.Issuer.Sign(claims, with: foreign),
                world.Issuer.SignWithPublicKeyAsSecret(claims),
                world.Issuer.Sign(claims, unsigned),
                world.Issuer.Sign(claims, keyless),
                valid[..(valid.LastIndexOf('.') + 1)],
                valid[..^8] + "AAAAAAAA",
                "only.two",
                "a.b.c.d.e." + new string('x', 40),
            }
        )
        {
            (await world.AnnounceAsync(token)).Status.ShouldBe(HttpStatusCode.Unauthorized, token);
        }

        (await world.AnnounceAsync(valid)).Status.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task New_keys_are_asked_for_and_unknown_ones_do_not_hammer_the_issuer()
    {
        (await world.AnnounceAsync(world.WorkflowToken())).Status.ShouldBe(HttpStatusCode.Created);
        world.Issuer.Asked.ShouldBe(1);
        world.Issuer.AddKey();
        var token = world.WorkflowToken();
        for (var time = 0; time < 5; time++)
        {
            (await world.AnnounceAsync(token, "run-2")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        }

        world.Issuer.Asked.ShouldBe(1);
        world.Clock.Advance(TimeSpan.FromSeconds(10));
        (await world.AnnounceAsync(token, "run-2", tag: "v3")).Status.ShouldBe(HttpStatusCode.Created);
        world.Issuer.Asked.ShouldBe(2);
    }

    [Fact]
    public async Task An_issuer_that_is_down_is_told_and_people_are_not_concerned()
    {
        world.Issuer.IsDown = true;
        var answer = await world.AnnounceAsync(world.WorkflowToken());
        answer.Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        answer.Code.ShouldBe("issuer_unavailable");
        (await world.AnnounceAsync(world.Tokens["everything"])).Status.ShouldBe(HttpStatusCode.Created);

        world.Issuer.IsDown = false;
        world.Clock.Advance(TimeSpan.FromSeconds(10));
        (await world.AnnounceAsync(world.WorkflowToken(), "run-2", tag: "v3")).Status.ShouldBe(HttpStatusCode.Created);
        // It goes down again: what it vouched for is good for a day.
        world.Issuer.IsDown = true;
        world.Clock.Advance(TimeSpan.FromHours(23));
        (await world.AnnounceAsync(world.WorkflowToken(), "run-3", tag: "v4")).Status.ShouldBe(HttpStatusCode.Created);
        world.Clock.Advance(TimeSpan.FromHours(2));
        answer = await world.AnnounceAsync(world.WorkflowToken(), "run-4", tag: "v5");
        answer.Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task Keys_of_an_issuer_that_calls_itself_otherwise_are_not_used()
    {
        world.Issuer.CallsItself = "https://issuer.example.com";
        (await world.AnnounceAsync(world.WorkflowToken())).Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task Without_an_audience_every_workflow_is_refused()
    {
        await using var closed = await ApiWorld.StartAsync(withAudience: false);
        foreach (var audience in new JsonNode?[] { "", StandInIssuer.Audience })
        {
            var token = closed.WorkflowToken(claims => claims["aud"] = audience?.DeepClone());
            (await closed.AnnounceAsync(token)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        }
    }

    [Theory]
    [InlineData("promote")]
    [InlineData("rollback")]
    [InlineData("retry")]
    public async Task A_workflow_announces_and_does_nothing_else(string verb)
    {
        var created = await world.AnnounceAsync(world.WorkflowToken());
        var answer = await world.SendAsync(
            HttpMethod.Post,
            $"api/jobs/{created.Job["id"]}/{verb}",
            world.WorkflowToken(),
            key: "run-1-act"
        );
        answer.Status.ShouldBe(HttpStatusCode.Forbidden);
        answer.Code.ShouldBe("not_allowed");
    }
}
