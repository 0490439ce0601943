using Devflow.ChatOps.Core.Jobs;

namespace Devflow.ChatOps.Tests.Core.Jobs;

/// <summary>What waits for somebody calls when it begins, and once more after half an hour.</summary>
public sealed class ReminderTests
{
    private readonly JobWorld world = JobWorld.Waiting();

    private int Calls => world.Current.Timeline.Count(entry => entry.NeedsAttention);

    [Fact]
    public void An_approval_is_reminded_of_once()
    {
        Calls.ShouldBe(1);
        world.LookAfter(29 * 60);
        Calls.ShouldBe(1);

        world.LookAfter(2 * 60);
        world.LookAfter(3600);

        Calls.ShouldBe(2);
        world.Told.ShouldContain("Still waiting for approval.");
    }

    [Fact]
    public void The_pause_of_the_next_attempt_calls_again()
    {
        world.Rollout.Abort(world.Now);
        world.LookAfter(60);
        Calls.ShouldBe(2);
        world.Rollout.Retry();
        world.LookAfter(60);
        world.Rollout.Pause(world.Now);
        world.LookAfter(1);

        Calls.ShouldBe(3);
    }

    [Fact]
    public void A_failure_is_reminded_of_once()
    {
        world.Rollout.Abort(world.Now);
        world.LookAfter(1);
        world.LookAfter(31 * 60);
        world.LookAfter(3600);

        Calls.ShouldBe(3);
        world.Told.ShouldContain("Still failed: retry, roll back, or release a fix.");
    }

    [Fact]
    public void Git_that_does_not_agree_after_an_abort_is_reminded_of_once()
    {
        world.RollBack();
        world.Rollout.Abort(world.Now);
        world.LookAfter(1);
        var calls = Calls;
        world.LookAfter(31 * 60);
        world.LookAfter(3600);

        Calls.ShouldBe(calls + 1);
    }

    [Fact]
    public void Git_that_does_not_agree_after_an_undo_is_reminded_of_once()
    {
        world.Promote();
        world.GoLive();
        world.RollBack();
        world.Rollout.Application = FakeRollout.Synced("commit-2") with { SyncStatus = "OutOfSync" };
        world.Rollout.BackTo(1);
        world.LookAfter(1);
        var calls = Calls;
        world.LookAfter(31 * 60);
        world.LookAfter(3600);

        Calls.ShouldBe(calls + 1);
        world.Current.Timeline[^1].Text.ShouldContain("Git not written");
    }
}
