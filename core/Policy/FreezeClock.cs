using Devflow.ChatOps.Core.Catalog;

namespace Devflow.ChatOps.Core.Policy;

/// <summary>
/// Tells whether a freeze is on (design section 8). Windows are half-open on the wall clock of their time zone. When
/// a start or an end falls into an hour that a clock change skips or repeats, all that it can mean is frozen: as long
/// before and after the change as the clock was changed by.
/// </summary>
public static class FreezeClock
{
    // Windows that cover every week never end; a year ahead is far enough to say so.
    private static readonly TimeSpan Horizon = TimeSpan.FromDays(366);

    /// <summary>The freeze that is on at this time, with its end; null when none is.</summary>
    /// <remarks>
    /// Windows that overlap or follow each other without a gap make one freeze; it carries the reason and the time
    /// zone of the window that is on now and ends last. An end beyond a year is cut there.
    /// </remarks>
    public static Frozen? FrozenUntil(IReadOnlyList<FreezeWindow> windows, DateTimeOffset now)
    {
        if (Longest(windows, now) is not { } current)
        {
            return null;
        }

        var until = current.End;
        while (until - now < Horizon && Longest(windows, until) is { } next)
        {
            until = next.End;
        }

        var zone = TimeZoneInfo.FindSystemTimeZoneById(current.Window.TimeZone);
        return new(TimeZoneInfo.ConvertTime(until, zone), current.Window.TimeZone, current.Window.Reason);
    }

    /// <summary>When the freeze that is on ends, else when the next one begins; null when neither is near.</summary>
    /// <remarks>A weekly window is seen a day ahead: whoever waits for its begin asks again before that.</remarks>
    public static DateTimeOffset? NextChange(IReadOnlyList<FreezeWindow> windows, DateTimeOffset now) =>
        FrozenUntil(windows, now)?.Until
        ?? windows
            .SelectMany(window => Spans(window, now))
            .Where(span => span.Start > now)
            .Min(span => (DateTimeOffset?)span.Start);

    private static (FreezeWindow Window, DateTimeOffset End)? Longest(
        IReadOnlyList<FreezeWindow> windows,
        DateTimeOffset at
    ) =>
        windows
            .SelectMany(window => Spans(window, at).Select(span => (window, span.Start, span.End)))
            .Where(span => span.Start <= at && at < span.End)
            .OrderByDescending(span => span.End)
            .Select(span => ((FreezeWindow, DateTimeOffset)?)(span.window, span.End))
            .FirstOrDefault();

    private static IEnumerable<(DateTimeOffset Start, DateTimeOffset End)> Spans(FreezeWindow window, DateTimeOffset at)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(window.TimeZone);
        return window.Span switch
        {
            FreezeSpan.Once once => [Between(zone, once.From, once.To)],
            FreezeSpan.Weekly weekly => Weeks(zone, weekly, TimeZoneInfo.ConvertTime(at, zone).DateTime),
            _ => throw new ArgumentOutOfRangeException(nameof(window), window.Span, "An unknown kind of freeze."),
        };
    }

    // A window is shorter than a week and a clock change moves it by at most a day, so one that is on began no more
    // than eight days ago by the wall clock, or begins within the next.
    private static IEnumerable<(DateTimeOffset, DateTimeOffset)> Weeks(
        TimeZoneInfo zone,
        FreezeSpan.Weekly weekly,
        DateTime local
    ) =>
        Enumerable
            .Range(-8, 10)
            .Select(days => local.Date.AddDays(days))
            .Where(day => day.DayOfWeek == weekly.From.Day)
            .Select(day => day + weekly.From.Time.ToTimeSpan())
            .Select(from => Between(zone, from, from + Length(weekly)));

    private static TimeSpan Length(FreezeSpan.Weekly weekly)
    {
        var length = SinceSunday(weekly.To) - SinceSunday(weekly.From);
        return length > TimeSpan.Zero ? length : length + TimeSpan.FromDays(7);
    }

    private static TimeSpan SinceSunday(WeekTime time) => TimeSpan.FromDays((int)time.Day) + time.Time.ToTimeSpan();

    private static (DateTimeOffset, DateTimeOffset) Between(TimeZoneInfo zone, DateTime from, DateTime to) =>
        (WallClock.Instants(zone, from).First, WallClock.Instants(zone, to).Last);
}
