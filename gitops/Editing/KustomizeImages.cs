using Devflow.ChatOps.GitOps.Yaml;

namespace Devflow.ChatOps.GitOps.Editing;

/// <summary>
/// The <c>images</c> of a kustomization: <c>name</c> selects, <c>newName</c>, <c>newTag</c> and <c>digest</c> replace
/// (https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/images/).
/// </summary>
internal static class KustomizeImages
{
    /// <summary>By kind; older files have none, and are known by fields that nothing else has.</summary>
    public static bool IsKustomization(YamlMapping root) =>
        root.Text("kind") is { } kind
            ? kind is "Kustomization" or "Component"
                && root.Text("apiVersion")?.StartsWith("kustomize.", StringComparison.Ordinal) != false
            : root.Text("apiVersion") is null
                && (root["resources"] ?? root["bases"] ?? root["components"] ?? root["patches"] ?? Listed(root))
                    is YamlSequence;

    public static void Search(YamlMapping root, ImageSearch search)
    {
        foreach (var entry in (root["images"] as YamlSequence)?.Items.OfType<YamlMapping>() ?? [])
        {
            if (NameOf(entry) is not { } name)
            {
                continue;
            }

            if (!search.IsOurs(name))
            {
                search.Other(name, entry, "newTag", "digest");
            }
            else if (!search.OnlyOthers)
            {
                Write(entry, search);
            }
        }
    }

    /// <summary>What an entry makes of the image that it selects; <c>null</c> when it selects none.</summary>
    public static string? NameOf(YamlMapping entry) =>
        entry.Text("name") is { } selected ? entry.Text("newName") ?? selected : null;

    /// <summary>Writes tag and digest into an entry.</summary>
    public static void Write(YamlMapping entry, ImageSearch search)
    {
        search.Found(
            $"images[{entry.Text("name")}]",
            entry,
            ImageSearch.Version(entry.Text("newTag"), entry.Text("digest"))
        );
        if (entry.TryFind("newName", out var named) || entry.TryFind("name", out named))
        {
            Put(entry, "newTag", search.Release.Tag, named, search);
            var behind = search.Release.Tag is not null && entry.TryFind("newTag", out var tag) ? tag : named;
            Put(entry, "digest", search.Release.Digest, behind, search);
        }
    }

    private static void Put(YamlMapping entry, string key, string? value, YamlEntry after, ImageSearch search)
    {
        if (value is not null)
        {
            search.Set(entry, key, value, after);
        }
        else if (entry.Text(key) is not null)
        {
            search.Remove(entry, key);
        }
    }

    // A kustomization that has nothing but images.
    private static YamlNode? Listed(YamlMapping root) =>
        root["images"] is YamlSequence { Items: [YamlMapping first, ..] } list && first.TryFind("name", out _)
            ? list
            : null;
}
