using Devflow.ChatOps.GitOps.Releasing;
using static Devflow.ChatOps.Tests.GitOps.Releasing.ReleaseWorld;

namespace Devflow.ChatOps.Tests.GitOps.Releasing;

/// <summary>What is not released, and what lifts that.</summary>
public sealed class RuleTests
{
    private const string Tombstone =
        "Roll shop back\n\nDevflow-App: shop\nDevflow-Environment: production\nDevflow-Image: registry.example.com/shop:1.0.0\n";

    [Theory]
    [InlineData(Way.GraphQl)]
    [InlineData(Way.Rest)]
    public async Task A_run_that_is_older_than_what_is_there_gives_way(Way way)
    {
        await using var world = await StartAsync(way);
        await world.CommitAsync(Order("1.2.0", run: 8));

        var outcome = await world.RunAsync(Order("1.1.0", run: 7) with { ForceReason = "I insist" });

        outcome.ShouldBeOfType<ReleaseOutcome.Superseded>().By.ShouldBe(new RunIdentity(4711, "release.yml", 8, 1));
        world.GitOps.Read("main", Kustomized).ShouldBe(Kustomization("1.2.0"));
    }

    [Fact]
    public async Task A_newer_run_that_comes_between_read_and_commit_is_seen_by_the_next_try()
    {
        await using var world = await StartAsync(Way.GraphQl);
        var isFirst = true;
        world.Api.Faults = call =>
        {
            if (call.MovesBranch && isFirst)
            {
                isFirst = false;
                var newer = ReleaseMessage.Trailers(Order("1.2.0", run: 8)).Below("Newer");
                world.GitOps.Commit("main", newer, [new(Kustomized, Kustomization("1.2.0"))]);
            }

            return null;
        };

        (await world.RunAsync(Order("1.1.0", run: 7))).ShouldBeOfType<ReleaseOutcome.Superseded>();
        world.GitOps.Log("main").Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(7, 1, true)]
    [InlineData(7, 2, false)]
    [InlineData(8, 1, false)]
    public async Task Runs_of_one_workflow_are_ordered_by_number_then_attempt(int run, int attempt, bool isSuperseded)
    {
        await using var world = await StartAsync(Way.GraphQl);
        await world.CommitAsync(Order("1.1.0", run: 7, attempt: 2));
        var outcome = await world.RunAsync(Order("1.2.0", run, attempt));
        (outcome is ReleaseOutcome.Superseded).ShouldBe(isSuperseded);
    }

    [Fact]
    public async Task Runs_of_other_workflows_and_environments_do_not_count()
    {
        await using var world = await StartAsync(Way.GraphQl);
        await world.CommitAsync(Order("1.1.0") with { Run = new RunIdentity(4711, "hotfix.yml", 900, 1) });
        await world.CommitAsync(Order("1.2.0", run: 800) with { Environment = "staging" });
        await world.CommitAsync(Order("1.3.0", run: 7));
    }

    [Fact]
    public async Task The_same_run_again_finds_its_own_work_done()
    {
        await using var world = await StartAsync(Way.GraphQl);
        await world.CommitAsync(Order("1.1.0"));
        (await world.RunAsync(Order("1.1.0"))).ShouldBeOfType<ReleaseOutcome.Unchanged>();
        (await world.RunAsync(Order("1.1.0", attempt: 2))).ShouldBeOfType<ReleaseOutcome.Unchanged>();
        world.GitOps.Log("main").Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("registry.example.com/shop:1.1.0", "1.1.0", null, true)]
    [InlineData("registry.example.com/shop:1.1.0", "1.1.1", null, false)]
    [InlineData("registry.example.com/shop:1.1.0@aaa", "1.1.0", "aaa", true)]
    [InlineData("registry.example.com/shop:1.1.0@aaa", "1.1.0", "bbb", false)]
    [InlineData("registry.example.com/shop:1.1.0@aaa", "again", "aaa", true)]
    [InlineData("registry.example.com/shop:1.1.0@aaa", "1.1.0", null, true)]
    [InlineData("registry.example.com/cart:1.1.0", "1.1.0", null, false)]
    public async Task What_was_rolled_back_stays_away_by_digest_else_by_tag(
        string buried,
        string tag,
        string? digest,
        bool isRefused
    )
    {
        await using var world = await StartAsync(Way.GraphQl);
        buried = buried.Replace("@aaa", "@" + Digest('a'), StringComparison.Ordinal);
        world.GitOps.Commit(
            "main",
            Tombstone + $"Devflow-Rolled-Back: {buried}",
            [new(Kustomized, Kustomization("1.0.0") + "# back\n")]
        );

        var outcome = await world.RunAsync(
            Order(tag) with
            {
                Images = [Image(tag, digest is null ? null : Digest(digest[0]))],
            }
        );

        (outcome is ReleaseOutcome.Refused).ShouldBe(isRefused);
        if (isRefused)
        {
            outcome.ShouldBeOfType<ReleaseOutcome.Refused>().Code.ShouldBe(ReleaseCodes.RolledBack);
        }
    }

    [Fact]
    public async Task A_reason_for_force_does_nothing_on_GitHub()
    {
        await using var world = await StartAsync(Way.GraphQl);
        var order = Order("1.1.0") with { ForceReason = "closes #12 for @acme/all" };

        await world.RunAsync(order with { Mode = ReleaseMode.PullRequest });
        var message = await world.CommitAsync(order);

        var body = world.GitOps.Pulls.All.ShouldHaveSingleItem().Body;
        foreach (var text in new[] { message, body })
        {
            text.ShouldContain("\nDevflow-Forced: closes #\u206012 for @\u2060acme/all");
        }
    }

    [Fact]
    public async Task Force_with_a_reason_lifts_the_tombstone_until_the_next_one()
    {
        await using var world = await StartAsync(Way.GraphQl);
        void RollBack() =>
            world.GitOps.Commit(
                "main",
                Tombstone + "Devflow-Rolled-Back: registry.example.com/shop:1.1.0",
                [new(Kustomized, Kustomization("1.0.0") + $"# {world.GitOps.Log("main").Count}\n")]
            );
        await world.CommitAsync(Order("1.1.0", run: 1));
        RollBack();
        (await world.RunAsync(Order("1.1.0", run: 2))).ShouldBeOfType<ReleaseOutcome.Refused>();

        var message = await world.CommitAsync(Order("1.1.0", run: 3) with { ForceReason = "The fault\nwas ours" });
        message.ShouldEndWith("\nDevflow-Forced: The fault was ours");
        // By hand, back to what it was: the image may come again, for nobody rolled it back since.
        world.GitOps.Commit("main", "By hand", [new(Kustomized, Kustomization("1.0.0"))]);
        await world.CommitAsync(Order("1.1.0", run: 4));

        RollBack();
        (await world.RunAsync(Order("1.1.0", run: 5)))
            .ShouldBeOfType<ReleaseOutcome.Refused>()
            .Message.ShouldContain("was rolled back in production");
    }

    [Fact]
    public async Task A_tombstone_by_hand_without_app_counts_and_one_of_another_environment_does_not()
    {
        await using var world = await StartAsync(Way.GraphQl);
        world.GitOps.Commit(
            "main",
            "Back\n\nDevflow-App: shop\nDevflow-Environment: staging\nDevflow-Rolled-Back: registry.example.com/shop:1.1.0",
            [new(Kustomized, Kustomization("1.0.0") + "# 1\n")]
        );
        (await world.RunAsync(Order("1.1.0") with { DryRun = true })).ShouldBeOfType<ReleaseOutcome.Planned>();

        world.GitOps.Commit(
            "main",
            "Back\n\nDevflow-Rolled-Back: registry.example.com/shop:1.1.0",
            [new(Kustomized, Kustomization("1.0.0") + "# 2\n")]
        );
        (await world.RunAsync(Order("1.1.0"))).ShouldBeOfType<ReleaseOutcome.Refused>();
    }

    [Fact]
    public async Task An_image_that_was_released_before_what_stands_there_is_refused_unless_asked_for()
    {
        await using var world = await StartAsync(Way.GraphQl);
        await world.CommitAsync(Order("build-aa", run: 1));
        await world.CommitAsync(Order("build-bb", run: 2));

        var refused = (await world.RunAsync(Order("build-aa", run: 3))).ShouldBeOfType<ReleaseOutcome.Refused>();
        refused.Code.ShouldBe(ReleaseCodes.Older);
        refused.Message.ShouldContain(
            "registry.example.com/shop:build-aa is older than build-bb, which was released after it"
        );

        await world.CommitAsync(Order("build-aa", run: 4) with { AllowOlder = true });
    }

    [Fact]
    public async Task What_somebody_put_back_by_hand_is_not_older_than_its_successor()
    {
        await using var world = await StartAsync(Way.GraphQl);
        await world.CommitAsync(Order("build-aa", run: 1));
        await world.CommitAsync(Order("build-bb", run: 2));
        world.GitOps.Commit("main", "By hand", [new(Kustomized, Kustomization("build-aa"))]);
        await world.CommitAsync(Order("build-bb", run: 3));
    }

    [Theory]
    [InlineData("0.9.9", true)]
    [InlineData("v1.0.0-rc.1", true)]
    [InlineData("1.0.1-alpha", false)]
    [InlineData("1.10.0", false)]
    [InlineData("latest", false)]
    public async Task A_lower_semantic_version_is_older(string tag, bool isRefused)
    {
        await using var world = await StartAsync(Way.GraphQl);
        var outcome = await world.RunAsync(Order(tag) with { DryRun = true });
        (outcome is ReleaseOutcome.Refused { Code: ReleaseCodes.Older }).ShouldBe(isRefused);
    }
}
