using System.Text.Json;

namespace Devflow.ChatOps.Sandbox.Slack;

/// <summary>What a message says: fallback text and, when given, blocks.</summary>
/// <param name="Text">Notification and fallback text; empty when only blocks were sent.</param>
/// <param name="Blocks">The Block Kit array with all <c>block_id</c>s and <c>action_id</c>s filled in.</param>
public sealed record SlackContent(string Text, JsonElement? Blocks = null);

/// <summary>One state of a message as people saw it.</summary>
/// <param name="Content">What was shown.</param>
/// <param name="At">Since when.</param>
public sealed record SlackMessageVersion(SlackContent Content, DateTimeOffset At);

/// <summary>
/// A message in a channel. <see cref="Ts"/> is its id: unique in the channel, increasing, a string that is never parsed as a
/// floating-point number.
/// </summary>
public sealed record SlackMessage
{
    /// <summary>Channel id.</summary>
    public required string ChannelId { get; init; }

    /// <summary>Identity within the channel, <c>1234567890.123456</c>.</summary>
    public required string Ts { get; init; }

    /// <summary>User id of the author; the bot user for messages of the app.</summary>
    public required string UserId { get; init; }

    /// <summary>Bot id of the app's own messages, else <see langword="null"/>.</summary>
    public string? BotId { get; init; }

    /// <summary>Ts of the parent when this is a thread reply.</summary>
    public string? ThreadTs { get; init; }

    /// <summary>Whether a thread reply is shown in the channel as well.</summary>
    public bool Broadcast { get; init; }

    /// <summary>Message metadata (<c>event_type</c>, <c>event_payload</c>); not visible to people.</summary>
    public JsonElement? Metadata { get; init; }

    /// <summary>Every state shown so far, oldest first; the last one is the current one. Never empty.</summary>
    public required IReadOnlyList<SlackMessageVersion> Versions { get; init; }

    /// <summary>What is shown now.</summary>
    public SlackContent Content => Versions[^1].Content;

    /// <summary>How often the message was edited.</summary>
    public int EditCount => Versions.Count - 1;

    /// <summary>Whether it is listed in the channel itself, not only in a thread.</summary>
    public bool IsInChannel => ThreadTs is null || Broadcast;
}

/// <summary>A message that only one person sees. It is not part of any history and <c>chat.update</c> cannot reach it.</summary>
/// <param name="Id">Ts of the ephemeral message.</param>
/// <param name="ChannelId">Where it is shown.</param>
/// <param name="UserId">To whom.</param>
/// <param name="Content">What it says.</param>
/// <param name="ThreadTs">Thread it is shown in, if any.</param>
/// <param name="IsFromSlack">Slack's own words to the user, such as <c>operation_timeout</c>; not sent by the app.</param>
public sealed record SlackEphemeral(
    string Id,
    string ChannelId,
    string UserId,
    SlackContent Content,
    string? ThreadTs = null,
    bool IsFromSlack = false
);

/// <summary>A modal that was opened for a user.</summary>
/// <param name="Id">View id, <c>V…</c>.</param>
/// <param name="UserId">To whom it is shown.</param>
/// <param name="View">The view as sent.</param>
public sealed record SlackView(string Id, string UserId, JsonElement View);

/// <summary>Something that changed on somebody's screen.</summary>
public abstract record SlackChange
{
    private SlackChange() { }

    /// <summary>A message appeared.</summary>
    public sealed record Posted(SlackMessage Message) : SlackChange;

    /// <summary>A message shows something else now.</summary>
    public sealed record Updated(SlackMessage Message) : SlackChange;

    /// <summary>A message was deleted.</summary>
    public sealed record Deleted(SlackMessage Message) : SlackChange;

    /// <summary>One person was shown something.</summary>
    public sealed record EphemeralShown(SlackEphemeral Ephemeral) : SlackChange;

    /// <summary>An ephemeral message shows something else now.</summary>
    public sealed record EphemeralUpdated(SlackEphemeral Ephemeral) : SlackChange;

    /// <summary>An ephemeral message vanished.</summary>
    public sealed record EphemeralDeleted(SlackEphemeral Ephemeral) : SlackChange;

    /// <summary>A modal opened.</summary>
    public sealed record ViewOpened(SlackView View) : SlackChange;

    /// <summary>Users, groups or channels changed.</summary>
    public sealed record DirectoryChanged : SlackChange;
}
