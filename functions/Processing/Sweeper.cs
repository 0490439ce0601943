using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Functions.Processing;

/// <summary>
/// Works off whatever is due: in the background where the service runs alone, from the timer under Azure Functions.
/// </summary>
public sealed partial class Sweeper(
    IStore store,
    RolloutWorker worker,
    CatalogSource catalogs,
    TimeProvider clock,
    ILogger<Sweeper> log
)
{
    /// <summary>Hints get lost, and nobody hints at a quiet Rollout: each is looked at this often.</summary>
    private static readonly TimeSpan lookAtAllEvery = TimeSpan.FromMinutes(5);

    private const int AtOnce = 8;
    private DateTimeOffset lookedAtAll = DateTimeOffset.MinValue;

    /// <summary>One round: true when there was something to do, so that another round is worthwhile.</summary>
    public async Task<bool> SweepAsync(CancellationToken stop)
    {
        await HintAtAllAsync(stop);
        var due = await store.DueAsync(clock.GetUtcNow(), 64, stop);
        var worked = 0;
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
        return worked > 0;
    }

    private async Task<bool> WorkAsync(RolloutRef rollout, CancellationToken stop)
    {
        try
        {
            return await worker.WorkAsync(rollout, stop);
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
            Failed(rollout, fault);
            return false;
        }
    }

    private async Task HintAtAllAsync(CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        if (catalogs.Current is not { } catalog || now - lookedAtAll < lookAtAllEvery)
        {
            return;
        }

        lookedAtAll = now;
        await Task.WhenAll(
            catalog.Targets.Select(target =>
                store.HintAsync(
                    new RolloutRef(
                        target.Environment.Cluster,
                        target.Environment.Namespace,
                        target.Environment.Rollout
                    ),
                    stop
                )
            )
        );
    }

    [LoggerMessage(LogLevel.Error, "The store does not answer while working on {Rollout}: {Reason}")]
    private partial void StoreDown(RolloutRef rollout, string reason);

    [LoggerMessage(LogLevel.Warning, "The lease of {Rollout} was lost; whoever has it goes on.")]
    private partial void LeaseLost(RolloutRef rollout);

    [LoggerMessage(LogLevel.Error, "Working on {Rollout} failed; it is tried again.")]
    private partial void Failed(RolloutRef rollout, Exception fault);
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

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!await sweeper.SweepAsync(stoppingToken))
                {
                    await wakeUp.WaitAsync(tick, clock, stoppingToken);
                }
            }
            catch (StoreUnavailableException fault)
            {
                StoreDown(fault.Message);
                await Task.Delay(tick, clock, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "The store does not answer: {Reason}")]
    private partial void StoreDown(string reason);
}
