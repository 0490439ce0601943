using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Adapters;

/// <summary>
/// Whether a store can be written, for readiness: reading alone would not tell of a full disk or a missing majority. The
/// last write decides, and where none is recent, a small one is made; however often somebody asks, not more than one in
/// five seconds.
/// </summary>
/// <param name="write">
/// Writes; told whether somebody's write has failed, after which it is to find out whether there is room for more than
/// what is there.
/// </param>
internal sealed class WriteProbe(TimeProvider clock, Func<bool, CancellationToken, Task> write)
{
    private static readonly TimeSpan every = TimeSpan.FromSeconds(5);

    private long? succeededAt;
    private int failed;

    /// <summary>A write of somebody failed: the next check writes, and says how that went.</summary>
    public void Failed() => Volatile.Write(ref failed, 1);

    /// <exception cref="StoreUnavailableException">It cannot be written.</exception>
    public async Task CheckAsync(CancellationToken stop)
    {
        var isOld = succeededAt is not { } at || clock.GetElapsedTime(at) >= every;
        var hasFailed = Interlocked.Exchange(ref failed, 0) == 1;
        if (!hasFailed && !isOld)
        {
            return;
        }

        try
        {
            await write(hasFailed, stop);
            succeededAt = clock.GetTimestamp();
        }
        catch
        {
            Failed();
            throw;
        }
    }
}
