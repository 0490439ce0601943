using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Processing.GitHub;

/// <summary>What a fault of GitHub's means for a Job's check run, its deployment and its comments. Pure.</summary>
internal static class GitHubFaultsOfJob
{
    /// <summary>An administrator must act first.</summary>
    public static readonly TimeSpan ProblemEvery = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan longest = TimeSpan.FromMinutes(5);

    /// <summary>Something went well.</summary>
    public static GitHubCheck Well(GitHubCheck check) => check with { Creating = null, Trouble = GitHubTrouble.None };

    /// <inheritdoc cref="Well(GitHubCheck)"/>
    public static GitHubDeployment Well(GitHubDeployment deployment) =>
        deployment with
        {
            CreatingUntil = null,
            IsUncertain = false,
            Trouble = GitHubTrouble.None,
        };

    /// <inheritdoc cref="Well(GitHubCheck)"/>
    public static PullComments Well(PullComments comments) => comments with { Trouble = GitHubTrouble.None };

    /// <summary>
    /// A run that was not created; only after an answer that may have been lost does its intent stay. What GitHub refuses, it
    /// refuses again: the next revision may be better.
    /// </summary>
    public static GitHubCheck NotCreated(Job job, GitHubCheck check, GitHubFault fault, DateTimeOffset now) =>
        fault.Kind switch
        {
            GitHubFaultKind.Unavailable => NotRead(job, check, fault, now),
            GitHubFaultKind.Refused => GivenUp(job, check, fault),
            _ when IsLeft(job, fault) => GivenUp(job, check, fault),
            _ => NotRead(job, check with { Creating = null }, fault, now),
        };

    /// <summary>A run that was not updated. One that GitHub does not know, or does not let go on, is replaced by another.</summary>
    public static GitHubCheck NotUpdated(Job job, GitHubCheck check, GitHubFault fault, DateTimeOffset now) =>
        IsLeft(job, fault) ? GivenUp(job, check, fault)
        : fault.Kind is not (GitHubFaultKind.NotFound or GitHubFaultKind.Refused) ? NotRead(job, check, fault, now)
        : check.Losses + 1 < CheckRunPlan.MostLosses ? check with { Run = null, Losses = check.Losses + 1 }
        : GivenUp(job, check, fault);

    /// <summary>Any call that failed; an intent stays.</summary>
    public static GitHubCheck NotRead(Job job, GitHubCheck check, GitHubFault fault, DateTimeOffset now) =>
        IsLeft(job, fault)
            ? GivenUp(job, check, fault)
            : check with
            {
                Trouble = Again(job, check.Trouble, fault, now),
            };

    /// <summary>A deployment or a status that GitHub did not take.</summary>
    public static GitHubDeployment Failed(
        Job job,
        GitHubDeployment deployment,
        GitHubFault fault,
        DateTimeOffset now
    ) =>
        deployment with
        {
            // After an answer that may have been lost it is looked up before it is told again.
            CreatingUntil = fault.Kind == GitHubFaultKind.Unavailable ? deployment.CreatingUntil : null,
            IsUncertain =
                deployment.IsUncertain || (fault.Kind == GitHubFaultKind.Unavailable && deployment.Id is not null),
            IsGivenUp =
                fault.Kind == GitHubFaultKind.Refused
                || IsLeft(job, fault)
                || (fault.Kind == GitHubFaultKind.NotFound && deployment.Id is not null),
            Trouble = Again(job, deployment.Trouble, fault, now),
        };

    /// <summary>
    /// It says nothing of the other comments: this one was deleted by somebody, its pull request is gone or locked.
    /// </summary>
    public static bool IsOfOneComment(GitHubFault fault) =>
        fault.Kind is GitHubFaultKind.NotFound or GitHubFaultKind.Refused;

    /// <summary>A comment that GitHub did not take; where the reason is its own, it alone is left at that.</summary>
    public static PullComments Failed(
        Job job,
        PullComments comments,
        PullComment comment,
        GitHubFault fault,
        DateTimeOffset now
    )
    {
        var next = comments.With(
            comment with
            {
                CreatingUntil = fault.Kind == GitHubFaultKind.Unavailable ? comment.CreatingUntil : null,
                // To wait is no failure of this one: it stays the next.
                Failures = comment.Failures + (fault.Kind == GitHubFaultKind.RateLimited ? 0 : 1),
                IsGivenUp = IsOfOneComment(fault),
                Problem = IsOfOneComment(fault) ? fault.Message : "",
            }
        );
        return IsOfOneComment(fault)
            ? next
            : next with
            {
                IsGivenUp = IsLeft(job, fault),
                Trouble = Again(job, comments.Trouble, fault, now),
            };
    }

    private static GitHubCheck GivenUp(Job job, GitHubCheck check, GitHubFault fault) =>
        check with
        {
            Creating = null,
            IsAskedAgain = false,
            ShownRevision = job.Revision,
            Trouble = check.Trouble with { Problem = fault.Message },
        };

    // An administrator may mend it some day, and then the releases of that day are shown; those that are over would be
    // asked for ever, each of them.
    private static bool IsLeft(Job job, GitHubFault fault) => !fault.IsTransient && (job.IsFinal || job.HasLeft);

    // To wait for our own budget is no failure, and nothing is known of GitHub by it.
    private static GitHubTrouble Again(Job job, GitHubTrouble trouble, GitHubFault fault, DateTimeOffset now) =>
        fault.Share is { } share
            ? trouble with
            {
                NotBefore = now + Wait(job, 1, fault),
                Share = share,
            }
            : new()
            {
                Failures = trouble.Failures + 1,
                NotBefore = now + Wait(job, trouble.Failures + 1, fault),
                Problem = fault.IsTransient ? trouble.Problem : fault.Message,
            };

    private static TimeSpan Wait(Job job, int failures, GitHubFault fault)
    {
        if (!fault.IsTransient)
        {
            return ProblemEvery;
        }

        var wait = RetryDelay.After($"{job.Id}:github", failures, shortest, longest);
        return fault.RetryAfter > wait ? fault.RetryAfter.Value : wait;
    }
}
