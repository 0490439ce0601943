using Devflow.ChatOps.Core.Images;
using Devflow.ChatOps.GitOps.GitHub;
using Devflow.ChatOps.GitOps.Releasing;
using Devflow.ChatOps.GitOps.Reverting;
using Devflow.ChatOps.Sandbox.GitHub;
using Devflow.ChatOps.Tests.GitOps.Releasing;
using static Devflow.ChatOps.Tests.GitOps.Releasing.ReleaseWorld;

namespace Devflow.ChatOps.Tests.GitOps.GitHub;

/// <summary>Answers with status 200 that are none, as portals and proxies give them: a fault that passes, at whatever request.</summary>
public sealed class OddAnswerTests
{
    /// <summary>Of one kind each: nothing, a list, GraphQL's, REST's.</summary>
    private static readonly string[] bodies =
    [
        "{}",
        "[{}]",
        """{"data":{"repository":{"id":"R_1","ref":{"target":{"oid":7}}},"createCommitOnBranch":null,"updateRefs":7}}""",
        """{"sha":"main","tree":"none","truncated":0,"commit":{"sha":"short"},"object":{"sha":null},"parents":7,"content":"!"}""",
    ];

    public static MatrixTheoryData<Way, ReleaseMode, string> Runs =>
        new([Way.GraphQl, Way.Rest], [ReleaseMode.Commit, ReleaseMode.PullRequest], bodies);

    [Theory, MemberData(nameof(Runs))]
    public async Task A_rollback_is_told_that_it_passes_whichever_request_it_was_and_goes_through_later(
        Way way,
        ReleaseMode mode,
        string body
    )
    {
        await using var world = await StartAsync(way);
        // The first request, then the second, until a rollback needs no more requests than that.
        for (var odd = 0; await RevertAsync(world, mode, body, odd); odd++)
        {
            odd.ShouldBeLessThan(30);
        }
    }

    /// <summary>Rolls back while one request is answered with the body; false when there was no such request any more.</summary>
    private static async Task<bool> RevertAsync(ReleaseWorld world, ReleaseMode mode, string body, int odd)
    {
        Commit(world, "1.0.0", $"good {odd}");
        var release = Commit(world, "1.1.0", $"bad {odd}");
        var order = new RevertOrder
        {
            Id = $"job-{Guid.NewGuid():n}",
            Repository = Repository,
            Branch = "main",
            Path = "apps/shop/production",
            App = "shop",
            Environment = "production",
            Target = ImageReference.TryParse("registry.example.com/shop:1.0.0")!,
            Bad = ImageReference.TryParse("registry.example.com/shop:1.1.0"),
            Commit = CommitSha.TryParse(release),
            Mode = mode,
        };
        var asked = 0;
        world.Api.Faults = _ => asked++ == odd ? new GitHubFault.Nonsense(body) : null;
        var first = await new Reverter(world.Host()).RunAsync(order, Cancellation);
        var wasOdd = asked > odd;
        world.Api.Faults = null;
        if (first is RevertOutcome.Failed failed)
        {
            wasOdd.ShouldBeTrue(failed.Message);
            failed.IsPassing.ShouldBeTrue($"{body} as answer {odd}: {failed}");
            failed.Code.ShouldBe(ReleaseCodes.GitHubUnavailable);
            first = await new Reverter(world.Host()).RunAsync(order, Cancellation);
        }

        (first is RevertOutcome.Written or RevertOutcome.Proposed).ShouldBeTrue($"{body} as answer {odd}: {first}");
        return wasOdd;
    }

    private static string Commit(ReleaseWorld world, string tag, string message) =>
        world.GitOps.Commit("main", message, [KeyValuePair.Create(Kustomized, (string?)Kustomization(tag))]);
}
