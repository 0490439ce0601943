using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Devflow.ChatOps.Tests.GitOps.Editing.Generated;

/// <summary>
/// What a text says, read with YamlDotNet's own model and nothing of ours: mappings, lists and scalars, with aliases and
/// merge keys put in, so that it does not matter any more how it is written.
/// </summary>
internal static class YamlReading
{
    /// <summary>A scalar: its value, and whether it is a text by how it is written.</summary>
    public sealed record Scalar(string Value, bool IsText)
    {
        public bool IsNull => !IsText && YamlTexts.IsNull(Value);
    }

    public static List<object> Read(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text.TrimStart('\uFEFF')));
        return [.. stream.Documents.Select(document => Node(document.RootNode))];
    }

    /// <summary>Where two readings differ first; <c>null</c>: nowhere.</summary>
    public static string? Difference(object expected, object actual, string path = "") =>
        (expected, actual) switch
        {
            (Scalar one, Scalar other) => one == other ? null : $"{path}: {one} became {other}",
            (List<object> one, List<object> other) when one.Count == other.Count => one.Select(
                    (item, i) => Difference(item, other[i], $"{path}[{i}]")
                )
                .FirstOrDefault(difference => difference is not null),
            (Dictionary<string, object> one, Dictionary<string, object> other)
                when one.Keys.Order(StringComparer.Ordinal).SequenceEqual(other.Keys.Order(StringComparer.Ordinal)) =>
                one.Where(entry => entry.Key != FileGenerator.Defaults)
                    .Select(entry => Difference(entry.Value, other[entry.Key], $"{path}.{entry.Key}"))
                    .FirstOrDefault(difference => difference is not null),
            _ => $"{path}: another shape",
        };

    /// <summary>All scalars of a reading, by where they are.</summary>
    public static IEnumerable<(string Path, Scalar Value)> Scalars(object node, string path = "") =>
        node switch
        {
            Scalar scalar => [(path, scalar)],
            List<object> list => list.SelectMany((item, i) => Scalars(item, $"{path}[{i}]")),
            Dictionary<string, object> mapping => mapping.SelectMany(entry =>
                Scalars(entry.Value, $"{path}.{entry.Key}")
            ),
            _ => throw new InvalidOperationException($"A {node.GetType()}."),
        };

    private static object Node(YamlNode node) =>
        node switch
        {
            YamlScalarNode scalar => new Scalar(
                scalar.Value ?? "",
                scalar.Style is not (ScalarStyle.Plain or ScalarStyle.Any) || YamlTexts.IsText(scalar.Value ?? "")
            ),
            YamlSequenceNode list => list.Children.Select(Node).ToList(),
            YamlMappingNode mapping => Mapping(mapping),
            _ => throw new InvalidOperationException($"A {node.NodeType}."),
        };

    private static Dictionary<string, object> Mapping(YamlMappingNode mapping)
    {
        var read = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (var (key, value) in mapping.Children)
        {
            if (((YamlScalarNode)key).Value != "<<")
            {
                read[((YamlScalarNode)key).Value!] = Node(value);
            }
        }

        if (mapping.Children.TryGetValue("<<", out var merged))
        {
            foreach (var (key, value) in Mapping((YamlMappingNode)merged))
            {
                read.TryAdd(key, value);
            }
        }

        return read;
    }
}
