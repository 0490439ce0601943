using System.Text;
using Devflow.ChatOps.GitOps.Yaml;

namespace Devflow.ChatOps.GitOps.Editing;

/// <summary>
/// Puts an image's new tag or digest into a YAML file: kustomizations, manifests and Helm values, each document by what it
/// is. No byte changes but those of the values. The result is read again before anybody gets it: nothing else is said in it
/// than before, and a second edit would have nothing to do.
/// </summary>
public static class ImageEditor
{
    /// <summary>A larger file is not somebody's desired state.</summary>
    public const int LargestFile = 4 * 1024 * 1024;

    // https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
    private const string LfsPointer = "version https://git-lfs.github.com/spec/";

    private static readonly UTF8Encoding utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Edits one file.</summary>
    /// <param name="path">Where the image is named, if it is not to be searched.</param>
    /// <param name="only">Which of the places are meant; without it all are.</param>
    public static EditResult Edit(
        byte[] content,
        ImageRelease release,
        YamlPath? path = null,
        Func<ImagePlace, bool>? only = null
    )
    {
        if (content.Length > LargestFile)
        {
            return new EditResult.Fault(0, 0, $"Larger than {LargestFile / 1024 / 1024} MiB.");
        }

        try
        {
            var text = utf8.GetString(content);
            var bom = text.StartsWith('\uFEFF') ? 1 : 0;
            return Edit(text[bom..], release, path, only) switch
            {
                (null, _, var others) => new EditResult.NotFound(others),
                ({ } places, null, _) => new EditResult.Found(content, false, places),
                ({ } places, { } changed, _) => new EditResult.Found(
                    utf8.GetBytes(text[..bom] + changed),
                    true,
                    places
                ),
            };
        }
        catch (DecoderFallbackException)
        {
            return new EditResult.Fault(0, 0, "Not UTF-8.");
        }
        catch (YamlFaultException fault)
        {
            return new EditResult.Fault(fault.Line, fault.Column, fault.Message);
        }
    }

    private static (IReadOnlyList<ImagePlace>? Places, string? Changed, IReadOnlyList<string> Others) Edit(
        string text,
        ImageRelease release,
        YamlPath? path,
        Func<ImagePlace, bool>? only
    )
    {
        if (text.StartsWith(LfsPointer, StringComparison.Ordinal))
        {
            throw new YamlFaultException(1, 1, "A pointer of Git LFS: what it stands for is not in Git.");
        }

        var (documents, edit, search) = Search(text, release, path, only);
        if (search.Places.Count == 0)
        {
            var others = search.Others.Select(other => other.Name).Where(name => name.Length > 0);
            return (null, null, [.. others.Concat(NamedImages.In(documents)).Distinct(StringComparer.Ordinal)]);
        }

        var changed = edit.Make();
        if (changed is not null)
        {
            Check(changed, release, path, only, search);
        }

        return (search.Places, changed, []);
    }

    /// <summary>The new text must name this image in as many places, with nothing left to change, and no other image new.</summary>
    private static void Check(
        string changed,
        ImageRelease release,
        YamlPath? path,
        Func<ImagePlace, bool>? only,
        ImageSearch before
    )
    {
        var (_, edit, search) = Search(changed, release, path, only);
        var isDone =
            search.Places.Count == before.Places.Count
            && before.Places.Zip(search.Places).All(at => only?.Invoke(at.First) != false || at.First == at.Second)
            && edit.Make() is null
            && search.Others.SequenceEqual(before.Others);
        if (!isDone)
        {
            throw new YamlFaultException(
                before.Places[0].Line,
                1,
                "Cannot be edited safely: with the new value another image would change too, or this one not everywhere."
            );
        }
    }

    private static (IReadOnlyList<YamlNode> Documents, YamlEdit Edit, ImageSearch Search) Search(
        string text,
        ImageRelease release,
        YamlPath? path,
        Func<ImagePlace, bool>? only
    )
    {
        var documents = YamlText.Read(text);
        var edit = new YamlEdit(text, documents);
        var search = new ImageSearch(edit, release) { OnlyOthers = path is not null, Only = only };
        foreach (var root in documents.OfType<YamlMapping>())
        {
            Search(root, search);
        }

        return (
            documents,
            edit,
            path is null ? search : At(path, documents, new ImageSearch(edit, release) { Only = only })
        );
    }

    private static ImageSearch At(YamlPath path, IReadOnlyList<YamlNode> documents, ImageSearch search)
    {
        foreach (var root in documents)
        {
            ValueAtPath.Search(root, path, search);
        }

        return search;
    }

    private static void Search(YamlMapping root, ImageSearch search)
    {
        if (KustomizeImages.IsKustomization(root))
        {
            KustomizeImages.Search(root, search);
        }
        else if (Manifests.IsManifest(root))
        {
            Manifests.Search(root, search);
        }
        else
        {
            HelmValues.Search(root, "", search);
        }
    }
}
