using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Devflow.ChatOps.Core.Messages.Slack;

/// <summary>
/// Writes Slack's mrkdwn (https://docs.slack.dev/messaging/formatting-message-text). Whatever comes from outside goes
/// through <see cref="Text"/> or <see cref="Code"/>: nothing in it is read as markup, a mention, a link or a date, it is
/// one line, and it is short. Limits count what is written, escapes included, in UTF-16 units.
/// </summary>
public static partial class Mrkdwn
{
    private const int LongestUrl = 500;

    /// <summary>Outside text as plain prose of at most <paramref name="longest"/> characters (at least 2).</summary>
    /// <remarks>
    /// Slack has no escape for its formatting characters. Where they could format, characters that look alike stand for
    /// them; inside of words (`my_app`) they format nothing and stay.
    /// </remarks>
    public static string Text(string? text, int longest = OutsideText.Longest)
    {
        var line = OutsideText.Line(text ?? "", longest);
        return Cut(line, longest, at => Prose(line, at));
    }

    /// <summary>Outside text as a code span, to be copied as it is; empty for an empty text.</summary>
    public static string Code(string? text, int longest = OutsideText.Longest)
    {
        var line = OutsideText.Line(text ?? "", longest);
        return line.Length == 0 ? "" : $"`{Cut(line, longest, at => line[at] == '`' ? "ˋ" : Escape(line[at]))}`";
    }

    /// <summary>Outside text in bold; empty for an empty text.</summary>
    public static string Bold(string? text, int longest = OutsideText.Longest) =>
        Text(text, longest) is { Length: > 0 } shown ? $"*{shown}*" : "";

    /// <summary>A link; only the label where the address is not http(s), or is too long.</summary>
    public static string Link(Uri? url, string label, int longest = OutsideText.Longest)
    {
        var shown = Text(label, longest);
        return url is { IsAbsoluteUri: true, Scheme: "https" or "http", AbsoluteUri.Length: <= LongestUrl }
            ? $"<{Address(url)}|{shown}>"
            : shown;
    }

    /// <summary>A moment in the reader's own time zone: the time of day, with the day where that is not clear.</summary>
    public static string Moment(DateTimeOffset at, DateTimeOffset now)
    {
        var near = (now - at).Duration() < TimeSpan.FromHours(12);
        return Date(at, near ? "{time_secs}" : "{date_short_pretty} {time}");
    }

    /// <summary>A moment as Slack shows it; those who cannot see that see UTC.</summary>
    public static string Date(DateTimeOffset at, string format)
    {
        var utc = at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
        var unix = at.ToUnixTimeSeconds();
        return unix < 0 ? utc : string.Create(CultureInfo.InvariantCulture, $"<!date^{unix}^{format}|{utc}>");
    }

    /// <summary>Mentions a person; empty where this is not the id of one.</summary>
    public static string User(string id) => Id().IsMatch(id) ? $"<@{id}>" : "";

    /// <summary>Mentions a user group; empty where this is not the id of one.</summary>
    public static string Group(string id) => Id().IsMatch(id) ? $"<!subteam^{id}>" : "";

    private static string Address(Uri url) =>
        url
            .AbsoluteUri.Replace("&", "&amp;", StringComparison.Ordinal)
            .Replace("<", "%3C", StringComparison.Ordinal)
            .Replace(">", "%3E", StringComparison.Ordinal)
            .Replace("|", "%7C", StringComparison.Ordinal);

    private static string Cut(string line, int longest, Func<int, string> piece)
    {
        var written = new StringBuilder(line.Length);
        var lastFit = 0;
        for (var at = 0; at < line.Length; at++)
        {
            written.Append(piece(at));
            if (char.IsHighSurrogate(line[at]))
            {
                continue;
            }

            if (written.Length > longest)
            {
                written.Length = lastFit;
                return written.Append('…').ToString();
            }

            lastFit = written.Length < longest ? written.Length : lastFit;
        }

        return written.ToString();
    }

    private static string Prose(string line, int at) =>
        line[at] switch
        {
            '`' => "ˋ",
            '*' when !IsInWord(line, at) => "∗",
            '_' when !IsInWord(line, at) => "ˍ",
            '~' when !IsInWord(line, at) => "∼",
            // A word joiner, which nobody sees, keeps `:name:` from becoming an emoji.
            ':' when IsEmoji(line, at) => ":\u2060",
            var other => Escape(other),
        };

    private static string Escape(char c) =>
        c switch
        {
            '&' => "&amp;",
            '<' => "&lt;",
            '>' => "&gt;",
            _ => c.ToString(),
        };

    private static bool IsInWord(string line, int at) =>
        at > 0 && at + 1 < line.Length && char.IsLetterOrDigit(line[at - 1]) && char.IsLetterOrDigit(line[at + 1]);

    private static bool IsEmoji(string line, int at) =>
        Emoji().IsMatch(line.AsSpan(at, Math.Min(60, line.Length - at)));

    [GeneratedRegex(@"\A[A-Z0-9]{2,40}\z")]
    private static partial Regex Id();

    [GeneratedRegex(@"\A:[0-9_+'-]*[a-z][a-z0-9_+'-]*:")]
    private static partial Regex Emoji();
}
