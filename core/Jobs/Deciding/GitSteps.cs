using Devflow.ChatOps.Core.Messages;

namespace Devflow.ChatOps.Core.Jobs.Deciding;

/// <summary>What each answer about Git changes in a Job, one thing each.</summary>
internal static class GitSteps
{
    /// <summary>Its headline says how Git stands.</summary>
    public static Job Worded(this Job job) =>
        job is { Status: JobStatus.RollingBack, Rollback: not null }
            ? job with
            {
                Message = GitTexts.Message(job),
            }
            : job;

    public static Job PutOff(
        this Job job,
        string effectId,
        DateTimeOffset until,
        string error,
        DateTimeOffset? failingSince,
        bool needsPerson = false
    ) =>
        job.WithEntry(
            effectId,
            entry =>
                entry with
                {
                    NotBefore = until,
                    AttemptingUntil = null,
                    LastError = error,
                    FailingSince = failingSince,
                    NeedsPerson = needsPerson,
                }
        );

    public static Job WithGit(this Job job, Func<Rollback, Rollback> change) =>
        job.Rollback is { } rollback ? job with { Rollback = change(rollback) } : job;

    /// <summary>Why Git is not written; empty when nothing is wrong.</summary>
    public static Rollback Because(this Rollback rollback, string problem, bool needsPerson = false) =>
        rollback with
        {
            GitProblem = problem,
            GitNeedsPerson = needsPerson,
            GitRevision = needsPerson && rollback.GitNeedsPerson ? rollback.GitRevision : "",
        };

    public static Job AuditGit(
        this Job job,
        Effect.RevertGit revert,
        string outcome,
        string what,
        DateTimeOffset now,
        string? id = null
    ) =>
        job.Do(
            new Effect.AppendAudit(
                $"{revert.Id}:{id ?? outcome}",
                JobTexts.Audit(
                    job,
                    now,
                    revert.By.Length > 0 ? revert.By : "devflow",
                    "service",
                    "revert Git",
                    outcome
                ) with
                {
                    Patch = what,
                    Reason = revert.Reason,
                }
            )
        );
}
