using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Tests.Core.Jobs;

/// <summary>Which release in the cluster belongs to which Job, and what becomes of the others.</summary>
public sealed class BindingTests
{
    [Fact]
    public void The_first_sight_is_a_baseline_that_nobody_is_told_about()
    {
        JobWorld world = new();
        world.Rollout.Settle(1);

        world.Look();

        world.Shown.ShouldBeEmpty();
        world.Current.Source.ShouldBe(JobSource.Baseline);
        world.Current.IsSettled.ShouldBeTrue();
        world.Current.Timeline.ShouldNotContain(entry => entry.NeedsAttention);
    }

    [Fact]
    public void The_first_sight_in_the_middle_of_a_release_is_a_baseline_too()
    {
        JobWorld world = new();
        world.Rollout.Settle(1);
        world.Rollout.Release(2);
        world.Rollout.Ready();
        world.Rollout.Pause(world.Now);

        world.Look();

        world.Shown.ShouldBeEmpty();
        world.Promote("root").Code.ShouldBe("not_allowed");
        world.Promote("alice").Code.ShouldBe("author_unknown");
    }

    [Fact]
    public void A_Rollout_without_a_pod_hash_is_looked_at_again()
    {
        JobWorld world = new();

        var decision = world.Look();

        decision.Saves.ShouldBeEmpty();
        decision.LookAgainAt.ShouldNotBeNull();
    }

    [Fact]
    public void An_announced_first_install_is_shown()
    {
        JobWorld world = new() { IsGone = true };
        var id = world.Announce(1);
        world.IsGone = false;
        world.LookAfter(5).LookAgainAt.ShouldNotBeNull();
        world.Rollout.Settle(1);
        world.Rollout.Change(view => view with { Revision = 1 });
        world.LookAfter(1);

        world.Current.Id.ShouldBe(id);
        world.Current.Status.ShouldBe(JobStatus.Succeeded);
        world.Current.Release!.FirstInstall.ShouldBeTrue();
        world.Current.LiveWithoutApproval.ShouldBeFalse();
    }

    [Fact]
    public void An_announced_release_is_bound_when_its_image_comes_under_another_hash()
    {
        var world = JobWorld.WithBaseline();
        var id = world.Announce(2);
        world[id].Status.ShouldBe(JobStatus.Pending);

        world.Rollout.Release(2);
        world.LookAfter(10);

        world.Current.Id.ShouldBe(id);
        world.Current.Release!.Hash.ShouldBe(FakeRollout.Hash(2));
        world.Current.Release.Base.ShouldBe(FakeRollout.Hash(1));
        world.Current.BaseImages.ShouldBe([FakeRollout.Image(1)]);
    }

    [Fact]
    public void What_nobody_announced_is_External()
    {
        var world = JobWorld.WithBaseline();
        world.Rollout.Release(2);

        world.Look();

        world.Current.Source.ShouldBe(JobSource.External);
    }

    [Fact]
    public void A_hash_whose_ReplicaSet_is_not_there_yet_is_looked_at_again()
    {
        var world = JobWorld.Waiting();
        var before = world.Current.Id;
        world.Rollout.Release(3);
        world.Rollout.Sets.Remove(FakeRollout.Hash(3));

        world.LookAfter(1).LookAgainAt.ShouldNotBeNull();

        world.Current.Id.ShouldBe(before);
        world.Current.Status.ShouldBe(JobStatus.AwaitingApproval);
    }

    [Fact]
    public void An_announcement_that_comes_late_adopts_the_External_Job()
    {
        var world = JobWorld.WithBaseline();
        world.Rollout.Release(2);
        world.Look();
        var external = world.Current.Id;

        world.Announce(2).ShouldBe(external);

        world.Current.Source.ShouldBe(JobSource.Action);
        world.Current.Authors.Identities.ShouldHaveSingleItem();
        world.Jobs.Pending.ShouldBeEmpty();
    }

    [Fact]
    public void What_has_been_live_for_long_is_not_adopted()
    {
        var world = JobWorld.WithBaseline();
        world.Rollout.Release(2);
        world.Rollout.Ready();
        world.Rollout.Switch();
        world.Rollout.Complete(world.Now);
        world.Look();
        world.Now = world.Now.AddHours(1);

        world.Announce(2).ShouldNotBe(world.Current.Id);
    }

    [Fact]
    public void A_newer_release_supersedes_the_one_before_and_links_to_it()
    {
        var world = JobWorld.Waiting();
        var old = world.Current.Id;
        world.Rollout.Release(3);
        world.LookAfter(1);

        world[old].Status.ShouldBe(JobStatus.Superseded);
        world[old].SupersededBy.ShouldBe(world.Current.Id);
        world[old].Message.ShouldBe("Superseded by 1.3.0.");
        world.Current.ReplacedAt.ShouldBe(world.Now);
    }

    [Fact]
    public void Older_announcements_are_superseded_when_a_newer_one_is_bound()
    {
        var world = JobWorld.WithBaseline();
        var second = world.Announce(2);
        world.Now = world.Now.AddSeconds(1);
        var third = world.Announce(3);
        world.Now = world.Now.AddSeconds(1);
        var fourth = world.Announce(4);

        world.Rollout.Release(3);
        world.LookAfter(5);

        world.Current.Id.ShouldBe(third);
        world[second].Status.ShouldBe(JobStatus.Superseded);
        world[fourth].Status.ShouldBe(JobStatus.Pending);
    }

    [Fact]
    public void Of_two_announcements_of_one_image_a_workflows_is_bound_and_else_the_last()
    {
        var world = JobWorld.WithBaseline();
        var proven = world.Announce(2);
        world.Put(world[proven] with { Request = world[proven].Request! with { IsOfWorkflow = true } });
        world.Now = world.Now.AddSeconds(1);
        var said = world.Announce(2, author: "bob");

        world.Rollout.Release(2);
        world.LookAfter(5);

        world.Current.Id.ShouldBe(proven);
        world[said].Status.ShouldBe(JobStatus.Pending);
    }

    [Fact]
    public void A_successor_that_was_promised_and_never_saved_gets_its_id()
    {
        var world = JobWorld.Waiting();
        var before = world.Current;
        world.Rollout.Release(3);
        world.Now = world.Now.AddSeconds(1);
        world.Look();
        var promised = world.Current.Id;
        var saves = world[before.Id];

        JobWorld killed = new() { Now = world.Now.AddSeconds(20), Rollout = world.Rollout };
        killed.Put(saves);
        killed.Look();

        killed.Current.Id.ShouldBe(promised);
    }

    [Fact]
    public void A_release_that_goes_back_to_its_base_was_withdrawn()
    {
        var world = JobWorld.Waiting();
        world.Rollout.BackTo(1);

        world.LookAfter(1);
        world.LookAfter(60);

        world.Current.Status.ShouldBe(JobStatus.Cancelled);
        world.Shown.Count().ShouldBe(1);
    }

    [Fact]
    public void What_comes_again_after_it_was_withdrawn_is_another_release()
    {
        var world = JobWorld.Waiting();
        var first = world.Current.Id;
        world.Rollout.BackTo(1);
        world.LookAfter(1);
        world.Rollout.Release(2);
        world.LookAfter(1);

        world.Current.Id.ShouldNotBe(first);
        world[first].Status.ShouldBe(JobStatus.Cancelled);
    }

    [Fact]
    public void A_Rollout_that_is_gone_for_two_minutes_ends_the_Job()
    {
        var world = JobWorld.Waiting();
        world.IsGone = true;
        world.LookAfter(1);
        world.LookAfter(119);
        world.Current.Status.ShouldBe(JobStatus.AwaitingApproval);

        world.LookAfter(1);

        world.Current.Status.ShouldBe(JobStatus.Cancelled);
        world.Current.Message.ShouldContain("is not in cluster prod any more");
    }

    [Fact]
    public void A_Rollout_that_comes_back_in_time_goes_on()
    {
        var world = JobWorld.Waiting();
        world.IsGone = true;
        world.LookAfter(1);
        world.IsGone = false;
        world.LookAfter(100);
        world.IsGone = true;
        world.LookAfter(100);

        world.Current.Status.ShouldBe(JobStatus.AwaitingApproval);
    }

    [Fact]
    public void A_Rollout_that_was_made_anew_is_another_release()
    {
        var world = JobWorld.Waiting();
        var old = world.Current.Id;
        world.Rollout.Change(view => view with { Uid = "uid-2" });

        world.LookAfter(1);

        world.Current.Id.ShouldNotBe(old);
        world.Current.Release!.Uid.ShouldBe("uid-2");
        world[old].Status.ShouldBe(JobStatus.Superseded);
    }

    [Fact]
    public void A_clock_that_was_set_back_does_not_bring_an_old_Job_to_the_front()
    {
        var world = JobWorld.Waiting();
        world.Rollout.Release(3);
        world.Now = world.Now.AddHours(-1);
        world.Look();
        world.Look();

        world.Current.Release!.Hash.ShouldBe(FakeRollout.Hash(3));
        world.Shown.Count(job => !job.IsFinal).ShouldBe(1);
    }
}
