using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Functions.Hosting;

namespace Devflow.ChatOps.Functions.Processing;

/// <summary>
/// Forgets what is finished and old, a small batch at a time, so that nobody waits for it; once all was looked at, an
/// hour passes. Several instances may do it at the same time.
/// </summary>
public sealed partial class Retention(
    IRetention store,
    RetentionSettings settings,
    TimeProvider clock,
    ILogger<Retention> log
)
{
    private const int Batch = 100;

    private static readonly TimeSpan betweenBatches = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan betweenPasses = TimeSpan.FromHours(1);

    private int busy;
    private DateTimeOffset notBefore;
    private JobId? lookedAt;

    /// <summary>One batch when it is time; never a fault, and never a reason for another round.</summary>
    public async Task<bool> RoundAsync(CancellationToken stop)
    {
        if (clock.GetUtcNow() < notBefore || Interlocked.Exchange(ref busy, 1) == 1)
        {
            return false;
        }

        try
        {
            var isOver = await ForgetAsync(stop);
            notBefore = clock.GetUtcNow() + (isOver ? betweenPasses : betweenBatches);
        }
        catch (StoreUnavailableException fault)
        {
            notBefore = clock.GetUtcNow() + betweenBatches;
            StoreDown(fault.Message);
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
        if (commands + jobs.Count > 0)
        {
            Forgotten(commands, jobs.Count);
        }

        return commands < Batch && jobs.Last is null;
    }

    [LoggerMessage(LogLevel.Information, "Forgot {Commands} answered commands and {Jobs} finished Jobs by their age.")]
    private partial void Forgotten(int commands, int jobs);

    [LoggerMessage(LogLevel.Warning, "The store does not answer while old entries are forgotten: {Reason}")]
    private partial void StoreDown(string reason);
}
