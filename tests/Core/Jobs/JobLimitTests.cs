using Devflow.ChatOps.Core.Jobs;

namespace Devflow.ChatOps.Tests.Core.Jobs;

/// <summary>A Job is one document; nothing in it grows without end.</summary>
public sealed class JobLimitTests
{
    private readonly JobWorld world = JobWorld.Waiting();

    [Fact]
    public void The_timeline_keeps_the_newest_and_the_rest_moves_into_the_audit()
    {
        world.HoldsPatches = true;
        FlipFlop(60);

        var job = world.Current;
        job.Timeline.Length.ShouldBe(Job.TimelineLimit);
        job.Timeline[^1].Number.ShouldBe(job.LastEntry);
        job.Timeline.Select(entry => entry.Number).ShouldBeInOrder();
        var moved = job.Outbox.Select(entry => entry.Effect).OfType<Effect.AppendAudit>().ToList();
        moved.ShouldAllBe(audit => audit.Entry.Action == "timeline" && audit.Entry.Reason.Length > 0);
        job.Outbox.Length.ShouldBeLessThanOrEqualTo(Job.OutboxLimit);
        moved[^1].Id.ShouldBe($"{job.Id}:timeline:{job.Timeline[0].Number - 1}");
    }

    [Fact]
    public void An_outbox_that_nobody_empties_keeps_what_commands_asked_for()
    {
        world.HoldsPatches = true;
        world.Promote();
        FlipFlop(200);

        world.Current.Outbox.Length.ShouldBeLessThanOrEqualTo(Job.OutboxLimit);
        world.Current.Outbox.ShouldContain(entry => entry.Effect is Effect.PatchRollout);
    }

    [Fact]
    public void The_last_64_commands_are_remembered()
    {
        world.Environment = world.Environment with { Promote = world.Environment.Promote with { Votes = 3 } };
        for (var i = 0; i < 100; i++)
        {
            world.Do(new Wish.Promote(), i % 2 == 0 ? "alice" : "bob", key: $"trigger-{i}", look: false);
        }

        world.Current.AppliedCommands.Length.ShouldBe(Job.AppliedCommandsLimit);
        world.Current.AppliedCommands[^1].Key.ShouldBe("trigger-99");
    }

    [Fact]
    public void Texts_from_outside_are_cut()
    {
        var huge = new string('x', 100_000) + "\u202e";
        world.Rollout.Troubles = [new ChatOps.Core.Rollouts.PodTrouble("p", FakeRollout.Hash(2), huge, huge)];
        world.Look();
        world.Do(new Wish.RollBack(huge)).IsOk.ShouldBeTrue();
        world.Rollout.Change(view => view with { Message = "RolloutAborted: " + huge });
        world.Rollout.Abort(world.Now);
        world.LookAfter(1);

        JobJson.Write(world.Current).Length.ShouldBeLessThan(20_000);
    }

    [Fact]
    public void Every_state_can_be_stored_and_read()
    {
        FlipFlop(3);
        world.RollBack();
        world.Rollout.Abort(world.Now);
        world.LookAfter(1);
        var job = world.Current;

        JobJson.Write(JobJson.ReadJob(JobJson.Write(job))).ShouldBe(JobJson.Write(job));
    }

    private void FlipFlop(int times)
    {
        for (var i = 0; i < times; i++)
        {
            world.Rollout.Abort(world.Now);
            world.Rollout.Change(view =>
                view with
                {
                    PrePromotionAnalysis = new ChatOps.Core.Rollouts.AnalysisStatus($"smoke-{i}", "Failed", ""),
                }
            );
            world.LookAfter(60);
            world.Rollout.ScaledDown(2);
            world.Rollout.Retry();
            world.LookAfter(1);
            world.Rollout.Pause(world.Now);
            world.LookAfter(60);
        }

        world.Current.Release!.EndedRuns.Length.ShouldBeLessThanOrEqualTo(16);
    }
}
