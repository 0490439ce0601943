using Devflow.ChatOps.Core.Images;

namespace Devflow.ChatOps.GitOps.Editing;

/// <summary>What is to be written: this image, by tag, by digest, or by both. What is not named is taken away.</summary>
public sealed record ImageRelease
{
    /// <exception cref="ArgumentException">Neither tag nor digest, or one that is none.</exception>
    public ImageRelease(ImageName name, string? tag, string? digest)
    {
        if (tag is null && digest is null)
        {
            throw new ArgumentException("A tag or a digest is needed.");
        }

        if ((tag is not null && !ImageReference.IsTag(tag)) || (digest is not null && !ImageReference.IsDigest(digest)))
        {
            throw new ArgumentException("Not a tag or not a digest.");
        }

        (Name, Tag, Digest) = (name, tag, digest);
    }

    public ImageName Name { get; }

    public string? Tag { get; }

    public string? Digest { get; }

    /// <summary>The whole reference, with the repository as somebody spelled it.</summary>
    public string Reference(ImageName spelled) => new ImageReference(spelled, Tag, Digest).ToString();
}
