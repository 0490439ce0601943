using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Processing;

/// <summary>What an answer of Slack means for the card's record. Pure but for the jitter.</summary>
/// <param name="jitter">From 0 to 1; spreads the repeats of many cards after an outage.</param>
internal sealed class SlackSurfaceFaults(Func<double> jitter)
{
    /// <summary>An administrator or somebody else must act first.</summary>
    public static readonly TimeSpan ProblemEvery = TimeSpan.FromMinutes(5);

    /// <summary>A reply that was refused this often is given up, so that those after it are told.</summary>
    public const int MostRefusals = 3;

    /// <summary>With its spread a minute: for so long a card may be out of date once Slack is back.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(48);
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    /// <summary>Something went well.</summary>
    public static SlackCard Well(SlackCard card) =>
        card with
        {
            PostingUntil = null,
            PostingEntry = 0,
            Failures = 0,
            NotBefore = null,
            Problem = "",
        };

    /// <summary>A post that failed: only after an uncertain answer does its intent stay.</summary>
    public SlackCard Post(SlackCard card, SlackFault fault, string channel, DateTimeOffset now)
    {
        if (fault.Kind == SlackFaultKind.Uncertain)
        {
            return Failed(card, fault, channel, now);
        }

        var done = card with { PostingUntil = null, PostingEntry = 0 };
        var isGivenUp =
            fault.Kind == SlackFaultKind.Refused
            && card.PostingEntry > 0
            && card.Problem.Length > 0
            && card.Failures + 1 >= MostRefusals;
        return isGivenUp
            ? done with
            {
                ToldEntry = card.PostingEntry,
                Failures = 0,
                NotBefore = null,
                Problem = SlackProblems.Of(fault, channel),
            }
            : Failed(done, fault, channel, now);
    }

    /// <summary>
    /// An update that failed. What Slack refuses to show, it will refuse again: the next revision may be better, and the
    /// thread goes on meanwhile.
    /// </summary>
    public SlackCard Update(Job job, SlackFault fault, string channel, DateTimeOffset now) =>
        fault.Kind == SlackFaultKind.Refused
            ? job.Card with
            {
                ShownRevision = job.Revision,
                UpdatedAt = now,
                Problem = SlackProblems.Of(fault, channel),
            }
            : Failed(job.Card, fault, channel, now);

    /// <summary>Any call that failed; an intent stays.</summary>
    public SlackCard Failed(SlackCard card, SlackFault fault, string channel, DateTimeOffset now) =>
        fault.Kind switch
        {
            SlackFaultKind.RateLimited => card with { NotBefore = now + (fault.RetryAfter ?? Shortest) },
            SlackFaultKind.Unavailable or SlackFaultKind.Uncertain => card with
            {
                Failures = card.Failures + 1,
                NotBefore = now + Latest(Backoff(card.Failures + 1), fault.RetryAfter),
            },
            SlackFaultKind.MessageGone when card.Ts is not null => Lost(card),
            _ => card with
            {
                Failures = card.Failures + 1,
                NotBefore = now + ProblemEvery,
                Problem = SlackProblems.Of(fault, channel),
            },
        };

    /// <summary>The thread goes with its card: what it told is not told again, what it did not tell goes into the next one.</summary>
    private static SlackCard Lost(SlackCard card) =>
        Well(card) with
        {
            Ts = null,
            ShownRevision = -1,
            Losses = card.Losses + 1,
            Problem = card.Losses + 1 < SlackSurfacePlan.MostLosses ? "" : SlackProblems.LostAgain,
        };

    private TimeSpan Backoff(int failures)
    {
        var doubled = Math.Min(Math.Pow(2, Math.Min(failures - 1, 16)), Longest.TotalSeconds);
        return TimeSpan.FromSeconds(Math.Max(doubled * (0.75 + (jitter() / 2)), Shortest.TotalSeconds));
    }

    private static TimeSpan Latest(TimeSpan one, TimeSpan? other) => other > one ? other.Value : one;
}
