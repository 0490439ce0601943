using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Devflow.ChatOps.GitOps.Yaml;

/// <summary>Reads the documents of a YAML text as nodes that know their place.</summary>
public static class YamlText
{
    private const int DeepestNesting = 100;

    /// <summary>The root of each document that has one.</summary>
    /// <exception cref="YamlFaultException">It is not well-formed.</exception>
    public static IReadOnlyList<YamlNode> Read(string text)
    {
        var scanner = new Scanner(new StringReader(text));
        try
        {
            var parser = new Parser(scanner);
            var roots = new List<YamlNode>();
            parser.Consume<StreamStart>();
            while (parser.TryConsume<DocumentStart>(out _))
            {
                roots.Add(new DocumentReader(text, parser).ReadNode(0));
                parser.Consume<DocumentEnd>();
            }

            return roots;
        }
        catch (YamlException fault)
        {
            var inner = fault.InnerException is null ? fault.Message : fault.InnerException.Message;
            throw new YamlFaultException((int)fault.Start.Line, (int)fault.Start.Column, inner);
        }
        catch (InvalidOperationException)
        {
            // YamlDotNet's scanner fails this way on some texts, as on "a: [1" with "b: c:d" on the next line.
            var at = scanner.CurrentPosition;
            throw new YamlFaultException((int)at.Line, (int)at.Column, "Not well-formed from here on.");
        }
    }

    /// <summary>Anchors belong to one document.</summary>
    private sealed class DocumentReader(string text, IParser parser)
    {
        private readonly Dictionary<AnchorName, YamlNode> anchors = [];

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
            var (start, end) = ((int)scalar.Start.Index, (int)scalar.End.Index);
            start += PropertiesLength(scalar, start, end);
            var span = new YamlSpan(start, end, (int)scalar.Start.Line, (int)scalar.Start.Column);
            return new YamlScalar(
                span,
                scalar.Value,
                scalar.Style switch
                {
                    ScalarStyle.SingleQuoted => ScalarPresentation.SingleQuoted,
                    ScalarStyle.DoubleQuoted => ScalarPresentation.DoubleQuoted,
                    ScalarStyle.Literal or ScalarStyle.Folded => ScalarPresentation.Block,
                    _ => ScalarPresentation.Plain,
                }
            );
        }

        // The parser counts an anchor and a tag to the scalar that they stand before.
        private int PropertiesLength(Scalar scalar, int start, int end)
        {
            if (scalar.Anchor.IsEmpty && scalar.Tag.IsEmpty)
            {
                return 0;
            }

            var at = start;
            while (at < end && text[at] is '&' or '!')
            {
                while (at < end && !char.IsWhiteSpace(text[at]))
                {
                    at++;
                }

                while (at < end && char.IsWhiteSpace(text[at]))
                {
                    at++;
                }
            }

            return at - start;
        }

        private YamlSequence ReadSequence(NodeEvent start, int depth)
        {
            var items = new List<YamlNode>();
            while (!parser.Accept<SequenceEnd>(out _))
            {
                items.Add(ReadNode(depth + 1));
            }

            return new YamlSequence(Span(start, parser.Consume<SequenceEnd>()), items);
        }

        private YamlMapping ReadMapping(MappingStart start, int depth)
        {
            var entries = new List<YamlEntry>();
            var keys = new HashSet<string>(StringComparer.Ordinal);
            while (!parser.Accept<MappingEnd>(out _))
            {
                var at = parser.Current!;
                if (ReadNode(depth + 1) is not YamlScalar key)
                {
                    throw Fault(at, "A key that is no text.");
                }

                if (key.Value != "<<" && !keys.Add(key.Value))
                {
                    throw Fault(at, $"The key {key.Value} stands here twice.");
                }

                var aliasEnd = parser.Accept<AnchorAlias>(out var alias) ? (int?)alias.End.Index : null;
                var value = ReadNode(depth + 1);
                entries.Add(new YamlEntry(key, value, aliasEnd ?? value.Span.End));
            }

            return new YamlMapping(
                Span(start, parser.Consume<MappingEnd>()),
                entries,
                start.Style == MappingStyle.Flow
            );
        }

        private static YamlSpan Span(ParsingEvent start, ParsingEvent end) =>
            new((int)start.Start.Index, (int)end.End.Index, (int)start.Start.Line, (int)start.Start.Column);

        private static YamlFaultException Fault(ParsingEvent at, string message) =>
            new((int)at.Start.Line, (int)at.Start.Column, message);
    }
}
