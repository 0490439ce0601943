using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Policy;

namespace Devflow.ChatOps.Functions.Processing;

/// <summary>
/// Commands at which this program fails: they are tried again, less and less often, and then put aside so that the
/// Rollout's other work goes on. Whoever asked is told, and a person may have them tried again.
/// </summary>
public sealed partial class CommandRunner
{
    /// <summary>
    /// Tries of a command, about a minute and a half altogether: less than <see cref="Core.Jobs.Deciding.Commanding.HoldsFor"/>,
    /// so that it is said that it failed, and not that it came too late.
    /// </summary>
    public const int MostTries = 7;

    /// <summary>More are resumed by the next one.</summary>
    private const int ResumedAtOnce = 100;

    private static readonly TimeSpan firstPause = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan longestPause = TimeSpan.FromMinutes(1);

    /// <summary>It failed, and its time has not come.</summary>
    private bool IsPutOff(Command command) => command.Attempts > 0 && command.NotBefore > clock.GetUtcNow();

    private async Task<Command> FailedAsync(Command command, Exception fault, CancellationToken stop)
    {
        var tries = command.Attempts + 1;
        if (tries >= MostTries)
        {
            StuckNow(command.Key, AnswerTexts.Verb(command.Wish), command.App, command.Environment, tries, fault);
            return await EndAsync(
                command with
                {
                    // The program's own words about stored state are safe to show; those of others may be anything.
                    Stuck = Plain.OneLine(
                        fault is StoredStateException ? fault.Message : $"{fault.GetType().Name}, see the log",
                        300
                    ),
                },
                Refused(new Refusal.Stuck(tries), null),
                stop
            );
        }

        var pause = RetryDelay.After(command.Key, tries, firstPause, longestPause);
        Failed(command.Key, AnswerTexts.Verb(command.Wish), tries, pause, fault);
        var later = command with { Attempts = tries, NotBefore = clock.GetUtcNow() + pause };
        await store.UpdateAsync(later, stop);
        return later;
    }

    private async Task<IReadOnlyList<Command>> StuckAsync(Command command, CancellationToken stop) =>
        command.Wish is Wish.Resume
            ?
            [
                .. (await store.StuckCommandsAsync(command.Rollout, ResumedAtOnce, stop)).Where(stuck =>
                    stuck.Wish is not Wish.Unreadable
                ),
            ]
            : [];

    /// <summary>
    /// Before the Jobs are saved: a kill in between leaves stuck effects, which the repeated command finds, and never a
    /// Job that says that it was done.
    /// </summary>
    private async Task ReopenAsync(IReadOnlyList<Command> stuck, DateTimeOffset now, CancellationToken stop)
    {
        foreach (var command in stuck)
        {
            await store.UpdateAsync(
                command with
                {
                    Stuck = null,
                    Outcome = null,
                    Answered = false,
                    Attempts = 0,
                    NotBefore = null,
                    ResumedAt = now,
                },
                stop
            );
        }
    }

    [LoggerMessage(LogLevel.Warning, "Command {Command} has an outcome already, or was resumed; “{Code}” is dropped.")]
    private partial void OutcomeIsThere(string command, string code);

    [LoggerMessage(LogLevel.Warning, "Command {Command} ({Verb}) failed, try {Tries}; again in {Pause}.")]
    private partial void Failed(string command, string verb, int tries, TimeSpan pause, Exception fault);

    [LoggerMessage(
        LogLevel.Error,
        "Command {Command} ({Verb} {App} {Environment}) is stuck after {Tries} tries; “resume” tries it again."
    )]
    private partial void StuckNow(
        string command,
        string verb,
        string app,
        string environment,
        int tries,
        Exception fault
    );
}
