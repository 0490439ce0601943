using Devflow.ChatOps.Action.Inputs;
using Devflow.ChatOps.Action.Runner;
using Devflow.ChatOps.Action.Service;

namespace Devflow.ChatOps.Action.Waiting;

/// <summary>Follows a Job at the service and tells the log what changes.</summary>
/// <param name="read">Asks the service for the Job.</param>
public sealed class ReleaseWait(
    Func<CancellationToken, Task<Answer<JobView>>> read,
    WorkflowLog log,
    TimeProvider clock
)
{
    /// <summary>Soon after something happened something else often does; where nothing happens, a person decides.</summary>
    private static readonly TimeSpan shortest = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan longest = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan sayAgainAfter = TimeSpan.FromMinutes(5);

    private JobView job = new();
    private string said = "";
    private DateTimeOffset saidAt;
    private bool isSilent;

    /// <summary>Waits until the goal is reached, missed, or the time is up.</summary>
    /// <param name="first">The Job as it was when it was announced.</param>
    public async Task<WaitOutcome> UntilAsync(JobView first, WaitGoal goal, TimeSpan timeout, CancellationToken stop)
    {
        var end = clock.GetUtcNow() + timeout;
        var pause = shortest;
        log.Line($"Waiting for {Name(goal)}, at most {DurationText.Of(timeout)}.");
        Tell(first);
        for (; ; )
        {
            if (WaitRule.Judge(job, goal) is { } outcome)
            {
                return outcome;
            }

            var left = end - clock.GetUtcNow();
            if (left <= TimeSpan.Zero)
            {
                return new WaitOutcome.TimedOut(job);
            }

            await Task.Delay(pause < left ? pause : left, clock, stop);
            pause = pause * 1.5 < longest ? pause * 1.5 : longest;
            if (await AskAsync(end, stop) is { } lost)
            {
                return lost;
            }

            pause = saidAt == clock.GetUtcNow() ? shortest : pause;
        }
    }

    // What cannot be reached may come back until the time is up; a no is a no.
    private async Task<WaitOutcome.Lost?> AskAsync(DateTimeOffset end, CancellationToken stop)
    {
        using var inTime = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var timer = clock.CreateTimer(
            _ => inTime.Cancel(),
            null,
            Max(end - clock.GetUtcNow(), TimeSpan.FromSeconds(1)),
            Timeout.InfiniteTimeSpan
        );
        try
        {
            switch (await read(inTime.Token))
            {
                case Answer<JobView>.Told(var told):
                    isSilent = false;
                    Tell(told);
                    return null;
                case Answer<JobView>.Refused(var code, var message):
                    return new WaitOutcome.Lost(job, code, message);
                case Answer<JobView>.Unreachable(var message):
                    if (!isSilent)
                    {
                        isSilent = true;
                        log.Warning("Devflow does not answer", $"{message} Asking again until the time is up.");
                    }

                    return null;
                default:
                    throw new InvalidOperationException("An answer of no kind.");
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return null;
        }
    }

    private void Tell(JobView told)
    {
        var now = clock.GetUtcNow();
        foreach (var step in told.Steps)
        {
            var before =
                job.Steps.FirstOrDefault(known => known.Name == step.Name) ?? new StepView { Status = "Pending" };
            if (before.Status != step.Status || before.Message != step.Message)
            {
                log.Line(
                    $"{now:HH:mm:ss} {step.Name}: {step.Status}{(step.Message.Length == 0 ? "" : $" – {step.Message}")}"
                );
                saidAt = now;
            }
        }

        job = told;
        var sentence =
            $"{told.Status}{(told.Message.Length == 0 ? "" : $" – {told.Message}")}{(told.Trouble is null ? "" : $" ({told.Trouble})")}";
        if (sentence != said || now - saidAt > sayAgainAfter)
        {
            log.Line($"{now:HH:mm:ss} {sentence}");
            (said, saidAt) = (sentence, now);
        }
    }

    private static string Name(WaitGoal goal) =>
        goal switch
        {
            WaitGoal.Synced => "the cluster to begin the release",
            WaitGoal.Preview => "the new version to be ready beside the old one",
            _ => "the release to be completed",
        };

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
