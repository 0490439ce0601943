using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;
using static Devflow.ChatOps.Tests.Core.Jobs.GitWorld;

namespace Devflow.ChatOps.Tests.Core.Jobs;

/// <summary>Git cannot be written: told, and tried again.</summary>
public sealed class GitFaultTests
{
    [Fact]
    public void What_Git_refuses_is_told_loudly_once_and_tried_again_ever_more_seldom()
    {
        var world = RolledBackInTheCluster();
        var waits = new List<TimeSpan>();

        for (var attempt = 0; attempt < 12; attempt++)
        {
            world.Git(new GitAnswer.Fault(new GitFault("github_unavailable", "GitHub: 503 no")));
            var entry = world.Current.Outbox.Single(entry => entry.Effect is Effect.RevertGit);
            entry.Parked.ShouldBeFalse();
            waits.Add(entry.NotBefore!.Value - world.Now);
            world.Now = entry.NotBefore.Value;
        }

        waits[0].ShouldBeLessThan(TimeSpan.FromSeconds(2));
        waits[^1].ShouldBeInRange(TimeSpan.FromSeconds(90), TimeSpan.FromSeconds(120));
        world.Current.Rollback!.Git.ShouldBe(GitState.NotWritten);
        world.Current.Message.ShouldBe(
            "The cluster is back on 1.1.0. Git not written: it still asks for 1.2.0 (GitHub: 503 no). I keep trying."
        );
        Calls(world, "Git not written").ShouldBe(1);

        world.Git(new GitAnswer.Fault(new GitFault("rate_limited", "GitHub: 429 no")));
        Calls(world, "Git not written").ShouldBe(2);

        world.Git(Written);
        world.Current.Rollback!.GitProblem.ShouldBeEmpty();
        world.Told.ShouldContain("Git is written: acme/gitops asks for 1.1.0 again, by commit commit-.");
    }

    [Fact]
    public void What_somebody_must_mend_is_told_once_with_what_to_do_and_looked_at_every_half_hour()
    {
        var world = RolledBackInTheCluster();
        var waits = new List<TimeSpan>();

        for (var attempt = 0; attempt < 5; attempt++)
        {
            world.Git(new GitAnswer.Fault(new GitFault("ambiguous_files", "Put it back by hand.", null, true)));
            var entry = world.Current.Outbox.Single(entry => entry.Effect is Effect.RevertGit);
            waits.Add(entry.NotBefore!.Value - world.Now);
            world.Now = entry.NotBefore.Value;
        }

        waits[0].ShouldBeLessThan(TimeSpan.FromSeconds(2), "it may have been a mood of GitHub's");
        waits.Skip(1).ShouldAllBe(wait => wait == TimeSpan.FromMinutes(30));
        Calls(world, "Git not written").ShouldBe(1);
        world.Current.Message.ShouldBe(
            "The cluster is back on 1.1.0. Git not written: it still asks for 1.2.0 (Put it back by hand). "
                + "Somebody must mend that; then make Git agree, /devflow agree shop production. I look again every half hour."
        );
        world.Told.ShouldNotContain("I keep trying");

        world.Git(new GitAnswer.Fault(new GitFault("permission_missing", "GitHub: 403 no", null, true)));
        Calls(world, "GitHub: 403 no: let the GitHub App write contents and pull requests of acme/gitops.").ShouldBe(1);
    }

    [Fact]
    public void What_somebody_mended_in_their_own_way_is_the_end_once_Argo_CD_has_compared_a_later_commit()
    {
        var world = RolledBackInTheCluster();
        world.Git(new GitAnswer.Fault(new GitFault("configuration_changed", "Restore it by hand", null, true)));
        world.LookAfter(60);
        world.LookAfter(60);
        world.Current.Status.ShouldBe(JobStatus.RollingBack, "Argo CD has not noticed the undo");

        world.Rollout.Application = FakeRollout.Synced("commit-9");
        world.LookAfter(1);
        world.LookAfter(11);

        world.Current.Status.ShouldBe(JobStatus.RolledBack);
        world.Current.Outbox.ShouldNotContain(entry => entry.Effect is Effect.RevertGit);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_passes_in_between_changes_nothing_about_what_somebody_must_mend(bool cameBack)
    {
        var world = RolledBackInTheCluster();
        if (cameBack)
        {
            world.Git(new GitAnswer.Proposed(new Uri("https://github.com/acme/gitops/pull/7"), null));
            world.Rollout.Release(2);
            world.LookAfter(6);
            world.Current.Rollback.ShouldBeNull();
        }

        var missing = new GitAnswer.Fault(new GitFault("permission_missing", "GitHub: 403 no", null, true));
        world.Git(missing);
        world.LookAfter(60);
        var (rollback, message) = (world.Current.Rollback?.ToString(), world.Current.Message);

        for (var times = 0; times < 3; times++)
        {
            world.Git(new GitAnswer.Fault(new GitFault("github_unavailable", "GitHub: 503 no")));
            world.Current.Rollback?.ToString().ShouldBe(rollback);
            world.Current.Message.ShouldBe(message);
            Entry(world).NotBefore!.Value.ShouldBeInRange(world.Now, world.Now.AddMinutes(2));
            world.Git(missing);
            Entry(world).NotBefore.ShouldBe(world.Now.AddMinutes(30));
        }

        Calls(world, "Git not written").ShouldBe(1);
        world
            .Audit.Values.Where(entry => entry is { Action: "revert Git", Outcome: not "proposed" })
            .Select(entry => entry.Outcome)
            .ShouldBe(["permission_missing"]);
    }

    [Fact]
    public void What_was_pushed_before_something_passed_is_the_end_of_the_rollback_all_the_same()
    {
        var world = RolledBackInTheCluster();
        world.Git(new GitAnswer.Fault(new GitFault("configuration_changed", "Restore it by hand", null, true)));
        world.LookAfter(60);
        world.Rollout.Application = FakeRollout.Synced("commit-9");
        world.Git(new GitAnswer.Fault(new GitFault("github_unavailable", "GitHub: 503 no")));

        world.LookAfter(1);
        world.LookAfter(11);

        world.Current.Status.ShouldBe(JobStatus.RolledBack);
    }

    [Fact]
    public void GitHub_is_left_alone_for_as_long_as_it_asks()
    {
        var world = Live();
        world.RollBack();

        world.Git(new GitAnswer.Fault(new GitFault("rate_limited", "no", TimeSpan.FromMinutes(7))));

        world
            .Current.Outbox.Single(entry => entry.Effect is Effect.RevertGit)
            .NotBefore.ShouldBe(world.Now.AddMinutes(7));
    }

    [Fact]
    public void Make_Git_agree_tries_at_once_what_could_not_be_written()
    {
        var world = RolledBackInTheCluster();
        world.Git(new GitAnswer.Fault(new GitFault("permission_missing", "no", TimeSpan.FromMinutes(5))));
        world.Now = world.Now.AddSeconds(20);

        world.Do(new Wish.MakeGitAgree()).IsOk.ShouldBeTrue();

        world.Current.Rollback!.Git.ShouldBe(GitState.Writing);
        world.Current.Outbox.Single(entry => entry.Effect is Effect.RevertGit).NotBefore.ShouldBeNull();
    }

    private static OutboxEntry Entry(JobWorld world) =>
        world.Current.Outbox.Single(entry => entry.Effect is Effect.RevertGit);
}
