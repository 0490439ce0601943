using System.Text;

namespace Devflow.ChatOps.GitOps.Yaml;

/// <summary>Changes of a YAML text, collected and then made at once; every character that none of them names stays.</summary>
public sealed class TextEdits(string text)
{
    private readonly List<(int Start, int End, string Replacement)> edits = [];

    /// <summary>Whether there is anything to change.</summary>
    public bool IsEmpty => edits.Count == 0;

    /// <summary>Gives a scalar another value and keeps its quotes. An alias of it changes too: that is what it is for.</summary>
    /// <exception cref="YamlFaultException">It is a block scalar, or two changes of it contradict each other.</exception>
    public void Set(YamlScalar scalar, string value)
    {
        if (scalar.Value == value)
        {
            return;
        }

        if (scalar.Presentation == ScalarPresentation.Block)
        {
            throw new YamlFaultException(
                scalar.Span.Line,
                scalar.Span.Column,
                "A block scalar; write the value on one line."
            );
        }

        var (start, end) = (scalar.Span.Start, scalar.Span.End);
        var replacement = Scalars.Write(value, scalar.Presentation);
        var former = edits.Find(edit => edit.Start == start && edit.End == end && end > start);
        if (former == default)
        {
            // `tag:` with nothing behind it has no place of its own: the space is missing.
            edits.Add((start, end, start == end ? " " + replacement : replacement));
        }
        else if (former.Replacement != replacement)
        {
            throw new YamlFaultException(scalar.Span.Line, scalar.Span.Column, "Two different values are wanted here.");
        }
    }

    /// <summary>Sets a key of a mapping, where it is missing right behind the entry <paramref name="after"/>.</summary>
    public void Set(YamlMapping mapping, string key, string value, YamlEntry after)
    {
        if (mapping.TryFind(key, out var entry))
        {
            Set(
                entry.Value as YamlScalar
                    ?? throw new YamlFaultException(
                        entry.Key.Span.Line,
                        entry.Key.Span.Column,
                        $"{key}: expected a text."
                    ),
                value
            );
            return;
        }

        var style = after.Value is YamlScalar { IsQuoted: true } quoted
            ? quoted.Presentation
            : ScalarPresentation.Plain;
        var line = $"{Scalars.Write(key, after.Key.Presentation)}: {Scalars.Write(value, style)}";
        if (mapping.IsFlow)
        {
            edits.Add((after.End, after.End, ", " + line));
            return;
        }

        var indentation = new string(' ', after.Key.Span.Column - 1);
        var newline = text.IndexOf('\n', after.End);
        if (newline < 0)
        {
            var lineBreak = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
            edits.Add((text.Length, text.Length, lineBreak + indentation + line));
        }
        else
        {
            var lineBreak = newline > 0 && text[newline - 1] == '\r' ? "\r\n" : "\n";
            edits.Add((newline + 1, newline + 1, indentation + line + lineBreak));
        }
    }

    /// <summary>Takes an entry of a mapping out, with the comment on its line.</summary>
    /// <exception cref="YamlFaultException">The entry comes from a merge key: it belongs to others too.</exception>
    public void Remove(YamlMapping mapping, YamlEntry entry)
    {
        var at = mapping.Entries.ToList().IndexOf(entry);
        if (at < 0)
        {
            var span = entry.Key.Span;
            throw new YamlFaultException(
                span.Line,
                span.Column,
                $"{entry.Key.Value} comes from a merge key; take it out by hand."
            );
        }

        var next = at + 1 < mapping.Entries.Count ? mapping.Entries[at + 1] : null;
        var lineStart = text.LastIndexOf('\n', Math.Max(entry.Key.Span.Start - 1, 0)) + 1;
        var isAlone = string.IsNullOrWhiteSpace(text[lineStart..entry.Key.Span.Start]);
        if (!mapping.IsFlow && isAlone)
        {
            var newline = text.IndexOf('\n', entry.End);
            edits.Add((lineStart, newline < 0 ? text.Length : newline + 1, ""));
        }
        else if (next is not null)
        {
            edits.Add((entry.Key.Span.Start, next.Key.Span.Start, ""));
        }
        else if (at > 0)
        {
            edits.Add((mapping.Entries[at - 1].End, entry.End, ""));
        }
        else
        {
            edits.Add((entry.Key.Span.Start, entry.End, ""));
        }
    }

    /// <summary>The changed text.</summary>
    public string Apply()
    {
        var changed = new StringBuilder(text.Length + 128);
        var done = 0;
        foreach (var (start, end, replacement) in edits.OrderBy(edit => edit.Start).ThenBy(edit => edit.End))
        {
            changed.Append(text, done, start - done).Append(replacement);
            done = end;
        }

        return changed.Append(text, done, text.Length - done).ToString();
    }
}
