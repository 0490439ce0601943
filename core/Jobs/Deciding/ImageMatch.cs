using System.Collections.Immutable;
using Devflow.ChatOps.Core.Images;

namespace Devflow.ChatOps.Core.Jobs.Deciding;

/// <summary>Whether pods carry the image that a Job announced.</summary>
public static class ImageMatch
{
    /// <summary>The same repository with the same digest where both name one, else the same tag.</summary>
    public static bool Carries(ImmutableArray<string> images, ReleaseRequest? request) =>
        request is not null
        && ImageReference.TryParse(request.Image) is { } announced
        && images.Any(image => Matches(ImageReference.TryParse(image), announced.Name, request));

    /// <summary>The image of this repository among those of pods; <c>null</c> when there is none.</summary>
    public static ImageReference? Of(string repository, ImmutableArray<string> images) =>
        images.IsDefaultOrEmpty || ImageName.TryParse(repository) is not { } name
            ? null
            : images.Select(ImageReference.TryParse).FirstOrDefault(image => image?.Name.Equals(name) == true);

    private static bool Matches(ImageReference? image, ImageName announced, ReleaseRequest request) =>
        image is not null
        && image.Name.Equals(announced)
        && (
            image.Digest is not null && request.Digest is not null
                ? image.Digest == request.Digest
                : request.Tag is not null && image.Tag == request.Tag
        );
}
