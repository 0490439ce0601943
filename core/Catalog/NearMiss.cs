namespace Devflow.ChatOps.Core.Catalog;

/// <summary>Finds the name that somebody probably meant.</summary>
public static class NearMiss
{
    // Longer words are not slips of the hand, and the comparison is quadratic in their length.
    private const int LongestWord = 64;

    /// <summary>The candidate closest to <paramref name="typed"/>, or null when none is close enough to be a slip.</summary>
    /// <remarks>Close enough is one edit for words of up to four letters, two up to eight, three beyond; the first of equals wins.</remarks>
    public static string? Find(string typed, IEnumerable<string> candidates)
    {
        if (typed.Length is 0 or > LongestWord)
        {
            return null;
        }

        var allowed = typed.Length switch
        {
            <= 4 => 1,
            <= 8 => 2,
            _ => 3,
        };
        var word = typed.ToLowerInvariant();
        return candidates
            .Where(candidate => Math.Abs(candidate.Length - typed.Length) <= allowed)
            .Select(candidate => (candidate, distance: Distance(word, candidate.ToLowerInvariant())))
            .Where(pair => pair.distance <= allowed && pair.distance < Math.Max(typed.Length, pair.candidate.Length))
            .OrderBy(pair => pair.distance)
            .Select(pair => pair.candidate)
            .FirstOrDefault();
    }

    /// <summary>Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours.</summary>
    public static int Distance(string left, string right)
    {
        var beforeLast = new int[right.Length + 1];
        var last = new int[right.Length + 1];
        var row = new int[right.Length + 1];
        for (var j = 0; j <= right.Length; j++)
        {
            last[j] = j;
        }

        for (var i = 1; i <= left.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var cost = left[i - 1] == right[j - 1] ? 0 : 1;
                row[j] = Math.Min(Math.Min(row[j - 1] + 1, last[j] + 1), last[j - 1] + cost);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                {
                    row[j] = Math.Min(row[j], beforeLast[j - 2] + 1);
                }
            }

            (beforeLast, last, row) = (last, row, beforeLast);
        }

        return last[right.Length];
    }
}
