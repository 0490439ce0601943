using Devflow.ChatOps.Core.Images;
using Devflow.ChatOps.GitOps.Yaml;

namespace Devflow.ChatOps.GitOps.Editing;

/// <summary>
/// Values of a Helm chart. Charts agree on no schema, but nearly all on <c>repository</c> with <c>tag</c>, often with
/// <c>registry</c> and <c>digest</c> (https://helm.sh/docs/chart_best_practices/values/), some on one <c>image</c> text.
/// </summary>
internal static class HelmValues
{
    public static void Search(YamlMapping root, ImageSearch search) =>
        Search(root, "", search, new HashSet<YamlNode>(ReferenceEqualityComparer.Instance));

    /// <summary>Writes into the mapping that has the <c>repository</c>.</summary>
    /// <exception cref="YamlFaultException">It has no place for what is to be written.</exception>
    public static void Write(YamlMapping image, string where, ImageSearch search)
    {
        var release = search.Release;
        search.Found(where, image, ImageSearch.Version(image.Text("tag"), image.Text("digest")));
        var behind = image.TryFind("repository", out var repository) ? repository : image.Entries[^1];
        if (image.TryFind("digest", out _))
        {
            search.Edits.Set(image, "digest", release.Digest ?? "", behind);
            if (release.Tag is not null)
            {
                search.Edits.Set(image, "tag", release.Tag, behind);
            }
        }
        else if (release.Tag is null)
        {
            throw new YamlFaultException(
                image.Span.Line,
                image.Span.Column,
                "There is no digest here, and what the chart does with one is not known: name the tag too."
            );
        }
        else
        {
            // Charts write repository:tag, so that a digest goes behind the tag.
            search.Edits.Set(image, "tag", ImageSearch.Version(release.Tag, release.Digest), behind);
        }
    }

    private static void Search(YamlNode node, string where, ImageSearch search, HashSet<YamlNode> seen)
    {
        if (!seen.Add(node))
        {
            return;
        }

        switch (node)
        {
            case YamlMapping mapping:
                SearchMapping(mapping, where, search);
                foreach (var entry in mapping.Entries)
                {
                    var path = where.Length == 0 ? entry.Key.Value : $"{where}.{entry.Key.Value}";
                    if (entry.Value is YamlScalar scalar && IsImageKey(entry.Key.Value) && seen.Add(scalar))
                    {
                        SearchText(scalar, path, search);
                    }
                    else
                    {
                        Search(entry.Value, path, search, seen);
                    }
                }

                break;
            case YamlSequence list:
                for (var i = 0; i < list.Items.Count; i++)
                {
                    Search(list.Items[i], $"{where}[{i}]", search, seen);
                }

                break;
        }
    }

    private static void SearchMapping(YamlMapping mapping, string where, ImageSearch search)
    {
        if (mapping.Text("repository") is not { } repository)
        {
            return;
        }

        var full = mapping.Text("registry") is { } registry ? $"{registry}/{repository}" : repository;
        if (ImageName.TryParse(full) is not { } name)
        {
            return;
        }

        if (name.Equals(search.Release.Name))
        {
            Write(mapping, where, search);
        }
        else
        {
            search.Others.Add(full);
        }
    }

    // A name alone, without a tag, is more likely something else that is called an image.
    private static void SearchText(YamlScalar scalar, string where, ImageSearch search)
    {
        if (ImageReference.TryParse(scalar.Value) is { } image && (image.Tag ?? image.Digest) is not null)
        {
            search.Reference(scalar, where);
        }
    }

    private static bool IsImageKey(string key) => key.EndsWith("image", StringComparison.OrdinalIgnoreCase);
}
