using Devflow.ChatOps.Core.Images;
using Devflow.ChatOps.GitOps.Yaml;

namespace Devflow.ChatOps.GitOps.Editing;

/// <summary>
/// A place that was named: whole image, mapping with tag and digest, digest, or tag, whichever stands there. Where its
/// surroundings name an image, it must be this one.
/// </summary>
internal static class ValueAtPath
{
    public static void Search(YamlNode root, YamlPath path, ImageSearch search)
    {
        if (path.Find(root) is not { } slot)
        {
            return;
        }

        switch (slot.Value)
        {
            case YamlMapping mapping:
                Write(mapping, path.ToString(), search);
                break;

            case YamlScalar scalar:
                Write(slot, scalar, path.ToString(), search);
                break;

            case var other:
                throw ImageSearch.Fault(other!, $"{path}: expected an image, a tag or a digest.");
        }
    }

    private static void Write(YamlMapping mapping, string where, ImageSearch search)
    {
        if (IsKustomize(mapping))
        {
            RefuseOther(mapping, KustomizeImages.NameOf(mapping), where, search);
            KustomizeImages.Write(mapping, search);
        }
        else
        {
            RefuseOther(mapping, NameIn(mapping), where, search);
            HelmValues.Write(mapping, where, search);
        }
    }

    private static void Write(YamlSlot slot, YamlScalar scalar, string where, ImageSearch search)
    {
        var isWhole = slot.Key.EndsWith("image", StringComparison.OrdinalIgnoreCase);
        if (ImageReference.TryParse(scalar.Value)?.Name.Equals(search.Release.Name) == true)
        {
            search.Reference(slot, scalar, where);
        }
        else if (isWhole && (scalar.IsNull || scalar.Value.Length == 0))
        {
            search.Found(where, scalar, "");
            search.Set(slot, search.Release.Reference(search.Release.Name));
        }
        else if (isWhole || Scalars.IsBoolean(scalar) || !(scalar.IsNull || IsVersion(scalar.Value)))
        {
            throw ImageSearch.Fault(scalar, $"{where}: neither this image, nor a tag or a digest: {scalar.Value}.");
        }
        else
        {
            WriteVersion(slot, scalar, where, search);
        }
    }

    private static void WriteVersion(YamlSlot slot, YamlScalar scalar, string where, ImageSearch search)
    {
        var isSha = slot is { Holder: YamlMapping, Key: "sha" } && ImageReference.IsDigest("sha256:" + scalar.Value);
        var isDigest = isSha || slot.Key == "digest" || ImageReference.IsDigest(scalar.Value);
        if (isDigest && search.Release.Digest is null)
        {
            throw ImageSearch.Fault(scalar, $"{where}: a digest stands here, and none is known.");
        }

        if (slot.Holder is YamlMapping entry && IsKustomize(entry) && slot.Key is "newTag" or "digest")
        {
            Write((YamlMapping)slot.Holder, where, search);
        }
        else if (slot.Holder is YamlMapping image && (isSha || slot.Key == "tag"))
        {
            // A digest beside a tag would win over the new one; one without its algorithm is written as it is spelled.
            Write(image, where, search);
        }
        else
        {
            if (slot.Holder is YamlMapping holder)
            {
                RefuseOther(holder, NameIn(holder), where, search);
            }

            search.Found(where, scalar, scalar.IsNull ? "" : scalar.Value);
            search.Set(
                slot,
                isDigest ? search.Release.Digest! : ImageSearch.Version(search.Release.Tag, search.Release.Digest)
            );
        }
    }

    /// <summary>The name must be ours, with or without a registry that may be named elsewhere.</summary>
    private static void RefuseOther(YamlMapping mapping, string? name, string where, ImageSearch search)
    {
        if (
            name is not null
            && !search.IsOurs(name)
            && !search.Release.Name.Text.EndsWith("/" + name, StringComparison.Ordinal)
        )
        {
            throw ImageSearch.Fault(mapping, $"{where}: this belongs to another image: {name}.");
        }
    }

    // A name that is only one word may be that of a container or a component.
    private static string? NameIn(YamlMapping mapping) =>
        HelmValues.NameOf(mapping) is { } image
        && (image.Entry.Key.Value != "name" || image.Name.Contains('/', StringComparison.Ordinal))
            ? image.Name
            : null;

    private static bool IsKustomize(YamlMapping mapping) =>
        mapping.Text("name") is not null
        && (mapping.TryFind("newTag", out _) || mapping.TryFind("newName", out _) || IsNameAlone(mapping));

    // As in `images: [{name: my-app}]`, where nothing is replaced yet.
    private static bool IsNameAlone(YamlMapping mapping) =>
        mapping.Entries.All(entry => entry.Key.Value is "name" or "digest");

    private static bool IsVersion(string text) =>
        text.Length == 0
        || (
            text.Split('@', 2) is [var tag, var digest]
                ? ImageReference.IsTag(tag) && ImageReference.IsDigest(digest)
                : ImageReference.IsTag(text) || ImageReference.IsDigest(text)
        );
}
