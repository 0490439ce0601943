using System.Globalization;

namespace Devflow.ChatOps.Action.Reporting;

/// <summary>Two versions of a file as a unified diff (the format of GNU diff -u, which people and tools read).</summary>
public static class UnifiedDiff
{
    private const int Context = 3;

    /// <summary>Larger differences are told as one block: nobody reads how two such texts are alike.</summary>
    private const int MostEdits = 1_000;

    /// <summary>The lines of the diff; none when both are the same.</summary>
    public static IReadOnlyList<string> Of(string path, string before, string after)
    {
        var (old, current) = (Lines.Of(before), Lines.Of(after));
        var edits = Script(old.Texts, current.Texts);
        if (edits.TrueForAll(edit => edit.Kind == ' '))
        {
            return [];
        }

        var lines = new List<string> { $"--- a/{path}", $"+++ b/{path}" };
        foreach (var (first, last) in Hunks(edits))
        {
            var hunk = edits[first..(last + 1)];
            lines.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"@@ -{Range(hunk, edits, first, '+')} +{Range(hunk, edits, first, '-')} @@"
                )
            );
            foreach (var edit in hunk)
            {
                lines.Add(edit.Kind + edit.Text.TrimEnd('\r'));
                if (edit.IsUnended)
                {
                    lines.Add(@"\ No newline at end of file");
                }
            }
        }

        return lines;
    }

    // Position and number of the lines of one side; the other side's own lines do not count.
    private static string Range(List<Edit> hunk, List<Edit> edits, int first, char others)
    {
        var before = edits.Take(first).Count(edit => edit.Kind != others);
        var count = hunk.Count(edit => edit.Kind != others);
        var start = count == 0 ? before : before + 1;
        return count == 1
            ? start.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{start},{count}");
    }

    private static IEnumerable<(int First, int Last)> Hunks(List<Edit> edits)
    {
        var changed = Enumerable.Range(0, edits.Count).Where(index => edits[index].Kind != ' ').ToList();
        var first = changed[0];
        for (var index = 0; index < changed.Count; index++)
        {
            var isLast = index + 1 == changed.Count;
            if (isLast || changed[index + 1] - changed[index] > 2 * Context + 1)
            {
                yield return (Math.Max(0, first - Context), Math.Min(edits.Count - 1, changed[index] + Context));
                first = isLast ? 0 : changed[index + 1];
            }
        }
    }

    private static List<Edit> Script(List<Line> old, List<Line> current)
    {
        var start = 0;
        while (start < old.Count && start < current.Count && old[start] == current[start])
        {
            start++;
        }

        var end = 0;
        while (end < old.Count - start && end < current.Count - start && old[^(end + 1)] == current[^(end + 1)])
        {
            end++;
        }

        return
        [
            .. old.Take(start).Select(line => new Edit(' ', line)),
            .. Middle(old[start..^end], current[start..^end]),
            .. old.TakeLast(end).Select(line => new Edit(' ', line)),
        ];
    }

    // The shortest edit script after Myers, "An O(ND) Difference Algorithm and Its Variations" (1986).
    private static IEnumerable<Edit> Middle(List<Line> old, List<Line> current)
    {
        var most = Math.Min(old.Count + current.Count, MostEdits);
        var reach = new int[2 * most + 3];
        var trace = new List<int[]>();
        for (var edits = 0; edits <= most; edits++)
        {
            trace.Add((int[])reach.Clone());
            for (var diagonal = -edits; diagonal <= edits; diagonal += 2)
            {
                var at = diagonal + most + 1;
                var x =
                    diagonal == -edits || (diagonal != edits && reach[at - 1] < reach[at + 1])
                        ? reach[at + 1]
                        : reach[at - 1] + 1;
                while (x < old.Count && x - diagonal < current.Count && old[x] == current[x - diagonal])
                {
                    x++;
                }

                reach[at] = x;
                if (x >= old.Count && x - diagonal >= current.Count)
                {
                    return Walk(trace, old, current, most);
                }
            }
        }

        return [.. old.Select(line => new Edit('-', line)), .. current.Select(line => new Edit('+', line))];
    }

    private static List<Edit> Walk(List<int[]> trace, List<Line> old, List<Line> current, int most)
    {
        var script = new List<Edit>();
        var (x, y) = (old.Count, current.Count);
        for (var edits = trace.Count - 1; edits >= 0; edits--)
        {
            var reach = trace[edits];
            var diagonal = x - y;
            var at = diagonal + most + 1;
            var isInsert = diagonal == -edits || (diagonal != edits && reach[at - 1] < reach[at + 1]);
            var fromX =
                edits == 0 ? 0
                : isInsert ? reach[at + 1]
                : reach[at - 1];
            var fromY = edits == 0 ? 0 : fromX - (isInsert ? diagonal + 1 : diagonal - 1);
            while (x > fromX && y > fromY)
            {
                script.Add(new Edit(' ', old[--x]));
                y--;
            }

            if (edits > 0)
            {
                script.Add(isInsert ? new Edit('+', current[--y]) : new Edit('-', old[--x]));
            }
        }

        script.Reverse();
        return script;
    }

    private sealed record Line(string Text, bool IsUnended);

    private sealed record Edit(char Kind, Line Line)
    {
        public string Text => Line.Text;

        public bool IsUnended => Line.IsUnended;
    }

    private sealed record Lines(List<Line> Texts)
    {
        public static Lines Of(string content)
        {
            var parts = content.Split('\n');
            var texts = parts[..^1].Select(text => new Line(text, false)).ToList();
            if (parts[^1].Length > 0)
            {
                texts.Add(new Line(parts[^1], true));
            }

            return new Lines(texts);
        }
    }
}
