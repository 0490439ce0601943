using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Jobs.Deciding;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Processing;

/// <content>What is written down of GitHub's events, and how people there are answered.</content>
public sealed partial class CommandRunner
{
    /// <summary>Notes of a Job need no look at the cluster.</summary>
    private async Task<CommandOutcome?> NoteAsync(Command command, RolloutLease held, CancellationToken stop)
    {
        if (command.Saw is not { } saw || await store.FindJobAsync(saw.Job, stop) is not { } job)
        {
            return Refused(new Refusal.Stale(), null);
        }

        var noted = command.Wish switch
        {
            Wish.NotePull(var pull) => job.MergedBy(pull),
            Wish.LookAtPull => job.LooksAtPull(),
            _ => job.DrawnAgain(),
        };
        return noted == job || await store.SaveAsync(noted, held, stop) is not null
            ? new CommandOutcome(CommandOutcome.OkCode, AnswerTexts.Noted, job.Id)
            : null;
    }

    /// <summary>
    /// Before the command is ended: a kill in between answers again, and not never. It belongs to the run that was pressed,
    /// whatever Job the Rollout shows by now.
    /// </summary>
    private async Task ShowOnGitHubAsync(
        Command command,
        CommandOutcome outcome,
        RolloutLease held,
        CancellationToken stop
    )
    {
        if (
            command is { Origin.Surface: Origin.GitHub, Saw: { } saw }
            && await store.FindJobAsync(saw.Job, stop) is { } job
            && job.Answering(command, outcome) is var answered
            && answered != job
        )
        {
            await store.SaveAsync(answered, held, stop);
        }
    }
}
