using Devflow.ChatOps.Core.Jobs;

namespace Devflow.ChatOps.Functions.Processing.GitHub;

/// <summary>Compares how far a Job is with what the pull requests that it releases were told. Pure.</summary>
internal static class PullCommentPlan
{
    /// <summary>One that failed waits for all others, so that it keeps none of them from being written.</summary>
    public static GitHubStep Next(Job job, DateTimeOffset now) =>
        job.Comments is not { } comments || comments.Open(job).MinBy(open => open.Failures) is not { } comment
            ? new GitHubStep.Rest(null)
        : CheckRunPlan.Later(CheckRunPlan.Latest(comment.CreatingUntil, comments.Trouble.NotBefore), now) is { } wait
            ? new GitHubStep.Rest(wait)
        : new GitHubStep.WriteComment(comment);
}
