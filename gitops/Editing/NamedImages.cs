using Devflow.ChatOps.Core.Images;
using Devflow.ChatOps.GitOps.Yaml;

namespace Devflow.ChatOps.GitOps.Editing;

/// <summary>
/// Whatever looks like an image, anywhere in a file: for whoever looks for one that is named in a way that is not searched.
/// </summary>
internal static class NamedImages
{
    public static IReadOnlyList<string> In(IEnumerable<YamlNode> documents)
    {
        var names = new List<string>();
        var seen = new HashSet<YamlNode>();
        foreach (var document in documents)
        {
            Visit(document, isNamed: false, names, seen);
        }

        return names;
    }

    private static void Visit(YamlNode node, bool isNamed, List<string> names, HashSet<YamlNode> seen)
    {
        if (!seen.Add(node))
        {
            return;
        }

        switch (node)
        {
            case YamlScalar { Value: var text } when IsImage(text, isNamed):
                names.Add(text);
                break;

            case YamlSequence list:
                foreach (var item in list.Items)
                {
                    Visit(item, isNamed, names, seen);
                }

                break;

            case YamlMapping mapping:
                foreach (var entry in mapping.Entries)
                {
                    Visit(
                        entry.Value,
                        entry.Key.Value.Contains("image", StringComparison.OrdinalIgnoreCase),
                        names,
                        seen
                    );
                }

                break;
        }
    }

    // Elsewhere many a text with a colon looks like one.
    private static bool IsImage(string text, bool isNamed) =>
        ImageReference.TryParse(text) is { } image
        && (image.Tag ?? image.Digest) is not null
        && (isNamed || image.Digest is not null || image.Name.Text.Contains('/', StringComparison.Ordinal));
}
