using Devflow.ChatOps.Core.Jobs;

namespace Devflow.ChatOps.Functions.Processing;

/// <summary>What to do next about a Job's card and its thread.</summary>
internal abstract record SlackSurfaceStep
{
    private SlackSurfaceStep() { }

    /// <summary>Nothing now; <c>null</c>: nothing until the Job changes.</summary>
    public sealed record Rest(DateTimeOffset? LookAgainAt) : SlackSurfaceStep;

    /// <summary>Somebody was posting and was not heard of again: look whether the message is there.</summary>
    public sealed record Search(string Channel, string? Thread, string Operation) : SlackSurfaceStep;

    /// <summary>Post the card.</summary>
    public sealed record PostCard(string Operation) : SlackSurfaceStep;

    /// <summary>Show the present state on the card.</summary>
    public sealed record UpdateCard(string Channel, string Ts) : SlackSurfaceStep
    {
        /// <summary>Goes before others when Slack's rate is used up.</summary>
        public required bool IsUrgent { get; init; }
    }

    /// <summary>Tell these timeline entries in one reply.</summary>
    public sealed record Reply(string Channel, string Thread, IReadOnlyList<TimelineEntry> Entries, string Operation)
        : SlackSurfaceStep
    {
        /// <summary>The number of the last entry told.</summary>
        public long Number => Entries[^1].Number;

        /// <summary>Somebody must act: the reply is shown in the channel too, and goes before others.</summary>
        public required bool NeedsAttention { get; init; }
    }
}

/// <summary>What Slack's rate allows, as far as this drawing has been told; nothing of it is saved.</summary>
internal sealed record SlackSurfaceHolds(DateTimeOffset? Updates = null, DateTimeOffset? Posts = null);

/// <summary>Compares what a Job says with what Slack shows of it (design section 6). Pure.</summary>
internal static class SlackSurfacePlan
{
    /// <summary>How long an intent lasts; the post that it announces takes less.</summary>
    public static readonly TimeSpan IntentLasts = TimeSpan.FromSeconds(10);

    /// <summary>A card is updated at most this often while nobody waits for it.</summary>
    public static readonly TimeSpan UpdateEvery = TimeSpan.FromSeconds(5);

    /// <summary>A card that waits for somebody says when it was verified; that is renewed at most this often.</summary>
    public static readonly TimeSpan RenewEvery = TimeSpan.FromMinutes(5);

    /// <summary>Entries that were not told for so long are old; more than <see cref="MostOldReplies"/> of them are summed up.</summary>
    public static readonly TimeSpan OldAfter = TimeSpan.FromSeconds(30);

    public const int MostOldReplies = 3;

    /// <summary>A card that is lost this often is not posted again.</summary>
    public const int MostLosses = 2;

    /// <param name="hasLink">There is a card of the Job that took its place, which can be linked to.</param>
    public static SlackSurfaceStep Next(Job job, SlackSurfaceHolds holds, DateTimeOffset now, bool hasLink = false)
    {
        var card = job.Card;
        if (card.PostingUntil is { } until)
        {
            return Later(Latest(until, card.NotBefore), now) is { } wait
                ? new SlackSurfaceStep.Rest(wait)
                : new SlackSurfaceStep.Search(
                    card.Channel!,
                    card.PostingEntry == 0 ? null : card.Ts,
                    Operation(job, card.PostingEntry)
                );
        }

        if (card.Ts is not { } ts)
        {
            return card.Losses >= MostLosses ? new SlackSurfaceStep.Rest(null)
                : Later(PostAt(card, holds, IsUrgent(job)), now) is { } postAt ? new SlackSurfaceStep.Rest(postAt)
                : new SlackSurfaceStep.PostCard(Operation(job, 0));
        }

        DateTimeOffset? lookAgainAt = null;
        if (card.ShownRevision != job.Revision || (hasLink && job.AwaitsLink))
        {
            lookAgainAt = Later(UpdateAt(job, holds), now);
            if (lookAgainAt is null)
            {
                return new SlackSurfaceStep.UpdateCard(card.Channel!, ts) { IsUrgent = IsUrgent(job) };
            }
        }

        if (Untold(job, ts, now) is { } reply)
        {
            var replyAt = Later(PostAt(card, holds, IsUrgent(job) || reply.NeedsAttention), now);
            return replyAt is null ? reply : new SlackSurfaceStep.Rest(Earliest(replyAt, lookAgainAt));
        }

        // It says nothing new, so it comes last.
        return lookAgainAt is not null || !IsOld(job, now) ? new SlackSurfaceStep.Rest(lookAgainAt)
            : Later(Latest(holds.Updates, card.NotBefore), now) is { } renewAt ? new SlackSurfaceStep.Rest(renewAt)
            : new SlackSurfaceStep.UpdateCard(card.Channel!, ts) { IsUrgent = false };
    }

    /// <summary>
    /// The card is in step, but whoever is asked to act reads a time at which the cluster was read long ago, and it was
    /// read again since. A cluster that is not read leaves the old time: that is the truth.
    /// </summary>
    public static bool IsOld(Job job, DateTimeOffset now) =>
        job.Status is JobStatus.AwaitingApproval or JobStatus.Failed
        && job.Card is { Ts: not null, PostingUntil: null, UpdatedAt: { } shown }
        && now - shown >= RenewEvery
        && job.VerifiedAt > shown;

    /// <summary>What goes before everything else when Slack's rate is used up.</summary>
    public static bool IsUrgent(Job job) =>
        job.Status is JobStatus.AwaitingApproval or JobStatus.Failed or JobStatus.SyncFailed;

    /// <summary>
    /// The last entry that the card itself tells when it is posted now: what happened before is its state, but whoever
    /// must act is told in a reply.
    /// </summary>
    public static long ToldByCard(Job job) =>
        job
            .Timeline.Where(entry => entry.Number > job.Card.ToldEntry)
            .TakeWhile(entry => !entry.Calls(job))
            .Select(entry => entry.Number)
            .LastOrDefault(job.Card.ToldEntry);

    private static string Operation(Job job, long entry) =>
        entry > 0 ? $"{job.Id}:{entry}"
        : job.Card.Losses == 0 ? $"{job.Id}"
        : $"{job.Id}:again:{job.Card.Losses}";

    private static SlackSurfaceStep.Reply? Untold(Job job, string ts, DateTimeOffset now)
    {
        var untold = job.Timeline.Where(entry => entry.Number > job.Card.ToldEntry).ToList();
        if (untold.Count == 0)
        {
            return null;
        }

        var isCatchUp = untold.Count(entry => now - entry.At > OldAfter) > MostOldReplies;
        List<TimelineEntry> told = isCatchUp ? untold : [untold[0]];
        return new SlackSurfaceStep.Reply(job.Card.Channel!, ts, told, Operation(job, told[^1].Number))
        {
            NeedsAttention = told.Any(entry => entry.Calls(job)),
        };
    }

    private static DateTimeOffset? UpdateAt(Job job, SlackSurfaceHolds holds)
    {
        // Whoever looks at a release that waits, failed or ended must not look at a former state.
        var everyFive = job.Status
            is JobStatus.Pending
                or JobStatus.Syncing
                or JobStatus.Running
                or JobStatus.RollingBack
            ? job.Card.UpdatedAt + UpdateEvery
            : null;
        return Latest(Latest(everyFive, holds.Updates), NotBefore(job.Card, IsUrgent(job)));
    }

    private static DateTimeOffset? PostAt(SlackCard card, SlackSurfaceHolds holds, bool isUrgent) =>
        Latest(NotBefore(card, isUrgent), holds.Posts);

    // Without a failure it is a rate that was used up: of that, something is kept for urgent messages.
    private static DateTimeOffset? NotBefore(SlackCard card, bool isUrgent) =>
        isUrgent && card is { Failures: 0, Problem: "" } ? null : card.NotBefore;

    private static DateTimeOffset? Later(DateTimeOffset? at, DateTimeOffset now) => at > now ? at : null;

    private static DateTimeOffset? Latest(DateTimeOffset? one, DateTimeOffset? other) =>
        one is null || other > one ? other : one;

    private static DateTimeOffset? Earliest(DateTimeOffset? one, DateTimeOffset? other) =>
        one is null || other < one ? other : one;
}
