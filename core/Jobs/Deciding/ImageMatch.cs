using System.Collections.Immutable;
using Devflow.ChatOps.Core.Images;

namespace Devflow.ChatOps.Core.Jobs.Deciding;

/// <summary>Whether pods carry the image that a Job announced.</summary>
internal static class ImageMatch
{
    /// <summary>The same repository with the same digest where both name one, else the same tag.</summary>
    public static bool Carries(ImmutableArray<string> images, ReleaseRequest? request) =>
        request is not null
        && ImageReference.TryParse(request.Image) is { } announced
        && images.Any(image => Matches(ImageReference.TryParse(image), announced.Name, request));

    private static bool Matches(ImageReference? image, ImageName announced, ReleaseRequest request) =>
        image is not null
        && image.Name.Equals(announced)
        && (
            image.Digest is not null && request.Digest is not null
                ? image.Digest == request.Digest
                : request.Tag is not null && image.Tag == request.Tag
        );
}
