using System.Collections.Concurrent;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Tests.Functions.Support;

/// <summary>Jobs as a store keeps them: by version, and only for who holds the lease.</summary>
internal sealed class InMemoryJobs : IJobs
{
    private readonly ConcurrentDictionary<JobId, Job> jobs = new();

    /// <summary>Somebody else has the lease: nothing is saved.</summary>
    public bool LeaseIsLost { get; set; }

    /// <summary>How often something was saved.</summary>
    public int Saves { get; private set; }

    public Task<Job?> FindJobAsync(JobId id, CancellationToken stop) => Task.FromResult(jobs.GetValueOrDefault(id));

    public Task<Job?> SaveAsync(Job job, RolloutLease held, CancellationToken stop)
    {
        if (LeaseIsLost || (jobs.TryGetValue(job.Id, out var stored) ? stored.Version : 0) != job.Version)
        {
            return Task.FromResult<Job?>(null);
        }

        Saves++;
        var saved = job with { Version = job.Version + 1 };
        jobs[job.Id] = saved;
        return Task.FromResult<Job?>(saved);
    }

    public Task<RolloutJobs> JobsOfAsync(RolloutRef rollout, CancellationToken stop) =>
        throw new NotSupportedException();

    public Task<Job?> FindAppliedAsync(RolloutRef rollout, string commandKey, CancellationToken stop) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<UnreadableJob>> UnreadableJobsAsync(
        RolloutRef? rollout,
        int limit,
        CancellationToken stop
    ) => throw new NotSupportedException();

    public Task<IReadOnlyList<Job>> StuckJobsAsync(int limit, CancellationToken stop) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<Job>> ListJobsAsync(JobFilter filter, int limit, JobId? before, CancellationToken stop) =>
        throw new NotSupportedException();
}
