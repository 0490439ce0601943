using Devflow.ChatOps.Core.Images;
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
            if (!entry.TryFind("name", out var name) || entry.Text("name") is not { } selected)
            {
                continue;
            }

            var named = entry.TryFind("newName", out var newName) ? newName : name;
            var repository = entry.Text("newName") ?? selected;
            if (ImageName.TryParse(repository)?.Equals(search.Release.Name) != true)
            {
                search.Others.Add(repository);
                continue;
            }

            search.Found($"images[{selected}]", entry, ImageSearch.Version(entry.Text("newTag"), entry.Text("digest")));
            Put(entry, "newTag", search.Release.Tag, named, search.Edits);
            Put(
                entry,
                "digest",
                search.Release.Digest,
                entry.TryFind("newTag", out var tag) ? tag : named,
                search.Edits
            );
        }
    }

    private static void Put(YamlMapping entry, string key, string? value, YamlEntry after, TextEdits edits)
    {
        if (value is not null)
        {
            edits.Set(entry, key, value, after);
        }
        else if (entry.TryFind(key, out var old))
        {
            edits.Remove(entry, old);
        }
    }

    // A kustomization that has nothing but images.
    private static YamlNode? Listed(YamlMapping root) =>
        root["images"] is YamlSequence { Items: [YamlMapping first, ..] } list && first.TryFind("name", out _)
            ? list
            : null;
}
