using System.Collections.Concurrent;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Functions.Processing;

/// <summary>
/// Takes leases of Rollouts and keeps them alive. Within this process callers queue up for a Rollout; a lease that is
/// held elsewhere is asked for again until the caller's time is over.
/// </summary>
public sealed class Leases(IWork work, TimeProvider clock)
{
    private static readonly TimeSpan askAgain = TimeSpan.FromMilliseconds(50);
    private readonly ConcurrentDictionary<RolloutRef, SemaphoreSlim> gates = new();

    /// <summary>Takes it if it is free, without waiting.</summary>
    public async Task<HeldRollout?> TryTakeAsync(RolloutRef rollout, CancellationToken stop)
    {
        var gate = gates.GetOrAdd(rollout, _ => new SemaphoreSlim(1));
        return await gate.WaitAsync(0, stop) ? await BehindAsync(gate, rollout, stop) : null;
    }

    /// <summary>Waits for it until <paramref name="stop"/>.</summary>
    public async Task<HeldRollout> TakeAsync(RolloutRef rollout, CancellationToken stop)
    {
        var gate = gates.GetOrAdd(rollout, _ => new SemaphoreSlim(1));
        while (true)
        {
            await gate.WaitAsync(stop);
            if (await BehindAsync(gate, rollout, stop) is { } held)
            {
                return held;
            }

            await Task.Delay(askAgain, clock, stop);
        }
    }

    private async Task<HeldRollout?> BehindAsync(SemaphoreSlim gate, RolloutRef rollout, CancellationToken stop)
    {
        RolloutLease? lease = null;
        try
        {
            lease = await work.TakeAsync(rollout, clock.GetUtcNow(), stop);
            return lease is null ? null : new HeldRollout(lease, work, gate, clock, stop);
        }
        finally
        {
            if (lease is null)
            {
                gate.Release();
            }
        }
    }
}

/// <summary>
/// A held lease that renews itself. <see cref="Stop"/> ends when the caller's time is over or the lease is lost, and
/// then nothing may be done under it any more.
/// </summary>
public sealed class HeldRollout : IAsyncDisposable
{
    private readonly IWork work;
    private readonly SemaphoreSlim gate;
    private readonly TimeProvider clock;
    private readonly CancellationTokenSource lost;
    private readonly CancellationTokenSource ended = new();
    private readonly Task keeping;
    private bool worked;
    private DateTimeOffset? lookAgainAt;
    private LastLook? saw;

    internal HeldRollout(RolloutLease lease, IWork work, SemaphoreSlim gate, TimeProvider clock, CancellationToken stop)
    {
        Lease = lease;
        this.work = work;
        this.gate = gate;
        this.clock = clock;
        lost = CancellationTokenSource.CreateLinkedTokenSource(stop);
        keeping = KeepAsync();
    }

    public RolloutLease Lease { get; private set; }

    public CancellationToken Stop => lost.Token;

    /// <summary>Everything that the hint asked for was looked at; when to look again without one.</summary>
    /// <param name="look">What was seen; <c>null</c> when nothing was.</param>
    public void Finish(DateTimeOffset? at, LastLook? look = null)
    {
        worked = true;
        lookAgainAt = at;
        saw = look;
    }

    /// <summary>When to look again if it is not finished: what fails now would fail again at once.</summary>
    public void PutOff(DateTimeOffset at) => lookAgainAt = at;

    public async ValueTask DisposeAsync()
    {
        try
        {
            await ended.CancelAsync();
            await keeping;
            var isInTime = !lost.IsCancellationRequested;
            await work.ReleaseAsync(
                Lease,
                worked && isInTime,
                isInTime ? lookAgainAt : null,
                CancellationToken.None,
                saw
            );
        }
        catch (StoreUnavailableException)
        {
            // The lease ends by itself, and the hint stays: nothing is lost by not giving it back.
        }
        finally
        {
            gate.Release();
            lost.Dispose();
            ended.Dispose();
        }
    }

    private async Task KeepAsync()
    {
        using var timer = new PeriodicTimer(RolloutLease.RenewEvery, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(ended.Token))
            {
                if (await work.RenewAsync(Lease, clock.GetUtcNow(), ended.Token) is not { } renewed)
                {
                    await lost.CancelAsync();
                    return;
                }

                Lease = renewed;
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The end of the work, not of the lease.
        }
        catch (StoreUnavailableException)
        {
            await lost.CancelAsync();
        }
    }
}
