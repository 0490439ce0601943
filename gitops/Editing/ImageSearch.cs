using Devflow.ChatOps.Core.Images;
using Devflow.ChatOps.GitOps.Yaml;

namespace Devflow.ChatOps.GitOps.Editing;

/// <summary>What a search through a file has found so far, and the changes that follow from it.</summary>
internal sealed class ImageSearch(string text, ImageRelease release)
{
    public ImageRelease Release { get; } = release;

    public TextEdits Edits { get; } = new(text);

    public List<ImagePlace> Places { get; } = [];

    /// <summary>Images of other repositories, for whoever looks for a misspelled one.</summary>
    public List<string> Others { get; } = [];

    /// <summary>A place of this image.</summary>
    public void Found(string where, YamlNode at, string before) =>
        Places.Add(new ImagePlace(where, at.Span.Line, before));

    /// <summary>A value that is a whole image reference: changed when it is of our repository.</summary>
    /// <returns>It is an image reference, whichever.</returns>
    public bool Reference(YamlScalar scalar, string where)
    {
        if (ImageReference.TryParse(scalar.Value) is not { } image)
        {
            return false;
        }

        if (image.Name.Equals(Release.Name))
        {
            Found(where, scalar, Version(image.Tag, image.Digest));
            Edits.Set(scalar, Release.Reference(image.Name));
        }
        else
        {
            Others.Add(scalar.Value);
        }

        return true;
    }

    /// <summary><c>tag</c>, <c>tag@digest</c> or <c>digest</c>.</summary>
    public static string Version(string? tag, string? digest) =>
        string.Join('@', new[] { tag, digest }.Where(part => !string.IsNullOrEmpty(part)));
}
