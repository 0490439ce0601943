using System.Text;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Functions.Processing;

/// <summary>
/// Tells people what came of commands whose outcome was not known when their request was answered: over the response_url
/// while it lives, else as an ephemeral message.
/// </summary>
public sealed partial class Answers(IStore store, ISlack slack, SecretBox box, TimeProvider clock, ILogger<Answers> log)
{
    public async Task DeliverAsync(RolloutRef rollout, CancellationToken stop)
    {
        foreach (var command in await store.OpenCommandsAsync(rollout, stop))
        {
            var isDue = command.NotBefore is null || command.NotBefore <= clock.GetUtcNow();
            if (isDue && command is { Outcome: { } outcome, Answered: false })
            {
                await DeliverAsync(command, outcome, stop);
            }
        }
    }

    private async Task DeliverAsync(Command command, CommandOutcome outcome, CancellationToken stop)
    {
        var answer = await SendAsync(command, outcome.Text, stop);
        var failed = answer is SlackAnswer<string>.Fault { Why.IsTransient: true } && command.Attempts < 5;
        if (answer is SlackAnswer<string>.Fault fault)
        {
            NotDelivered(command.Key, fault.Why.Kind, fault.Why.Error);
        }

        // An answer that came in twice is a nuisance, one that is never tried again is a person left waiting.
        await store.UpdateAsync(
            failed
                ? command with
                {
                    Attempts = command.Attempts + 1,
                    NotBefore = clock.GetUtcNow() + TimeSpan.FromSeconds(5 << command.Attempts),
                }
                : command with
                {
                    Answered = true,
                },
            stop
        );
    }

    private async Task<SlackAnswer<string>?> SendAsync(Command command, string text, CancellationToken stop)
    {
        if (command.Origin.Surface != "slack" || command.Actor.SlackUserId is not { } user)
        {
            return null;
        }

        var sealedUrl = await store.SealedResponseUrlAsync(command.Key, clock.GetUtcNow(), stop);
        if (sealedUrl is not null && box.Open(sealedUrl) is { } url)
        {
            var answer = await slack.RespondAsync(new Uri(Encoding.UTF8.GetString(url)), text, stop);
            if (answer is SlackAnswer<string>.Ok or SlackAnswer<string>.Fault { Why.IsTransient: true })
            {
                return answer;
            }
        }

        return command.Origin.Channel is { } channel ? await slack.PostEphemeralAsync(channel, user, text, stop) : null;
    }

    [LoggerMessage(LogLevel.Warning, "The answer to command {Command} was not delivered: {Kind}, {Reason}")]
    private partial void NotDelivered(string command, SlackFaultKind kind, string reason);
}
