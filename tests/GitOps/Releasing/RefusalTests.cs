using Devflow.ChatOps.GitOps.Releasing;
using Devflow.ChatOps.Sandbox.GitHub;
using static Devflow.ChatOps.Tests.GitOps.Releasing.ReleaseWorld;

namespace Devflow.ChatOps.Tests.GitOps.Releasing;

/// <summary>What GitHub refuses is told apart, and what passes is waited for.</summary>
public sealed class RefusalTests
{
    public static TheoryData<Way> Ways => new(Way.GraphQl, Way.Rest);

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_token_that_is_none(Way way)
    {
        await using var world = await StartAsync(way);
        Code(await world.RunAsync(Order("1.1.0"), "ghs_wrong")).ShouldBe(ReleaseCodes.BadCredentials);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_repository_that_the_token_does_not_see(Way way)
    {
        await using var world = await StartAsync(way);
        world.Api.World.AddToken(
            new GitHubToken("elsewhere", "other[bot]") { Repositories = new HashSet<string> { "acme/other" } }
        );
        Code(await world.RunAsync(Order("1.1.0"), "elsewhere")).ShouldBe(ReleaseCodes.RepositoryNotFound);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_token_that_may_only_read(Way way)
    {
        await using var world = await StartAsync(way);
        world.Api.World.AddToken(new GitHubToken("reader", "reader[bot]") { Contents = GitHubAccess.Read });
        Code(await world.RunAsync(Order("1.1.0"), "reader")).ShouldBe(ReleaseCodes.PermissionMissing);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_branch_that_is_not_there(Way way)
    {
        await using var world = await StartAsync(way);
        var failed = (
            await world.RunAsync(Order("1.1.0") with { Branch = "prod" })
        ).ShouldBeOfType<ReleaseOutcome.Failed>();
        (failed.Code, failed.Message).ShouldBe((ReleaseCodes.BranchNotFound, "acme/gitops has no branch prod."));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_search_tells_a_missing_branch_from_a_missing_repository(Way way)
    {
        await using var world = await StartAsync(way);
        var search = Order("1.1.0") with { Files = ["apps"] };
        Code(await world.RunAsync(search with { Branch = "prod" })).ShouldBe(ReleaseCodes.BranchNotFound);
        Code(await world.RunAsync(search with { Repository = "acme/none" })).ShouldBe(ReleaseCodes.RepositoryNotFound);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Protected_branches_of_every_kind(Way way)
    {
        await using var world = await StartAsync(way);
        foreach (
            var rule in new[]
            {
                GitHubProtection.RequiresPullRequest(),
                GitHubProtection.Ruleset(),
                GitHubProtection.RestrictsPushes(),
            }
        )
        {
            world.GitOps.Protections["main"] = rule;
            var failed = (await world.RunAsync(Order("1.1.0"))).ShouldBeOfType<ReleaseOutcome.Failed>();
            failed.Code.ShouldBe(ReleaseCodes.ProtectedBranch, failed.Message);
        }

        world.GitOps.Protections["main"] = GitHubProtection.Ruleset("devflow[bot]");
        await world.CommitAsync(Order("1.1.0"));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_primary_rate_limit_far_away_fails_with_its_end(Way way)
    {
        await using var world = await StartAsync(way);
        var reset = world.Time.GetUtcNow().AddMinutes(40);
        world.Api.Faults = _ => new GitHubFault.RateLimited(reset);

        var failed = (await world.RunAsync(Order("1.1.0"))).ShouldBeOfType<ReleaseOutcome.Failed>();

        (failed.Code, failed.RetryAt).ShouldBe((ReleaseCodes.RateLimited, reset));
        world.Api.Log.Calls.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(Way.GraphQl, 403)]
    [InlineData(Way.GraphQl, 429)]
    [InlineData(Way.Rest, 403)]
    [InlineData(Way.Rest, 429)]
    public async Task A_secondary_rate_limit_is_waited_for(Way way, int status)
    {
        await using var world = await StartAsync(way);
        world.Once(
            call => call.MovesBranch,
            new GitHubFault.Answer(
                status,
                "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
                TimeSpan.FromSeconds(30)
            )
        );
        var said = new List<string>();
        var committer = new ReleaseCommitter(world.Host(), new RushingTime(world.Time), () => 0.5) { Say = said.Add };

        (await committer.RunAsync(Order("1.1.0"), Cancellation)).ShouldBeOfType<ReleaseOutcome.Committed>();

        world.GitOps.Log("main").Count.ShouldBe(2);
        said.ShouldHaveSingleItem().ShouldEndWith(" Asking again in 30 s.");
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Bad_gateways_are_asked_again_and_not_for_ever(Way way)
    {
        await using var world = await StartAsync(way);
        world.Once(_ => true, new GitHubFault.Answer(502, "Bad Gateway"));
        await world.CommitAsync(Order("1.1.0"));

        world.Api.Log.Clear();
        world.Api.Faults = _ => new GitHubFault.Answer(503, "Unicorn");
        var failed = (await world.RunAsync(Order("1.2.0", run: 8))).ShouldBeOfType<ReleaseOutcome.Failed>();
        failed.Code.ShouldBe(ReleaseCodes.GitHubUnavailable);
        failed.Message.ShouldContain("503");
        world.Api.Log.Calls.Count.ShouldBe(ReleaseCommitter.Patience);
    }

    [Fact]
    public async Task An_uncertain_commit_that_stays_uncertain_says_so()
    {
        await using var world = await StartAsync(Way.GraphQl);
        var isDone = false;
        world.Api.Faults = call =>
        {
            isDone |= call.MovesBranch;
            return isDone ? new GitHubFault.AnswerAfterWork(502) : null;
        };
        Message(await world.RunAsync(Order("1.1.0")))
            .ShouldEndWith("The commit may have been made; another run will see.");
    }

    [Theory]
    [InlineData("SERVICE_UNAVAILABLE", "Try later")]
    [InlineData(
        null,
        "Something went wrong while executing your query. Please include `ABCD` when reporting this issue."
    )]
    public async Task GraphQL_that_says_with_200_that_it_cannot_is_asked_again(string? type, string message)
    {
        await using var world = await StartAsync(Way.GraphQl);
        var left = 2;
        world.Api.Faults = _ =>
            Interlocked.Decrement(ref left) >= 0 ? new GitHubFault.GraphQlAnswer(type, message) : null;
        await world.CommitAsync(Order("1.1.0"));
    }

    [Theory]
    [InlineData(404, "Not Found")]
    [InlineData(403, "Resource not accessible by personal access token")]
    public async Task Without_GraphQL_REST_is_used_and_remembered(int status, string message)
    {
        await using var world = await StartAsync(Way.GraphQl);
        world.Api.Faults = call => call.IsGraphQl ? new GitHubFault.Answer(status, message) : null;
        await world.CommitAsync(Order("1.1.0"));
        world.Api.Log.Calls.Count(call => call.IsGraphQl).ShouldBe(1);
    }

    [Fact]
    public async Task A_mutation_that_the_server_does_not_know_is_made_through_REST()
    {
        await using var world = await StartAsync(Way.GraphQl);
        world.Api.Faults = call => call.IsGraphQl && call.MovesBranch ? new GitHubFault.Answer(404, "Not Found") : null;
        await world.CommitAsync(Order("1.1.0"));
        world.GitOps.Log("main").Count.ShouldBe(2);
    }

    [Fact]
    public async Task No_error_text_repeats_the_token()
    {
        await using var world = await StartAsync(Way.GraphQl);
        Message(await world.RunAsync(Order("1.1.0"), "ghs_very-secret")).ShouldNotContain("secret");
    }

    private static string Code(ReleaseOutcome outcome) => outcome.ShouldBeOfType<ReleaseOutcome.Failed>().Code;

    private static string Message(ReleaseOutcome outcome) => outcome.ShouldBeOfType<ReleaseOutcome.Failed>().Message;
}
