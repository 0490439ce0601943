using Devflow.ChatOps.Core.Images;
using Devflow.ChatOps.GitOps.Yaml;

namespace Devflow.ChatOps.GitOps.Editing;

/// <summary>A place that was named: whole image, mapping with tag and digest, digest, or tag, whichever stands there.</summary>
internal static class ValueAtPath
{
    public static void Search(YamlNode root, YamlPath path, ImageSearch search)
    {
        switch (path.Find(root))
        {
            case null:
                break;

            case YamlMapping mapping:
                HelmValues.Write(mapping, path.ToString(), search);
                break;

            case YamlScalar scalar:
                Write(scalar, path.ToString(), search);
                break;

            case var other:
                throw new YamlFaultException(
                    other.Span.Line,
                    other.Span.Column,
                    $"{path}: expected an image, a tag or a digest."
                );
        }
    }

    private static void Write(YamlScalar scalar, string where, ImageSearch search)
    {
        var release = search.Release;
        if (ImageReference.TryParse(scalar.Value)?.Name.Equals(release.Name) == true)
        {
            search.Reference(scalar, where);
            return;
        }

        if (scalar.Value.Length > 0 && !IsVersion(scalar.Value))
        {
            throw new YamlFaultException(
                scalar.Span.Line,
                scalar.Span.Column,
                $"{where}: neither this image, nor a tag or a digest: {scalar.Value}."
            );
        }

        search.Found(where, scalar, scalar.Value);
        search.Edits.Set(
            scalar,
            ImageReference.IsDigest(scalar.Value)
                ? release.Digest
                    ?? throw new YamlFaultException(
                        scalar.Span.Line,
                        scalar.Span.Column,
                        $"{where}: a digest stands here, and none is known."
                    )
                : ImageSearch.Version(release.Tag, release.Digest)
        );
    }

    private static bool IsVersion(string text) =>
        text.Split('@', 2) is [var tag, var digest]
            ? ImageReference.IsTag(tag) && ImageReference.IsDigest(digest)
            : ImageReference.IsTag(text) || ImageReference.IsDigest(text);
}
