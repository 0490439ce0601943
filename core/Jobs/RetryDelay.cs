namespace Devflow.ChatOps.Core.Jobs;

/// <summary>
/// How long to wait after failures in a row: doubled each time, up to a longest, and spread. The spread is taken from what
/// is repeated, so that deciding stays pure and many that failed together do not come back together.
/// </summary>
public static class RetryDelay
{
    /// <param name="what">Names what is repeated: a command's key, an effect's id.</param>
    /// <param name="failures">1 after the first.</param>
    /// <returns>From three quarters of the doubled time to five quarters; never more than <paramref name="longest"/>.</returns>
    public static TimeSpan After(string what, int failures, TimeSpan first, TimeSpan longest)
    {
        var wait = first * Math.Pow(2, Math.Clamp(failures - 1, 0, 20));
        wait = (wait < longest ? wait : longest) * (0.75 + (Spread(what, failures) / 2));
        return wait < longest ? wait : longest;
    }

    /// <summary>From 0 to 1, the same for the same input in every process (FNV-1a, 32 bits).</summary>
    private static double Spread(string what, int failures)
    {
        var hash = 2_166_136_261u;
        foreach (var unit in what)
        {
            hash = unchecked((hash ^ unit) * 16_777_619u);
        }

        // The last character alone would only move the lower bits.
        hash = unchecked((hash ^ (uint)failures) * 16_777_619u);
        hash = unchecked((hash ^ (hash >> 15)) * 2_246_822_519u);
        return (hash ^ (hash >> 13)) / (double)uint.MaxValue;
    }
}
