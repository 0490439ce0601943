using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Jobs.Deciding;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Tests.Core.Jobs;

/// <summary>A patch that a cluster does not take is tried less and less often, then put aside until a person resumes it.</summary>
public sealed class StuckTests
{
    private static readonly ClusterFault fault = new(ClusterFaultKind.Unavailable, "connection refused");

    private readonly JobWorld world = JobWorld.Waiting();

    public StuckTests()
    {
        world.HoldsPatches = true;
        world.Do(new Wish.RollBack()).IsOk.ShouldBeTrue();
    }

    private OutboxEntry Patch => world.Current.Outbox.Single(entry => entry.Effect is Effect.PatchRollout);

    [Fact]
    public void A_patch_is_put_off_for_a_doubled_and_spread_time_and_for_half_a_minute_at_most()
    {
        var waits = new List<TimeSpan>();
        for (var n = 0; n < 10; n++)
        {
            PutOff();
            waits.Add(Patch.NotBefore!.Value - world.Now);
        }

        for (var n = 0; n < 5; n++)
        {
            waits[n].ShouldBeInRange(TimeSpan.FromSeconds(0.75 * (1 << n)), TimeSpan.FromSeconds(1.25 * (1 << n)));
        }

        waits.ShouldAllBe(wait => wait <= TimeSpan.FromSeconds(30));
        waits[^1].ShouldBeGreaterThan(TimeSpan.FromSeconds(22));
        waits.Skip(6).Distinct().Count().ShouldBeGreaterThan(1);
    }

    [Fact]
    public void After_a_day_of_failures_it_is_stuck_and_said_so()
    {
        PutOff();
        world.Now += EffectChanges.StuckAfter - TimeSpan.FromSeconds(1);
        PutOff();
        Patch.IsStuck.ShouldBeFalse();
        world.Now += TimeSpan.FromSeconds(1);
        var revision = world.Current.Revision;

        PutOff();

        Patch.ShouldSatisfyAllConditions(
            entry => entry.IsStuck.ShouldBeTrue(),
            entry => entry.Parked.ShouldBeTrue(),
            entry => entry.NotBefore.ShouldBeNull(),
            entry => entry.AttemptingUntil.ShouldBeNull()
        );
        world.Current.Revision.ShouldBeGreaterThan(revision);
        world.Current.Timeline[^1].NeedsAttention.ShouldBeTrue();
        world.Current.Timeline[^1].Text.ShouldContain("did not take the abort for a day");
        world
            .Current.Outbox.Select(entry => entry.Effect)
            .OfType<Effect.AppendAudit>()
            .ShouldContain(audit => audit.Entry.Action == "patch abort" && audit.Entry.Outcome == "stuck");
    }

    [Fact]
    public void A_patch_that_is_sent_again_remembers_since_when_it_fails()
    {
        PutOff();
        var since = Patch.FailingSince;
        since.ShouldBe(world.Now);
        world.Now += TimeSpan.FromHours(1);

        world.Put(world.Current.WithPatch(Patch.Effect.Id, ((Effect.PatchRollout)Patch.Effect).Patch, world.Now));

        Patch.FailingSince.ShouldBe(since);
    }

    [Theory]
    [InlineData("root", "ok")]
    [InlineData("alice", "ok")]
    [InlineData("olga", "not_allowed")]
    [InlineData("carol", "not_allowed")]
    public void Administrators_and_those_who_may_retry_resume_what_is_stuck(string who, string code)
    {
        GetStuck();

        var outcome = world.Do(new Wish.Resume(), who, look: false);

        outcome.Code.ShouldBe(code);
        Patch.IsStuck.ShouldBe(code != "ok");
        if (outcome.IsOk)
        {
            outcome.Text.ShouldBe("Trying again for shop production: 1 effect.");
            Patch.Parked.ShouldBeFalse();
            Patch.FailingSince.ShouldBeNull();
            PutOff();
            Patch.IsStuck.ShouldBeFalse();
        }
    }

    [Fact]
    public void A_Job_that_its_Rollout_has_left_is_not_settled_and_its_effect_is_resumed()
    {
        var left = LeftWithStuckPatch();
        world.Do(new Wish.Resume(), "root", look: false).Code.ShouldBe("nothing_stuck");

        var decision = Resume(world.Jobs with { Unfinished = [left] });

        left.HasStuckEffects.ShouldBeTrue();
        left.IsSettled.ShouldBeFalse();
        decision.Outcome!.Text.ShouldBe("Trying again for shop production: 1 effect.");
        var resumed = decision.Saves.ShouldHaveSingleItem();
        resumed.Id.ShouldBe(left.Id);
        resumed.HasStuckEffects.ShouldBeFalse();
        resumed.Outbox.ShouldNotContain(entry => entry.Parked);
    }

    [Fact]
    public void What_waits_for_Git_to_be_set_up_leaves_a_Job_settled_and_what_is_stuck_does_not()
    {
        var entry = new OutboxEntry(new Effect.RefreshApplication("id", new("shop", "argocd", "prod")))
        {
            Parked = true,
        };
        var job = LeftWithStuckPatch() with { Outbox = [entry] };

        job.IsSettled.ShouldBeTrue();
        (job with { Outbox = [entry with { IsStuck = true }] }).IsSettled.ShouldBeFalse();
    }

    [Fact]
    public void Where_nothing_is_stuck_there_is_nothing_to_resume() =>
        world.Do(new Wish.Resume(), "root", look: false).Code.ShouldBe("nothing_stuck");

    [Fact]
    public void Stuck_commands_are_opened_again_by_whoever_runs_the_decision()
    {
        var decision = Resume(world.Jobs, stuckCommands: 2);

        decision.ResumesCommands.ShouldBeTrue();
        decision.Saves.ShouldBeEmpty();
        decision.Outcome!.Text.ShouldBe("Trying again for shop production: 2 commands.");
    }

    [Fact]
    public void A_resumed_command_is_as_young_as_its_resuming()
    {
        var command = new Command(
            "k",
            new Wish.RollBack(),
            JobWorld.Person("alice"),
            new Origin("slack"),
            "shop",
            "production",
            world.Current.Rollout,
            world.Now - TimeSpan.FromDays(2)
        );
        Commanding.Decide(command, world.Jobs, world.Seen, world.Here).Outcome!.Code.ShouldBe("stale");

        var resumed = command with { ResumedAt = world.Now };

        Commanding.Decide(resumed, world.Jobs, world.Seen, world.Here).Outcome?.Code.ShouldNotBe("stale");
    }

    private void PutOff() => world.Put(world.Current.PatchPutOff(Patch.Effect.Id, fault, onItsWay: false, world.Now));

    private Decision Resume(RolloutJobs jobs, int stuckCommands = 0) =>
        Commanding.Decide(
            new Command(
                "k",
                new Wish.Resume(),
                JobWorld.Person("root"),
                new Origin("slack"),
                "shop",
                "production",
                world.Current.Rollout,
                world.Now
            ),
            jobs,
            null,
            world.Here with
            {
                StuckCommands = stuckCommands,
            }
        );

    /// <summary>The current one was live, had a patch given up, and is told in full; the next release takes its place.</summary>
    private Job LeftWithStuckPatch()
    {
        GetStuck();
        var stuck = world.Current;
        world.Put(
            stuck with
            {
                Status = JobStatus.Succeeded,
                Rollback = null,
                Outbox = [Patch],
                Card = stuck.Card with { ShownRevision = stuck.Revision, ToldEntry = stuck.LastEntry },
            }
        );
        world.Rollout.Release(3);
        world.LookAfter(1);
        world.Current.Id.ShouldNotBe(stuck.Id);
        var left = world[stuck.Id];
        left.HasLeft.ShouldBeTrue();
        return left with { Card = left.Card with { ShownRevision = left.Revision, ToldEntry = left.LastEntry } };
    }

    private void GetStuck()
    {
        PutOff();
        world.Now += EffectChanges.StuckAfter;
        PutOff();
        Patch.IsStuck.ShouldBeTrue();
    }
}
