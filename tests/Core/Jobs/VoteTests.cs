using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;

namespace Devflow.ChatOps.Tests.Core.Jobs;

/// <summary>Approvals are bound to Job, attempt, pod hash and pause; whoever made the release does not count.</summary>
public sealed class VoteTests
{
    private readonly JobWorld world = JobWorld.Waiting();

    public VoteTests() => Change(rules => rules with { Votes = 2 });

    [Fact]
    public void The_first_of_two_approvals_is_kept_and_told()
    {
        var outcome = world.Promote("alice");

        outcome.Code.ShouldBe("needs_votes");
        world.Sent.ShouldBeEmpty();
        world.Current.Votes.ShouldHaveSingleItem().Actor.PersonName.ShouldBe("alice");
        world.Told.ShouldContain("alice approved (1 of 2).");
    }

    [Fact]
    public void The_second_approval_promotes()
    {
        world.Promote("alice");

        world.Promote("bob").IsOk.ShouldBeTrue();

        world.Sent.Count.ShouldBe(1);
        world.Current.Votes.Select(vote => vote.Actor.PersonName).ShouldBe(["alice", "bob"]);
    }

    [Fact]
    public void The_same_person_counts_once_and_is_told_once()
    {
        world.Promote("alice");

        world.Promote("alice").Code.ShouldBe("needs_votes");

        world.Current.Timeline.Count(entry => entry.Text.Contains("approved")).ShouldBe(1);
    }

    [Fact]
    public void A_pause_that_began_anew_voids_votes()
    {
        world.Promote("alice");
        world.Rollout.Pause(world.Now.AddSeconds(1));
        world.LookAfter(2);

        world.Current.Votes.ShouldBeEmpty();
        world.Told.ShouldContain("1 approval is void");
        world.Promote("bob").Code.ShouldBe("needs_votes");
    }

    [Fact]
    public void A_pause_that_began_anew_voids_votes_also_when_nobody_has_looked_since()
    {
        world.Promote("alice");
        world.Rollout.Pause(world.Now.AddSeconds(1));

        world.Do(new Wish.Promote(), "bob", look: false).Code.ShouldBe("needs_votes");

        world.Current.Votes.ShouldHaveSingleItem().Actor.PersonName.ShouldBe("bob");
        world.Told.ShouldContain("1 approval is void");
    }

    [Fact]
    public void A_retry_voids_votes()
    {
        world.Promote("alice");
        world.Rollout.Abort(world.Now);
        world.LookAfter(60);
        world.Rollout.ScaledDown(2);
        world.Retry().IsOk.ShouldBeTrue();
        world.Rollout.Retry();
        world.LookAfter(1);

        world.Current.Release!.Attempt.ShouldBe(2);
        world.Current.Votes.ShouldBeEmpty();
    }

    [Fact]
    public void A_newer_release_voids_votes()
    {
        world.Promote("alice");
        var old = world.Current.Id;
        world.Rollout.Release(3);
        world.LookAfter(1);

        world[old].Status.ShouldBe(JobStatus.Superseded);
        world[old].Votes.ShouldBeEmpty();
        world.Current.Votes.ShouldBeEmpty();
    }

    [Fact]
    public void Votes_expire_and_that_is_told_once()
    {
        Change(rules => rules with { ExpireAfter = TimeSpan.FromHours(4) });
        world.Promote("alice");
        world.LookAfter(60);
        world.Current.Votes.Length.ShouldBe(1);

        var look = world.LookAfter(4 * 3600);
        world.LookAfter(10);

        look.Saves.ShouldNotBeEmpty();
        world.Current.Votes.ShouldBeEmpty();
        world.Current.Status.ShouldBe(JobStatus.AwaitingApproval);
        world.Current.Timeline.Count(entry => entry.Text.StartsWith("1 approval has expired")).ShouldBe(1);
    }

    [Fact]
    public void An_author_may_not_approve_unless_the_catalog_says_so()
    {
        world.Promote("dave").Code.ShouldBe("self_approval");
        world.Current.Votes.ShouldBeEmpty();

        Change(rules => rules with { AllowAuthor = true });

        world.Promote("dave").Code.ShouldBe("needs_votes");
    }

    [Fact]
    public void Nobody_approves_what_nobody_knows_the_author_of()
    {
        world.Rollout.Release(3);
        world.Rollout.Ready();
        world.Rollout.Pause(world.Now);
        world.LookAfter(1);
        world.Current.Source.ShouldBe(JobSource.External);

        world.Promote("alice").Code.ShouldBe("author_unknown");

        Change(rules => rules with { AllowUnknownAuthor = true });
        world.Promote("alice").Code.ShouldBe("needs_votes");
    }

    [Fact]
    public void Who_may_not_promote_has_no_vote()
    {
        world.Promote("carol").Code.ShouldBe("not_allowed");

        world.Current.Votes.ShouldBeEmpty();
    }

    private void Change(Func<PromoteRules, PromoteRules> change) =>
        world.Environment = world.Environment with { Promote = change(world.Environment.Promote) };
}
