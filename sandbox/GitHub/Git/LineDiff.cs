using System.Globalization;
using System.Text;

namespace Devflow.ChatOps.Sandbox.GitHub.Git;

/// <summary>What became of the lines of a text: how many came and went, and the hunks of a unified diff.</summary>
internal sealed record LineDiff(int Additions, int Deletions, string Patch)
{
    private const int Context = 3;

    // The table below grows with the square.
    private const int LongestCompared = 2_000;

    public static LineDiff Of(string before, string after)
    {
        var (old, @new) = (Lines(before), Lines(after));
        var edits = Edits(old, @new);
        return new LineDiff(edits.Count(edit => edit.Sign == '+'), edits.Count(edit => edit.Sign == '-'), Write(edits));
    }

    private static string[] Lines(string text)
    {
        var lines = text.Split('\n');
        return lines[^1].Length == 0 ? lines[..^1] : [.. lines[..^1], lines[^1] + "\n\\ No newline at end of file"];
    }

    private static List<(char Sign, string Line)> Edits(string[] old, string[] @new)
    {
        var start = 0;
        while (start < old.Length && start < @new.Length && old[start] == @new[start])
        {
            start++;
        }

        var end = 0;
        while (end < old.Length - start && end < @new.Length - start && old[^(end + 1)] == @new[^(end + 1)])
        {
            end++;
        }

        return
        [
            .. old[..start].Select(line => (' ', line)),
            .. Between(old[start..(old.Length - end)], @new[start..(@new.Length - end)]),
            .. old[(old.Length - end)..].Select(line => (' ', line)),
        ];
    }

    // The longest common subsequence; what is too long for it is all replaced.
    private static IEnumerable<(char, string)> Between(string[] old, string[] @new)
    {
        if (old.Length > LongestCompared || @new.Length > LongestCompared)
        {
            return [.. old.Select(line => ('-', line)), .. @new.Select(line => ('+', line))];
        }

        var common = new int[old.Length + 1, @new.Length + 1];
        for (var i = old.Length - 1; i >= 0; i--)
        {
            for (var j = @new.Length - 1; j >= 0; j--)
            {
                common[i, j] =
                    old[i] == @new[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
            }
        }

        var edits = new List<(char, string)>();
        var (from, to) = (0, 0);
        while (from < old.Length || to < @new.Length)
        {
            if (from < old.Length && to < @new.Length && old[from] == @new[to])
            {
                edits.Add((' ', old[from++]));
                to++;
            }
            else if (to == @new.Length || (from < old.Length && common[from + 1, to] >= common[from, to + 1]))
            {
                edits.Add(('-', old[from++]));
            }
            else
            {
                edits.Add(('+', @new[to++]));
            }
        }

        return edits;
    }

    private static string Write(List<(char Sign, string Line)> edits)
    {
        var text = new StringBuilder();
        var changed = edits
            .Select((edit, at) => (edit, at))
            .Where(it => it.edit.Sign != ' ')
            .Select(it => it.at)
            .ToList();
        for (var i = 0; i < changed.Count; )
        {
            var last = i;
            // Changes whose contexts touch are one hunk.
            while (last + 1 < changed.Count && changed[last + 1] - changed[last] <= 2 * Context)
            {
                last++;
            }

            var from = Math.Max(0, changed[i] - Context);
            var to = Math.Min(edits.Count, changed[last] + Context + 1);
            Hunk(text, edits, from, to);
            i = last + 1;
        }

        return text.ToString().TrimEnd('\n');
    }

    // Git leaves a count of one away.
    private static string Range(int before, int count) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{(count == 0 ? before : before + 1)}{(count == 1 ? "" : $",{count}")}"
        );

    private static void Hunk(StringBuilder text, List<(char Sign, string Line)> edits, int from, int to)
    {
        var (oldStart, newStart) = (
            edits.Take(from).Count(e => e.Sign != '+'),
            edits.Take(from).Count(e => e.Sign != '-')
        );
        var hunk = edits[from..to];
        var (oldCount, newCount) = (hunk.Count(e => e.Sign != '+'), hunk.Count(e => e.Sign != '-'));
        text.Append(CultureInfo.InvariantCulture, $"@@ -{Range(oldStart, oldCount)} +{Range(newStart, newCount)} @@\n");
        foreach (var (sign, line) in hunk)
        {
            text.Append(sign).Append(line).Append('\n');
        }
    }
}
