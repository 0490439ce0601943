using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Core.Jobs.Deciding;

/// <summary>How a Job goes on while Git is written for it, and when that came to something; for those who perform it.</summary>
public static class GitChanges
{
    /// <summary>The time that one try may take; it lies inside the lease.</summary>
    public static readonly TimeSpan Attempt = TimeSpan.FromSeconds(12);

    private static readonly TimeSpan firstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan longestBackoff = TimeSpan.FromMinutes(2);

    /// <summary>GitHub's own limits are reset within the hour.</summary>
    private static readonly TimeSpan longestWait = TimeSpan.FromHours(1);

    /// <summary>How often it is tried again what somebody must mend first; whoever has mended it need not wait.</summary>
    private static readonly TimeSpan untilMended = TimeSpan.FromMinutes(30);

    /// <summary>The intent to write, saved before the first request.</summary>
    public static Job GitIntent(this Job job, string effectId, DateTimeOffset now) =>
        job.WithEntry(
            effectId,
            entry => entry with { Attempts = entry.Attempts + 1, AttemptingUntil = now + Attempt, NotBefore = null }
        );

    /// <summary>Nothing to write with: it is told, and waits for a person.</summary>
    public static Job GitParked(this Job job, string effectId) =>
        job.WithEntry(effectId, entry => entry with { Parked = true, AttemptingUntil = null, NotBefore = null })
            .WithGit(rollback => rollback with { Git = GitState.NotWritten })
            .Revised(job);

    /// <summary>The Job when it is known what became of a try.</summary>
    public static Job GitAnswered(this Job job, string effectId, GitAnswer answer, DateTimeOffset now)
    {
        if (
            job.Outbox.FirstOrDefault(entry => entry.Effect.Id == effectId)
            is not { Effect: Effect.RevertGit revert } entry
        )
        {
            return job;
        }

        var next = answer switch
        {
            GitAnswer.Written it => job.Ended(revert, it.Commit, it.ImageOnly, now, it.IsOnSynced),
            GitAnswer.Agrees it => job.Ended(revert, it.Commit, null, now),
            GitAnswer.Overtaken it => job.Overtaken(revert, it, now),
            GitAnswer.Proposed it => job.Proposed(revert, it, now),
            GitAnswer.StillProposed => job.StillProposed(revert, entry, now),
            GitAnswer.Declined it => job.Declined(revert, entry, it.How, now),
            GitAnswer.Fault it => job.Failed(entry, revert, it.Why, now),
            _ => throw new InvalidOperationException("An answer that nobody reads."),
        };
        return next.Revised(job);
    }

    /// <summary>Argo CD was asked to refresh, or will not be: it looks by itself within minutes.</summary>
    public static Job Refreshed(this Job job, string effectId, string? problem, DateTimeOffset now)
    {
        var entry = job.Outbox.FirstOrDefault(entry => entry.Effect.Id == effectId);
        return entry is null ? job
            : problem is null ? job.Without(effectId)
            : entry.Attempts + 1 >= RefreshesAtMost
                ? job.Without(effectId).Tell(now, GitTexts.NotRefreshed(problem)).Revised(job)
            : job.WithEntry(effectId, it => it with { Attempts = it.Attempts + 1 })
                .PutOff(
                    effectId,
                    now + RetryDelay.After(effectId, entry.Attempts + 1, firstWait, longestBackoff),
                    problem,
                    null
                );
    }

    private const int RefreshesAtMost = 5;

    private static Job Ended(
        this Job job,
        Effect.RevertGit revert,
        string commit,
        string? imageOnly,
        DateTimeOffset now,
        bool isOnSynced = false
    )
    {
        var ended = job.Without(revert.Id)
            .WithGit(rollback =>
                rollback.Because("") with
                {
                    Git = GitState.Written,
                    GitCommit = commit,
                    IsOnSynced = isOnSynced,
                    PullEnded = null,
                    ImageOnly = imageOnly ?? rollback.ImageOnly,
                }
            );
        return ended
            .Worded()
            .Tell(now, GitTexts.WrittenBy(revert, commit, imageOnly))
            .AuditGit(revert, CommandOutcome.OkCode, $"{revert.Repository} {revert.Branch}: commit {commit}", now)
            .ToRefresh(revert);
    }

    /// <summary>Nothing was written and nothing is left to write; only Argo CD can say that Git and cluster agree.</summary>
    private static Job Overtaken(this Job job, Effect.RevertGit revert, GitAnswer.Overtaken it, DateTimeOffset now)
    {
        var version = Plain.OneLine(it.Version, 80);
        return job.Without(revert.Id)
            .WithGit(rollback =>
                rollback.Because("") with
                {
                    Git = GitState.Overtaken,
                    GitCommit = it.Commit,
                    GitVersion = version,
                    PullEnded = null,
                }
            )
            .Worded()
            .Tell(now, GitTexts.Overtaken(job, version), attention: true)
            .AuditGit(revert, "overtaken", $"{revert.Repository} {revert.Branch}: {version} by commit {it.Commit}", now)
            .ToRefresh(revert);
    }

    private static Job ToRefresh(this Job job, Effect.RevertGit revert) =>
        revert.Application is { } application
            ? job.Do(new Effect.RefreshApplication($"{revert.Id}:refresh", application))
            : job;

    private static Job Failed(
        this Job job,
        OutboxEntry entry,
        Effect.RevertGit revert,
        GitFault why,
        DateTimeOffset now
    )
    {
        var problem = GitTexts.Problem(why, revert);
        var isKnown = entry.LastError.StartsWith(why.Code + ":", StringComparison.Ordinal);
        // GitHub forgets permissions and repositories for a moment, at times: once more it is tried soon.
        var backoff =
            why.NeedsPerson && isKnown
                ? untilMended
                : RetryDelay.After(revert.Id, Math.Max(1, entry.Attempts), firstWait, longestBackoff);
        var wait = why.RetryAfter > backoff ? why.RetryAfter.Value : backoff;
        var until = now + (wait < longestWait ? wait : longestWait);
        if (entry.NeedsPerson && !why.NeedsPerson)
        {
            // What passes says nothing of what somebody must mend, nor of what was pushed since.
            return job.PutOff(revert.Id, until, entry.LastError, entry.FailingSince, needsPerson: true);
        }

        var failed = job.PutOff(revert.Id, until, $"{why.Code}: {problem}", entry.FailingSince ?? now, why.NeedsPerson)
            .WithGit(rollback =>
                rollback.Because(problem, why.NeedsPerson) with
                {
                    Git = revert.IsProposed ? rollback.Git : GitState.NotWritten,
                }
            )
            .Worded();
        // The same failure again is on the card; another one is news.
        return isKnown
            ? failed
            : failed
                .Tell(now, GitTexts.NotWritten(job, revert, problem, why.NeedsPerson), attention: true)
                .AuditGit(revert, why.Code, problem, now);
    }
}
