using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Jobs.Deciding;
using Devflow.ChatOps.Core.Ports;
using static Devflow.ChatOps.Tests.Core.Jobs.GitWorld;

namespace Devflow.ChatOps.Tests.Core.Jobs;

/// <summary>Git goes back by a pull request: pending until somebody merges it.</summary>
public sealed class GitPullTests
{
    [Fact]
    public void A_pull_request_is_pending_until_it_is_merged()
    {
        var world = RolledBackInTheCluster();
        var url = new Uri("https://github.com/acme/gitops/pull/7");

        world.Git(new GitAnswer.Proposed(url, null));

        world.Current.Rollback!.Git.ShouldBe(GitState.Proposed);
        world.Current.Rollback.PullRequest.ShouldBe(url);
        world.Revert!.IsProposed.ShouldBeTrue();
        Calls(world, "Git pending").ShouldBe(1);
        world.Git(new GitAnswer.StillProposed());
        world.LookAfter(60);
        world.Current.Status.ShouldBe(JobStatus.RollingBack);
        world.LookAfter(31 * 60);
        Calls(world, "Git pending").ShouldBe(2, "one reminder");

        world.Git(Written);
        world.Rollout.Application = FakeRollout.Synced("commit-3");
        world.LookAfter(1);
        world.Current.Status.ShouldBe(JobStatus.RolledBack);
    }

    [Fact]
    public void A_pull_request_that_was_closed_unmerged_is_told_once_and_goes_on_when_it_is_open_again()
    {
        var world = RolledBackInTheCluster();
        world.Git(new GitAnswer.Proposed(new Uri("https://github.com/acme/gitops/pull/7"), null));
        world.LookAfter(31);

        world.Git(new GitAnswer.Declined(PullEnd.Closed));
        world.LookAfter(31);
        world.Git(new GitAnswer.Declined(PullEnd.Closed));

        world.Current.Status.ShouldBe(JobStatus.RollingBack);
        world.Current.Rollback!.Git.ShouldBe(GitState.NotWritten);
        world.Current.Rollback.GitProblem.ShouldBe("its pull request was closed unmerged");
        world.Current.Message.ShouldEndWith(
            "Reopen and merge it, or have another one opened: make Git agree, /devflow agree shop production."
        );
        world.Revert!.IsProposed.ShouldBeTrue("none is opened unasked");
        Calls(world, "pull/7 was closed unmerged").ShouldBe(1);

        world.LookAfter(31);
        world.Git(new GitAnswer.StillProposed());
        world.Current.Rollback!.Git.ShouldBe(GitState.Proposed);
        Calls(world, "pull/7 is open again").ShouldBe(1);
        world.LookAfter(31);
        world.Git(new GitAnswer.Declined(PullEnd.Closed));
        Calls(world, "pull/7 was closed unmerged").ShouldBe(2, "it is news again");

        world.Git(Written);
        world.Rollout.Application = FakeRollout.Synced("commit-3");
        world.LookAfter(1);
        world.Current.Status.ShouldBe(JobStatus.RolledBack);
        world
            .Audit.Values.Where(entry => entry.Action == "revert Git")
            .Select(entry => entry.Outcome)
            .Order()
            .ShouldBe(["ok", "proposed", "pull_request_closed", "pull_request_closed", "reopened"]);
    }

    [Fact]
    public void A_pull_request_that_ended_in_vain_is_looked_at_seldom_and_at_once_when_something_happens_to_it()
    {
        var world = RolledBackInTheCluster();
        world.Git(new GitAnswer.Proposed(new Uri("https://github.com/acme/gitops/pull/7"), null));
        Entry(world).NotBefore.ShouldBe(world.Now.AddSeconds(30));

        for (var looks = 0; looks < 3; looks++)
        {
            world.Now = Entry(world).NotBefore!.Value;
            world.Git(new GitAnswer.Declined(PullEnd.Closed));
            Entry(world).NotBefore.ShouldBe(world.Now.AddMinutes(5));
        }

        Entry(world.Current.LooksAtPull()).NotBefore.ShouldBeNull();
        world.Git(new GitAnswer.StillProposed());
        Entry(world).NotBefore.ShouldBe(world.Now.AddSeconds(30));
    }

    [Fact]
    public void Make_Git_agree_has_another_pull_request_opened_for_one_that_was_closed()
    {
        var world = RolledBackInTheCluster();
        world.Git(new GitAnswer.Proposed(new Uri("https://github.com/acme/gitops/pull/7"), null));
        world.LookAfter(31);
        world.Git(new GitAnswer.Declined(PullEnd.Closed));

        world.Do(new Wish.MakeGitAgree()).IsOk.ShouldBeTrue();
        world.Revert!.IsProposed.ShouldBeFalse();
        world.Git(new GitAnswer.Proposed(new Uri("https://github.com/acme/gitops/pull/8"), null));

        world.Current.Rollback!.Git.ShouldBe(GitState.Proposed);
        world.Current.Rollback.PullRequest!.AbsolutePath.ShouldEndWith("/8");
        world.Current.Rollback.PullEnded.ShouldBeNull();
    }

    [Theory]
    [InlineData(PullEnd.Merged, "pull_request_in_vain", "was merged without effect", "Have another one opened")]
    [InlineData(PullEnd.NotFound, "pull_request_not_found", "is not found any more", "Put that right and merge it")]
    public void A_pull_request_that_ended_otherwise_is_told_as_what_it_is(
        PullEnd how,
        string code,
        string what,
        string advice
    )
    {
        var world = RolledBackInTheCluster();
        world.Git(new GitAnswer.Proposed(new Uri("https://github.com/acme/gitops/pull/7"), null));
        world.LookAfter(31);
        world.Git(new GitAnswer.Declined(how));
        world.LookAfter(31);
        world.Git(new GitAnswer.Declined(how));

        Calls(world, $"pull/7 {what}").ShouldBe(1);
        Calls(world, advice).ShouldBe(1);
        world.Current.Message.ShouldContain(what);
        world.Current.Message.ShouldEndWith("make Git agree, /devflow agree shop production.");
        world.Audit.Values.Count(entry => entry.Outcome == code).ShouldBe(1);

        world.LookAfter(31);
        world.Git(new GitAnswer.Declined(PullEnd.Closed));
        Calls(world, "pull/7 was closed unmerged").ShouldBe(1, "that is news");
    }

    [Fact]
    public void Where_the_bad_version_came_back_its_Job_tells_once_that_the_pull_request_was_closed()
    {
        var world = RolledBackInTheCluster();
        world.Git(new GitAnswer.Proposed(new Uri("https://github.com/acme/gitops/pull/7"), null));
        world.Rollout.Release(2);
        world.LookAfter(6);
        world.Current.Rollback.ShouldBeNull();

        world.Git(new GitAnswer.Declined(PullEnd.Closed));
        world.LookAfter(31);
        world.Git(new GitAnswer.Declined(PullEnd.Closed));

        Calls(world, "the rollback's pull request was closed unmerged").ShouldBe(1);
    }

    private static OutboxEntry Entry(JobWorld world) => Entry(world.Current);

    private static OutboxEntry Entry(Job job) => job.Outbox.Single(entry => entry.Effect is Effect.RevertGit);
}
