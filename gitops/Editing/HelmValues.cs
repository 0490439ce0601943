using Devflow.ChatOps.Core.Images;
using Devflow.ChatOps.GitOps.Yaml;

namespace Devflow.ChatOps.GitOps.Editing;

/// <summary>
/// Values of a Helm chart. Charts agree on no schema, but nearly all on <c>repository</c> with <c>tag</c>, often with
/// <c>registry</c> and <c>digest</c> (https://helm.sh/docs/chart_best_practices/values/), some on <c>image</c> or
/// <c>name</c> with <c>tag</c>, on <c>sha</c> for a digest without its algorithm, or on one <c>image</c> text.
/// </summary>
internal static class HelmValues
{
    private const string Sha256 = "sha256:";

    /// <summary>Searches values, which are at <paramref name="where"/> in the document.</summary>
    public static void Search(YamlMapping values, string where, ImageSearch search) =>
        Search(values, where, search, []);

    /// <summary>The entry that names the repository of an image, and the repository with its registry.</summary>
    public static (YamlEntry Entry, string Name)? NameOf(YamlMapping mapping)
    {
        var hasVersion = mapping.TryFind("tag", out _) || DigestOf(mapping) is not null;
        foreach (var key in (string[])(hasVersion ? ["repository", "image", "name"] : ["repository"]))
        {
            if (mapping.TryFind(key, out var entry) && mapping.Text(key) is { } repository)
            {
                return (entry, mapping.Text("registry") is { } registry ? $"{registry}/{repository}" : repository);
            }
        }

        return null;
    }

    /// <summary>Writes into a mapping that has the name of the image, or at least its tag or digest.</summary>
    /// <exception cref="YamlFaultException">It has no place for what is to be written.</exception>
    public static void Write(YamlMapping image, string where, ImageSearch search)
    {
        var release = search.Release;
        var digest = DigestOf(image);
        var behind =
            NameOf(image)?.Entry
            ?? (image.TryFind("tag", out var tag) ? tag : digest)
            ?? throw ImageSearch.Fault(image, $"{where}: neither an image, nor a tag or a digest is in here.");
        search.Found(where, image, ImageSearch.Version(image.Text("tag"), TextOf(image, digest)));
        if (digest is not null)
        {
            SetDigest(image, digest, where, search);
            if (release.Tag is not null)
            {
                search.Set(image, "tag", release.Tag, behind);
            }
        }
        else if (release.Tag is null)
        {
            throw ImageSearch.Fault(
                image,
                "There is no digest here, and what the chart does with one is not known: name the tag too."
            );
        }
        else
        {
            // Charts write repository:tag, so that a digest goes behind the tag.
            search.Set(image, "tag", ImageSearch.Version(release.Tag, release.Digest), behind);
        }
    }

    private static void SetDigest(YamlMapping image, YamlEntry entry, string where, ImageSearch search)
    {
        var key = entry.Key.Value;
        var digest = search.Release.Digest ?? "";
        if (digest.Length == 0 && entry.Value is YamlScalar { IsNull: true })
        {
            return;
        }

        if (key == "sha" && digest.Length > 0)
        {
            digest = digest.StartsWith(Sha256, StringComparison.Ordinal)
                ? digest[Sha256.Length..]
                : throw ImageSearch.Fault(entry.Value, $"{where}.sha: only a sha256 digest fits in here.");
        }

        search.Set(image, key, digest, entry);
    }

    /// <summary>A digest as everybody else spells it: with its algorithm.</summary>
    private static string? TextOf(YamlMapping image, YamlEntry? digest) =>
        digest is null ? null
        : image.Text(digest.Key.Value) is not { Length: > 0 } text ? null
        : ImageReference.IsDigest(Sha256 + text) ? Sha256 + text
        : text;

    private static YamlEntry? DigestOf(YamlMapping image) =>
        image.TryFind("digest", out var digest) ? digest
        : image.TryFind("sha", out var sha) ? sha
        : null;

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
                    if (entry.Value is YamlScalar scalar && IsImageKey(entry.Key.Value))
                    {
                        SearchText(new YamlSlot(mapping, entry.Key.Value), scalar, path, search);
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
        if (NameOf(mapping) is not { } image)
        {
            // The chart knows the name. That may be any image's; a mapping that is merged into others is none itself.
            if (mapping.Text("tag") is not null && !search.IsTemplate(mapping))
            {
                search.Other("", mapping, "tag", "digest", "sha");
            }
        }
        else if (!search.IsOurs(image.Name))
        {
            if (image.Entry.Value is YamlScalar name)
            {
                search.RefuseHalf(name, where);
            }

            search.Other(image.Name, mapping, "tag", "digest", "sha");
        }
        else if (!search.OnlyOthers)
        {
            Write(mapping, where, search);
        }
    }

    // A name alone, without a tag, is more likely something else that is called an image.
    private static void SearchText(YamlSlot slot, YamlScalar scalar, string where, ImageSearch search)
    {
        if (ImageReference.TryParse(scalar.Value) is not { Tag: null, Digest: null })
        {
            search.Reference(slot, scalar, where);
        }
    }

    private static bool IsImageKey(string key) => key.EndsWith("image", StringComparison.OrdinalIgnoreCase);
}
