using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Tests.Core.Rollouts;

/// <summary>
/// Every recorded blue/green run, event by event. The expected sequences lie beside the recordings; they were written
/// from the step tables and the recordings' own summaries.
/// </summary>
public class RecordingReplayTests
{
    public static TheoryData<string> BlueGreen => [.. Fixtures.Folders(Fixtures.Recordings).Where(HasExpectedSteps)];

    public static TheoryData<string> Canaries =>
        [.. Fixtures.Folders(Fixtures.Recordings).Where(name => name.Contains("canary", StringComparison.Ordinal))];

    [Fact]
    public void Every_recorded_run_is_replayed()
    {
        BlueGreen.Count.ShouldBe(19);
        Canaries.Count.ShouldBe(4);
        Fixtures.Folders(Fixtures.Recordings).Count().ShouldBe(23);
    }

    [Theory]
    [MemberData(nameof(BlueGreen))]
    public void A_replay_gives_the_steps_that_were_written_down(string recording)
    {
        var run = Recording.Of(recording);
        var told = Telling.Tell(run.Moments(run.Storefront).Select(moment => moment.Seen));
        string.Join('\n', told.Where(line => !line.OnlyRemark).Select(Telling.Describe))
            .ShouldBe(string.Join('\n', ExpectedSteps(run)));
    }

    [Theory]
    [MemberData(nameof(BlueGreen))]
    public void The_Rollouts_own_watch_alone_gives_the_same_result(string recording)
    {
        var run = Recording.Of(recording);
        var alone = run.Moments(run.Storefront, line => line.Kind == "Rollout");
        Telling.Outcome(Telling.Tell(alone.Select(moment => moment.Seen))).ShouldBe(Outcome(run));
    }

    [Theory]
    [MemberData(nameof(BlueGreen))]
    public void Seeing_everything_twice_tells_nothing_new(string recording)
    {
        var run = Recording.Of(recording);
        var twice = run.Moments(run.Storefront).SelectMany(moment => new[] { moment.Seen, moment.Seen });
        Telling
            .Tell(twice)
            .Select(Telling.Describe)
            .ShouldBe(Telling.Tell(run.Moments(run.Storefront).Select(moment => moment.Seen)).Select(Telling.Describe));
    }

    [Theory]
    [MemberData(nameof(BlueGreen))]
    public void A_passed_step_stays_passed_within_an_attempt(string recording)
    {
        var run = Recording.Of(recording);
        var told = Telling.Tell(run.Moments(run.Storefront).Select(moment => moment.Seen));
        foreach (
            var (before, after) in told.Zip(told.Skip(1))
                .Where(pair =>
                    pair.First.Release.Hash == pair.Second.Release.Hash
                    && pair.First.Release.Attempt == pair.Second.Release.Attempt
                    && pair.First.End == StoryEnd.None
                )
        )
        {
            foreach (var step in before.Release.Steps.Where(step => step.IsPassed))
            {
                after.Release[step.Name].Status.ShouldBe(step.Status);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Canaries))]
    public void A_canary_is_told_sensibly(string recording)
    {
        var run = Recording.Of(recording);
        foreach (var rollout in run.Rollouts)
        {
            var told = Telling.Tell(run.Moments(rollout).Select(moment => moment.Seen));
            told.ShouldContain(line => line.Status == "AwaitingApproval");
            told.ShouldContain(line => line.Status == "Succeeded");
            foreach (var line in told.Where(line => line.End == StoryEnd.None))
            {
                StepsAreInOrder(line);
                line.Message.ShouldNotBeEmpty();
            }
        }
    }

    [Fact]
    public void An_aborted_canary_fails_and_a_retry_is_another_attempt()
    {
        var run = Recording.Of("11c-canary-abort-retry-undo");
        var told = Telling
            .Tell(run.Moments(run.Rollouts[0]).Select(moment => moment.Seen))
            .Select(line => $"{line.Release.Attempt} {line.Status}");
        told.ShouldContain("1 Failed");
        told.ShouldContain("2 AwaitingApproval");
    }

    internal static string Outcome(Recording run) =>
        Telling.Outcome(Telling.Tell(run.Moments(run.Storefront).Select(moment => moment.Seen)));

    internal static bool HasExpectedSteps(string recording) =>
        File.Exists(Path.Combine(Fixtures.Recordings, recording, "expected-steps.txt"));

    /// <summary>Passed ones, then at most one that is under way or failed, then pending ones.</summary>
    private static void StepsAreInOrder(StoryLine line)
    {
        var rest = line.Release.Steps.SkipWhile(step => step.IsPassed).ToArray();
        rest.Skip(1).ShouldAllBe(step => step.Status == StepStatus.Pending);
    }

    private static IEnumerable<string> ExpectedSteps(Recording run) =>
        File.ReadLines(Path.Combine(run.Folder, "expected-steps.txt"))
            .Where(line => !line.StartsWith('#') && line.Length > 0);
}
