using System.Collections.Concurrent;
using System.Numerics;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Functions.Processing;

/// <summary>
/// Rollouts on which this process cannot work, for a reason that nobody foresaw: they are looked at ever more seldom, and
/// not every failure is told.
/// </summary>
public sealed class Failures
{
    private static readonly TimeSpan first = TimeSpan.FromSeconds(15);

    /// <summary>15 s, 30 s, 1, 2, 4 minutes, and then as often as each Rollout is looked at in any case.</summary>
    private static readonly TimeSpan longest = TimeSpan.FromMinutes(5);

    // As many as there are Rollouts in the catalog, at most.
    private readonly ConcurrentDictionary<RolloutRef, int> inARow = new();

    /// <summary>How long to wait after the next failure.</summary>
    public TimeSpan WaitFor(RolloutRef rollout)
    {
        var wait = first * Math.Pow(2, Math.Min(inARow.GetValueOrDefault(rollout), 10));
        return wait < longest ? wait : longest;
    }

    /// <summary>It failed once more; how often in a row, and whether to tell: of the 1st, the 2nd, the 4th, the 8th …</summary>
    public (int Times, bool Tell) Add(RolloutRef rollout)
    {
        var times = inARow.AddOrUpdate(rollout, 1, (_, before) => before + 1);
        return (times, BitOperations.IsPow2(times));
    }

    /// <summary>It was worked on.</summary>
    public void Clear(RolloutRef rollout) => inARow.TryRemove(rollout, out _);
}
