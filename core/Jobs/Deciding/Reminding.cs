using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Jobs.Deciding;

/// <summary>What waits for somebody is told once when it begins, and once more when nobody came (design section 6).</summary>
internal static class Reminding
{
    /// <summary>When the one reminder is given.</summary>
    public static readonly TimeSpan After = TimeSpan.FromMinutes(30);

    public static Job Remind(this Job job, DateTimeOffset now, Changes changes)
    {
        if (job.Reminded || job.Source == JobSource.Baseline || Waits(job) is not { } waits)
        {
            return job;
        }

        var due = waits.Since + After;
        if (now < due)
        {
            changes.LookAt(due);
            return job;
        }

        return (job with { Reminded = true }).Tell(now, waits.Text, attention: true, during: job.Status);
    }

    private static (DateTimeOffset Since, string Text)? Waits(Job job) =>
        job.Status switch
        {
            JobStatus.AwaitingApproval => Since(job, StepStatus.Waiting) is { } since
                ? (since, JobTexts.StillWaiting)
                : null,
            JobStatus.Failed => Since(job, StepStatus.Failed) is { } since ? (since, JobTexts.StillFailed) : null,
            JobStatus.RollingBack
                when job.Rollback is { Git: GitState.NotWritten or GitState.Proposed or GitState.Overtaken } rollback
                    && (rollback.ClusterDone || rollback.ByGit) => (rollback.At, GitTexts.Message(job)),
            _ => null,
        };

    private static DateTimeOffset? Since(Job job, StepStatus status) =>
        job.Steps.FirstOrDefault(step => step.Status == status)?.Since;
}
