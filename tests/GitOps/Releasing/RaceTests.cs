using Devflow.ChatOps.GitOps.Releasing;
using Devflow.ChatOps.Sandbox.GitHub;
using static Devflow.ChatOps.Tests.GitOps.Releasing.ReleaseWorld;

namespace Devflow.ChatOps.Tests.GitOps.Releasing;

/// <summary>An older run that is slow, and a newer one that passes it: the newer one's words stay.</summary>
public sealed class RaceTests
{
    private const string Branch = "devflow/shop/production";

    public static TheoryData<Way> Ways => new(Way.GraphQl, Way.Rest);

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task An_older_run_that_was_held_up_does_not_move_the_pull_requests_branch_back(Way way)
    {
        await using var world = await StartAsync(way);
        await ProposeAsync(world, "1.0.1", run: 6);

        var older = await PassAsync(world, call => call.MovesBranch);

        older.ShouldBeOfType<ReleaseOutcome.Superseded>().By.Number.ShouldBe(8);
        world.GitOps.Read(Branch, Kustomized).ShouldBe(Kustomization("1.2.0"));
        world.GitOps.Pulls.All.ShouldHaveSingleItem().Title.ShouldBe("shop (production): 1.0.0 -> 1.2.0");
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Nor_does_it_open_a_branch_that_somebody_opened_meanwhile(Way way)
    {
        await using var world = await StartAsync(way);

        var older = await PassAsync(world, call => call.MovesBranch);

        older.ShouldBeOfType<ReleaseOutcome.Superseded>().By.Number.ShouldBe(8);
        world.GitOps.Read(Branch, Kustomized).ShouldBe(Kustomization("1.2.0"));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Nor_does_it_write_its_own_text_over_the_newer_ones(Way way)
    {
        await using var world = await StartAsync(way);
        await ProposeAsync(world, "1.0.1", run: 6);

        // It has moved the branch already, and has not looked for the pull request yet.
        var older = await PassAsync(world, call => call.Path.EndsWith("/pulls", StringComparison.Ordinal));

        older.ShouldBeOfType<ReleaseOutcome.Superseded>().By.Number.ShouldBe(8);
        world.GitOps.Pulls.All.ShouldHaveSingleItem().Title.ShouldBe("shop (production): 1.0.0 -> 1.2.0");
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_commit_on_top_by_hand_does_not_hide_a_newer_run(Way way)
    {
        await using var world = await StartAsync(way);
        await ProposeAsync(world, "1.2.0", run: 8);
        world.GitOps.Commit(Branch, "Replicas, too", [new("apps/shop/production/replicas.yaml", "replicas: 3\n")]);

        (await ProposeAsync(world, "1.1.0", run: 7)).ShouldBeOfType<ReleaseOutcome.Superseded>();

        world.GitOps.Read(Branch, Kustomized).ShouldBe(Kustomization("1.2.0"));
    }

    [Theory]
    [InlineData(Way.GraphQl)]
    [InlineData(Way.Rest)]
    public async Task A_move_whose_answer_was_lost_is_not_made_twice(Way way)
    {
        await using var world = await StartAsync(way);
        await ProposeAsync(world, "1.1.0", run: 7);
        world.Once(call => call.MovesBranch, new GitHubFault.CutAfterWork());

        (await ProposeAsync(world, "1.2.0", run: 8)).ShouldBeOfType<ReleaseOutcome.PullRequestOpened>();

        world.GitOps.Read(Branch, Kustomized).ShouldBe(Kustomization("1.2.0"));
        world.Api.Log.Calls.Count(call => call.MovesBranch).ShouldBe(2);
    }

    [Fact]
    public async Task A_branch_that_may_not_be_moved_is_told_in_GitHubs_words()
    {
        await using var world = await StartAsync(Way.GraphQl);
        await ProposeAsync(world, "1.1.0", run: 7);
        world.GitOps.Protections[Branch] = GitHubProtection.RestrictsPushes();

        (await ProposeAsync(world, "1.2.0", run: 8))
            .ShouldBeOfType<ReleaseOutcome.Failed>()
            .Code.ShouldBe(ReleaseCodes.ProtectedBranch);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_refused_reference_on_a_moved_branch_is_a_lost_race(Way way)
    {
        await using var world = await StartAsync(way);
        // Executable files are committed through REST always.
        world.GitOps.Commit("main", "x", [new("run.yaml", "image: registry.example.com/shop:1.0.0\n")], "100755");
        var left = 1;
        world.Api.Faults = call =>
        {
            if (!call.MovesBranch || Interlocked.Exchange(ref left, 0) == 0)
            {
                return null;
            }

            world.GitOps.Commit("main", "By hand", [new("other", "1")]);
            return new GitHubFault.Answer(422, "Reference cannot be updated");
        };

        (await world.RunAsync(Order("1.1.0") with { Files = ["run.yaml"] })).ShouldBeOfType<ReleaseOutcome.Committed>();

        world.GitOps.Log("main").Count.ShouldBe(4);
    }

    [Fact]
    public async Task A_refused_reference_on_a_branch_that_stands_still_is_asked_again_and_then_told()
    {
        await using var world = await StartAsync(Way.Rest);
        world.Api.Faults = call => call.MovesBranch ? new GitHubFault.Answer(422, "Reference cannot be updated") : null;

        var failed = (await world.RunAsync(Order("1.1.0"))).ShouldBeOfType<ReleaseOutcome.Failed>();

        failed.Code.ShouldBe(ReleaseCodes.GitHubRefused);
        failed.Message.ShouldContain("Reference cannot be updated");
        world.Api.Log.Calls.Count(call => call.MovesBranch).ShouldBe(ReleaseCommitter.Patience);
    }

    /// <summary>Holds run 7 at a request until run 8 is through; what becomes of run 7.</summary>
    private static async Task<ReleaseOutcome> PassAsync(ReleaseWorld world, Func<GitHubCall, bool> where)
    {
        var (held, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        world.Api.Faults = call =>
            where(call) && held.TrySetResult() ? new GitHubFault.Hold(go.Task.WaitAsync(Cancellation)) : null;
        var older = ProposeAsync(world, "1.1.0", run: 7);
        await held.Task.WaitAsync(TimeSpan.FromMinutes(1), Cancellation);
        (await ProposeAsync(world, "1.2.0", run: 8)).ShouldBeOfType<ReleaseOutcome.PullRequestOpened>();
        go.SetResult();
        return await older;
    }

    private static Task<ReleaseOutcome> ProposeAsync(ReleaseWorld world, string tag, int run) =>
        world.RunAsync(Order(tag, run) with { Mode = ReleaseMode.PullRequest });
}
