using Devflow.ChatOps.GitOps.Releasing;
using Devflow.ChatOps.GitOps.Reverting;
using Devflow.ChatOps.Sandbox.GitHub;
using Devflow.ChatOps.Tests.GitOps.Releasing;
using static Devflow.ChatOps.Tests.GitOps.Releasing.ReleaseWorld;
using static Devflow.ChatOps.Tests.GitOps.Reverting.RevertSamples;

namespace Devflow.ChatOps.Tests.GitOps.Reverting;

/// <summary>A rollback by pull request: opened, left to those who review it, and what is seen of their doing.</summary>
public sealed class RevertPullRequestTests
{
    public static TheoryData<Way> Ways => [Way.GraphQl, Way.Rest];

    [Theory, MemberData(nameof(Ways))]
    public async Task A_protected_branch_gets_a_pull_request_that_is_left_alone_until_it_is_merged(Way way)
    {
        await using var world = await StartAsync(way);
        var release = Commit(world, (Kustomized, Kustomization("1.1.0")));
        world.Api.Faults = call =>
            call.Body.Contains("createCommitOnBranch")
            || (call.Method == "PATCH" && call.Path.EndsWith("/heads/main", StringComparison.Ordinal))
                ? way == Way.GraphQl
                    ? new GitHubFault.GraphQlAnswer(
                        "BRANCH_PROTECTION_RULE_VIOLATION",
                        "Changes must be made through a pull request."
                    )
                    : new GitHubFault.Answer(422, "Changes must be made through a pull request.")
                : null;

        var opened = (await RevertAsync(world, RevertOf(release))).ShouldBeOfType<RevertOutcome.Proposed>();
        var calls = world.Api.Log.Calls.Count;
        var again = await RevertAsync(world, RevertOf(release) with { IsProposed = true });

        opened.ImageOnly.ShouldBeNull();
        again.ShouldBeOfType<RevertOutcome.StillProposed>();
        world.Api.Log.Calls.Skip(calls).ShouldAllBe(call => call.Method == "GET" || call.Path == "/graphql");
        var tip = world.GitOps.Git.Head("devflow-rollback/shop/production")!;

        // Squashed: the trailers are in the text of the pull request.
        var message = world.GitOps.Git.Commit(tip)!.Message;
        Say(world, message, (Kustomized, Kustomization("1.0.0")));
        (
            await RevertAsync(world, RevertOf(release) with { IsProposed = true })
        ).ShouldBeOfType<RevertOutcome.Written>();
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task A_pull_request_that_was_closed_unmerged_is_seen_and_waited_for_again_once_it_is_open(Way way)
    {
        await using var world = await StartAsync(way);
        var release = Commit(world, (Kustomized, Kustomization("1.1.0")));
        var order = RevertOf(release) with { Mode = ReleaseMode.PullRequest };
        var opened = (await RevertAsync(world, order)).ShouldBeOfType<RevertOutcome.Proposed>();
        var pulls = world.GitOps.Pulls;

        pulls.Change(opened.Number, pull => pull with { State = "closed" });
        (await RevertAsync(world, order with { IsProposed = true })).ShouldBe(
            new RevertOutcome.Declined(ProposalState.Closed)
        );
        pulls.Change(opened.Number, pull => pull with { State = "open" });
        (await RevertAsync(world, order with { IsProposed = true })).ShouldBeOfType<RevertOutcome.StillProposed>();
        pulls.Change(opened.Number, pull => pull with { State = "closed" });
        var second = (await RevertAsync(world, order)).ShouldBeOfType<RevertOutcome.Proposed>();
        (await RevertAsync(world, order with { IsProposed = true })).ShouldBeOfType<RevertOutcome.StillProposed>();

        second.Number.ShouldNotBe(opened.Number);
        pulls.Merge(second.Number, "bob-gh");
        (await RevertAsync(world, order with { IsProposed = true })).ShouldBeOfType<RevertOutcome.Written>();
    }

    [Fact]
    public async Task A_pull_request_is_opened_where_that_is_the_way()
    {
        await using var world = await StartAsync(Way.GraphQl);
        var release = Commit(world, (Kustomized, Kustomization("1.1.0")));

        var done = await RevertAsync(world, RevertOf(release) with { Mode = ReleaseMode.PullRequest });

        done.ShouldBeOfType<RevertOutcome.Proposed>().Url.AbsoluteUri.ShouldContain("acme/gitops");
        world.GitOps.Git.Head("main").ShouldBe(release);
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task A_pull_request_that_goes_into_another_branch_by_now_is_none(Way way)
    {
        await using var world = await StartAsync(way);
        var release = Commit(world, (Kustomized, Kustomization("1.1.0")));
        world.GitOps.Commit("next", "Begin", [new("next.txt", "1\n")]);
        var order = RevertOf(release) with { Mode = ReleaseMode.PullRequest };
        // Of an earlier rollback, and merged: it says nothing of this one.
        var former = (await RevertAsync(world, order with { Id = "job-0" })).ShouldBeOfType<RevertOutcome.Proposed>();
        world.GitOps.Pulls.Merge(former.Number, "bob-gh");
        Commit(world, (Kustomized, Kustomization("1.1.0")));
        var opened = (await RevertAsync(world, order)).ShouldBeOfType<RevertOutcome.Proposed>();

        world.GitOps.Pulls.Change(opened.Number, pull => pull with { Base = "next" });

        (await RevertAsync(world, order with { IsProposed = true })).ShouldBe(
            new RevertOutcome.Declined(ProposalState.None)
        );
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task A_pull_request_that_was_merged_while_the_branch_asks_for_the_bad_version_all_the_same_is_no_end(
        Way way
    )
    {
        await using var world = await StartAsync(way);
        var release = Commit(world, (Kustomized, Kustomization("1.1.0")));
        var order = RevertOf(release) with { Mode = ReleaseMode.PullRequest };
        var opened = (await RevertAsync(world, order)).ShouldBeOfType<RevertOutcome.Proposed>();
        // Somebody pushes another commit to its branch before it is merged, and words the squash anew.
        world.GitOps.Pulls.Change(opened.Number, pull => pull with { Title = "Nothing", Body = "" });
        world.GitOps.Commit("devflow-rollback/shop/production", "Not this", [new(Kustomized, Kustomization("1.1.0"))]);
        world.GitOps.Pulls.Merge(opened.Number, "bob-gh", GitHubMergeMethod.Squash);

        (await RevertAsync(world, order with { IsProposed = true })).ShouldBe(
            new RevertOutcome.Declined(ProposalState.Merged)
        );
    }
}
