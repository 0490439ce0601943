using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Processing.Verifying;

/// <summary>
/// When a cluster may be asked again after it failed: as long as it asked us to wait, else twice as long each time. Used by
/// several lists at once, and by the looks at single Rollouts.
/// </summary>
internal sealed class ClusterPace(TimeProvider clock)
{
    private static readonly TimeSpan first = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan longest = TimeSpan.FromMinutes(2);

    private readonly Lock gate = new();
    private readonly SteadyTime steady = new(clock);
    private int failures;
    private TimeSpan notBefore;
    private TimeSpan askedToWaitUntil;

    /// <summary>Whether to list: not after any failure.</summary>
    public bool MayAsk
    {
        get
        {
            lock (gate)
            {
                return steady.Now >= notBefore;
            }
        }
    }

    /// <summary>
    /// How long the cluster still wants to be left alone (429, Retry-After), by lists and looks alike. A failure of
    /// another kind is no reason not to look: what is looked at is waited for.
    /// </summary>
    public TimeSpan? AsksToWait
    {
        get
        {
            lock (gate)
            {
                return askedToWaitUntil - steady.Now is var left && left > TimeSpan.Zero ? left : null;
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
            var now = steady.Now;
            if (now < notBefore && why.RetryAfter is null)
            {
                // One of those that were under way when it began to fail.
                return;
            }

            failures++;
            var until = now + (why.RetryAfter ?? Backoff.After(failures, first, longest));
            notBefore = Later(until, notBefore);
            if (AsksUsToWait(why))
            {
                askedToWaitUntil = Later(until, askedToWaitUntil);
            }
        }
    }

    /// <summary>A look failed: of interest to others only when the cluster asks everybody to wait.</summary>
    public void LookFailed(ClusterFault why)
    {
        if (AsksUsToWait(why))
        {
            Failed(why);
        }
    }

    private static bool AsksUsToWait(ClusterFault why) =>
        why.RetryAfter is not null || why.Kind == ClusterFaultKind.TooManyRequests;

    private static TimeSpan Later(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
