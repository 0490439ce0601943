using System.Globalization;

namespace Devflow.ChatOps.Core.Catalog.Reading;

/// <summary>Reads freeze windows.</summary>
internal static class FreezeReader
{
    private static readonly string[] Days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    private static readonly string[] DateFormats = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm"];

    private static readonly TextRule Moment = new(
        "a time of the week such as \"Fri 16:00\" or a date such as 2026-12-24 or 2026-12-24T16:00",
        text => Week(text) is not null || Date(text) is not null
    );

    private static readonly TextRule Zone = new("an IANA time zone such as Europe/Berlin", IsZone);

    public static IReadOnlyList<FreezeWindow> Read(Section environment)
    {
        var windows = new List<FreezeWindow>();
        foreach (var section in environment.Sections("freeze", "a freeze window", required: false))
        {
            var span = Span(section, section.Required("from", Moment), section.Required("to", Moment));
            var zone = section.Required("timeZone", Zone);
            var reason = section.Required("reason", TextRule.Label);
            section.Close();
            if (span is not null)
            {
                windows.Add(new(span, zone, reason));
            }
        }

        return windows;
    }

    private static FreezeSpan? Span(Section section, string from, string to)
    {
        if (from.Length == 0 || to.Length == 0)
        {
            return null;
        }

        switch (Week(from), Week(to), Date(from), Date(to))
        {
            case ({ } first, { } last, _, _) when first != last:
                return new FreezeSpan.Weekly(first, last);
            case (_, _, { } first, { } last) when first < last:
                return new FreezeSpan.Once(first, last);
            case ({ }, { }, _, _):
                section.Faults.Add(section.PlaceOf("to"), "\"to\" must differ from \"from\"; this window never opens");
                return null;
            case (_, _, { }, { }):
                section.Faults.Add(section.PlaceOf("to"), "\"to\" must be later than \"from\"");
                return null;
            default:
                section.Faults.Add(
                    section.PlaceOf("to"),
                    "\"from\" and \"to\" must both be times of the week or both be dates"
                );
                return null;
        }
    }

    private static WeekTime? Week(string text)
    {
        var day = Array.FindIndex(Days, name => text.StartsWith(name + " ", StringComparison.OrdinalIgnoreCase));
        return
            day >= 0
            && TimeOnly.TryParseExact(
                text.AsSpan(4),
                "HH:mm",
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out var time
            )
            ? new WeekTime((DayOfWeek)day, time)
            : null;
    }

    // Time zone rules mean little outside of these years, and date arithmetic must not run out of range.
    private static DateTime? Date(string text) =>
        DateTime.TryParseExact(text, DateFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
        && date.Year is >= 2000 and <= 2999
            ? date
            : null;

    // The name becomes a path below the time zone database, so only names that are names are looked up.
    private static bool IsZone(string text) =>
        text.Length <= 64
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '_' or '-' or '+')
        && TimeZoneInfo.TryFindSystemTimeZoneById(text, out _);
}
