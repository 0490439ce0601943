using System.Collections.Concurrent;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Tests.Functions.Support;

/// <summary>Hints and last looks as a store keeps them, and who has a role; shared by what stands for several instances.</summary>
internal sealed class InMemoryWork : IWork
{
    private readonly ConcurrentDictionary<RolloutRef, LastLook> looks = new();
    private readonly ConcurrentQueue<RolloutRef> hints = new();
    private readonly ConcurrentDictionary<string, (string Holder, DateTimeOffset Until)> roles = new();
    private TaskCompletionSource changed = New();
    private int verifications;

    /// <summary>The store does not answer.</summary>
    public bool IsDown { get; set; }

    /// <summary>Every hint, in the order in which they came.</summary>
    public IReadOnlyList<RolloutRef> Hints => [.. hints];

    /// <summary>How many bulk writes of verified times there were.</summary>
    public int Verifications => Volatile.Read(ref verifications);

    public void ForgetHints() => hints.Clear();

    public LastLook? LookOf(RolloutRef rollout) => looks.GetValueOrDefault(rollout);

    public void Forget(RolloutRef rollout) => looks.TryRemove(rollout, out _);

    public void Saw(RolloutRef rollout, LastLook look) => looks[rollout] = look;

    /// <summary>The roles as an instance of this name sees them.</summary>
    public IRoles RolesOf(string holder) => new Roles(this, holder);

    public string? HolderOf(string role, DateTimeOffset now) =>
        roles.TryGetValue(role, out var held) && held.Until > now ? held.Holder : null;

    /// <summary>Waits until it holds; asked again whenever something was written.</summary>
    public async Task WhenAsync(Func<bool> holds, CancellationToken stop)
    {
        while (true)
        {
            var next = Volatile.Read(ref changed).Task;
            if (holds())
            {
                return;
            }

            await next.WaitAsync(TimeSpan.FromSeconds(60), stop);
        }
    }

    public Task HintAsync(RolloutRef rollout, CancellationToken stop)
    {
        ThrowIfDown();
        hints.Enqueue(rollout);
        Raise();
        return Task.CompletedTask;
    }

    public Task<IReadOnlyDictionary<RolloutRef, LastLook>> LastLooksAsync(string cluster, CancellationToken stop)
    {
        ThrowIfDown();
        return Task.FromResult<IReadOnlyDictionary<RolloutRef, LastLook>>(
            looks.Where(look => look.Key.Cluster == cluster).ToDictionary()
        );
    }

    public Task VerifiedAsync(IReadOnlyCollection<RolloutRef> rollouts, DateTimeOffset at, CancellationToken stop)
    {
        ThrowIfDown();
        Interlocked.Increment(ref verifications);
        foreach (var rollout in rollouts)
        {
            if (looks.TryGetValue(rollout, out var look) && look.VerifiedAt < at)
            {
                looks[rollout] = look with { VerifiedAt = at };
            }
        }

        Raise();
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<RolloutRef>> DueAsync(
        DateTimeOffset now,
        IReadOnlyCollection<string> except,
        int limit,
        CancellationToken stop
    ) => throw new NotSupportedException();

    public Task<RolloutLease?> TakeAsync(RolloutRef rollout, DateTimeOffset now, CancellationToken stop) =>
        throw new NotSupportedException();

    public Task<RolloutLease?> RenewAsync(RolloutLease held, DateTimeOffset now, CancellationToken stop) =>
        throw new NotSupportedException();

    public Task ReleaseAsync(
        RolloutLease held,
        bool worked,
        DateTimeOffset? lookAgainAt,
        CancellationToken stop,
        LastLook? seen = null
    ) => throw new NotSupportedException();

    private void ThrowIfDown()
    {
        if (IsDown)
        {
            throw new StoreUnavailableException("It is down.");
        }
    }

    private void Raise() => Interlocked.Exchange(ref changed, New()).TrySetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class Roles(InMemoryWork work, string holder) : IRoles
    {
        public Task<bool> TakeRoleAsync(string role, DateTimeOffset now, CancellationToken stop)
        {
            work.ThrowIfDown();
            lock (work.roles)
            {
                if (work.HolderOf(role, now) is { } other && other != holder)
                {
                    return Task.FromResult(false);
                }

                work.roles[role] = (holder, now + RolloutLease.Duration);
            }

            work.Raise();
            return Task.FromResult(true);
        }

        public Task GiveUpRoleAsync(string role, CancellationToken stop)
        {
            lock (work.roles)
            {
                if (work.roles.TryGetValue(role, out var held) && held.Holder == holder)
                {
                    work.roles.TryRemove(role, out _);
                }
            }

            work.Raise();
            return Task.CompletedTask;
        }
    }
}
