using Devflow.ChatOps.Core.Images;
using Devflow.ChatOps.GitOps.Editing;

namespace Devflow.ChatOps.Action.Inputs;

/// <summary>Reads what is to be released from <c>image</c>, <c>tag</c> and <c>digest</c>, or from <c>images</c>.</summary>
internal static class ImageInputs
{
    public static IReadOnlyList<ImageRelease> Read(InputValues values)
    {
        var one = values.Text(ActionInputs.Image);
        var lines = values.Lines(ActionInputs.Images);
        var writeDigest = values.Flag(ActionInputs.WriteDigest);
        if (one.Length == 0 == (lines.Count == 0))
        {
            values.Fault(
                ActionInputs.Image,
                one.Length == 0
                    ? "Say what is released: image with tag or digest, or images with one a line."
                    : "Give image or images, not both."
            );
            return [];
        }

        return one.Length > 0 ? One(values, one, writeDigest) : Several(values, lines, writeDigest);
    }

    private static IReadOnlyList<ImageRelease> One(InputValues values, string text, bool writeDigest)
    {
        var (tag, digest) = (values.Text(ActionInputs.Tag), values.Text(ActionInputs.Digest));
        var fine = true;
        void Refuse(ActionInput input, string message)
        {
            values.Fault(input, message);
            fine = false;
        }

        var reference = ImageReference.TryParse(text);
        if (reference is null)
        {
            Refuse(
                ActionInputs.Image,
                $"{InputValues.Quote(text)} is no image: write registry/name or registry/name:tag."
            );
        }

        if (tag.Length > 0 && !ImageReference.IsTag(tag))
        {
            Refuse(ActionInputs.Tag, $"{InputValues.Quote(tag)} is no tag.");
        }

        if (digest.Length > 0 && !ImageReference.IsDigest(digest))
        {
            Refuse(
                ActionInputs.Digest,
                $"{InputValues.Quote(digest)} is no digest: sha256: and 64 hexadecimal digits."
            );
        }

        if (tag.Length > 0 && reference?.Tag is { } other && other != tag)
        {
            Refuse(ActionInputs.Tag, $"The image has the tag {other} already. Say it once.");
        }

        if (digest.Length > 0 && reference?.Digest is { } otherDigest && otherDigest != digest)
        {
            Refuse(ActionInputs.Digest, "The image has another digest already. Say it once.");
        }

        if (!fine)
        {
            return [];
        }

        var whole = reference! with
        {
            Tag = tag.Length > 0 ? tag : reference!.Tag,
            Digest = digest.Length > 0 ? digest : reference!.Digest,
        };
        return Release(values, ActionInputs.Image, whole, writeDigest) is { } release ? [release] : [];
    }

    private static IReadOnlyList<ImageRelease> Several(
        InputValues values,
        IReadOnlyList<string> lines,
        bool writeDigest
    )
    {
        if (values.Text(ActionInputs.Tag).Length > 0 || values.Text(ActionInputs.Digest).Length > 0)
        {
            values.Fault(ActionInputs.Images, "Write tags and digests into the lines; tag and digest go with image.");
        }

        var releases = new List<ImageRelease>();
        foreach (var line in lines)
        {
            if (ImageReference.TryParse(line) is not { } reference)
            {
                values.Fault(ActionInputs.Images, $"{InputValues.Quote(line)} is no image.");
            }
            else if (Release(values, ActionInputs.Images, reference, writeDigest) is { } release)
            {
                if (releases.Any(known => known.Name.Equals(release.Name)))
                {
                    values.Fault(ActionInputs.Images, $"{release.Name} is there twice.");
                }

                releases.Add(release);
            }
        }

        return releases;
    }

    private static ImageRelease? Release(
        InputValues values,
        ActionInput input,
        ImageReference reference,
        bool writeDigest
    )
    {
        if (reference is { Tag: null, Digest: null })
        {
            values.Fault(input, $"{reference.Name} needs a tag or a digest.");
            return null;
        }

        if (!writeDigest && reference.Tag is null)
        {
            values.Fault(ActionInputs.WriteDigest, $"{reference.Name} has no tag that could be written instead.");
            return null;
        }

        return new ImageRelease(reference.Name, reference.Tag, reference.Digest);
    }
}
