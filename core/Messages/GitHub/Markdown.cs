using System.Globalization;
using System.Text;

namespace Devflow.ChatOps.Core.Messages.GitHub;

/// <summary>
/// Writes GitHub's Markdown (https://github.github.com/gfm). Whatever comes from outside goes through <see cref="Text"/> or
/// <see cref="Code"/>: nothing in it is read as markup, HTML, a link, a mention or the end of a table's cell.
/// </summary>
public static class Markdown
{
    private const int LongestUrl = 1_000;

    /// <summary>Outside text as plain prose; <paramref name="longest"/> counts before escaping.</summary>
    public static string Text(string? text, int longest = OutsideText.Longest)
    {
        var escaped = new StringBuilder();
        foreach (var c in OutsideText.Line(text ?? "", longest))
        {
            // CommonMark lets each ASCII punctuation be escaped. Those that sentences are made of are left alone.
            if (
                (char.IsAscii(c) && (char.IsPunctuation(c) || char.IsSymbol(c)))
                && c is not (',' or '/' or '(' or ')' or '\'' or '%' or ';' or '?')
            )
            {
                escaped.Append('\\');
            }

            escaped.Append(c);
            if (c is '@' or '#')
            {
                // Mentions and references are found in the text as it is shown; a word joiner, which nobody sees, ends them.
                escaped.Append('\u2060');
            }
        }

        return escaped.ToString();
    }

    /// <summary>Outside text as a code span, to be copied as it is; empty for an empty text. Not for tables.</summary>
    public static string Code(string? text, int longest = OutsideText.Longest) =>
        OutsideText.Line(text ?? "", longest) is { Length: > 0 } line ? $"`{line.Replace('`', 'ˋ')}`" : "";

    /// <summary>A link; only the label where the address is not http(s), or is too long.</summary>
    public static string Link(Uri? url, string label, int longest = OutsideText.Longest) =>
        url is { IsAbsoluteUri: true, Scheme: "https" or "http", AbsoluteUri.Length: <= LongestUrl }
            ? $"[{Text(label, longest)}](<{Address(url)}>)"
            : Text(label, longest);

    /// <summary>A moment in UTC: GitHub's Markdown knows no time zone of the reader. With the day where that is not clear.</summary>
    public static string Moment(DateTimeOffset at, DateTimeOffset now)
    {
        var near = (now - at).Duration() < TimeSpan.FromHours(12);
        return at.UtcDateTime.ToString(
            near ? "HH:mm:ss 'UTC'" : "yyyy-MM-dd HH:mm 'UTC'",
            CultureInfo.InvariantCulture
        );
    }

    /// <summary>Lines as paragraphs, as many as fit into <paramref name="most"/> bytes of UTF-8.</summary>
    public static string Fit(IEnumerable<string> lines, int most, string between = "\n\n")
    {
        const char cut = '…';
        var text = new StringBuilder();
        var bytes = 0;
        foreach (var line in lines)
        {
            var more = Encoding.UTF8.GetByteCount(line) + Encoding.UTF8.GetByteCount(between);
            if (bytes + more > most - Encoding.UTF8.GetByteCount($"{between}{cut}"))
            {
                return text.Append(text.Length > 0 ? between : "").Append(cut).ToString();
            }

            text.Append(text.Length > 0 ? between : "").Append(line);
            bytes += more;
        }

        return text.ToString();
    }

    private static string Address(Uri url) =>
        url
            .AbsoluteUri.Replace("<", "%3C", StringComparison.Ordinal)
            .Replace(">", "%3E", StringComparison.Ordinal)
            .Replace("\\", "%5C", StringComparison.Ordinal)
            .Replace("|", "%7C", StringComparison.Ordinal);
}
