using System.Text;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages.Slack;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Functions.Processing;

/// <summary>
/// Tells people what came of commands whose outcome was not known when their request was answered: over the response_url
/// while it lives, else as an ephemeral message.
/// </summary>
public sealed partial class Answers(IStore store, ISlack slack, SecretBox box, TimeProvider clock, ILogger<Answers> log)
{
    /// <summary>For about half an hour, as long as a response_url lives; after that the card and the audit tell it.</summary>
    private const int MostTries = 35;

    private static readonly TimeSpan firstPause = TimeSpan.FromSeconds(5);

    /// <summary>Somebody waits: once Slack is back, they are told within a minute.</summary>
    private static readonly TimeSpan longestPause = TimeSpan.FromMinutes(1);

    public async Task DeliverAsync(RolloutRef rollout, CancellationToken stop)
    {
        foreach (var command in await store.OpenCommandsAsync(rollout, stop))
        {
            var isDue = command.NotBefore is null || command.NotBefore <= clock.GetUtcNow();
            if (isDue && command is { Outcome: not null, Answered: false })
            {
                await DeliverAsync(command, stop);
            }
        }
    }

    /// <summary>Tells the outcome of a decided command.</summary>
    public async Task DeliverAsync(Command command, CancellationToken stop)
    {
        // A pressed button that was obeyed is answered by the card itself.
        var isShown = command is { Outcome.IsOk: true, Saw.FromButton: true };
        var answer = isShown ? null : await SendAsync(command, command.Outcome!.Text, stop);
        var failed = answer is SlackAnswer<string>.Fault { Why.IsTransient: true } && command.Attempts < MostTries;
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
                    NotBefore =
                        clock.GetUtcNow()
                        + RetryDelay.After(command.Key, command.Attempts + 1, firstPause, longestPause),
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
        var url = sealedUrl is null ? null : box.Open(sealedUrl);
        return await SayAsync(
            url is null ? null : Encoding.UTF8.GetString(url),
            command.Origin.Channel,
            user,
            text,
            stop
        );
    }

    /// <summary>
    /// One line of plain text for one person, escaped here: over the response_url, else as an ephemeral message in the
    /// channel.
    /// </summary>
    public async Task<SlackAnswer<string>?> SayAsync(
        string? responseUrl,
        string? channel,
        string user,
        string text,
        CancellationToken stop
    )
    {
        var escaped = Mrkdwn.Text(text, 2_500);
        if (Uri.TryCreate(responseUrl, UriKind.Absolute, out var url))
        {
            var answer = await slack.RespondAsync(url, escaped, stop);
            if (answer is SlackAnswer<string>.Ok or SlackAnswer<string>.Fault { Why.IsTransient: true })
            {
                return answer;
            }
        }

        return channel is null ? null : await slack.PostEphemeralAsync(channel, user, escaped, stop);
    }

    [LoggerMessage(LogLevel.Warning, "The answer to command {Command} was not delivered: {Kind}, {Reason}")]
    private partial void NotDelivered(string command, SlackFaultKind kind, string reason);
}
