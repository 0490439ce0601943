using System.Collections.Immutable;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Jobs.Deciding;

/// <summary>Whether two states of a Job say the same, so that a quiet look costs no write.</summary>
internal static class JobSameness
{
    /// <summary>Records compare their arrays by reference; arrays with the same content are made one first.</summary>
    public static bool IsSameAs(this Job job, Job other) =>
        (
            job with
            {
                Release = Like(job.Release, other.Release),
                Rollback = Like(job.Rollback, other.Rollback),
                FormerRollback = Like(job.FormerRollback, other.FormerRollback),
                Images = Like(job.Images, other.Images),
                BaseImages = Like(job.BaseImages, other.BaseImages),
                Votes = Like(job.Votes, other.Votes),
                Timeline = Like(job.Timeline, other.Timeline),
                Outbox = Like(job.Outbox, other.Outbox),
                AppliedCommands = Like(job.AppliedCommands, other.AppliedCommands),
                VerifiedAt = Like(job.VerifiedAt, other.VerifiedAt),
            }
        ) == other;

    // Half a minute is exact enough for "verified … ago" when there is nothing else to write down.
    private static DateTimeOffset? Like(DateTimeOffset? at, DateTimeOffset? other) =>
        (at - other)?.Duration() < TimeSpan.FromSeconds(30) ? other : at;

    private static Release? Like(Release? release, Release? other) =>
        release is null || other is null
            ? release
            : release with
            {
                Steps = Like(release.Steps, other.Steps),
                EndedRuns = Like(release.EndedRuns, other.EndedRuns),
                RunsAtAbort = Like(release.RunsAtAbort, other.RunsAtAbort),
            };

    private static Rollback? Like(Rollback? rollback, Rollback? other) =>
        rollback is null || other is null
            ? rollback
            : rollback with
            {
                TargetImages = Like(rollback.TargetImages, other.TargetImages),
            };

    private static ImmutableArray<T> Like<T>(ImmutableArray<T> items, ImmutableArray<T> other) =>
        items.IsDefault || other.IsDefault ? (items.IsDefaultOrEmpty && other.IsDefaultOrEmpty ? other : items)
        : items.SequenceEqual(other) ? other
        : items;
}
