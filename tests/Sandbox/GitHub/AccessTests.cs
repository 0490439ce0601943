using System.Net;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.GitHub;
using Devflow.ChatOps.Sandbox.GitHub.Limits;

namespace Devflow.ChatOps.Tests.Sandbox.GitHub;

/// <summary>Tokens of an App, rate limits, and answers that are not sent twice.</summary>
public sealed class AccessTests
{
    [Fact]
    public async Task A_token_may_do_what_it_was_asked_for_and_ends_after_an_hour()
    {
        await using var gitHub = await GitHubUnderTest.StartAsync();
        var (status, body) = await TokenAsync(
            gitHub,
            """{"permissions":{"checks":"read"},"repositories":["gitops"]}"""
        );
        status.ShouldBe(HttpStatusCode.Created);
        body["permissions"]!.ToJsonString().ShouldBe("""{"metadata":"read","checks":"read"}""");
        ((string?)body["expires_at"]).ShouldBe("2026-03-01T13:00:00Z");
        var token = (string)body["token"]!;

        async Task<HttpStatusCode> AskAsync(string path) =>
            (await gitHub.RestAsync(HttpMethod.Get, path, token: token)).Status;
        (await AskAsync("/commits/main/check-runs")).ShouldBe(HttpStatusCode.OK);
        (await AskAsync("/commits/main")).ShouldBe(HttpStatusCode.Forbidden);
        (await AskAsync("/pulls")).ShouldBe(HttpStatusCode.Forbidden);
        (await gitHub.RestAsync(HttpMethod.Post, "/check-runs", CheckRunTests.Run(gitHub), token)).Status.ShouldBe(
            HttpStatusCode.Forbidden
        );
        var query = "{ repository(owner: \"acme\", name: \"gitops\") { ref(qualifiedName: \"main\") { name } } }";
        var answer = await gitHub.GraphQlAsync(query, token: token);
        ((string?)answer["errors"]![0]!["type"]).ShouldBe("FORBIDDEN");

        gitHub.Time.Advance(TimeSpan.FromHours(1));
        (await AskAsync("/commits/main/check-runs")).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("""{"permissions":{"members":"write"}}""")]
    [InlineData("""{"permissions":{"administration":"read"}}""")]
    [InlineData("""{"repositories":["other"]}""")]
    public async Task A_token_cannot_do_more_than_the_installation(string wish)
    {
        await using var gitHub = await GitHubUnderTest.StartAsync();
        (await TokenAsync(gitHub, wish)).Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    [Theory]
    [InlineData("repos/acme/gitops/installation", HttpStatusCode.OK)]
    [InlineData("repos/acme/other/installation", HttpStatusCode.NotFound)]
    [InlineData("orgs/acme/installation", HttpStatusCode.OK)]
    [InlineData("orgs/other/installation", HttpStatusCode.NotFound)]
    public async Task An_App_finds_where_it_is_installed(string path, HttpStatusCode expected)
    {
        await using var gitHub = await GitHubUnderTest.StartAsync();
        var jwt = TestJwt.Of(gitHub.App, gitHub.Time.GetUtcNow());
        (await gitHub.SendAsync(HttpMethod.Get, path, null, jwt)).Status.ShouldBe(expected);
        (await gitHub.SendAsync(HttpMethod.Get, path, null, "app")).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task What_has_not_changed_is_not_sent_again_and_costs_nothing()
    {
        await using var gitHub = await GitHubUnderTest.StartAsync();
        using var first = await GetAsync(gitHub);
        var tag = first.Headers.GetValues("ETag").Single();
        tag.ShouldStartWith("W/\"");
        Remaining(first).ShouldBe(4_999);

        using var same = await GetAsync(gitHub, tag);
        same.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        (await same.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBeEmpty();
        Remaining(same).ShouldBe(4_999);

        await CheckRunTests.CreateAsync(gitHub, CheckRunTests.Run(gitHub));
        using var changed = await GetAsync(gitHub, tag);
        changed.StatusCode.ShouldBe(HttpStatusCode.OK);
        changed.Headers.GetValues("ETag").Single().ShouldNotBe(tag);
    }

    [Fact]
    public async Task Whoever_asks_too_often_is_told_until_when_to_wait()
    {
        await using var gitHub = await GitHubUnderTest.StartAsync();
        gitHub.Api.Quotas = new GitHubQuotas(RequestsPerHour: 2);
        for (var i = 0; i < 2; i++)
        {
            using var taken = await GetAsync(gitHub);
            taken.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        using var refused = await GetAsync(gitHub);
        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        Remaining(refused).ShouldBe(0);
        var reset = long.Parse(refused.Headers.GetValues("X-RateLimit-Reset").Single());
        reset.ShouldBe(gitHub.Time.GetUtcNow().AddHours(1).ToUnixTimeSeconds());
        var words = await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        words.ShouldContain("API rate limit exceeded for installation ID 4711000.");

        gitHub.Time.Advance(TimeSpan.FromHours(1));
        using var again = await GetAsync(gitHub);
        again.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(3, 100)]
    [InlineData(100, 15)]
    public async Task Whoever_writes_too_fast_is_told_how_long_to_wait(int created, int points)
    {
        await using var gitHub = await GitHubUnderTest.StartAsync();
        gitHub.Api.Quotas = new GitHubQuotas(PointsPerMinute: points, CreatedPerMinute: created);
        for (var i = 0; i < 3; i++)
        {
            await CheckRunTests.CreateAsync(gitHub, CheckRunTests.Run(gitHub));
        }

        using var refused = await gitHub.AnswerAsync(
            HttpMethod.Post,
            "repos/acme/gitops/check-runs",
            CheckRunTests.Run(gitHub)
        );
        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        refused.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromMinutes(1));
        var words = await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        words.ShouldContain("You have exceeded a secondary rate limit.");
        gitHub.Repository.Checks.All.Count.ShouldBe(3);

        gitHub.Time.Advance(TimeSpan.FromMinutes(1));
        await CheckRunTests.CreateAsync(gitHub, CheckRunTests.Run(gitHub));
    }

    [Fact]
    public async Task Both_limits_are_hit_on_purpose()
    {
        await using var gitHub = await GitHubUnderTest.StartAsync();
        gitHub.Api.Faults = _ => new GitHubFault.TooFast(TimeSpan.FromSeconds(7), 429);
        using var fast = await GetAsync(gitHub);
        (fast.StatusCode, fast.Headers.RetryAfter!.Delta).ShouldBe(
            (HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(7))
        );
        gitHub.Api.Faults = _ => new GitHubFault.TooFast();
        using var silent = await GetAsync(gitHub);
        (silent.StatusCode, silent.Headers.RetryAfter).ShouldBe((HttpStatusCode.Forbidden, null));
        gitHub.Api.Faults = _ => new GitHubFault.RateLimited(gitHub.Time.GetUtcNow().AddMinutes(5));
        using var limited = await GetAsync(gitHub);
        Remaining(limited).ShouldBe(0);
    }

    [Fact]
    public async Task Tokens_of_an_App_are_shut_out_at_once()
    {
        await using var gitHub = await GitHubUnderTest.StartAsync();
        gitHub.World.RemoveTokensOf(gitHub.App);
        using var answer = await GetAsync(gitHub);
        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private static Task<HttpResponseMessage> GetAsync(GitHubUnderTest gitHub, string? tag = null) =>
        gitHub.AnswerAsync(HttpMethod.Get, "repos/acme/gitops/commits/main/check-runs", ifNoneMatch: tag);

    private static int Remaining(HttpResponseMessage answer) =>
        int.Parse(answer.Headers.GetValues("X-RateLimit-Remaining").Single());

    private static async Task<(HttpStatusCode Status, JsonNode Body)> TokenAsync(GitHubUnderTest gitHub, string wish)
    {
        var (status, body) = await gitHub.SendAsync(
            HttpMethod.Post,
            $"app/installations/{gitHub.App.InstallationId}/access_tokens",
            JsonNode.Parse(wish),
            TestJwt.Of(gitHub.App, gitHub.Time.GetUtcNow())
        );
        return (status, body!);
    }
}
