namespace Devflow.ChatOps.Core.Catalog;

/// <summary>A time in which nothing is promoted.</summary>
/// <param name="Span">When, as a wall clock shows it.</param>
/// <param name="TimeZone">IANA name of the time zone of that wall clock.</param>
/// <param name="Reason">Shown to whoever is refused.</param>
public sealed record FreezeWindow(FreezeSpan Span, string TimeZone, string Reason);

/// <summary>Half-open span of wall-clock time: its start is frozen, its end is not.</summary>
public abstract record FreezeSpan
{
    private FreezeSpan() { }

    /// <summary>Every week, around the end of the week where <paramref name="To"/> comes before <paramref name="From"/>.</summary>
    public sealed record Weekly(WeekTime From, WeekTime To) : FreezeSpan;

    /// <summary>Once. A date without a time means the start of that day, so that the day named as the end is not frozen.</summary>
    public sealed record Once(DateTime From, DateTime To) : FreezeSpan;
}

/// <summary>A minute of the week, written `Fri 16:00`.</summary>
public readonly record struct WeekTime(DayOfWeek Day, TimeOnly Time);
