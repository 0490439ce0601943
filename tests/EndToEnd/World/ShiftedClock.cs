namespace Devflow.ChatOps.Tests.EndToEnd.World;

/// <summary>
/// The real clock, put forward by whatever a test skips. Timers run in real time: skipping makes nothing wait, it only
/// makes things old.
/// </summary>
internal sealed class ShiftedClock : TimeProvider
{
    private long aheadTicks;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref aheadTicks));

    /// <summary>Puts the clock forward.</summary>
    public void Skip(TimeSpan time) => Interlocked.Add(ref aheadTicks, time.Ticks);
}
