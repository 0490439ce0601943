using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Jobs.Deciding;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Processing;

/// <summary>
/// Performs what Jobs have to write in Git, and asks Argo CD to look at it. The intent is saved before the first request.
/// Whoever comes after one whose fate is not known need not wait for it: what was written is found by its mark, and what is
/// still on its way expects the same head of the branch as we do, so that one of both is refused.
/// </summary>
public sealed partial class GitWriter(
    IStore store,
    IDesiredState desired,
    IEnumerable<IApplicationRefresh> refreshes,
    TimeProvider clock,
    ILogger<GitWriter> log
)
{
    /// <summary>How often the end of a try is written down before the lease is taken for lost.</summary>
    private const int SavesAtMost = 2;

    private const string Silence = "GitHub did not answer in time.";
    private const string Surprise = "Something went wrong that nobody foresaw; the log of the service says what.";

    /// <summary>Performs what is due; the Jobs as they are then.</summary>
    public async Task<RolloutJobs> WriteAsync(RolloutJobs jobs, RolloutLease held, CancellationToken stop)
    {
        var changed = false;
        foreach (var job in jobs.Unfinished.Concat(jobs.Pending).Append(jobs.Current).OfType<Job>())
        {
            foreach (var entry in job.Outbox.Where(IsDue))
            {
                changed = true;
                await PerformAsync(job.Id, entry, held, stop);
            }
        }

        return changed ? await store.JobsOfAsync(held.Rollout, stop) : jobs;
    }

    private bool IsDue(OutboxEntry entry) =>
        entry is { Parked: false, Effect: Effect.RevertGit or Effect.RefreshApplication }
        && !(entry.NotBefore > clock.GetUtcNow());

    private async Task PerformAsync(JobId id, OutboxEntry entry, RolloutLease held, CancellationToken stop)
    {
        switch (entry.Effect)
        {
            case Effect.RevertGit revert when !desired.IsSetUp:
                await SaveAsync(id, job => job.GitParked(revert.Id), held, stop);
                return;

            case Effect.RevertGit revert:
                if (await SaveAsync(id, job => job.GitIntent(revert.Id, clock.GetUtcNow()), held, stop) is { } job)
                {
                    var answer = await RevertAsync(job, revert, stop);
                    if (
                        await SaveAsync(id, it => it.GitAnswered(revert.Id, answer, clock.GetUtcNow()), held, stop) is
                        { } after
                    )
                    {
                        await RefreshNewAsync(after, held, stop);
                    }
                }

                return;

            case Effect.RefreshApplication refresh:
                await RefreshAsync(id, refresh, held, stop);
                return;
        }
    }

    private async Task<GitAnswer> RevertAsync(Job job, Effect.RevertGit revert, CancellationToken stop)
    {
        using var timeout = new CancellationTokenSource(GitChanges.Attempt, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stop);
        GitAnswer answer;
        try
        {
            answer = await desired.RevertAsync(job.App, job.Environment, revert, either.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            answer = new GitAnswer.Fault(new GitFault("github_unavailable", Silence));
        }
        catch (Exception surprise) when (!stop.IsCancellationRequested)
        {
            // Nobody foresaw it, and the release must move all the same: it is told and tried again like any other.
            Unforeseen(job.Id, revert.Repository, surprise);
            answer = new GitAnswer.Fault(new GitFault("unexpected", Surprise));
        }

        if (answer is GitAnswer.Fault fault)
        {
            NotWritten(job.Id, revert.Repository, fault.Why.Code, fault.Why.Message);
        }
        else
        {
            Done(job.Id, revert.Repository, answer.GetType().Name);
        }

        return answer;
    }

    private async Task RefreshNewAsync(Job job, RolloutLease held, CancellationToken stop)
    {
        foreach (var refresh in job.Outbox.Select(entry => entry.Effect).OfType<Effect.RefreshApplication>())
        {
            await RefreshAsync(job.Id, refresh, held, stop);
        }
    }

    private async Task RefreshAsync(
        JobId id,
        Effect.RefreshApplication refresh,
        RolloutLease held,
        CancellationToken stop
    )
    {
        // Where no way is set up, Argo CD looks by itself, or its Git webhook tells it.
        var problems = new List<string>();
        foreach (var way in refreshes.Where(it => it.Serves(refresh.Application.Cluster)))
        {
            if (await way.RefreshAsync(refresh.Application, stop) is not { } problem)
            {
                problems.Clear();
                break;
            }

            problems.Add(problem);
            NotRefreshed(id, refresh.Application.Name, problem);
        }

        var why = problems.Count == 0 ? null : string.Join("; ", problems);
        await SaveAsync(id, job => job.Refreshed(refresh.Id, why, clock.GetUtcNow()), held, stop);
    }

    private async Task<Job?> SaveAsync(JobId id, Func<Job, Job> change, RolloutLease held, CancellationToken stop)
    {
        for (var tries = 0; tries < SavesAtMost; tries++)
        {
            if (await store.FindJobAsync(id, stop) is not { } job)
            {
                return null;
            }

            if (await store.SaveAsync(change(job), held, stop) is { } saved)
            {
                return saved;
            }
        }

        // Under the lease nobody else saves the Job, so the lease is lost: whoever has it goes on.
        return null;
    }

    [LoggerMessage(LogLevel.Information, "Job {Job}: {Repository}: {Outcome}.")]
    private partial void Done(JobId job, string repository, string outcome);

    [LoggerMessage(LogLevel.Warning, "Job {Job}: {Repository} was not written: {Code}, {Reason}")]
    private partial void NotWritten(JobId job, string repository, string code, string reason);

    [LoggerMessage(LogLevel.Error, "Job {Job}: writing {Repository} failed in a way that nobody foresaw.")]
    private partial void Unforeseen(JobId job, string repository, Exception fault);

    [LoggerMessage(LogLevel.Warning, "Job {Job}: Argo CD was not asked to refresh {Application}: {Reason}")]
    private partial void NotRefreshed(JobId job, string application, string reason);
}
