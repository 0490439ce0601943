using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Sandbox.GitHub;
using Devflow.ChatOps.Tests.EndToEnd.World;
using static Devflow.ChatOps.Tests.EndToEnd.Conversations.GitStage;
using static Devflow.ChatOps.Tests.EndToEnd.World.WorldCatalog;

namespace Devflow.ChatOps.Tests.EndToEnd.Conversations;

/// <summary>What becomes of a rollback by pull request is up to people: they merge it, close it, open it again.</summary>
public sealed class GitPullRequestTests
{
    [Fact]
    public async Task A_merge_is_noticed_by_its_event()
    {
        await using var world = await StartAsync(InGit);
        world.Git.Listen(world);
        var pull = await ProposedAsync(world);

        world.Git.GitOps.Pulls.Merge(pull.Number, "bob-gh", GitHubMergeMethod.Squash);

        var job = await world.WhenAsync("v2", JobStatus.RolledBack);
        job.Rollback!.Git.ShouldBe(GitState.Agrees);
        world.Git.Asked(InGit).ShouldBe(V1);
    }

    [Fact]
    public async Task A_pull_request_that_is_closed_unmerged_is_told_with_what_to_do_and_another_one_can_be_had()
    {
        await using var world = await StartAsync(InGit);
        world.Git.Listen(world);
        var pull = await ProposedAsync(world);

        world.Git.GitOps.Pulls.Change(pull.Number, it => it with { State = "closed" }, "bob-gh");

        await DeclinedAsync(world);
        await world.WhenCardAsync("was closed unmerged");
        await world.WhenAsync(
            () =>
                Task.FromResult(
                    world.Thread().FirstOrDefault(text => text.Contains("/devflow agree my-app production"))
                ),
            "the thread telling what to do"
        );
        world.Git.GitOps.Pulls.All.Count.ShouldBe(1, "none is opened unasked");

        await world.TypeAsync(Bob, "/devflow agree my-app");
        await world.WhenJobAsync(job => job.Rollback is { Git: GitState.Proposed, PullEnded: null }, "another one");
        world.Git.GitOps.Pulls.All.Count(it => it.State == "open").ShouldBe(1);
        world.Git.GitOps.Pulls.Merge(world.Git.GitOps.Pulls.All[0].Number, "bob-gh");
        await world.WhenAsync("v2", JobStatus.RolledBack);
    }

    [Fact]
    public async Task Where_the_events_are_lost_it_is_seen_within_the_minute_and_within_minutes_that_it_is_open_again()
    {
        await using var world = await StartAsync(InGit);
        var pull = await ProposedAsync(world);
        var pulls = world.Git.GitOps.Pulls;

        pulls.Change(pull.Number, it => it with { State = "closed" }, "bob-gh");
        await LaterAsync(world);
        await DeclinedAsync(world);

        pulls.Change(pull.Number, it => it with { State = "open" }, "bob-gh");
        await LaterAsync(world, minutes: 5);
        await world.WhenJobAsync(job => job.Rollback is { Git: GitState.Proposed, PullEnded: null }, "open again");

        pulls.Merge(pull.Number, "bob-gh");
        await LaterAsync(world);
        var job = await world.WhenAsync("v2", JobStatus.RolledBack);
        job.Rollback!.Git.ShouldBe(GitState.Agrees);
        job.Timeline.Count(entry => entry.Text.Contains("was closed unmerged")).ShouldBe(1);
        job.Timeline.Count(entry => entry.Text.Contains("is open again")).ShouldBe(1);
    }

    [Fact]
    public async Task A_protected_branch_gets_a_pull_request_and_Git_is_pending_until_it_is_merged()
    {
        await using var world = await StartAsync(InGit);
        await LiveAsync(world);
        world.Git.GitOps.Protections["main"] = GitHubProtection.RequiresPullRequest();

        await world.TypeAsync(Bob, "/rollback my-app");

        var pending = await world.WhenJobAsync(
            job => job.Rollback is { ClusterDone: true, Git: GitState.Proposed },
            "Git pending"
        );
        pending.Rollback!.PullRequest.ShouldNotBeNull();
        world.Git.Asked(InGit).ShouldBe(V2);
        await world.WhenCardAsync("Git pending");

        // Merged by squashing.
        var tip = world.Git.GitOps.Git.Head("devflow-rollback/my-app/production")!;
        world.Git.GitOps.Protections.Clear();
        world.Git.Merge(tip);
        world.Clock.Skip(TimeSpan.FromMinutes(1));
        await world.HintAsync();
        await world.WhenAsync("v2", JobStatus.RolledBack);
    }

    [Fact]
    public async Task With_a_protected_branch_and_self_heal_on_it_is_told_what_to_merge_before_and_after_it_came_back()
    {
        await using var world = await StartAsync(InGit, new WorldGitOptions { SelfHealAfter = SelfHeal });
        await LiveAsync(world);
        world.Git.GitOps.Protections["main"] = GitHubProtection.RequiresPullRequest();

        await world.TypeAsync(Bob, "/rollback my-app");

        var pending = await world.WhenJobAsync(job => job.Rollback is { Git: GitState.Proposed }, "Git pending");
        var pullRequest = pending.Rollback!.PullRequest!.ToString();
        pending.Timeline.ShouldContain(entry =>
            entry.NeedsAttention && entry.Text.Contains($"merge {pullRequest}") && entry.Text.Contains("heal")
        );
        (await world.WhenCardAsync("Git pending")).Content.ShouldNotBeNull();
        SlackTexts.Of(world.Card()!.Content).ShouldContain("holds only as long as Argo CD does not heal");

        await world.Git.PassAsync(2 * SelfHeal);
        var again = await world.WhenJobAsync(
            job => job is { DisplayVersion: "v2", Rollback: null, Source: JobSource.External },
            "the bad version coming again"
        );
        again.Timeline.ShouldContain(entry =>
            entry.NeedsAttention && entry.Text.Contains("coming again") && entry.Text.Contains(pullRequest)
        );

        // Merging it is all that is needed.
        var tip = world.Git.GitOps.Git.Head("devflow-rollback/my-app/production")!;
        world.Git.GitOps.Protections.Clear();
        world.Git.Merge(tip);
        await world.WhenAsync(
            () => Task.FromResult(world.Git.Asked(InGit) == V1 && world.LiveImage() == V1 ? "" : null),
            "Git and the cluster at v1"
        );
    }

    [Fact]
    public async Task With_pull_requests_as_the_way_whoever_rolls_back_is_told_at_once_that_it_does_not_last_by_itself()
    {
        await using var world = await StartAsync(InGit with { ByPullRequest = true });
        await LiveAsync(world);

        var reply = await world.TypeAsync(Bob, "/rollback my-app");

        reply.Text.ShouldContain("Git follows by a pull request that must be merged.");
        reply.Text.ShouldContain("heal");
    }

    /// <summary>Releases v2, and rolls it back on a protected branch.</summary>
    private static async Task<GitHubPull> ProposedAsync(ReleaseWorld world)
    {
        await LiveAsync(world);
        world.Git.GitOps.Protections["main"] = GitHubProtection.RequiresPullRequest();
        await world.TypeAsync(Bob, "/rollback my-app");
        await world.WhenJobAsync(
            job => job.Rollback is { ClusterDone: true, Git: GitState.Proposed },
            "the pull request"
        );
        return world.Git.GitOps.Pulls.All.ShouldHaveSingleItem();
    }

    private static Task<Job> DeclinedAsync(ReleaseWorld world) =>
        world.WhenJobAsync(
            job => job.Rollback is { Git: GitState.NotWritten, PullEnded: PullEnd.Closed },
            "that it was closed"
        );

    private static async Task LaterAsync(ReleaseWorld world, int minutes = 1)
    {
        world.Clock.Skip(TimeSpan.FromMinutes(minutes));
        await world.HintAsync();
    }
}
