using System.Text.RegularExpressions;

namespace Devflow.ChatOps.Core.Jobs;

/// <summary>
/// The state of the Slack card. Slack has no idempotency key: an intent is written before a post, and whoever finds one
/// that has passed searches the channel by message metadata before posting.
/// </summary>
public sealed partial record SlackCard
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

    /// <summary>It shows a link to the card of the Job that took its place.</summary>
    public bool LinksToNewer { get; init; }

    /// <summary>
    /// Leads to the card; null while there is none. Slack sends it on to the workspace that the reader is signed in to;
    /// the path is that of https://docs.slack.dev/reference/methods/chat.getPermalink.
    /// </summary>
    public Uri? Link =>
        Channel is { } channel && Ts is { } ts && ChannelId().IsMatch(channel) && MessageTs().IsMatch(ts)
            ? new Uri($"https://slack.com/archives/{channel}/p{ts.Replace(".", "", StringComparison.Ordinal)}")
            : null;

    /// <summary>How often the card was found deleted, or not to be edited any more. It is posted again once.</summary>
    public int Losses { get; init; }

    [GeneratedRegex(@"\A[A-Z0-9]{2,40}\z")]
    private static partial Regex ChannelId();

    [GeneratedRegex(@"\A[0-9]{1,12}\.[0-9]{1,8}\z")]
    private static partial Regex MessageTs();
}
