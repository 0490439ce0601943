using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Devflow.ChatOps.Tests.EndToEnd.Deploy;

/// <summary>YAML as the JSON that Kubernetes makes of it: plain scalars get their type, quoted ones stay text.</summary>
internal static class YamlDocuments
{
    /// <summary>Every document of a stream; an empty one is left out. A repeated key is an error of the parser.</summary>
    public static IReadOnlyList<JsonNode> ParseAll(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return [.. stream.Documents.Select(document => ToJson(document.RootNode)).OfType<JsonNode>()];
    }

    /// <summary>The only document of a text.</summary>
    public static JsonNode Parse(string yaml) => ParseAll(yaml).ShouldHaveSingleItem();

    private static JsonNode? ToJson(YamlNode node) =>
        node switch
        {
            YamlMappingNode mapping => new JsonObject(
                mapping.Children.Select(pair =>
                    KeyValuePair.Create(((YamlScalarNode)pair.Key).Value ?? "", ToJson(pair.Value))
                )
            ),
            YamlSequenceNode sequence => new JsonArray([.. sequence.Children.Select(ToJson)]),
            YamlScalarNode { Style: ScalarStyle.Plain } scalar => Plain(scalar.Value),
            YamlScalarNode scalar => JsonValue.Create(scalar.Value ?? ""),
            _ => throw new InvalidDataException($"{node.NodeType} at {node.Start} has no place in a manifest"),
        };

    private static JsonValue? Plain(string? value) =>
        value switch
        {
            null or "" or "~" or "null" => null,
            "true" => JsonValue.Create(true),
            "false" => JsonValue.Create(false),
            _ when long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) =>
                JsonValue.Create(number),
            _ => JsonValue.Create(value),
        };
}
