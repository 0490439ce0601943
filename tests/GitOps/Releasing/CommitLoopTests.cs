using Devflow.ChatOps.GitOps.Releasing;
using Devflow.ChatOps.Sandbox.GitHub;
using static Devflow.ChatOps.Tests.GitOps.Releasing.ReleaseWorld;

namespace Devflow.ChatOps.Tests.GitOps.Releasing;

/// <summary>The loop over HTTP against the stand-in, through GraphQL and through REST.</summary>
public sealed class CommitLoopTests
{
    public static TheoryData<Way> Ways => new(Way.GraphQl, Way.Rest);

    [Theory]
    [InlineData(Way.GraphQl, 2)]
    [InlineData(Way.Rest, 7)]
    public async Task A_named_file_is_committed_with_few_requests(Way way, int requests)
    {
        await using var world = await StartAsync(way);
        var outcome = await world.RunAsync(Order("1.1.0"));

        var done = outcome.ShouldBeOfType<ReleaseOutcome.Committed>();
        done.CommitSha.Value.ShouldBe(world.GitOps.Git.Head("main"));
        done.Parent.Value.ShouldBe(world.GitOps.Log("main")[0].Parents.ShouldHaveSingleItem());
        world.GitOps.Read("main", Kustomized).ShouldBe(Kustomization("1.1.0"));
        world.GitOps.Log("main").Count.ShouldBe(2);
        world
            .GitOps.Log("main")[0]
            .Message.ShouldBe(
                """
                shop (production): 1.0.0 -> 1.1.0

                Devflow-App: shop
                Devflow-Environment: production
                Devflow-Image: registry.example.com/shop:1.1.0
                Devflow-Run: 4711/release.yml/7/1
                Source-Commit: 0123456789abcdef0123456789abcdef01234567
                """
            );
        var change = done.Changes.ShouldHaveSingleItem();
        (change.Path, change.Before, change.After).ShouldBe(
            (Kustomized, Kustomization("1.0.0"), Kustomization("1.1.0"))
        );
        change.Places.ShouldHaveSingleItem().Before.ShouldBe("1.0.0");
        world.Api.Log.Calls.Count.ShouldBe(requests, string.Join('\n', world.Api.Log.Calls));
    }

    [Theory]
    [InlineData(Way.GraphQl, 3)]
    [InlineData(Way.Rest, 8)]
    public async Task Searched_files_cost_one_listing(Way way, int requests)
    {
        await using var world = await StartAsync(way);
        world.GitOps.Commit("main", "More", [new("apps/shop/production/other.yaml", "a: 1\n"), new("README.md", "x")]);

        var outcome = await world.RunAsync(Order("1.1.0") with { Files = ["apps/shop/production"] });

        outcome.ShouldBeOfType<ReleaseOutcome.Committed>().Changes.ShouldHaveSingleItem().Path.ShouldBe(Kustomized);
        world.Api.Log.Calls.Count.ShouldBe(requests, string.Join('\n', world.Api.Log.Calls));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Trees_that_are_answered_with_their_own_id_are_understood_too(Way way)
    {
        await using var world = await StartAsync(way);
        world.Api.TreesEchoCommits = false;
        (
            await world.RunAsync(Order("1.1.0") with { Files = ["**/*.yaml"] })
        ).ShouldBeOfType<ReleaseOutcome.Committed>();
        world.Api.Log.Calls.Count.ShouldBe(way == Way.GraphQl ? 3 : 7);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task What_stands_there_already_is_left_alone(Way way)
    {
        await using var world = await StartAsync(way);
        var head = world.GitOps.Git.Head("main");

        (await world.RunAsync(Order("1.0.0"))).ShouldBe(new ReleaseOutcome.Unchanged(CommitSha.Parse(head!)));

        world.GitOps.Git.Head("main").ShouldBe(head);
        world.Api.Log.Calls.ShouldNotContain(call => call.MovesBranch);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_dry_run_tells_what_it_would_do_and_writes_nothing(Way way)
    {
        await using var world = await StartAsync(way);
        var head = world.GitOps.Git.Head("main");

        var planned = (
            await world.RunAsync(Order("1.1.0") with { DryRun = true })
        ).ShouldBeOfType<ReleaseOutcome.Planned>();

        planned.HeadSha.Value.ShouldBe(head);
        planned.Changes.ShouldHaveSingleItem().After.ShouldBe(Kustomization("1.1.0"));
        world.GitOps.Git.Head("main").ShouldBe(head);
        world.Api.Log.Calls.ShouldAllBe(call => call.IsGraphQl || call.Method == "GET");
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task On_a_moved_head_the_edit_is_made_again_on_the_new_one(Way way)
    {
        await using var world = await StartAsync(way);
        var moves = 0;
        world.Api.Faults = call =>
        {
            if (call.MovesBranch && ++moves <= 2)
            {
                // Somebody else changes the very same file, after it was read.
                var text = Kustomization("1.0.0") + $"# by hand {moves}\n";
                world.GitOps.Commit("main", "By hand", [new(Kustomized, text)]);
            }

            return null;
        };

        (await world.RunAsync(Order("1.1.0"))).ShouldBeOfType<ReleaseOutcome.Committed>();

        world.GitOps.Read("main", Kustomized).ShouldBe(Kustomization("1.1.0") + "# by hand 2\n");
        world.GitOps.Log("main").Count.ShouldBe(4);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task It_gives_up_when_the_branch_keeps_moving(Way way)
    {
        await using var world = await StartAsync(way);
        var moves = 0;
        world.Api.Faults = call =>
        {
            if (call.MovesBranch)
            {
                world.GitOps.Commit("main", "By hand", [new("other", $"{++moves}")]);
            }

            return null;
        };

        var failed = (
            await world.RunAsync(Order("1.1.0") with { Attempts = 3 })
        ).ShouldBeOfType<ReleaseOutcome.Failed>();

        failed.Code.ShouldBe(ReleaseCodes.BranchMoves);
        failed.Message.ShouldBe("main of acme/gitops moved before each of 3 tries to commit on it.");
        moves.ShouldBe(3);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Twenty_at_once_make_twenty_commits(Way way)
    {
        await using var world = await StartAsync(way);
        const int writers = 20;
        world.GitOps.Commit(
            "main",
            "Apps",
            Enumerable
                .Range(0, writers)
                .Select(app =>
                    KeyValuePair.Create(
                        $"apps/{app}/values.yaml",
                        (string?)$"image: registry.example.com/{app}:1.0.0\n"
                    )
                )
        );
        // Nobody writes before everybody has read.
        var ready = new TaskCompletionSource();
        var reads = 0;
        world.Api.Faults = call =>
        {
            if (call.MovesBranch && !ready.Task.IsCompleted)
            {
                if (Interlocked.Increment(ref reads) == writers)
                {
                    ready.TrySetResult();
                }

                return new GitHubFault.Hold(ready.Task);
            }

            return null;
        };

        var outcomes = await Task.WhenAll(
            Enumerable
                .Range(0, writers)
                .Select(app =>
                    world.RunAsync(
                        Order("1.1.0") with
                        {
                            App = $"{app}",
                            Images = [Image("1.1.0", name: $"registry.example.com/{app}")],
                            Files = [$"apps/{app}/values.yaml"],
                        }
                    )
                )
        );

        var commits = outcomes.Select(outcome => outcome.ShouldBeOfType<ReleaseOutcome.Committed>().CommitSha).ToList();
        commits.Distinct().Count().ShouldBe(writers);
        var log = world.GitOps.Log("main");
        log.Count.ShouldBe(writers + 2);
        log.Take(writers)
            .Select(commit => ReleaseTrailers.Parse(commit.Message).App)
            .ShouldBe(Enumerable.Range(0, writers).Select(app => $"{app}"), ignoreOrder: true);
        for (var app = 0; app < writers; app++)
        {
            world.GitOps.Read("main", $"apps/{app}/values.yaml").ShouldBe($"image: registry.example.com/{app}:1.1.0\n");
        }
    }

    [Theory]
    [InlineData(Way.GraphQl, true)]
    [InlineData(Way.GraphQl, false)]
    [InlineData(Way.Rest, true)]
    [InlineData(Way.Rest, false)]
    public async Task A_commit_whose_answer_was_lost_is_found_and_not_made_twice(Way way, bool isCut)
    {
        await using var world = await StartAsync(way);
        world.Once(
            call => call.MovesBranch,
            isCut ? new GitHubFault.CutAfterWork() : new GitHubFault.AnswerAfterWork(502)
        );

        var done = (await world.RunAsync(Order("1.1.0"))).ShouldBeOfType<ReleaseOutcome.Committed>();

        done.CommitSha.Value.ShouldBe(world.GitOps.Git.Head("main"));
        done.Changes.ShouldHaveSingleItem().Before.ShouldBe(Kustomization("1.0.0"));
        done.Parent.Value.ShouldBe(world.GitOps.Log("main")[0].Parents.ShouldHaveSingleItem());
        world.GitOps.Log("main").Count.ShouldBe(2);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_lost_commit_is_found_below_what_came_after_it(Way way)
    {
        await using var world = await StartAsync(way);
        var left = 1;
        string? own = null;
        world.Api.Faults = call =>
        {
            if (call.MovesBranch && Interlocked.Exchange(ref left, 0) == 1)
            {
                return new GitHubFault.CutAfterWork();
            }

            if (own is null && left == 0)
            {
                own = world.GitOps.Git.Head("main");
                world.GitOps.Commit("main", "Next", [new(Kustomized, Kustomization("1.2.0"))]);
            }

            return null;
        };

        var done = (await world.RunAsync(Order("1.1.0"))).ShouldBeOfType<ReleaseOutcome.Committed>();

        done.CommitSha.Value.ShouldBe(own);
        world.GitOps.Read("main", Kustomized).ShouldBe(Kustomization("1.2.0"));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_commit_that_was_cut_off_before_it_happened_is_made(Way way)
    {
        await using var world = await StartAsync(way);
        world.Once(call => call.MovesBranch, new GitHubFault.Cut());

        (await world.RunAsync(Order("1.1.0"))).ShouldBeOfType<ReleaseOutcome.Committed>();

        world.GitOps.Log("main").Count.ShouldBe(2);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task An_answer_that_never_comes_is_a_timeout(Way way)
    {
        await using var world = await StartAsync(way);
        var never = new TaskCompletionSource();
        world.Once(call => call.MovesBranch, new GitHubFault.HoldAnswer(never.Task));

        (
            await world.RunAsync(Order("1.1.0"), timeout: TimeSpan.FromSeconds(2))
        ).ShouldBeOfType<ReleaseOutcome.Committed>();

        never.SetResult();
        world.GitOps.Log("main").Count.ShouldBe(2);
    }
}
