using System.Globalization;
using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Devflow.ChatOps.Core.Catalog.Reading;

/// <summary>Reads YAML into a tree with positions, within limits that keep hostile input cheap.</summary>
internal sealed class YamlTree
{
    internal const int MostBytes = 1024 * 1024;
    internal const int Deepest = 16;
    internal const int LongestScalar = 4096;
    internal const int MostNodes = 200_000;

    private readonly FaultList faults;
    private readonly Scanner scanner;
    private readonly Parser events;
    private int nodes;

    private YamlTree(string yaml, FaultList faults)
    {
        this.faults = faults;
        scanner = new Scanner(new StringReader(yaml), skipComments: true);
        events = new Parser(scanner);
    }

    /// <summary>The one document of the file; null, with a fault, when it cannot be read.</summary>
    public static YamlNode? Read(string yaml, FaultList faults)
    {
        if (Encoding.UTF8.GetByteCount(yaml) > MostBytes)
        {
            faults.Add(new(1, 1), "the file is larger than 1 MiB");
            return null;
        }

        // The scanner takes a NUL for the end and would read half a catalog.
        if (TextPlaces.FirstControlCharacter(yaml) is { } place)
        {
            faults.Add(place, "control characters are not allowed");
            return null;
        }

        var tree = new YamlTree(yaml, faults);
        try
        {
            return tree.Document();
        }
        catch (YamlException fault)
        {
            // The scanner reports a tab at the start of the mapping that it is in.
            var tab = fault.Message.Contains("tab", StringComparison.Ordinal) ? TextPlaces.FirstTabIndent(yaml) : null;
            faults.Add(tab ?? At(fault.Start), $"malformed YAML: {Messages.OutsideText.Line(fault.Message)}");
        }
        catch (Exception fault) when (fault is InvalidOperationException or ArgumentException)
        {
            // YamlDotNet 18.1 throws these for some malformed input, such as a flow list that runs into the next key.
            faults.Add(
                At(tree.scanner.CurrentPosition),
                "malformed YAML: a bracket, brace or quote is not closed here"
            );
        }
        catch (LimitException limit)
        {
            faults.Add(limit.At, limit.Message);
        }

        return null;
    }

    private YamlNode? Document()
    {
        events.Consume<StreamStart>();
        if (events.Accept<StreamEnd>(out _))
        {
            faults.Add(new(1, 1), "the file is empty");
            return null;
        }

        events.Consume<DocumentStart>();
        var root = Node(1);
        events.Consume<DocumentEnd>();
        if (events.Accept<DocumentStart>(out var second))
        {
            faults.Add(At(second.Start), "a second document; a catalog is one document");
        }

        return root;
    }

    private YamlNode Node(int depth)
    {
        var at = At(Peek().Start);
        if (++nodes > MostNodes)
        {
            throw new LimitException(
                at,
                string.Create(CultureInfo.InvariantCulture, $"more than {MostNodes} values in one file")
            );
        }

        if (depth > Deepest)
        {
            throw new LimitException(at, string.Create(CultureInfo.InvariantCulture, $"nested deeper than {Deepest}"));
        }

        if (events.TryConsume<AnchorAlias>(out _))
        {
            throw new LimitException(at, "aliases are not allowed; write the value out");
        }

        if (Peek() is NodeEvent node)
        {
            RefuseAnchorsAndTags(node, at);
        }

        if (events.TryConsume<Scalar>(out var scalar))
        {
            return scalar.Value.Length <= LongestScalar
                ? new YamlNode.Scalar(at, scalar.Value, scalar.Style is not ScalarStyle.Plain)
                : throw new LimitException(
                    at,
                    string.Create(CultureInfo.InvariantCulture, $"a value longer than {LongestScalar} characters")
                );
        }

        return events.TryConsume<SequenceStart>(out _) ? Items(at, depth) : Entries(at, depth);
    }

    private YamlNode.Sequence Items(Position at, int depth)
    {
        var items = new List<YamlNode>();
        while (!events.TryConsume<SequenceEnd>(out _))
        {
            items.Add(Node(depth + 1));
        }

        return new(at, items);
    }

    private YamlNode.Mapping Entries(Position at, int depth)
    {
        events.Consume<MappingStart>();
        var entries = new List<YamlNode.Entry>();
        var lines = new Dictionary<string, int>();
        while (!events.TryConsume<MappingEnd>(out _))
        {
            var key = Node(depth + 1);
            var value = Node(depth + 1);
            if (key is not YamlNode.Scalar name)
            {
                faults.Add(key.At, $"a key must be a single word, not {key.Kind}");
            }
            else if (lines.TryGetValue(name.Value, out var line))
            {
                faults.Add(name.At, $"duplicate key {Quote.Of(name.Value)}, first given in {Quote.Line(line)}");
            }
            else
            {
                lines.Add(name.Value, name.At.Line);
                entries.Add(new(name, value));
            }
        }

        return new(at, entries);
    }

    private void RefuseAnchorsAndTags(NodeEvent node, Position at)
    {
        if (!node.Anchor.IsEmpty)
        {
            faults.Add(at, "anchors are not allowed; write the value out where it is needed");
        }

        if (!node.Tag.IsEmpty)
        {
            faults.Add(at, "tags are not allowed");
        }
    }

    private ParsingEvent Peek()
    {
        events.Accept<ParsingEvent>(out var next);
        return next ?? throw new YamlException("The file ends within a document.");
    }

    private static Position At(Mark mark) => new((int)Math.Max(1, mark.Line), (int)Math.Max(1, mark.Column));

    /// <summary>A limit was passed; reading on would only make it worse.</summary>
    private sealed class LimitException(Position at, string message) : Exception(message)
    {
        public Position At { get; } = at;
    }
}
