using System.Collections.Immutable;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Jobs;

/// <summary>How a version is called in sentences.</summary>
public static class VersionName
{
    /// <summary>The tag that was asked for, else that of the first image, else the pod hash.</summary>
    public static string Of(ReleaseRequest? request, ImmutableArray<string> images, Release? release) =>
        request?.Tag
        ?? (images.IsDefaultOrEmpty ? null : TagOf(images[0]))
        ?? request?.Digest
        ?? release?.Hash.ToString()
        ?? request?.Image
        ?? "";

    /// <summary>The tag of an image reference; a short digest where there is none; else the reference itself.</summary>
    public static string TagOf(string image)
    {
        var digest = image.IndexOf('@', StringComparison.Ordinal);
        var name = digest < 0 ? image : image[..digest];
        var colon = name.LastIndexOf(':');
        if (colon > name.LastIndexOf('/'))
        {
            return name[(colon + 1)..];
        }

        return digest < 0 ? image : image[(digest + 1)..Math.Min(image.Length, digest + 20)];
    }
}
