namespace Devflow.ChatOps.Tests.EndToEnd.World;

/// <summary>
/// The real clock, put forward by whatever a test skips. Timers run in real time: skipping makes nothing wait, it only
/// makes things old.
/// </summary>
internal sealed class ShiftedClock : TimeProvider
{
    private long aheadTicks;
    private long passedTicks;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref aheadTicks));

    /// <summary>What is skipped has passed by any measure; a clock that is set back takes nothing back.</summary>
    public override long GetTimestamp() =>
        base.GetTimestamp() + Interlocked.Read(ref passedTicks) * (TimestampFrequency / TimeSpan.TicksPerSecond);

    /// <summary>Puts the clock forward, or back.</summary>
    public void Skip(TimeSpan time)
    {
        Interlocked.Add(ref aheadTicks, time.Ticks);
        Interlocked.Add(ref passedTicks, Math.Max(0, time.Ticks));
    }
}
