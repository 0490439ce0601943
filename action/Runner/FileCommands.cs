using System.Text;

namespace Devflow.ChatOps.Action.Runner;

/// <summary>
/// Outputs and step summary, written into the files that the runner names (FileCommandManager.cs of
/// https://github.com/actions/runner).
/// </summary>
public sealed class FileCommands(string? outputPath, string? summaryPath)
{
    /// <summary>A larger summary is not shown at all.</summary>
    public const int LargestSummary = 1024 * 1024;

    private static readonly UTF8Encoding utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Sets outputs, in one write.</summary>
    /// <exception cref="ArgumentException">A value that contains the random delimiter: somebody foresaw it.</exception>
    public void SetOutputs(IEnumerable<(string Name, string Value)> outputs)
    {
        if (outputPath is null)
        {
            return;
        }

        var text = new StringBuilder();
        foreach (var (name, value) in outputs)
        {
            text.Append(Assignment(name, value, $"ghadelimiter_{Guid.NewGuid()}"));
        }

        File.AppendAllText(outputPath, text.ToString(), utf8);
    }

    /// <summary>Appends Markdown to the step's summary.</summary>
    /// <exception cref="ArgumentException">More than the runner takes.</exception>
    public void AddSummary(string markdown)
    {
        if (utf8.GetByteCount(markdown) > LargestSummary)
        {
            throw new ArgumentException("The summary is too large.", nameof(markdown));
        }

        if (summaryPath is not null)
        {
            File.AppendAllText(summaryPath, markdown, utf8);
        }
    }

    internal static string Assignment(string name, string value, string delimiter) =>
        name.Contains(delimiter, StringComparison.Ordinal) || value.Contains(delimiter, StringComparison.Ordinal)
            ? throw new ArgumentException("The value contains the delimiter.", nameof(value))
            : $"{name}<<{delimiter}\n{value}\n{delimiter}\n";
}
