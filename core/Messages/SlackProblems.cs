using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Core.Messages;

/// <summary>Why a card is not in Slack, and what an administrator must do about it.</summary>
public static class SlackProblems
{
    /// <summary>Two cards are enough for whoever deletes them.</summary>
    public const string LostAgain =
        "The card was deleted, or cannot be edited any more, for the second time. This release gets no other one.";

    private const string MissingScope = "missing_scope: ";

    /// <summary>One sentence or two; <paramref name="channel"/> is the channel's id.</summary>
    public static string Of(SlackFault fault, string channel) =>
        fault.Kind switch
        {
            SlackFaultKind.NotAuthorized when fault.Error.StartsWith(MissingScope, StringComparison.Ordinal) =>
                $"Slack refuses: the app lacks the scope {fault.Error[MissingScope.Length..]}. "
                    + "An administrator must add it to the app and install the app again.",
            SlackFaultKind.NotAuthorized => $"Slack does not accept our token ({fault.Error}). "
                + "An administrator must install the app and give the service its bot token.",
            SlackFaultKind.Channel => OfChannel(fault.Error, channel),
            _ when fault.Error == "history_too_long" =>
                $"Channel {channel} has too many messages to find out whether the message is there; "
                    + "it is not posted, so that it is not there twice.",
            _ => $"Slack refuses the message: {fault.Error}.",
        };

    private static string OfChannel(string error, string channel) =>
        error switch
        {
            "not_in_channel" => $"The app is not in channel {channel}. Invite it there.",
            "channel_not_found" => $"Slack knows no channel {channel}, or it is private. "
                + "Invite the app there, or correct slackChannel in the catalog.",
            "is_archived" or "is_inactive" =>
                $"Channel {channel} is archived. Name another one as slackChannel in the catalog.",
            _ => $"Slack does not let the app post to channel {channel} ({error}). "
                + "An administrator of the workspace must allow it.",
        };
}
