using System.Collections.Concurrent;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Functions.Processing;

/// <summary>
/// Takes leases of Rollouts and keeps them alive. Within this process callers queue up for a Rollout; a lease that is
/// held elsewhere is asked for again until the caller's time is over.
/// </summary>
public sealed class Leases(IWork work, TimeProvider clock, ILogger<Leases> log)
{
    private static readonly TimeSpan askAgain = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan askAgainAtMost = TimeSpan.FromSeconds(1);
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
        for (var asked = 1; ; asked++)
        {
            await gate.WaitAsync(stop);
            if (await BehindAsync(gate, rollout, stop) is { } held)
            {
                return held;
            }

            // Each question is a write to the store; who died holds it for 15 s.
            await Task.Delay(Backoff.After(asked, askAgain, askAgainAtMost), clock, stop);
        }
    }

    private async Task<HeldRollout?> BehindAsync(SemaphoreSlim gate, RolloutRef rollout, CancellationToken stop)
    {
        HeldRollout? held = null;
        try
        {
            var asked = clock.GetTimestamp();
            if (await work.TakeAsync(rollout, clock.GetUtcNow(), stop) is not { } lease)
            {
                return null;
            }

            if (clock.GetElapsedTime(asked) >= HeldRollout.UsedFor)
            {
                // Over, or nearly, before it was handed out.
                await work.ReleaseAsync(lease, worked: false, null, CancellationToken.None);
                return null;
            }

            held = new HeldRollout(lease, asked, work, gate, clock, log, stop);
            return held;
        }
        finally
        {
            if (held is null)
            {
                gate.Release();
            }
        }
    }
}

/// <summary>
/// A held lease that renews itself. <see cref="Stop"/> ends when the caller's time is over or the lease is lost, and
/// then nothing may be done under it any more. Whatever becomes of a renewal, it ends before another may take the lease.
/// </summary>
public sealed partial class HeldRollout : IAsyncDisposable
{
    /// <summary>
    /// So long after it was asked for is a lease used that was not renewed. The rest is for what is on the wire by then,
    /// and for clocks that do not agree.
    /// </summary>
    internal static readonly TimeSpan UsedFor = RolloutLease.Duration - TimeSpan.FromSeconds(2);

    private readonly IWork work;
    private readonly SemaphoreSlim gate;
    private readonly TimeProvider clock;
    private readonly ILogger log;
    private readonly CancellationTokenSource expired;
    private readonly CancellationTokenSource lost;
    private readonly CancellationTokenSource ended = new();
    private readonly Task keeping;
    private bool worked;
    private DateTimeOffset? lookAgainAt;
    private LastLook? saw;

    /// <param name="asked">The timestamp from before it was asked for.</param>
    internal HeldRollout(
        RolloutLease lease,
        long asked,
        IWork work,
        SemaphoreSlim gate,
        TimeProvider clock,
        ILogger log,
        CancellationToken stop
    )
    {
        Lease = lease;
        this.work = work;
        this.gate = gate;
        this.clock = clock;
        this.log = log;
        Held(log, lease.Fence, lease.Rollout, clock.GetUtcNow(), lease.Until);
        expired = new CancellationTokenSource(LeftSince(asked), clock);
        lost = CancellationTokenSource.CreateLinkedTokenSource(stop, expired.Token);
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
            GivenBack(log, Lease.Fence, Lease.Rollout, clock.GetUtcNow());
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
        catch (Exception fault)
        {
            // The same. It must not take the place of what the work itself has to say.
            NotGivenBack(log, Lease.Rollout, fault);
        }
        finally
        {
            gate.Release();
            lost.Dispose();
            expired.Dispose();
            ended.Dispose();
        }
    }

    /// <summary>Monotonic: a wall clock that is set back must not make it last longer.</summary>
    private TimeSpan LeftSince(long asked)
    {
        var left = UsedFor - clock.GetElapsedTime(asked);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private async Task KeepAsync()
    {
        using var timer = new PeriodicTimer(RolloutLease.RenewEvery, clock);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ended.Token, lost.Token);
        try
        {
            while (await timer.WaitForNextTickAsync(over.Token))
            {
                var asked = clock.GetTimestamp();
                // It may hang, whatever it was told: then it is left alone.
                var renewal = work.RenewAsync(Lease, clock.GetUtcNow(), over.Token);
                if (await renewal.WaitAsync(over.Token) is not { } renewed)
                {
                    await lost.CancelAsync();
                    return;
                }

                Lease = renewed;
                expired.CancelAfter(LeftSince(asked));
                Held(log, renewed.Fence, renewed.Rollout, clock.GetUtcNow(), renewed.Until);
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // The end of the work, or it is lost already.
        }
        catch (StoreUnavailableException)
        {
            await lost.CancelAsync();
        }
        catch (Exception fault)
        {
            NotRenewed(log, Lease.Rollout, fault);
            await lost.CancelAsync();
        }
    }

    // From between these two words of each holder it can be told whether two ever worked at once.
    [LoggerMessage(LogLevel.Debug, "Lease {Fence} of {Rollout} is held at {At:O} until {Until:O}.")]
    private static partial void Held(
        ILogger log,
        long fence,
        RolloutRef rollout,
        DateTimeOffset at,
        DateTimeOffset until
    );

    [LoggerMessage(LogLevel.Debug, "Lease {Fence} of {Rollout} is given back at {At:O}.")]
    private static partial void GivenBack(ILogger log, long fence, RolloutRef rollout, DateTimeOffset at);

    [LoggerMessage(LogLevel.Error, "The lease of {Rollout} could not be renewed; the work under it is given up.")]
    private static partial void NotRenewed(ILogger log, RolloutRef rollout, Exception fault);

    [LoggerMessage(LogLevel.Error, "The lease of {Rollout} could not be given back; it ends by itself.")]
    private static partial void NotGivenBack(ILogger log, RolloutRef rollout, Exception fault);
}
