using System.Text;
using System.Text.RegularExpressions;

namespace Devflow.ChatOps.GitOps.Yaml;

/// <summary>Changes of a YAML text, collected and then made at once; every character that none of them names stays.</summary>
internal sealed partial class TextEdits(string text)
{
    private readonly List<Edit> edits = [];

    /// <summary>Gives a scalar another value and keeps its quotes.</summary>
    /// <exception cref="YamlFaultException">It is a block scalar, or its tag says that it is no text.</exception>
    public void Replace(YamlScalar scalar, string value, bool isJson)
    {
        var span = scalar.Span;
        if (scalar.Presentation == ScalarPresentation.Block)
        {
            throw new YamlFaultException(span.Line, span.Column, "A block scalar; write the value on one line.");
        }

        if (scalar.Tag is not (null or "!" or Scalars.TextTag))
        {
            throw new YamlFaultException(span.Line, span.Column, $"Tagged as {scalar.Tag}, which a version is not.");
        }

        var presentation = isJson ? ScalarPresentation.DoubleQuoted : scalar.Presentation;
        var written = Scalars.Write(value, presentation);
        if (span.Start == span.End)
        {
            // `tag:` with nothing behind it has no place of its own: the space is missing, in `{tag}` even the colon.
            var before = text.AsSpan(0, span.Start).TrimEnd();
            var isBehindProperties = scalar.Anchor is not null || scalar.Tag is not null;
            written = (isBehindProperties || before.EndsWith(":") || before.EndsWith("-") ? " " : ": ") + written;
        }

        edits.Add(new Edit(span, written));
    }

    /// <summary>Writes a value in the place of an alias.</summary>
    public void Replace(YamlSpan alias, string value, bool isJson) =>
        edits.Add(new Edit(alias, Scalars.Write(value, isJson ? ScalarPresentation.DoubleQuoted : default)));

    /// <summary>Adds an entry to a mapping, right behind one that is written there.</summary>
    public void Add(YamlMapping mapping, YamlEntry after, string key, string value)
    {
        var isQuoted = !after.IsMerge && after.Value is YamlScalar { Presentation: var style } && IsQuote(style);
        var presentation = isQuoted ? ((YamlScalar)after.Value).Presentation : ScalarPresentation.Plain;
        var keyPresentation = after.IsMerge ? ScalarPresentation.Plain : after.Key.Presentation;
        var line = $"{Scalars.Write(key, keyPresentation)}: {Scalars.Write(value, presentation)}";
        var span = after.Key.Span;
        if (mapping.IsFlow)
        {
            edits.Add(new Edit(span with { Start = after.End, End = after.End }, ", " + line));
            return;
        }

        var (end, lineBreak) = EndOfLine(after);
        var indented = new string(' ', after.Indentation) + line;
        var isOpen = end == text.Length && lineBreak.Length == 0;
        lineBreak = lineBreak.Length == 0 ? FirstLineBreak() : lineBreak;
        edits.Add(new Edit(span with { Start = end, End = end }, isOpen ? lineBreak + indented : indented + lineBreak));
    }

    /// <summary>Takes an entry that is written in a mapping out of it, with the comment on its line.</summary>
    public void Remove(YamlMapping mapping, YamlEntry entry)
    {
        var at = mapping.Entries.ToList().IndexOf(entry);
        var next = at + 1 < mapping.Entries.Count ? mapping.Entries[at + 1] : null;
        var lineStart = text.AsSpan(0, entry.Start).LastIndexOfAny('\n', '\r') + 1;
        var isFirst = text.AsSpan(lineStart, entry.Start - lineStart).IsWhiteSpace();
        var line = (Start: lineStart, EndOfLine(entry).End);
        if (isFirst && !mapping.IsFlow)
        {
            Cut(entry, line.Start, line.End);
        }
        else if (isFirst && BehindInFlow().IsMatch(text[entry.End..line.End]))
        {
            // The comma in front goes with the last one: JSON allows none at the end.
            if (next is null && at > 0 && text.AsSpan(mapping.Entries[at - 1].End).StartsWith(","))
            {
                Cut(entry, mapping.Entries[at - 1].End, mapping.Entries[at - 1].End + 1);
            }

            Cut(entry, line.Start, line.End);
        }
        else if (next is not null)
        {
            // A comment on lines of its own in between is about what follows.
            var rest = text.AsSpan(line.End);
            Cut(entry, entry.Start, Math.Min(next.Start, line.End + rest.Length - rest.TrimStart().Length));
        }
        else
        {
            Cut(entry, at > 0 ? mapping.Entries[at - 1].End : entry.Start, entry.End);
        }
    }

    /// <summary>The changed text.</summary>
    /// <exception cref="YamlFaultException">Two changes are in each other's way.</exception>
    public string Apply()
    {
        var changed = new StringBuilder(text.Length + 128);
        var done = 0;
        foreach (var (span, replacement) in edits.OrderBy(edit => edit.Span.Start).ThenBy(edit => edit.Span.End))
        {
            if (span.Start < done)
            {
                throw new YamlFaultException(
                    span.Line,
                    span.Column,
                    "Cannot be edited safely: two changes meet here. Write each entry on a line of its own."
                );
            }

            changed.Append(text, done, span.Start - done).Append(replacement);
            done = span.End;
        }

        var result = changed.Append(text, done, text.Length - done).ToString();
        // A text without a last line break keeps none, even when its last line went.
        return text.Length > 0 && text[^1] is '\n' or '\r' ? result : result.TrimEnd('\n', '\r');
    }

    private void Cut(YamlEntry entry, int start, int end) =>
        edits.Add(new Edit(entry.Key.Span with { Start = start, End = end }, ""));

    private static bool IsQuote(ScalarPresentation style) =>
        style is ScalarPresentation.SingleQuoted or ScalarPresentation.DoubleQuoted;

    /// <summary>Where the next line begins, and how the entry's last line is ended; not at all at the end of the text.</summary>
    private (int End, string LineBreak) EndOfLine(YamlEntry entry)
    {
        // A block scalar goes on to the beginning of the next line.
        var from = entry is { Alias: null, Value: YamlScalar { Presentation: ScalarPresentation.Block } }
            ? Math.Max(entry.End - 1, 0)
            : entry.End;
        var found = text.AsSpan(from).IndexOfAny('\n', '\r');
        if (found < 0)
        {
            return (text.Length, "");
        }

        var at = from + found;
        var isWindows = text[at] == '\r' && at + 1 < text.Length && text[at + 1] == '\n';
        var lineBreak =
            isWindows || (text[at] == '\n' && at > 0 && text[at - 1] == '\r') ? "\r\n" : text[at].ToString();
        return (at + (isWindows ? 2 : 1), lineBreak);
    }

    private string FirstLineBreak()
    {
        var at = text.AsSpan().IndexOfAny('\n', '\r');
        return at < 0 ? "\n"
            : text.AsSpan(at).StartsWith("\r\n") ? "\r\n"
            : text[at].ToString();
    }

    /// <summary>What may be behind an entry in braces that has its line for itself.</summary>
    [GeneratedRegex(@"\A[ \t]*,?[ \t]*(#.*)?[\r\n]*\z")]
    private static partial Regex BehindInFlow();

    private sealed record Edit(YamlSpan Span, string Replacement);
}
