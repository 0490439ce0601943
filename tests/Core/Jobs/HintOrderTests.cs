using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Tests.Core.Jobs;

/// <summary>
/// Hints that are lost, late, doubled or out of order end in the same Job: whatever is looked at in between, the last
/// look decides. Equal are status, step statuses, hash, attempt and approvals; not times.
/// </summary>
public sealed class HintOrderTests
{
    private static readonly DateTimeOffset start = JobWorld.Noon.AddMinutes(2);

    private static readonly Dictionary<string, Action<FakeRollout, Look>> stories = new()
    {
        ["promoted by us"] = (rollout, look) => Until(rollout, look, approved: true),
        ["promoted outside of us"] = (rollout, look) => Until(rollout, look, approved: false),
        ["aborted and retried"] = (rollout, look) =>
        {
            ToPause(rollout, look);
            rollout.Abort(start.AddMinutes(2));
            look();
            rollout.ScaledDown(2);
            look(certain: true);
            rollout.Retry();
            look();
            rollout.Ready();
            look();
            rollout.Pause(start.AddMinutes(5));
            look();
        },
        ["superseded while it waited"] = (rollout, look) =>
        {
            ToPause(rollout, look);
            look(certain: true);
            rollout.Template(3);
            look();
            rollout.Release(3);
            look();
            rollout.Ready();
            look();
            rollout.Pause(start.AddMinutes(5));
            look();
        },
        ["withdrawn"] = (rollout, look) =>
        {
            ToPause(rollout, look);
            look(certain: true);
            rollout.BackTo(1);
            look();
        },
    };

    /// <param name="certain">
    /// A moment that a later look cannot know of: an attempt, or a release, that nobody ever saw is not told.
    /// </param>
    private delegate void Look(bool certain = false);

    private static readonly Dictionary<string, string> ends = new()
    {
        ["promoted by us"] =
            "Succeeded hash2 attempt 1 [Succeeded Succeeded Succeeded Succeeded Skipped Succeeded] "
            + "votes alice promoted by alice unapproved False",
        ["promoted outside of us"] =
            "Succeeded hash2 attempt 1 [Succeeded Succeeded Succeeded Succeeded Skipped Succeeded] "
            + "votes nobody promoted by nobody unapproved True",
        ["aborted and retried"] =
            "AwaitingApproval hash2 attempt 2 [Succeeded Succeeded Waiting Pending Pending Pending] "
            + "votes nobody promoted by nobody unapproved False",
        ["superseded while it waited"] =
            "Superseded hash2 attempt 1 [Succeeded Succeeded Waiting Pending Pending Pending] "
            + "votes nobody promoted by nobody unapproved False\n"
            + "AwaitingApproval hash3 attempt 1 [Succeeded Succeeded Waiting Pending Pending Pending] "
            + "votes nobody promoted by nobody unapproved False",
        ["withdrawn"] =
            "Cancelled hash2 attempt 1 [Succeeded Succeeded Waiting Pending Pending Pending] "
            + "votes nobody promoted by nobody unapproved False",
    };

    public static TheoryData<string> Stories => [.. stories.Keys];

    [Theory]
    [MemberData(nameof(Stories))]
    public void Lost_doubled_and_shuffled_hints_end_in_the_same_Job(string story)
    {
        var every = Play(story, _ => 1);
        every.ShouldBe(ends[story]);
        for (var seed = 0; seed < 60; seed++)
        {
            Random random = new(seed);
            Play(
                    story,
                    _ =>
                        random.Next(4) switch
                        {
                            0 or 1 => 0,
                            2 => 1,
                            _ => 3,
                        }
                )
                .ShouldBe(every, $"seed {seed}");
        }
    }

    private static string Play(string story, Func<int, int> looks)
    {
        var world = JobWorld.WithBaseline();
        world.Announce(2);
        world.Now = start;
        var moment = 0;
        stories[story]
            (
                world.Rollout,
                certain =>
                {
                    world.Now = world.Now.AddSeconds(20);
                    var times = certain ? 1 : looks(moment++);
                    for (var i = 0; i < times; i++)
                    {
                        world.Look();
                    }

                    if (story == "promoted by us" && world.Rollout.View.PauseConditions.Length > 0)
                    {
                        world.Promote();
                    }
                }
            );
        // The sweep looks at last, a few times.
        world.LookAfter(30);
        world.LookAfter(30);
        return string.Join('\n', world.Shown.Where(job => !job.IsFinal || job.IsBound).Select(Shape));
    }

    private static string Shape(Job job) =>
        $"{job.Status} {job.Release?.Hash} attempt {job.Release?.Attempt} "
        + $"[{string.Join(' ', job.Steps.Select(step => step.Status))}] "
        + $"votes {(job.Votes.IsEmpty ? "nobody" : string.Join(',', job.Votes.Select(vote => vote.Actor.PersonName)))} "
        + $"promoted by {job.Promotion?.By.PersonName ?? "nobody"} unapproved {job.LiveWithoutApproval}";

    private static void ToPause(FakeRollout rollout, Look look)
    {
        rollout.Template(2);
        look();
        rollout.Release(2);
        look();
        rollout.Ready();
        look();
        rollout.Pause(start.AddMinutes(1));
        look();
    }

    private static void Until(FakeRollout rollout, Look look, bool approved)
    {
        ToPause(rollout, look);
        if (!approved)
        {
            look(certain: true);
        }

        rollout.Unpause();
        look();
        rollout.Switch();
        look();
        rollout.Complete(start.AddMinutes(4));
        look();
    }
}
