using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Functions.Hosting;

namespace Devflow.ChatOps.Functions.Processing;

/// <summary>
/// Forgets what is finished and old, a small batch at a time, so that nobody waits for it; once all was looked at, an
/// hour passes. Several instances may do it at the same time.
/// </summary>
public sealed partial class Retention(
    IRetention store,
    RetentionSettings settings,
    CatalogSource catalogs,
    TimeProvider clock,
    ILogger<Retention> log
)
{
    private const int Batch = 100;

    private static readonly TimeSpan betweenBatches = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan betweenPasses = TimeSpan.FromHours(1);

    /// <summary>An instance with an older catalog than another's must not take away what that one works on.</summary>
    private static readonly TimeSpan rolloutsAfter = TimeSpan.FromDays(1);

    private readonly SteadyTime steady = new(clock);
    private int busy;
    private TimeSpan notBefore;
    private JobId? lookedAt;

    /// <summary>One batch when it is time; never a fault, and never a reason for another round.</summary>
    public async Task<bool> RoundAsync(CancellationToken stop)
    {
        if (steady.Now < notBefore || Interlocked.Exchange(ref busy, 1) == 1)
        {
            return false;
        }

        try
        {
            var isOver = await ForgetAsync(stop);
            notBefore = steady.Now + (isOver ? betweenPasses : betweenBatches);
        }
        catch (StoreUnavailableException fault)
        {
            notBefore = steady.Now + betweenBatches;
            StoreDown(fault.Message);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // What cannot be forgotten is no reason to stop working.
            notBefore = steady.Now + betweenPasses;
            Failed(fault);
        }
        finally
        {
            Volatile.Write(ref busy, 0);
        }

        return false;
    }

    /// <summary>True when nothing is left to be looked at.</summary>
    private async Task<bool> ForgetAsync(CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        var commands = await store.ForgetCommandsAsync(now.AddDays(-settings.CommandDays), Batch, stop);
        var jobs = await store.ForgetJobsAsync(now.AddDays(-settings.JobDays), lookedAt, Batch, stop);
        lookedAt = jobs.Last;
        // Rollouts are looked for in all that is there: once, when all else is done.
        var isRest = commands < Batch && jobs.Last is null;
        var rollouts =
            isRest && catalogs.Current is { } catalog
                ? await store.ForgetRolloutsAsync(RolloutsOf(catalog), now - rolloutsAfter, Batch, stop)
                : 0;
        if (commands + jobs.Count + rollouts > 0)
        {
            Forgotten(commands, jobs.Count, rollouts);
        }

        return isRest && rollouts < Batch;
    }

    private static List<RolloutRef> RolloutsOf(ReleaseCatalog catalog) =>
        [
            .. catalog.Targets.Select(target => new RolloutRef(
                target.Environment.Cluster,
                target.Environment.Namespace,
                target.Environment.Rollout
            )),
        ];

    [LoggerMessage(
        LogLevel.Information,
        "Forgot {Commands} answered commands and {Jobs} finished Jobs by their age, and {Rollouts} Rollouts that the catalog does not name."
    )]
    private partial void Forgotten(int commands, int jobs, int rollouts);

    [LoggerMessage(LogLevel.Error, "Forgetting old entries failed; it is tried again in an hour.")]
    private partial void Failed(Exception fault);

    [LoggerMessage(LogLevel.Warning, "The store does not answer while old entries are forgotten: {Reason}")]
    private partial void StoreDown(string reason);
}
