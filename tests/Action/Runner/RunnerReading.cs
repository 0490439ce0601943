namespace Devflow.ChatOps.Tests.Action.Runner;

/// <summary>
/// Reads a log as the runner does (ActionCommand.cs of https://github.com/actions/runner): a command begins a line with
/// <c>::</c> after blanks, or stands anywhere in one as <c>##[…]</c>.
/// </summary>
internal static class RunnerReading
{
    /// <summary>Name and text of the command that a line is, or <c>null</c>.</summary>
    public static (string Name, string Text)? Command(string line)
    {
        var text = line.TrimStart();
        if (text.StartsWith("::", StringComparison.Ordinal))
        {
            var end = text.IndexOf("::", 2, StringComparison.Ordinal);
            return end < 0 ? null : (text[2..end].Split(' ')[0], text[(end + 2)..]);
        }

        var start = line.IndexOf("##[", StringComparison.Ordinal);
        var close = start < 0 ? -1 : line.IndexOf(']', start);
        return close < 0 ? null : (line[(start + 3)..close].Split(' ')[0], line[(close + 1)..]);
    }

    /// <summary>The commands of a log, those between stop-commands and its token left out.</summary>
    public static IReadOnlyList<(string Name, string Text)> Commands(string log)
    {
        var commands = new List<(string, string)>();
        string? resume = null;
        foreach (var line in log.Split('\n'))
        {
            if (Command(line) is not var (name, text) || (resume is not null && name != resume))
            {
                continue;
            }

            if (resume is not null)
            {
                resume = null;
            }
            else if (name == "stop-commands")
            {
                resume = text;
            }
            else
            {
                commands.Add((name, text));
            }
        }

        return commands;
    }

    /// <summary>Outputs as the runner reads them out of the file.</summary>
    public static IReadOnlyDictionary<string, string> Outputs(string file)
    {
        var outputs = new Dictionary<string, string>();
        var lines = file.Split('\n');
        for (var at = 0; at < lines.Length && lines[at].Length > 0; at++)
        {
            var parts = lines[at].Split("<<", 2);
            var end = Array.IndexOf(lines, parts[1], at + 1);
            outputs[parts[0]] = string.Join('\n', lines[(at + 1)..end]);
            at = end;
        }

        return outputs;
    }
}
