using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Tests.EndToEnd.World;

/// <summary>The service's real store; every write that is done raises the signal.</summary>
internal sealed class ObservedStore(IStore inner, Signal signal) : IStore, IAsyncDisposable
{
    public Task PrepareAsync(CancellationToken stop) => inner.PrepareAsync(stop);

    public Task PingAsync(CancellationToken stop) => inner.PingAsync(stop);

    public Task<Job?> FindJobAsync(JobId id, CancellationToken stop) => inner.FindJobAsync(id, stop);

    public Task<RolloutJobs> JobsOfAsync(RolloutRef rollout, CancellationToken stop) =>
        inner.JobsOfAsync(rollout, stop);

    public Task<Job?> FindAppliedAsync(RolloutRef rollout, string commandKey, CancellationToken stop) =>
        inner.FindAppliedAsync(rollout, commandKey, stop);

    public Task<IReadOnlyList<UnreadableJob>> UnreadableJobsAsync(
        RolloutRef? rollout,
        int limit,
        CancellationToken stop
    ) => inner.UnreadableJobsAsync(rollout, limit, stop);

    public Task<IReadOnlyList<Job>> StuckJobsAsync(int limit, CancellationToken stop) =>
        inner.StuckJobsAsync(limit, stop);

    public Task<IReadOnlyList<Job>> ListJobsAsync(JobFilter filter, int limit, JobId? before, CancellationToken stop) =>
        inner.ListJobsAsync(filter, limit, before, stop);

    public Task<Job?> SaveAsync(Job job, RolloutLease held, CancellationToken stop) =>
        ThenRaise(inner.SaveAsync(job, held, stop));

    public Task HintAsync(RolloutRef rollout, CancellationToken stop) => inner.HintAsync(rollout, stop);

    public Task<IReadOnlyList<RolloutRef>> DueAsync(
        DateTimeOffset now,
        IReadOnlyCollection<string> except,
        int limit,
        CancellationToken stop
    ) => inner.DueAsync(now, except, limit, stop);

    public Task<RolloutLease?> TakeAsync(RolloutRef rollout, DateTimeOffset now, CancellationToken stop) =>
        inner.TakeAsync(rollout, now, stop);

    public Task<RolloutLease?> RenewAsync(RolloutLease held, DateTimeOffset now, CancellationToken stop) =>
        inner.RenewAsync(held, now, stop);

    public Task ReleaseAsync(
        RolloutLease held,
        bool worked,
        DateTimeOffset? lookAgainAt,
        CancellationToken stop,
        LastLook? seen = null
    ) => ThenRaise(inner.ReleaseAsync(held, worked, lookAgainAt, stop, seen));

    public Task<IReadOnlyDictionary<RolloutRef, LastLook>> LastLooksAsync(string cluster, CancellationToken stop) =>
        inner.LastLooksAsync(cluster, stop);

    public Task VerifiedAsync(IReadOnlyCollection<RolloutRef> rollouts, DateTimeOffset at, CancellationToken stop) =>
        ThenRaise(inner.VerifiedAsync(rollouts, at, stop));

    public Task<bool> TakeRoleAsync(string role, DateTimeOffset now, CancellationToken stop) =>
        inner.TakeRoleAsync(role, now, stop);

    public Task GiveUpRoleAsync(string role, CancellationToken stop) => inner.GiveUpRoleAsync(role, stop);

    public Task<CommandReceipt> AddAsync(Command command, byte[]? sealedResponseUrl, CancellationToken stop) =>
        ThenRaise(inner.AddAsync(command, sealedResponseUrl, stop));

    public Task<Command?> FindCommandAsync(string key, CancellationToken stop) => inner.FindCommandAsync(key, stop);

    public Task<IReadOnlyList<Command>> OpenCommandsAsync(RolloutRef rollout, CancellationToken stop) =>
        inner.OpenCommandsAsync(rollout, stop);

    public Task<IReadOnlyList<Command>> StuckCommandsAsync(RolloutRef? rollout, int limit, CancellationToken stop) =>
        inner.StuckCommandsAsync(rollout, limit, stop);

    public Task<int> ForgetCommandsAsync(DateTimeOffset before, int limit, CancellationToken stop) =>
        inner.ForgetCommandsAsync(before, limit, stop);

    public Task<ForgottenJobs> ForgetJobsAsync(
        DateTimeOffset before,
        JobId? after,
        int limit,
        CancellationToken stop
    ) => inner.ForgetJobsAsync(before, after, limit, stop);

    public Task<int> ForgetRolloutsAsync(
        IReadOnlyCollection<RolloutRef> known,
        DateTimeOffset before,
        int limit,
        CancellationToken stop
    ) => inner.ForgetRolloutsAsync(known, before, limit, stop);

    public Task<bool> UpdateAsync(Command command, CancellationToken stop) =>
        ThenRaise(inner.UpdateAsync(command, stop));

    public Task<byte[]?> SealedResponseUrlAsync(string key, DateTimeOffset now, CancellationToken stop) =>
        inner.SealedResponseUrlAsync(key, now, stop);

    public Task<ReleaseLock?> FindLockAsync(
        string app,
        string environment,
        DateTimeOffset now,
        CancellationToken stop
    ) => inner.FindLockAsync(app, environment, now, stop);

    public Task<IReadOnlyList<ReleaseLock>> ListLocksAsync(DateTimeOffset now, CancellationToken stop) =>
        inner.ListLocksAsync(now, stop);

    public Task PutLockAsync(ReleaseLock taken, CancellationToken stop) => ThenRaise(inner.PutLockAsync(taken, stop));

    public Task RemoveLockAsync(string app, string environment, CancellationToken stop) =>
        ThenRaise(inner.RemoveLockAsync(app, environment, stop));

    public Task AppendAsync(string id, AuditEntry entry, CancellationToken stop) =>
        ThenRaise(inner.AppendAsync(id, entry, stop));

    public Task<IReadOnlyList<AuditEntry>> ReadAuditAsync(JobId? job, int limit, CancellationToken stop) =>
        inner.ReadAuditAsync(job, limit, stop);

    public ValueTask DisposeAsync() => ((IAsyncDisposable)inner).DisposeAsync();

    private async Task ThenRaise(Task write)
    {
        await write;
        signal.Raise();
    }

    private async Task<T> ThenRaise<T>(Task<T> write)
    {
        var result = await write;
        signal.Raise();
        return result;
    }
}
