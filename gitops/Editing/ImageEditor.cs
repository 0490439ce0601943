using System.Text;
using Devflow.ChatOps.GitOps.Yaml;

namespace Devflow.ChatOps.GitOps.Editing;

/// <summary>
/// Puts an image's new tag or digest into a YAML file: kustomizations, manifests and Helm values, each document by what it
/// is. No byte changes but those of the values.
/// </summary>
public static class ImageEditor
{
    /// <summary>A larger file is not somebody's desired state.</summary>
    public const int LargestFile = 4 * 1024 * 1024;

    private static readonly UTF8Encoding utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Edits one file.</summary>
    /// <param name="path">Where the image is named, if it is not to be searched.</param>
    public static EditResult Edit(byte[] content, ImageRelease release, YamlPath? path = null)
    {
        if (content.Length > LargestFile)
        {
            return new EditResult.Fault(0, 0, $"Larger than {LargestFile / 1024 / 1024} MiB.");
        }

        try
        {
            var text = utf8.GetString(content);
            var bom = text.StartsWith('\uFEFF') ? 1 : 0;
            var search = new ImageSearch(text[bom..], release);
            foreach (var root in YamlText.Read(text[bom..]))
            {
                Search(root, search, path);
            }

            return search.Places.Count == 0
                ? new EditResult.NotFound([.. search.Others.Distinct(StringComparer.Ordinal)])
                : new EditResult.Found(
                    search.Edits.IsEmpty ? content : utf8.GetBytes(text[..bom] + search.Edits.Apply()),
                    !search.Edits.IsEmpty,
                    search.Places
                );
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

    private static void Search(YamlNode root, ImageSearch search, YamlPath? path)
    {
        if (path is not null)
        {
            ValueAtPath.Search(root, path, search);
        }
        else if (root is YamlMapping mapping)
        {
            if (KustomizeImages.IsKustomization(mapping))
            {
                KustomizeImages.Search(mapping, search);
            }
            else if (Manifests.IsManifest(mapping))
            {
                Manifests.Search(mapping, search);
            }
            else
            {
                HelmValues.Search(mapping, search);
            }
        }
    }
}
