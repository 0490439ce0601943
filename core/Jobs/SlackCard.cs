namespace Devflow.ChatOps.Core.Jobs;

/// <summary>
/// The state of the Slack card. Slack has no idempotency key: an intent is written before a post, and whoever finds one
/// that has passed searches the channel by message metadata before posting.
/// </summary>
public sealed record SlackCard
{
    public string? Channel { get; init; }
    public string? Ts { get; init; }

    /// <summary>The <see cref="Job.Revision"/> that the card shows.</summary>
    public long ShownRevision { get; init; } = -1;

    /// <summary>The last timeline entry that the thread tells.</summary>
    public long ToldEntry { get; init; }

    /// <summary>A post of the card or of a reply is under way until then; its answer was never seen if this has passed.</summary>
    public DateTimeOffset? PostingUntil { get; init; }

    /// <summary>The timeline entry that the post under way tells; 0 for the card itself.</summary>
    public long PostingEntry { get; init; }

    /// <summary>When the card was last updated; at most one update every 5 s.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>Not before this time: Slack asked us to wait, or an attempt failed.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Failed attempts in a row.</summary>
    public int Failures { get; init; }

    /// <summary>Why Slack does not show it, in words; empty when it does.</summary>
    public string Problem { get; init; } = "";

    /// <summary>How often the card was found deleted, or not to be edited any more. It is posted again once.</summary>
    public int Losses { get; init; }
}
