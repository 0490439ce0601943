using Microsoft.Extensions.Time.Testing;

namespace Devflow.ChatOps.Tests.Functions.Support;

/// <summary>Its wall clock may be set, ahead or back, while timers and the monotonic time go on as if nothing had happened.</summary>
internal sealed class JumpingClock(DateTimeOffset start) : FakeTimeProvider(start)
{
    public TimeSpan Ahead { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;

    public override long GetTimestamp() => base.GetUtcNow().Ticks;
}
