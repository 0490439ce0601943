using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Devflow.ChatOps.GitOps.Yaml;

/// <summary>Reads one document: anchors belong to one.</summary>
internal sealed class YamlDocumentReader(string text, IParser parser)
{
    private const int DeepestNesting = 100;

    private readonly Dictionary<AnchorName, YamlNode> anchors = [];

    /// <exception cref="YamlFaultException">Something that cannot be edited, though the parser reads it.</exception>
    public YamlNode ReadNode(int depth)
    {
        if (depth > DeepestNesting)
        {
            throw Fault(parser.Current!, $"Nested more than {DeepestNesting} deep.");
        }

        if (parser.TryConsume<AnchorAlias>(out var alias))
        {
            return anchors.TryGetValue(alias.Value, out var target)
                ? target
                : throw Fault(alias, $"There is no anchor {alias.Value} before this alias.");
        }

        var start = parser.Consume<NodeEvent>();
        YamlNode node = start switch
        {
            Scalar scalar => ReadScalar(scalar),
            SequenceStart => ReadSequence(start, depth),
            MappingStart mapping => ReadMapping(mapping, depth),
            _ => throw Fault(start, "Expected a value."),
        };
        if (!start.Anchor.IsEmpty)
        {
            anchors[start.Anchor] = node;
        }

        return node;
    }

    private YamlScalar ReadScalar(Scalar scalar)
    {
        var isNothing = scalar is { Style: ScalarStyle.Plain, Value: "" };
        var (start, end) = ((int)scalar.Start.Index, (int)scalar.End.Index);
        if (!scalar.Anchor.IsEmpty || !scalar.Tag.IsEmpty)
        {
            start = BehindProperties(start, isNothing);
        }

        var span = new YamlSpan(start, isNothing ? start : end, (int)scalar.Start.Line, (int)scalar.Start.Column);
        var presentation = scalar.Style switch
        {
            ScalarStyle.SingleQuoted => ScalarPresentation.SingleQuoted,
            ScalarStyle.DoubleQuoted => ScalarPresentation.DoubleQuoted,
            ScalarStyle.Literal or ScalarStyle.Folded => ScalarPresentation.Block,
            _ => ScalarPresentation.Plain,
        };
        return new YamlScalar(span, scalar.Value, presentation, Anchor(scalar), Tag(scalar));
    }

    // The parser counts an anchor and a tag to the scalar that they stand before. Behind them, with nothing else, is the
    // place of a value that is not there: what follows belongs to others.
    private int BehindProperties(int start, bool isNothing)
    {
        var at = start;
        var behind = start;
        while (at < text.Length && text[at] is '&' or '!')
        {
            while (at < text.Length && !char.IsWhiteSpace(text[at]) && !(isNothing && text[at] is ',' or ']' or '}'))
            {
                at++;
            }

            behind = at;
            while (at < text.Length && char.IsWhiteSpace(text[at]))
            {
                at++;
            }
        }

        return isNothing ? behind : at;
    }

    private YamlSequence ReadSequence(NodeEvent start, int depth)
    {
        var items = new List<YamlNode>();
        var aliases = new List<YamlSpan?>();
        while (!parser.Accept<SequenceEnd>(out _))
        {
            aliases.Add(AliasHere());
            items.Add(ReadNode(depth + 1));
        }

        return new YamlSequence(Span(start, parser.Consume<SequenceEnd>()), items, aliases, Anchor(start), Tag(start));
    }

    private YamlMapping ReadMapping(MappingStart start, int depth)
    {
        var isFlow = start.Style == MappingStyle.Flow;
        var entries = new List<YamlEntry>();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        while (!parser.Accept<MappingEnd>(out _))
        {
            var at = parser.Current!;
            if (ReadNode(depth + 1) is not YamlScalar key)
            {
                throw Fault(at, "A key that is no text.");
            }

            if (!keys.Add(key.Value))
            {
                throw Fault(at, $"The key {key.Value} stands here twice.");
            }

            if (isFlow && !key.IsQuoted && key.Value.EndsWith(':'))
            {
                // {a:} is a key with nothing to some parsers, and the key "a:" to others.
                throw Fault(at, $"Read differently by different parsers: write a space behind {key.Value}");
            }

            var alias = AliasHere();
            var value = ReadNode(depth + 1);
            var begin = BeginOfEntry((int)at.Start.Index);
            entries.Add(
                new YamlEntry(
                    key,
                    value,
                    begin,
                    (int)at.Start.Column - 1 - ((int)at.Start.Index - begin),
                    alias?.End ?? value.Span.End,
                    alias
                )
            );
        }

        return new YamlMapping(Span(start, parser.Consume<MappingEnd>()), entries, isFlow, Anchor(start), Tag(start));
    }

    private YamlSpan? AliasHere() => parser.Accept<AnchorAlias>(out var alias) ? Span(alias, alias) : null;

    // An explicit key has a question mark in front.
    private int BeginOfEntry(int key)
    {
        var at = key - 1;
        while (at >= 0 && text[at] is ' ' or '\t')
        {
            at--;
        }

        var isExplicit = at >= 0 && at < key - 1 && text[at] == '?' && (at == 0 || " \t\n\r{,".Contains(text[at - 1]));
        return isExplicit ? at : key;
    }

    private static string? Anchor(NodeEvent node) => node.Anchor.IsEmpty ? null : node.Anchor.Value;

    private static string? Tag(NodeEvent node) =>
        node.Tag.IsEmpty ? null
        : node.Tag.IsNonSpecific ? "!"
        : node.Tag.Value;

    private static YamlSpan Span(ParsingEvent start, ParsingEvent end) =>
        new((int)start.Start.Index, (int)end.End.Index, (int)start.Start.Line, (int)start.Start.Column);

    private static YamlFaultException Fault(ParsingEvent at, string message) =>
        new((int)at.Start.Line, (int)at.Start.Column, message);
}
