using System.Collections.Concurrent;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Processing.GitHub;

/// <content>What is told of GitHub's faults.</content>
public sealed partial class GitHubSurface
{
    private readonly ConcurrentDictionary<(string Repository, string Message), bool> told = new();

    /// <summary>What an administrator must mend is told once, not once for each release.</summary>
    private void Note(Job job, string repository, GitHubFault why, DateTimeOffset now)
    {
        if (why.Kind == GitHubFaultKind.Unavailable)
        {
            outage.Begin(now);
        }

        if (why.IsTransient)
        {
            LogPassing(job.Id, repository, why.Kind, why.Message);
        }
        else if (told.Count < 1_000 && told.TryAdd((repository, why.Message), true))
        {
            LogProblem(job.Id, repository, why.Kind, why.Message);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Job {Job}: check run {Run} was created, {State}")]
    private partial void LogCreated(JobId job, string run, CheckRunState state);

    [LoggerMessage(2, LogLevel.Information, "Job {Job}: check run {Run} was looked up, found: {Found}")]
    private partial void LogLookedUp(JobId job, string run, bool found);

    [LoggerMessage(3, LogLevel.Information, "Job {Job}: {Repository} does not show it yet ({Kind}, {Reason})")]
    private partial void LogPassing(JobId job, string repository, GitHubFaultKind kind, string reason);

    [LoggerMessage(
        4,
        LogLevel.Warning,
        "Job {Job}: {Repository} does not show releases until an administrator acts ({Kind}, {Reason}); this is said once"
    )]
    private partial void LogProblem(JobId job, string repository, GitHubFaultKind kind, string reason);

    [LoggerMessage(5, LogLevel.Information, "Job {Job}: somebody else works on it; drawing on GitHub stops")]
    private partial void LogLeaseLost(JobId job);

    [LoggerMessage(
        6,
        LogLevel.Information,
        "Job {Job}: pull request {Pull} of {Repository} takes no comment, it is left at that ({Kind}, {Reason})"
    )]
    private partial void LogNoComment(JobId job, string repository, int pull, GitHubFaultKind kind, string reason);
}

/// <summary>GitHub does not answer: for a while nobody asks, so that nobody waits.</summary>
internal sealed class GitHubOutage
{
    private static readonly TimeSpan longest = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private int failures;
    private DateTimeOffset until;

    /// <summary>Nothing is asked before that.</summary>
    public DateTimeOffset Until
    {
        get
        {
            lock (gate)
            {
                return until;
            }
        }
    }

    public void Begin(DateTimeOffset now)
    {
        lock (gate)
        {
            failures = Math.Min(failures + 1, 6);
            var wait = TimeSpan.FromSeconds(1 << failures);
            until = now + (wait < longest ? wait : longest);
        }
    }

    public void End()
    {
        lock (gate)
        {
            (failures, until) = (0, default);
        }
    }
}
