using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Functions.Processing.Verifying;

namespace Devflow.ChatOps.Functions.Processing.Watching;

/// <summary>
/// Controller mode: one instance among several watches the clusters of the catalog, and every change is a hint. Two would
/// do no harm, for hints carry no truth; one is enough load on an API server.
/// </summary>
public sealed partial class Watcher(
    IWork work,
    IRoles roles,
    IChanges changes,
    CatalogSource catalogs,
    WakeUp wakeUp,
    WatchState state,
    ClusterPaces paces,
    TimeProvider clock,
    ILogger<Watcher> log
) : BackgroundService
{
    /// <summary>The role in the store.</summary>
    public const string RoleName = "watch";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        state.Role = WatchRole.Standby;
        try
        {
            while (true)
            {
                await TryLeadAsync(stoppingToken);
                await Task.Delay(RolloutLease.RenewEvery, clock, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await GiveUpAsync();
        }
    }

    /// <summary>A fault that nobody foresaw ends the watching, not the host with all its other work: it is begun anew.</summary>
    private async Task TryLeadAsync(CancellationToken stop)
    {
        try
        {
            if (await HasRoleAsync(stop))
            {
                await LeadAsync(stop);
            }
        }
        catch (Exception fault) when (!stop.IsCancellationRequested)
        {
            Failed(fault);
        }
    }

    /// <summary>Watches until the role is lost. What was in memory is forgotten then: another went on from there.</summary>
    private async Task LeadAsync(CancellationToken stop)
    {
        Leads();
        state.Role = WatchRole.Watching;
        var running = new Dictionary<Watched, Running>();
        try
        {
            do
            {
                await FollowCatalogAsync(running, stop);
                await Task.Delay(RolloutLease.RenewEvery, clock, stop);
            } while (await HasRoleAsync(stop));
            Lost();
        }
        finally
        {
            state.Role = WatchRole.Standby;
            await EndAsync(running, [.. running.Keys]);
        }
    }

    /// <summary>Takes or renews the role in good time before it runs out; a store that does not answer means no.</summary>
    private async Task<bool> HasRoleAsync(CancellationToken stop)
    {
        using var time = new CancellationTokenSource(RolloutLease.RenewEvery, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(time.Token, stop);
        try
        {
            return await roles.TakeRoleAsync(RoleName, clock.GetUtcNow(), either.Token).WaitAsync(either.Token);
        }
        catch (StoreUnavailableException fault)
        {
            StoreDown(fault.Message);
            return false;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            StoreDown("no answer in time");
            return false;
        }
    }

    private async Task GiveUpAsync()
    {
        try
        {
            await roles.GiveUpRoleAsync(RoleName, CancellationToken.None);
        }
        catch (StoreUnavailableException)
        {
            // It ends by itself.
        }
        catch (Exception fault)
        {
            // The same; the host ends in order.
            Failed(fault);
        }
    }

    /// <summary>Begins what the catalog has and is not watched, and ends what it has no more, or reaches in another way.</summary>
    private async Task FollowCatalogAsync(Dictionary<Watched, Running> running, CancellationToken stop)
    {
        if (catalogs.Current is not { } catalog)
        {
            return;
        }

        var wanted = WantedBy(catalog);
        await EndAsync(running, [.. running.Keys.Where(watched => !wanted.Contains(watched))]);
        var looks = new LastLooks(work);
        foreach (var watched in wanted.Where(watched => !running.ContainsKey(watched)))
        {
            var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
            var watch = new PlaceWatch(
                watched.Place,
                work,
                looks,
                changes,
                catalogs,
                wakeUp,
                state,
                paces.Of(watched.Place.Cluster),
                clock,
                log
            );
            running.Add(watched, new Running(ending, watch.RunAsync(ending.Token)));
        }
    }

    private async Task EndAsync(Dictionary<Watched, Running> running, IReadOnlyList<Watched> ended)
    {
        foreach (var watched in ended)
        {
            await running[watched].Ending.CancelAsync();
        }

        foreach (var watched in ended)
        {
            running.Remove(watched, out var watch);
            using (watch!.Ending)
            {
                await watch.Task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            state.Remove(watched.Place);
        }
    }

    /// <summary>
    /// Namespace by namespace, because the observer's role is bound so: a watch of the whole cluster would need a right to
    /// everybody's.
    /// </summary>
    private static HashSet<Watched> WantedBy(ReleaseCatalog catalog) =>
        [
            .. catalog
                .Targets.SelectMany(target => PlacesOf(target.Environment))
                .Distinct()
                .Select(place => new Watched(place, catalog.FindCluster(place.Cluster)?.Observer)),
        ];

    private static IEnumerable<WatchedPlace> PlacesOf(AppEnvironment to)
    {
        yield return new WatchedPlace(to.Cluster, WatchedKind.Rollouts, to.Namespace);
        if (to.Application is { } application)
        {
            yield return new WatchedPlace(application.Cluster, WatchedKind.Applications, application.Namespace);
        }
    }

    private sealed record Watched(WatchedPlace Place, ClusterAccess? As);

    private sealed record Running(CancellationTokenSource Ending, Task Task);

    [LoggerMessage(LogLevel.Information, "This instance watches the clusters.")]
    private partial void Leads();

    [LoggerMessage(
        LogLevel.Warning,
        "Another instance watches the clusters from now on, or the store does not answer."
    )]
    private partial void Lost();

    [LoggerMessage(LogLevel.Error, "The store does not answer when asked who watches: {Reason}")]
    private partial void StoreDown(string reason);

    [LoggerMessage(LogLevel.Error, "Watching the clusters failed; this instance is on standby and tries again.")]
    private partial void Failed(Exception fault);
}
