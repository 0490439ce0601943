using System.Globalization;
using System.Text;

namespace Devflow.ChatOps.Core.Messages;

/// <summary>Makes text from outside fit for a line of ours. It does not escape: that is for the surface to do.</summary>
public static class OutsideText
{
    /// <summary>The most characters that a piece of outside text may take in a line, unless the caller says otherwise.</summary>
    public const int Longest = 200;

    /// <summary>
    /// One line of at most <paramref name="longest"/> characters (UTF-16 units, at least 2). Line breaks, control
    /// characters and runs of blanks become one blank; format characters, which can hide or reverse text, and halves
    /// of surrogate pairs go; a cut ends in `…`.
    /// </summary>
    public static string Line(string text, int longest = Longest)
    {
        var line = new StringBuilder();
        var lastFit = 0;
        var blank = false;
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune) || Rune.IsControl(rune))
            {
                blank = line.Length > 0;
                continue;
            }

            if (rune == Rune.ReplacementChar || Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format)
            {
                continue;
            }

            line.Append(blank ? " " : "").Append(rune);
            blank = false;
            lastFit = line.Length < longest ? line.Length : lastFit;
            if (line.Length > longest)
            {
                line.Length = lastFit;
                return line.Append('…').ToString();
            }
        }

        return line.ToString();
    }
}
