using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Tests.Core.Jobs;

/// <summary>Looking again at what has not changed writes nothing, sends nothing and does not ask to look at once.</summary>
public sealed class QuietLookTests
{
    private static readonly Dictionary<string, Func<JobWorld>> states = new()
    {
        ["baseline"] = () => JobWorld.WithBaseline(),
        ["pending"] = () =>
        {
            var world = JobWorld.WithBaseline();
            world.Announce(2);
            return world;
        },
        ["sync failed"] = () =>
        {
            var world = JobWorld.WithBaseline();
            world.Announce(2);
            world.Now = world.Now.AddHours(1);
            return world;
        },
        ["synced without a change"] = () =>
        {
            var world = JobWorld.WithBaseline();
            world.Announce(2);
            world.Rollout.Application = FakeRollout.Synced("commit-2");
            return world;
        },
        ["running"] = JobWorld.WithRelease,
        ["waiting"] = JobWorld.Waiting,
        ["reminded"] = () =>
        {
            var world = JobWorld.Waiting();
            world.LookAfter(3600);
            return world;
        },
        ["voted"] = () =>
        {
            var world = JobWorld.Waiting();
            world.Environment = world.Environment with
            {
                Promote = world.Environment.Promote with { Votes = 2, ExpireAfter = TimeSpan.FromHours(1) },
            };
            world.Promote();
            return world;
        },
        ["crashing"] = () =>
        {
            var world = JobWorld.Waiting();
            world.Rollout.Troubles = [new PodTrouble("p", FakeRollout.Hash(2), "CrashLoopBackOff", "exit 1")];
            return world;
        },
        ["unpausing"] = () =>
        {
            var world = JobWorld.Waiting();
            world.Promote();
            world.Rollout.Unpause();
            return world;
        },
        ["aborted"] = () =>
        {
            var world = JobWorld.Waiting();
            world.Rollout.Abort(world.Now);
            return world;
        },
        ["rolling back by an abort"] = () =>
        {
            var world = JobWorld.Waiting();
            world.RollBack();
            world.Rollout.Abort(world.Now);
            return world;
        },
        ["rolled back by an abort"] = () =>
        {
            var world = JobWorld.Waiting();
            world.RollBack();
            world.Rollout.Abort(world.Now);
            world.LookAfter(1);
            world.Rollout.BackTo(1);
            return world;
        },
        ["live"] = JobWorld.Live,
        ["live without approval"] = () =>
        {
            var world = JobWorld.Waiting();
            world.GoLive();
            return world;
        },
        ["rolling back by an undo"] = () =>
        {
            var world = JobWorld.Live();
            world.RollBack();
            world.Rollout.Application = FakeRollout.Synced("commit-2") with { SyncStatus = "OutOfSync" };
            world.Rollout.BackTo(1);
            return world;
        },
        ["rolled back by an undo"] = () =>
        {
            var world = JobWorld.Live();
            world.RollBack();
            world.Rollout.BackTo(1);
            world.LookAfter(1);
            world.LookAfter(60);
            world.Look();
            return world;
        },
        ["released again"] = () =>
        {
            var world = JobWorld.Live();
            world.Rollout.ScaledDown(1);
            world.LookAfter(60);
            world.RollBack();
            world.Rollout.Release(1);
            // The look after it learns what Argo CD has synced.
            world.Look();
            return world;
        },
        ["superseded"] = () =>
        {
            var world = JobWorld.Waiting();
            world.Rollout.Release(3);
            world.Look();
            return world;
        },
        ["its ReplicaSet is not there"] = () =>
        {
            var world = JobWorld.Waiting();
            world.Rollout.Release(3);
            world.Rollout.Sets.Remove(FakeRollout.Hash(3));
            return world;
        },
        ["withdrawn"] = () =>
        {
            var world = JobWorld.Waiting();
            world.Rollout.BackTo(1);
            return world;
        },
        ["gone"] = () =>
        {
            var world = JobWorld.Waiting();
            world.IsGone = true;
            return world;
        },
        ["gone for long"] = () =>
        {
            var world = JobWorld.Waiting();
            world.IsGone = true;
            world.LookAfter(1);
            world.LookAfter(200);
            return world;
        },
    };

    public static TheoryData<string> States => [.. states.Keys];

    [Theory]
    [MemberData(nameof(States))]
    public void The_same_look_again_changes_nothing(string state)
    {
        var world = states[state]();
        world.Look();
        var (writes, sent) = (world.Writes, world.Sent.Count);

        var decision = world.Look();

        decision.Saves.ShouldBeEmpty();
        world.Writes.ShouldBe(writes);
        world.Sent.Count.ShouldBe(sent);
    }

    [Theory]
    [MemberData(nameof(States))]
    public void The_next_look_is_never_asked_for_at_once(string state)
    {
        var world = states[state]();
        for (var i = 0; i < 10; i++)
        {
            var at = world.Look().LookAgainAt ?? world.Now.AddMinutes(1);
            at.ShouldBeGreaterThan(world.Now);
            world.Now = at;
        }
    }

    [Theory]
    [MemberData(nameof(States))]
    public void An_hour_of_quiet_costs_few_writes(string state)
    {
        var world = states[state]();
        world.Look();
        var (revision, writes) = (world.All.Sum(job => job.Revision), world.Writes);

        for (var i = 0; i < 3600; i += 10)
        {
            world.LookAfter(10);
        }

        // "Verified … ago" is written down every half minute; surfaces are not redrawn for it.
        (world.Writes - writes).ShouldBeLessThanOrEqualTo(125 * world.All.Count(job => !job.IsFinal) + 5);
        (world.All.Sum(job => job.Revision) - revision).ShouldBeLessThanOrEqualTo(10);
    }

    [Fact]
    public void What_is_written_down_anyway_tells_when_it_was_verified()
    {
        var world = JobWorld.Waiting();
        world.LookAfter(2);
        world.Now = world.Now.AddSeconds(2);
        world.GoLive();
        world.Look();

        world.Current.VerifiedAt.ShouldBe(world.Now);
    }
}
