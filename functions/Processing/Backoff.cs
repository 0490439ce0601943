namespace Devflow.ChatOps.Functions.Processing;

/// <summary>How long to wait after failures in a row: doubled each time, and spread, so that many do not come back at once.</summary>
internal static class Backoff
{
    /// <param name="failures">1 after the first.</param>
    /// <returns>Between half of the doubled time and all of it; never more than <paramref name="longest"/>.</returns>
    public static TimeSpan After(int failures, TimeSpan first, TimeSpan longest)
    {
        var doubled = first * Math.Pow(2, Math.Clamp(failures - 1, 0, 20));
        return (doubled < longest ? doubled : longest) * (0.5 + Random.Shared.NextDouble() / 2);
    }
}
