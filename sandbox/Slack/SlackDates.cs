using System.Globalization;
using System.Text.RegularExpressions;

namespace Devflow.ChatOps.Sandbox.Slack;

/// <summary>
/// Fills the tokens of date formats, in UTC because the sandbox has no reader's time zone.
/// See https://docs.slack.dev/messaging/formatting-message-text#date-formatting.
/// </summary>
internal static partial class SlackDates
{
    public static string Show(MrkdwnNode.Date date, DateTimeOffset now)
    {
        var unknown = false;
        var text = Token()
            .Replace(
                date.Format,
                match =>
                {
                    var value = Fill(match.Groups[1].Value, date.At, now);
                    unknown |= value is null;
                    return value ?? match.Value;
                }
            );
        return unknown ? date.Fallback : text;
    }

    private static string? Fill(string token, DateTimeOffset at, DateTimeOffset now) =>
        token switch
        {
            "date_num" => Format(at, "yyyy-MM-dd"),
            "date_slash" => Format(at, "MM/dd/yyyy"),
            "date" => Format(at, "MMMM d, yyyy"),
            "date_short" => Format(at, "MMM d, yyyy"),
            "date_long" => Format(at, "dddd, MMMM d, yyyy"),
            "date_pretty" => Near(at, now) ?? Format(at, "MMMM d, yyyy"),
            "date_short_pretty" => Near(at, now) ?? Format(at, "MMM d, yyyy"),
            "date_long_pretty" => Near(at, now) ?? Format(at, "dddd, MMMM d, yyyy"),
            "time" => Format(at, "HH:mm"),
            "time_secs" => Format(at, "HH:mm:ss"),
            "ago" => Ago(now - at),
            _ => null,
        };

    private static string Format(DateTimeOffset at, string format) =>
        at.UtcDateTime.ToString(format, CultureInfo.InvariantCulture);

    private static string? Near(DateTimeOffset at, DateTimeOffset now) =>
        (at.UtcDateTime.Date - now.UtcDateTime.Date).Days switch
        {
            -1 => "yesterday",
            0 => "today",
            1 => "tomorrow",
            _ => null,
        };

    private static string Ago(TimeSpan passed)
    {
        var size = passed.Duration();
        var words =
            size < TimeSpan.FromMinutes(1) ? $"{(int)size.TotalSeconds} seconds"
            : size < TimeSpan.FromHours(1) ? $"{(int)size.TotalMinutes} minutes"
            : size < TimeSpan.FromDays(1) ? $"{(int)size.TotalHours} hours"
            : $"{(int)size.TotalDays} days";
        return passed < TimeSpan.Zero ? $"in {words}" : $"{words} ago";
    }

    [GeneratedRegex(@"\{([a-z_]+)\}")]
    private static partial Regex Token();
}
