using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Policy;

namespace Devflow.ChatOps.Core.Ports;

/// <summary>What the product needs of Slack's Web API.</summary>
public interface ISlack
{
    /// <summary>chat.postMessage. Not repeatable: after <see cref="SlackFaultKind.Uncertain"/> look with <see cref="FindAsync"/>.</summary>
    Task<SlackAnswer<string>> PostAsync(SlackPost post, CancellationToken stop);

    /// <summary>
    /// chat.update of one of our own messages. <paramref name="urgent"/>: an approval or a failure, which goes before
    /// everything else when Slack's rate is used up.
    /// </summary>
    Task<SlackAnswer<string>> UpdateAsync(
        string channel,
        string ts,
        SlackMessage message,
        bool urgent,
        CancellationToken stop
    );

    Task<SlackAnswer<string>> PostEphemeralAsync(string channel, string user, string text, CancellationToken stop);

    /// <summary>
    /// The ts of our message whose metadata carries this operation id, in the channel's history or, with
    /// <paramref name="thread"/>, among the replies of a message; empty when there is none since the given time.
    /// </summary>
    Task<SlackAnswer<string>> FindAsync(
        string channel,
        string? thread,
        string operation,
        DateTimeOffset since,
        CancellationToken stop
    );

    /// <summary>Posts to a response_url; hosts other than Slack's are refused.</summary>
    Task<SlackAnswer<string>> RespondAsync(Uri responseUrl, string text, CancellationToken stop);

    /// <summary>Member ids of a user group; cached for a minute, never answered from an older cache.</summary>
    Task<SlackAnswer<IReadOnlyCollection<string>>> GroupMembersAsync(string group, CancellationToken stop);

    /// <summary>
    /// What kind of account a user id is; never <see cref="SlackAccount.Unknown"/>: that is a fault. Cached for five
    /// minutes, never answered from an older cache.
    /// </summary>
    Task<SlackAnswer<SlackAccount>> AccountAsync(string user, CancellationToken stop);
}

/// <summary>A message: the fallback text and the blocks of Block Kit.</summary>
public sealed record SlackMessage(string Text, JsonArray Blocks);

/// <summary>A message to post, with the operation id that travels in its metadata.</summary>
public sealed record SlackPost(string Channel, SlackMessage Message, string Operation)
{
    /// <summary>The ts of the message to reply to.</summary>
    public string? Thread { get; init; }

    /// <summary>Show the reply in the channel too.</summary>
    public bool Broadcast { get; init; }

    /// <summary>Approvals and failures go before everything else when Slack's rate is used up.</summary>
    public bool Urgent { get; init; }
}

/// <summary>What Slack answered.</summary>
public abstract record SlackAnswer<T>
{
    private SlackAnswer() { }

    public sealed record Ok(T Value) : SlackAnswer<T>;

    public sealed record Fault(SlackFault Why) : SlackAnswer<T>;
}

/// <summary>Why Slack did not do it.</summary>
public enum SlackFaultKind
{
    /// <summary>429, or our own governor: ask again after <see cref="SlackFault.RetryAfter"/>.</summary>
    RateLimited,

    /// <summary>No connection, or Slack says that it is down: it did not happen.</summary>
    Unavailable,

    /// <summary>No answer, or one that is not Slack's own (a 5xx of a gateway): it may have happened.</summary>
    Uncertain,

    /// <summary>The message that was to be updated is gone or cannot be edited any more.</summary>
    MessageGone,

    /// <summary>The channel is unknown, archived, or we are not in it.</summary>
    Channel,

    /// <summary>Token or scope: an administrator must act.</summary>
    NotAuthorized,

    /// <summary>Anything else that repeating does not mend.</summary>
    Refused,
}

/// <param name="Error">Slack's error code, or a short sentence; never a secret.</param>
public sealed record SlackFault(SlackFaultKind Kind, string Error, TimeSpan? RetryAfter = null)
{
    /// <summary>The same request may succeed later.</summary>
    public bool IsTransient =>
        Kind is SlackFaultKind.RateLimited or SlackFaultKind.Unavailable or SlackFaultKind.Uncertain;
}
