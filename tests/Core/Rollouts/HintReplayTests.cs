namespace Devflow.ChatOps.Tests.Core.Rollouts;

/// <summary>
/// A notification is only a hint to look. Lost, repeated, late and out of order, and with a sweep in between, they lead
/// to the same result as seeing everything. Here of the story that <c>explain</c> tells, with looks close together; the
/// service's own looks, which are further apart, are in <see cref="Jobs.LostHintTests"/>.
/// </summary>
public class HintReplayTests
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(5);

    /// <summary>
    /// What no look saw cannot be told: here a version was live for 1.4 s before it was undone, which a sweep may find
    /// as if it had been withdrawn. The sweep begins where it does see it.
    /// </summary>
    private static readonly string[] ShorterThanASweep = ["04a-undo-within-scale-down-delay"];

    public static TheoryData<string> BlueGreen => RecordingReplayTests.BlueGreen;

    [Theory]
    [MemberData(nameof(BlueGreen))]
    public void Dropped_repeated_and_late_hints_end_in_the_same_release(string recording)
    {
        var run = Recording.Of(recording);
        var moments = run.Moments(run.Storefront);
        var expected = RecordingReplayTests.Outcome(run);
        var hints = run.Lines("notifications.jsonl").Select(line => Recording.Time(line, "receivedAt")).ToArray();
        for (var seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            var looks = Disturbed(hints, random)
                .Concat(Sweeps(moments, ShorterThanASweep.Contains(recording) ? 0 : random.NextDouble()))
                .Order();
            Telling.Outcome(Looking(moments, looks)).ShouldBe(expected, $"seed {seed}");
        }
    }

    [Theory]
    [MemberData(nameof(BlueGreen))]
    public void The_sweep_alone_ends_in_the_same_release(string recording)
    {
        var run = Recording.Of(recording);
        var moments = run.Moments(run.Storefront);
        Telling.Outcome(Looking(moments, Sweeps(moments, 0))).ShouldBe(RecordingReplayTests.Outcome(run));
    }

    /// <summary>Each hint is lost, comes once, or comes twice; each time up to 20 s late, which shuffles them.</summary>
    private static IEnumerable<DateTimeOffset> Disturbed(DateTimeOffset[] hints, Random random) =>
        hints.SelectMany(hint =>
            Enumerable.Range(0, random.Next(3)).Select(_ => hint.AddMilliseconds(random.Next(20_000))).ToArray()
        );

    private static IEnumerable<DateTimeOffset> Sweeps(IReadOnlyList<Moment> moments, double phase)
    {
        for (var at = moments[0].At + phase * SweepEvery; at <= moments[^1].At + SweepEvery; at += SweepEvery)
        {
            yield return at;
        }
    }

    private static IReadOnlyList<Devflow.ChatOps.Core.Rollouts.StoryLine> Looking(
        IReadOnlyList<Moment> moments,
        IEnumerable<DateTimeOffset> looks
    ) =>
        Telling.Tell(
            looks
                .Select(at => (At: at, Latest: moments.LastOrDefault(moment => moment.At <= at)))
                .Where(look => look.Latest is not null)
                .Select(look => look.Latest!.Seen with { At = look.At })
        );
}
