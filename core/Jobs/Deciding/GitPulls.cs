using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Core.Jobs.Deciding;

/// <summary>How a Job goes on while Git is to go back by a pull request.</summary>
public static class GitPulls
{
    /// <summary>How often it is looked whether it was merged.</summary>
    private static readonly TimeSpan lookAtPullRequest = TimeSpan.FromSeconds(30);

    /// <summary>How often one that ended in vain: it may stay so for days, and GitHub tells at once when it is opened again.</summary>
    private static readonly TimeSpan lookAtEnded = TimeSpan.FromMinutes(5);

    /// <summary>Something happened to its pull request: it is looked at now, and not when its time comes.</summary>
    public static Job LooksAtPull(this Job job) =>
        job.Outbox.Any(IsWaitingForPull)
            ? job with
            {
                Outbox =
                [
                    .. job.Outbox.Select(entry => IsWaitingForPull(entry) ? entry with { NotBefore = null } : entry),
                ],
            }
            : job;

    private static bool IsWaitingForPull(OutboxEntry entry) =>
        entry is { Effect: Effect.RevertGit { IsProposed: true }, NotBefore: not null };

    internal static Job Proposed(this Job job, Effect.RevertGit revert, GitAnswer.Proposed it, DateTimeOffset now)
    {
        var proposed = job.WithEntry(revert.Id, entry => entry with { Effect = revert with { IsProposed = true } })
            .PutOff(revert.Id, now + lookAtPullRequest, "", null)
            .WithGit(rollback =>
                rollback.Because("") with
                {
                    Git = GitState.Proposed,
                    PullRequest = it.PullRequest,
                    PullEnded = null,
                    ImageOnly = it.ImageOnly ?? "",
                }
            );
        return proposed
            .Worded()
            .Tell(now, GitTexts.ProposedBy(revert, it.PullRequest, job.Rollback), attention: true)
            .AuditGit(revert, "proposed", it.PullRequest.ToString(), now);
    }

    internal static Job StillProposed(this Job job, Effect.RevertGit revert, OutboxEntry entry, DateTimeOffset now)
    {
        var waits = job.PutOff(revert.Id, now + lookAtPullRequest, "", null)
            .WithGit(rollback => rollback.Because("") with { Git = GitState.Proposed, PullEnded = null })
            .Worded();
        return job.Rollback is { PullEnded: not null, PullRequest: { } pull }
            ? waits
                .Tell(now, GitTexts.Reopened(revert, pull), attention: true)
                .AuditGit(revert, "reopened", pull.ToString(), now, $"reopened:{entry.Attempts}")
            : waits;
    }

    /// <summary>Whoever ended it may have had a reason: it is told, and looked at again, and none is opened unasked.</summary>
    internal static Job Declined(
        this Job job,
        Effect.RevertGit revert,
        OutboxEntry entry,
        PullEnd how,
        DateTimeOffset now
    )
    {
        var code = GitTexts.EndCode(how);
        var ended = job.PutOff(revert.Id, now + lookAtEnded, $"{code}: ", null, needsPerson: true)
            .WithGit(rollback =>
                rollback.Because(GitTexts.EndProblem(how), needsPerson: true) with
                {
                    Git = GitState.NotWritten,
                    PullEnded = how,
                }
            )
            .Worded();
        // The Job that the bad version came back as has the wish, and no rollback of its own.
        var isKnown = job.Rollback is { } rollback
            ? rollback.PullEnded == how
            : entry.LastError.StartsWith(code, StringComparison.Ordinal);
        return isKnown
            ? ended
            : ended
                .Tell(now, GitTexts.EndedInVain(job, revert, how), attention: true)
                .AuditGit(revert, code, job.Rollback?.PullRequest?.ToString() ?? "", now, $"{code}:{entry.Attempts}");
    }
}
