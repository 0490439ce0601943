using System.Text;
using Devflow.ChatOps.Core.Messages;

namespace Devflow.ChatOps.Action.Reporting;

/// <summary>Text from outside within Markdown (https://spec.commonmark.org, https://github.github.com/gfm).</summary>
internal static class Markdown
{
    private const int LongestText = 1_000;

    /// <summary>Plain text: every punctuation is escaped, so that nothing becomes a link, an image, a cell or HTML.</summary>
    public static string Text(string text)
    {
        var escaped = new StringBuilder();
        foreach (var c in Plain.OneLine(text, LongestText))
        {
            // CommonMark lets each ASCII punctuation be escaped. Those that sentences are made of are left alone.
            if (
                (char.IsAscii(c) && (char.IsPunctuation(c) || char.IsSymbol(c)))
                && c is not (',' or '-' or '/' or '(' or ')' or '\'')
            )
            {
                escaped.Append('\\');
            }

            escaped.Append(c);
        }

        return escaped.ToString();
    }

    /// <summary>A block of code that its content cannot end.</summary>
    public static string Fenced(string language, IReadOnlyList<string> lines)
    {
        var longest = lines.Select(LongestRun).DefaultIfEmpty(0).Max();
        var fence = new string('`', Math.Max(3, longest + 1));
        return $"{fence}{language}\n{string.Join('\n', lines)}\n{fence}\n";
    }

    private static int LongestRun(string line)
    {
        var (longest, run) = (0, 0);
        foreach (var c in line)
        {
            run = c == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        return longest;
    }
}
