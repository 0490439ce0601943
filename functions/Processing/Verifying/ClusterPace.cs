using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Processing.Verifying;

/// <summary>
/// When a cluster may be asked again after it failed: as long as it asked us to wait, else twice as long each time. Used by
/// several lists at once.
/// </summary>
internal sealed class ClusterPace(TimeProvider clock)
{
    private static readonly TimeSpan first = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan longest = TimeSpan.FromMinutes(2);

    private readonly Lock gate = new();
    private int failures;
    private DateTimeOffset notBefore = DateTimeOffset.MinValue;

    public bool MayAsk
    {
        get
        {
            lock (gate)
            {
                return clock.GetUtcNow() >= notBefore;
            }
        }
    }

    public void Answered()
    {
        lock (gate)
        {
            failures = 0;
        }
    }

    public void Failed(ClusterFault why)
    {
        lock (gate)
        {
            var now = clock.GetUtcNow();
            if (now < notBefore && why.RetryAfter is null)
            {
                // One of those that were under way when it began to fail.
                return;
            }

            failures++;
            var wait = why.RetryAfter ?? Backoff.After(failures, first, longest);
            notBefore = now + wait > notBefore ? now + wait : notBefore;
        }
    }
}
