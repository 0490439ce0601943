namespace Devflow.ChatOps.Core.Policy;

/// <summary>Finds the instants that a wall clock's time can mean.</summary>
internal static class WallClock
{
    // More than any offset of any zone, and less than any two clock changes are apart.
    private static readonly TimeSpan Around = TimeSpan.FromHours(26);

    /// <summary>
    /// The one instant when the clock shows this time; or, when a clock change skips or repeats it, the start and the
    /// end of all that can be meant: as much before and after the change as the clock was changed by.
    /// </summary>
    public static (DateTimeOffset First, DateTimeOffset Last) Instants(TimeZoneInfo zone, DateTime local)
    {
        var near = DateTime.SpecifyKind(local, DateTimeKind.Utc);
        var before = zone.GetUtcOffset(near - Around);
        var after = zone.GetUtcOffset(near + Around);
        if (before == after)
        {
            return Exactly(near - before);
        }

        var change = Change(zone, near - Around, near + Around, before);
        if (near < change + (before < after ? before : after))
        {
            return Exactly(near - before);
        }

        if (near >= change + (before < after ? after : before))
        {
            return Exactly(near - after);
        }

        var size = (after - before).Duration();
        return (change - size, change + size);
    }

    private static (DateTimeOffset, DateTimeOffset) Exactly(DateTime utc) => (utc, utc);

    /// <summary>The instant, to the second, from which the zone no longer has the offset that it had before.</summary>
    private static DateTime Change(TimeZoneInfo zone, DateTime early, DateTime late, TimeSpan before)
    {
        while (late - early > TimeSpan.FromSeconds(1))
        {
            var middle = early.AddSeconds(Math.Floor((late - early).TotalSeconds / 2));
            (early, late) = zone.GetUtcOffset(middle) == before ? (middle, late) : (early, middle);
        }

        return late;
    }
}
