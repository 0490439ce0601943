using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Tests.Core.Rollouts;

namespace Devflow.ChatOps.Tests.Core.Jobs;

/// <summary>
/// With all hints lost, or half of them and the rest late, the service looks when it asked itself to look again: after
/// 15 s to 5 min. The Job ends as if every change had been seen, but for what no later look can know, which is listed
/// here with the reason. Equal are status, hash, attempt, step statuses, and whether it went live unapproved.
/// </summary>
public sealed class LostHintTests
{
    private const string NeverSeen = "the release came and went between two looks";
    private const string AttemptGone =
        "it was aborted and retried between two looks: the status keeps no trace of an abort that is over";

    /// <summary>Recording, another end that is honest too, and why nobody can know better.</summary>
    private static readonly (string Recording, string End, string Why)[] notKnown =
    [
        ("03-abort-retry-promote", "Succeeded 554585c6b5 attempt 1 [S S S S - S] unapproved", AttemptGone),
        ("03b-retry-soon-after-abort", "Succeeded 554585c6b5 attempt 1 [S S S S - S] unapproved", AttemptGone),
        ("04a-undo-within-scale-down-delay", "Succeeded 5d7958db6d attempt 1 [S S - S - S]", NeverSeen),
        (
            "04a-undo-within-scale-down-delay",
            "Cancelled 554585c6b5",
            "the version was seen before it was complete and next when it was undone, as if it had been withdrawn"
        ),
        (
            "04a-undo-within-scale-down-delay",
            "Succeeded 5d7958db6d attempt 1 [S S S S - S] unapproved",
            "two releases came between two looks, and which of them paused is not told; it says that this is not known"
        ),
        ("04b-undo-after-scale-down", "Succeeded 5d7958db6d attempt 1 [S S - S - S]", NeverSeen),
        ("05b-never-ready-deadline-abort", "Succeeded 5d7958db6d attempt 1 [S S - S - S]", NeverSeen),
        ("12-plugin-write-requests", "Cancelled 664b4cb7bd", "five releases in 70 s: the last one was not seen"),
        ("12-plugin-write-requests", "Succeeded 6b94c4fdd7 attempt 1 [S S - S - S] unapproved", NeverSeen),
        ("12-plugin-write-requests", "Succeeded 6b94c4fdd7 attempt 1 [S S S S - S] unapproved", NeverSeen),
        ("14-scale-and-apply-while-paused", "Succeeded 5d7958db6d attempt 1 [S S - S - S]", NeverSeen),
        ("15a-promote-swallowed-as-first-seen", "Succeeded 5d7958db6d attempt 1 [S S - S - S]", NeverSeen),
        (
            "15b-promote-swallowed-and-ways-out",
            "Failed 664b4cb7bd attempt 1 [S S F . . .]",
            "it was promoted and aborted between two looks: after an abort the status does not tell a lifted pause from one that lasts"
        ),
    ];

    public static TheoryData<string> BlueGreen => RecordingReplayTests.BlueGreen;

    [Theory]
    [MemberData(nameof(BlueGreen))]
    public void The_looks_that_the_service_asks_for_end_in_the_same_Job_or_one_that_is_listed(string recording)
    {
        var run = Recording.Of(recording);
        var moments = run.Moments(run.Storefront);
        var full = new RecordedWorld();
        List<string> seen = [];
        foreach (var moment in moments.Append(moments[^1] with { At = moments[^1].At.AddMinutes(1) }))
        {
            full.Look(moment.Seen with { At = moment.At });
            seen.Add(VerifyOf(full));
        }

        var ends = notKnown.Where(other => other.Recording == recording).Select(other => other.End).Prepend(End(full));
        HashSet<string> reached = [];
        foreach (var lost in new[] { 1, 0.5 })
        {
            for (var phase = 1; phase < 100; phase++)
            {
                var world = Late(run, moments, phase, lost);
                var end = End(world);
                ends.ShouldContain(end, $"phase {phase} of 100, {lost} of the hints lost");
                reached.Add(end);
                // "Without a pause" is an accusation: it is said only of what would be said it of if all had been seen.
                if (VerifyOf(world).EndsWith(StepTexts.LiveWithoutPause, StringComparison.Ordinal))
                {
                    seen.ShouldContain(VerifyOf(world));
                }
            }
        }

        // What no phase comes to any more is to be taken out of the list.
        reached.ShouldBe(ends, ignoreOrder: true);
    }

    /// <summary>
    /// The Rollout has been known for a while, and its next look is some time off: at <paramref name="phase"/> percent of
    /// the time that the service asked for.
    /// </summary>
    private static RecordedWorld Late(Recording run, IReadOnlyList<Moment> moments, int phase, double lost)
    {
        Random random = new(phase);
        var first = run.Folder.Contains("first-install", StringComparison.Ordinal)
            ? moments.First(moment => moment.Seen.Rollout?.CurrentPodHash.IsNone == false)
            : moments.First(moment => moment.Seen.Rollout is { Phase: "Healthy" });
        Queue<DateTimeOffset> hints = new(
            run.Lines("notifications.jsonl")
                .Select(line => Recording.Time(line, "receivedAt"))
                .Where(at => at >= first.At && random.NextDouble() >= lost)
                .Select(at => at.AddMilliseconds(random.Next(20_000)))
                .Order()
        );
        var world = new RecordedWorld();
        world.Look(first.Seen);
        var at = first.At + (world.LookAgainAt!.Value - first.At) * (phase / 100.0);
        while (at <= moments[^1].At.AddMinutes(12))
        {
            if (hints.TryPeek(out var hint) && hint < at)
            {
                at = hints.Dequeue();
            }

            world.Look(moments.Last(moment => moment.At <= at).Seen with { At = at });
            at = world.LookAgainAt ?? at.AddMinutes(5);
        }

        return world;
    }

    /// <summary>What the steps were when a release was withdrawn is what was last seen of it: no part of the result.</summary>
    private static string End(RecordedWorld world)
    {
        var job = world.Current!;
        var release = job.Release!;
        return job.Status == JobStatus.Cancelled
            ? $"Cancelled {release.Hash}"
            : $"{job.Status} {release.Hash} attempt {release.Attempt} [{string.Join(' ', release.Steps.Select(Sign))}]"
                + (job.LiveWithoutApproval ? " unapproved" : "");
    }

    private static string VerifyOf(RecordedWorld world) =>
        world.Current?.Release is { } release ? $"{release.Hash} {release[StepName.Verify].Message}" : "";

    private static string Sign(Step step) =>
        step.Status switch
        {
            StepStatus.Succeeded => "S",
            StepStatus.Skipped => "-",
            StepStatus.Failed => "F",
            StepStatus.Pending => ".",
            _ => step.Status.ToString(),
        };
}
