using System.Globalization;
using System.Text;

namespace Devflow.ChatOps.Action.Runner;

/// <summary>A place in a file of the repository; line and column from 1, 0 where they are not known.</summary>
public sealed record FilePlace(string Path, int Line = 0, int Column = 0);

/// <summary>
/// The step's log. The runner reads commands out of it (<c>::add-mask::</c> at the start of a line, <c>##[error]</c> anywhere
/// in one; ActionCommand.cs of https://github.com/actions/runner), so nothing gets there as it came from outside.
/// </summary>
public sealed class WorkflowLog(TextWriter output)
{
    /// <summary>The runner keeps ten annotations of a kind for each step.</summary>
    public const int MostAnnotations = 10;

    private const int LongestMessage = 4_000;

    /// <summary>Hides a value in everything that is printed from now on; masks are told line by line.</summary>
    public void Mask(string secret)
    {
        foreach (var line in secret.Split(['\r', '\n'], StringSplitOptions.TrimEntries))
        {
            // The dashes around a key are no secret, and hiding them would hide them everywhere.
            if (line.Length > 0 && !line.StartsWith("-----", StringComparison.Ordinal))
            {
                output.WriteLine($"::add-mask::{Data(line)}");
            }
        }

        output.Flush();
    }

    /// <summary>Text; each of its lines is one of the log.</summary>
    public void Line(string text)
    {
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            output.WriteLine(Tame(line));
        }

        output.Flush();
    }

    public void Notice(string title, string message) => Annotate("notice", title, message, null);

    public void Warning(string title, string message, FilePlace? place = null) =>
        Annotate("warning", title, message, place);

    public void Error(string title, string message, FilePlace? place = null) =>
        Annotate("error", title, message, place);

    /// <summary>Lines that can be folded away.</summary>
    public void Group(string title, IEnumerable<string> lines)
    {
        output.WriteLine($"::group::{Data(Tame(title))}");
        Verbatim(lines);
        output.WriteLine("::endgroup::");
        output.Flush();
    }

    /// <summary>Somebody else's lines. Between the two commands the runner takes no other command.</summary>
    private void Verbatim(IEnumerable<string> lines)
    {
        var token = Guid.NewGuid().ToString("N");
        output.WriteLine($"::stop-commands::{token}");
        foreach (var line in lines)
        {
            Line(line);
        }

        output.WriteLine($"::{token}::");
    }

    private void Annotate(string kind, string title, string message, FilePlace? place)
    {
        var properties = new StringBuilder($"title={Property(title)}");
        if (place is not null)
        {
            properties.Append(CultureInfo.InvariantCulture, $",file={Property(place.Path)}");
            properties.Append(place.Line > 0 ? string.Create(CultureInfo.InvariantCulture, $",line={place.Line}") : "");
            properties.Append(
                place.Column > 0 ? string.Create(CultureInfo.InvariantCulture, $",col={place.Column}") : ""
            );
        }

        var shown = message.Length > LongestMessage ? message[..LongestMessage] + "…" : message;
        output.WriteLine($"::{kind} {properties}::{Data(shown)}");
        output.Flush();
    }

    // What the runner would read as a command is made something that it does not, and still can be read by people.
    private static string Tame(string line)
    {
        var shown = new StringBuilder(line.Length);
        foreach (var c in line)
        {
            shown.Append(char.IsControl(c) && c != '\t' ? '\uFFFD' : c);
        }

        shown.Replace("##[", "## [");
        var text = shown.ToString();
        return text.AsSpan().TrimStart().StartsWith("::") ? "· " + text : text;
    }

    private static string Data(string text) =>
        text.Replace("%", "%25", StringComparison.Ordinal)
            .Replace("\r", "%0D", StringComparison.Ordinal)
            .Replace("\n", "%0A", StringComparison.Ordinal);

    private static string Property(string text) =>
        Data(text).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);
}
