using System.Globalization;
using System.Text.RegularExpressions;

namespace Devflow.ChatOps.Action.Inputs;

/// <summary>Durations as people write them: <c>90s</c>, <c>30m</c>, <c>1h30m</c>.</summary>
internal static partial class DurationText
{
    /// <summary>The longest job of GitHub's own runners (https://docs.github.com/actions/reference/limits).</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(6);

    /// <summary>Reads one of 1 s to <see cref="Longest"/>; <c>null</c> when it is none.</summary>
    public static TimeSpan? TryParse(string text)
    {
        var match = Form().Match(text);
        if (!match.Success || text.Length == 0)
        {
            return null;
        }

        var duration = new TimeSpan(Number(match, "h"), Number(match, "m"), Number(match, "s"));
        return duration >= TimeSpan.FromSeconds(1) && duration <= Longest ? duration : null;
    }

    /// <summary>As <see cref="TryParse"/> reads it, to the second.</summary>
    public static string Of(TimeSpan duration)
    {
        var whole = TimeSpan.FromSeconds(Math.Floor(duration.TotalSeconds));
        var text =
            ((int)whole.TotalHours > 0 ? $"{(int)whole.TotalHours}h" : "")
            + (whole.Minutes > 0 ? $"{whole.Minutes}m" : "")
            + (whole.Seconds > 0 ? $"{whole.Seconds}s" : "");
        return text.Length == 0 ? "0s" : text;
    }

    private static int Number(Match match, string unit) =>
        match.Groups[unit] is { Success: true } group ? int.Parse(group.Value, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"^(?:(?<h>[0-9]{1,5})h)?(?:(?<m>[0-9]{1,5})m)?(?:(?<s>[0-9]{1,5})s)?\z")]
    private static partial Regex Form();
}
