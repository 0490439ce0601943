using System.Collections.Concurrent;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Processing.Verifying;

/// <summary>
/// The sweep: makes sure that quiet Rollouts are still as they were seen, because hints get lost. Each namespace is
/// compared with one list, and only what differs is looked at in full. Clusters do not wait for each other.
/// </summary>
public sealed partial class Verifier(
    IWork work,
    IChanges changes,
    CatalogSource catalogs,
    ClusterPaces paces,
    WakeUp wakeUp,
    TimeProvider clock,
    ILogger<Verifier> log
)
{
    private readonly ConcurrentDictionary<string, ClusterVerifier> clusters = new(StringComparer.Ordinal);
    private volatile CatalogPlaces? places;

    /// <summary>Verifies what is due in every cluster; a cluster that is still at it from before is left alone.</summary>
    public Task RunAsync(CancellationToken stop)
    {
        if (catalogs.Current is not { } catalog)
        {
            return Task.CompletedTask;
        }

        var now = places is { } known && known.Catalog == catalog ? known : places = CatalogPlaces.Of(catalog);
        return Task.WhenAll(now.Clusters.Select(cluster => RunAsync(cluster.Key, now, stop)));
    }

    private async Task RunAsync(string cluster, CatalogPlaces all, CancellationToken stop)
    {
        var verifier = clusters.GetOrAdd(
            cluster,
            name => new ClusterVerifier(name, work, changes, paces.Of(name), wakeUp, clock, log)
        );
        try
        {
            await verifier.RunAsync(all, stop);
        }
        catch (StoreUnavailableException fault)
        {
            StoreDown(cluster, fault.Message);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The process ends; nothing was promised.
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // One cluster that cannot be verified must not keep the others from it.
            Failed(cluster, fault);
        }
    }

    [LoggerMessage(
        LogLevel.Error,
        "The store does not answer while verifying the Rollouts of cluster {Cluster}: {Reason}"
    )]
    private partial void StoreDown(string cluster, string reason);

    [LoggerMessage(LogLevel.Error, "Verifying the Rollouts of cluster {Cluster} failed; it is tried again.")]
    private partial void Failed(string cluster, Exception fault);
}

/// <summary>The sweep in the background, where the service runs alone.</summary>
public sealed class SweepLoop(Verifier verifier, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan tick = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var runs = new List<Task>();
        try
        {
            while (true)
            {
                runs.RemoveAll(run => run.IsCompleted);
                runs.Add(verifier.RunAsync(stoppingToken));
                await Task.Delay(tick, clock, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await Task.WhenAll(runs);
        }
    }
}
