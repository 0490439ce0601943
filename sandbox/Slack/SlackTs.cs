using System.Globalization;

namespace Devflow.ChatOps.Sandbox.Slack;

/// <summary>Message timestamps: seconds and six digits as text, compared as numbers without floating point.</summary>
public static class SlackTs
{
    /// <summary>Formats microseconds since the Unix epoch as <c>1234567890.123456</c>.</summary>
    public static string Format(long microseconds) =>
        string.Create(CultureInfo.InvariantCulture, $"{microseconds / 1_000_000}.{microseconds % 1_000_000:D6}");

    /// <summary>
    /// Reads a ts, with up to six digits after an optional point; <see langword="null"/> when it is not one.
    /// </summary>
    public static long? Parse(string ts)
    {
        ArgumentNullException.ThrowIfNull(ts);
        var point = ts.IndexOf('.', StringComparison.Ordinal);
        var seconds = point < 0 ? ts : ts[..point];
        var fraction = point < 0 ? "" : ts[(point + 1)..];
        if (seconds.Length is 0 or > 12 || fraction.Length > 6)
        {
            return null;
        }

        return
            long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var whole)
            && long.TryParse(fraction.PadRight(6, '0'), NumberStyles.None, CultureInfo.InvariantCulture, out var rest)
            ? (whole * 1_000_000) + rest
            : null;
    }

    /// <summary>Microseconds since the Unix epoch of a moment.</summary>
    public static long Microseconds(DateTimeOffset at) =>
        (at - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
