using System.Collections.Concurrent;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Functions.Processing.Verifying;

namespace Devflow.ChatOps.Functions.Processing;

/// <summary>
/// Works off whatever is due: in the background where the service runs alone, from the timer under Azure Functions.
/// </summary>
public sealed partial class Sweeper(
    IStore store,
    RolloutWorker worker,
    Verifier verifier,
    Retention retention,
    WakeUp wakeUp,
    Failures failures,
    TimeProvider clock,
    ILogger<Sweeper> log
)
{
    /// <summary>A cluster that does not answer must not keep the others' work waiting.</summary>
    private static readonly TimeSpan verifyingMayTake = TimeSpan.FromSeconds(2);

    private const int AtOnce = 8;

    /// <summary>Small, so that what came meanwhile takes its turn by its age.</summary>
    private const int RoundAtMost = 16;

    private readonly ConcurrentDictionary<string, bool> busy = new(StringComparer.Ordinal);

    /// <summary>
    /// Verifies what is quiet, and one round in every cluster: true when there was something to do, so that another round
    /// is worthwhile.
    /// </summary>
    public async Task<bool> SweepAsync(CancellationToken stop)
    {
        await Task.WhenAny(verifier.RunAsync(stop), Task.Delay(verifyingMayTake, clock, stop));
        return (await Task.WhenAll(await StartAsync(stop))).Any(worked => worked);
    }

    /// <summary>
    /// Starts a round in every cluster that has something due and no round under way: a cluster that does not answer holds
    /// up no other. The loop is woken by every round that did something.
    /// </summary>
    public async Task<IReadOnlyList<Task<bool>>> StartAsync(CancellationToken stop)
    {
        var rounds = new List<Task<bool>> { retention.RoundAsync(stop) };
        var asked = busy.Keys.ToHashSet(StringComparer.Ordinal);
        while (await store.DueAsync(clock.GetUtcNow(), asked, RoundAtMost, stop) is { Count: > 0 } due)
        {
            var known = asked.Count;
            foreach (var cluster in due.GroupBy(rollout => rollout.Cluster, StringComparer.Ordinal))
            {
                asked.Add(cluster.Key);
                if (busy.TryAdd(cluster.Key, true))
                {
                    rounds.Add(RoundAsync(cluster.Key, [.. cluster], stop));
                }
            }

            if (asked.Count == known)
            {
                // A row whose cluster is not that of its key, as a foreign hand leaves it: it would be answered for ever.
                break;
            }
        }

        return rounds;
    }

    private async Task<bool> RoundAsync(string cluster, IReadOnlyList<RolloutRef> due, CancellationToken stop)
    {
        var worked = 0;
        try
        {
            await Parallel.ForEachAsync(
                due,
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stop },
                async (rollout, token) =>
                {
                    if (await WorkAsync(rollout, token))
                    {
                        Interlocked.Increment(ref worked);
                    }
                }
            );
        }
        finally
        {
            busy.TryRemove(cluster, out _);
        }

        if (worked > 0)
        {
            wakeUp.Signal();
        }

        return worked > 0;
    }

    private async Task<bool> WorkAsync(RolloutRef rollout, CancellationToken stop)
    {
        try
        {
            var worked = await worker.WorkAsync(rollout, stop);
            if (worked)
            {
                failures.Clear(rollout);
            }

            return worked;
        }
        catch (StoreUnavailableException fault)
        {
            StoreDown(rollout, fault.Message);
            return false;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            LeaseLost(rollout);
            return false;
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // One Rollout that cannot be worked on must not keep the others waiting.
            var (times, tell) = failures.Add(rollout);
            if (tell)
            {
                Failed(rollout, times, fault);
            }

            // It waits now, and what waited behind it is next.
            return true;
        }
    }

    [LoggerMessage(LogLevel.Error, "The store does not answer while working on {Rollout}: {Reason}")]
    private partial void StoreDown(RolloutRef rollout, string reason);

    [LoggerMessage(LogLevel.Warning, "The lease of {Rollout} was lost; whoever has it goes on.")]
    private partial void LeaseLost(RolloutRef rollout);

    [LoggerMessage(LogLevel.Error, "Working on {Rollout} failed, {Times} times in a row; it is tried again.")]
    private partial void Failed(RolloutRef rollout, int times, Exception fault);
}

/// <summary>The loop's background when the service runs alone: woken by new work, and by a tick for what is due by time.</summary>
public sealed partial class BackgroundLoop(
    Sweeper sweeper,
    WakeUp wakeUp,
    TimeProvider clock,
    ILogger<BackgroundLoop> log
) : BackgroundService
{
    private static readonly TimeSpan tick = TimeSpan.FromSeconds(1);

    /// <summary>As often as it is told.</summary>
    private static readonly TimeSpan afterFault = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var rounds = new List<Task<bool>>();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                rounds.RemoveAll(round => round.IsCompleted);
                rounds.AddRange(await sweeper.StartAsync(stoppingToken));
                await wakeUp.WaitAsync(tick, clock, stoppingToken);
            }
            catch (StoreUnavailableException fault)
            {
                StoreDown(fault.Message);
                await PauseAsync(tick, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception fault)
            {
                // Nobody foresaw it. An end of the loop would be an end of every release, so it goes on and says so.
                Failed(fault);
                await PauseAsync(afterFault, stoppingToken);
            }
        }

        // Leases are given back before the store is closed.
        await ((Task)Task.WhenAll(rounds)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task PauseAsync(TimeSpan time, CancellationToken stop) =>
        await Task.Delay(time, clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    [LoggerMessage(LogLevel.Error, "The store does not answer: {Reason}")]
    private partial void StoreDown(string reason);

    [LoggerMessage(LogLevel.Error, "A round of the loop failed; it goes on.")]
    private partial void Failed(Exception fault);
}
