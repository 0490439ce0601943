using System.Globalization;
using System.Text.RegularExpressions;

namespace Devflow.ChatOps.Core.Catalog.Reading;

/// <summary>Durations as Kubernetes and Argo write them: hours, minutes and seconds, in this order.</summary>
internal static partial class Duration
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(8760);

    /// <summary>Null for anything that is no such duration, is zero, or is longer than a year.</summary>
    public static TimeSpan? Parse(string text)
    {
        var match = Pattern().Match(text);
        if (!match.Success)
        {
            return null;
        }

        var span =
            TimeSpan.FromHours(Part(match, "h"))
            + TimeSpan.FromMinutes(Part(match, "m"))
            + TimeSpan.FromSeconds(Part(match, "s"));
        return span > TimeSpan.Zero && span <= Longest ? span : null;
    }

    private static int Part(Match match, string unit) =>
        match.Groups[unit].Success ? int.Parse(match.Groups[unit].Value, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"\A(?=.)((?<h>[0-9]{1,7})h)?((?<m>[0-9]{1,7})m)?((?<s>[0-9]{1,8})s)?\z")]
    private static partial Regex Pattern();
}
