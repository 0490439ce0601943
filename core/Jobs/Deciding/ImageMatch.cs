using System.Collections.Immutable;

namespace Devflow.ChatOps.Core.Jobs.Deciding;

/// <summary>Whether pods carry the image that a Job announced.</summary>
internal static class ImageMatch
{
    /// <summary>
    /// The same repository with the same digest where both name one, else the same tag. <c>docker.io/library</c> is how
    /// short names are meant (https://distribution.github.io reference grammar).
    /// </summary>
    public static bool Carries(ImmutableArray<string> images, ReleaseRequest? request) =>
        request is not null && images.Any(image => Matches(image, request));

    private static bool Matches(string image, ReleaseRequest request)
    {
        var (name, tag, digest) = Split(image);
        if (!string.Equals(Familiar(name), Familiar(Split(request.Image).Name), StringComparison.Ordinal))
        {
            return false;
        }

        return digest is not null && request.Digest is not null
            ? digest == request.Digest
            : request.Tag is not null && tag == request.Tag;
    }

    private static (string Name, string? Tag, string? Digest) Split(string image)
    {
        var at = image.IndexOf('@', StringComparison.Ordinal);
        var digest = at < 0 ? null : image[(at + 1)..];
        var rest = at < 0 ? image : image[..at];
        var colon = rest.LastIndexOf(':');
        return colon > rest.LastIndexOf('/') ? (rest[..colon], rest[(colon + 1)..], digest) : (rest, null, digest);
    }

    private static string Familiar(string name)
    {
        string[] prefixes = ["docker.io/library/", "index.docker.io/library/", "docker.io/", "index.docker.io/"];
        var prefix = Array.Find(prefixes, prefix => name.StartsWith(prefix, StringComparison.Ordinal));
        return prefix is null ? name : name[prefix.Length..];
    }
}
