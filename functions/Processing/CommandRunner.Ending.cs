using System.Globalization;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Processing;

/// <summary>
/// The end of a command: its outcome first, which only one of several instances can write, and then the audit of it. A
/// kill in between is made good when the command is looked at again, before anybody is told.
/// </summary>
public sealed partial class CommandRunner
{
    /// <summary>Refuses what was asked for before the catalog forgot its app.</summary>
    public Task<Command> RefuseForgottenAsync(Command command, CancellationToken stop) =>
        EndAsync(command, Refused(new Refusal.NotFound($"{command.App} {command.Environment}", null), null), stop);

    private async Task<Command> EndAsync(Command command, CommandOutcome outcome, CancellationToken stop)
    {
        // From here on the attempts are those of telling it.
        var done = command with
        {
            Outcome = outcome,
            Attempts = 0,
        };
        if (!await store.UpdateAsync(done, stop))
        {
            // Another instance took over: what it wrote holds, and is what the audit says.
            OutcomeIsThere(command.Key, outcome.Code);
            return await store.FindCommandAsync(command.Key, stop) ?? command;
        }

        await store.AppendAsync(AuditId(done), AuditOf(done), stop);
        return done;
    }

    // What was resumed ends once more, and each end is told.
    private static string AuditId(Command command) =>
        command.ResumedAt is { } at
            ? string.Create(CultureInfo.InvariantCulture, $"{command.Key}:resumed:{at.UtcTicks}")
            : command.Key;

    private AuditEntry AuditOf(Command command) =>
        new(
            clock.GetUtcNow(),
            JobTexts.Who(command.Actor),
            command.Origin.Surface,
            AnswerTexts.Verb(command.Wish),
            command.Outcome!.Code
        )
        {
            App = command.App,
            Environment = command.Environment,
            Rollout = command.Rollout.ToString(),
            JobId = command.Outcome.Job?.ToString() ?? "",
            Attempt = command.Saw?.Attempt ?? 0,
            PodHash = command.Saw?.Hash.ToString() ?? "",
            Saw = command.Saw is { } saw ? $"{saw.Job} attempt {saw.Attempt} {saw.Hash}" : "",
            Reason = command.Outcome.Text,
        };
}
