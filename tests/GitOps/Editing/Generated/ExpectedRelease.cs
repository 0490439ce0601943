using Devflow.ChatOps.GitOps.Editing;
using static Devflow.ChatOps.Tests.GitOps.Editing.Generated.YamlReading;
using Mapping = System.Collections.Generic.Dictionary<string, object>;

namespace Devflow.ChatOps.Tests.GitOps.Editing.Generated;

/// <summary>What files should say after a release: the same rules as the editor's, over values instead of texts.</summary>
/// <param name="only">The path of the one place that was named, where the image is not searched.</param>
internal sealed class ExpectedRelease(ImageRelease release, string? only = null)
{
    /// <summary>The paths of the places that name our image.</summary>
    public List<string> Places { get; } = [];

    /// <summary>Changes a reading into what it should be.</summary>
    public void Apply(object root)
    {
        var document = (Mapping)root;
        if (document.GetValueOrDefault("images") is List<object> images)
        {
            Each(images, "images", (entry, path) => Kustomize((Mapping)entry, path));
        }
        else if (Text(document, "kind") is "HelmRelease")
        {
            Values(((Mapping)document["spec"])["values"], "spec.values");
        }
        else if (document.ContainsKey("kind"))
        {
            Manifest(document, "");
        }
        else
        {
            Values(document, "");
        }
    }

    private void Kustomize(Mapping entry, string path)
    {
        if ((Text(entry, "newName") ?? Text(entry, "name")) != FileGenerator.Ours || !IsMeant(path))
        {
            return;
        }

        Put("newTag", release.Tag);
        Put("digest", release.Digest);

        void Put(string key, string? value)
        {
            if (value is not null)
            {
                entry[key] = new Scalar(value, true);
            }
            else if (Text(entry, key) is not null)
            {
                entry.Remove(key);
            }
        }
    }

    private void Values(object node, string path)
    {
        if (node is List<object> list)
        {
            Each(list, path, Values);
        }
        else if (node is Mapping mapping)
        {
            var name = string.Join(
                '/',
                new[] { Text(mapping, "registry"), Text(mapping, "repository") }.OfType<string>()
            );
            if (name == FileGenerator.Ours && IsMeant(path))
            {
                Image(mapping);
            }

            foreach (var (key, value) in mapping.ToList())
            {
                if (key.EndsWith("Image", StringComparison.Ordinal))
                {
                    Reference(mapping, key, Join(path, key));
                }
                else
                {
                    Values(value, Join(path, key));
                }
            }
        }
    }

    private void Image(Mapping image)
    {
        var key = image.ContainsKey("digest") ? "digest" : "sha";
        if (!image.TryGetValue(key, out var digest))
        {
            image["tag"] = new Scalar(string.Join('@', new[] { release.Tag, release.Digest }.OfType<string>()), true);
            return;
        }

        if (release.Digest is not null || digest is Scalar { IsNull: false })
        {
            var value = release.Digest ?? "";
            image[key] = new Scalar(
                key == "sha" ? value.Replace("sha256:", "", StringComparison.Ordinal) : value,
                true
            );
        }

        if (release.Tag is not null)
        {
            image["tag"] = new Scalar(release.Tag, true);
        }
    }

    private void Manifest(Mapping manifest, string path)
    {
        if (manifest.GetValueOrDefault("items") is List<object> items)
        {
            Each(items, "items", (item, at) => Manifest((Mapping)item, at));
            return;
        }

        var spec = (Mapping)manifest["spec"];
        path = Join(path, "spec");
        foreach (var key in new[] { "jobTemplate", "template" }.Where(key => spec.ContainsKey(key)))
        {
            spec = (Mapping)((Mapping)spec[key])["spec"];
            path += $".{key}.spec";
        }

        foreach (var key in new[] { "initContainers", "containers" }.Where(spec.ContainsKey))
        {
            Each(
                (List<object>)spec[key],
                $"{path}.{key}",
                (container, at) => Reference((Mapping)container, "image", $"{at}.image")
            );
        }
    }

    private void Reference(Mapping holder, string key, string path)
    {
        var image = ((Scalar)holder[key]).Value;
        if (image.Split('@')[0].Replace(":1.4.0", "", StringComparison.Ordinal) == FileGenerator.Ours && IsMeant(path))
        {
            holder[key] = new Scalar(release.Reference(release.Name), true);
        }
    }

    private bool IsMeant(string path)
    {
        Places.Add(path);
        return only is null || only == path;
    }

    private static void Each(List<object> list, string path, Action<object, string> visit)
    {
        for (var i = 0; i < list.Count; i++)
        {
            visit(list[i], $"{path}[{i}]");
        }
    }

    private static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";

    private static string? Text(Mapping mapping, string key) =>
        mapping.GetValueOrDefault(key) is Scalar { IsNull: false, Value: { Length: > 0 } text } ? text : null;
}
