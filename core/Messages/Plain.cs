using System.Text;

namespace Devflow.ChatOps.Core.Messages;

/// <summary>Tames text from outside before it becomes part of a sentence.</summary>
public static class Plain
{
    /// <summary>
    /// One line without control or direction-changing characters, runs of white space folded, at most
    /// <paramref name="limit"/> characters; what is cut ends with an ellipsis, never inside a surrogate pair.
    /// </summary>
    public static string OneLine(string? text, int limit)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }

        var line = new StringBuilder(Math.Min(text.Length, limit));
        foreach (var c in text)
        {
            var shown = char.IsControl(c) || char.IsWhiteSpace(c) ? ' ' : c;
            if (IsInvisible(shown) || (shown == ' ' && (line.Length == 0 || line[^1] == ' ')))
            {
                continue;
            }

            if (line.Length == limit)
            {
                line.Length = char.IsHighSurrogate(line[limit - 2]) ? limit - 2 : limit - 1;
                return line.Append('…').ToString();
            }

            line.Append(shown);
        }

        return line.ToString().TrimEnd();
    }

    // Zero-width and bidirectional controls make a text read differently from what it is.
    private static bool IsInvisible(char c) =>
        c
            is (>= '\u200B' and <= '\u200F')
                or (>= '\u202A' and <= '\u202E')
                or (>= '\u2060' and <= '\u2069')
                or '\uFEFF';
}
