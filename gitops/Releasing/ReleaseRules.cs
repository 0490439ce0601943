using Devflow.ChatOps.Core.Images;
using Devflow.ChatOps.GitOps.Editing;

namespace Devflow.ChatOps.GitOps.Releasing;

/// <summary>What is not released, unless somebody says that it shall be.</summary>
public static class ReleaseRules
{
    /// <summary>
    /// Whether newer runs have released all these images; <c>null</c> when they have not. Force does not change it while that
    /// release stands: the older run may only have been slow.
    /// </summary>
    public static ReleaseOutcome.Superseded? Superseded(
        ReleaseOrder order,
        ReleaseHistory history,
        ReleaseEdit.Changed edit
    )
    {
        var newer = order.Images.Select(image => NewerOf(order, history, edit, image)).ToList();
        return newer.TrueForAll(release => release is not null)
            ? new ReleaseOutcome.Superseded(newer[0]!.Trailers.Run!, newer[0]!.Sha)
            : null;
    }

    /// <summary>
    /// The first rule against the order; <c>null</c> when there is none. Force is stronger than both rules, because what was
    /// rolled back has been released before and is older by nature.
    /// </summary>
    public static ReleaseOutcome.Refused? Check(ReleaseOrder order, ReleaseHistory history, ReleaseEdit.Changed edit)
    {
        if (order.ForceReason is not null)
        {
            return null;
        }

        foreach (var image in order.Images)
        {
            if (history.TombstoneOf(image) is { } tombstone)
            {
                return new ReleaseOutcome.Refused(
                    ReleaseCodes.RolledBack,
                    $"{image.Reference(image.Name)} was rolled back in {order.Environment} by {tombstone.Sha.Short}. "
                        + "Release a fixed version, or force this one with a reason."
                );
            }

            if (!order.AllowOlder && PartlySuperseded(order, history, edit, image) is { } partly)
            {
                return partly;
            }

            if (!order.AllowOlder && Older(history, image, edit.Standing(image)) is { } than)
            {
                return new ReleaseOutcome.Refused(
                    ReleaseCodes.Older,
                    $"{image.Reference(image.Name)} is older than {than}. Allow older versions to release it all the same."
                );
            }
        }

        return null;
    }

    private static PastRelease? NewerOf(
        ReleaseOrder order,
        ReleaseHistory history,
        ReleaseEdit.Changed edit,
        ImageRelease image
    ) => history.NewerOf(order.Run, image, edit.Standing(image), mustStand: order.ForceReason is not null);

    /// <summary>A newer run released this image and not the others: neither all nor a part of them would be right.</summary>
    private static ReleaseOutcome.Refused? PartlySuperseded(
        ReleaseOrder order,
        ReleaseHistory history,
        ReleaseEdit.Changed edit,
        ImageRelease image
    )
    {
        if (NewerOf(order, history, edit, image) is not { } newer)
        {
            return null;
        }

        var its = newer.Trailers.Images.First(past => past.Name.Equals(image.Name));
        return ReleaseHistory.IsSame(its, new ImageReference(image.Name, image.Tag, image.Digest))
            ? null
            : new ReleaseOutcome.Refused(
                ReleaseCodes.Older,
                $"{image.Reference(image.Name)} is older than {ImageSearch.Version(its.Tag, its.Digest)}, which the newer run "
                    + $"{newer.Trailers.Run!.Number} released by {newer.Sha.Short}. Release the other images without it."
            );
    }

    private static string? Older(ReleaseHistory history, ImageRelease image, IReadOnlyCollection<string> standing)
    {
        if (history.SuccessorOf(image, standing) is { } successor)
        {
            var its = successor.Trailers.Images.First(past => past.Name.Equals(image.Name));
            return $"{ImageSearch.Version(its.Tag, its.Digest)}, which was released after it by {successor.Sha.Short}";
        }

        if (SemanticVersion.TryParse(image.Tag) is not { } version)
        {
            return null;
        }

        return standing
            .Where(now => SemanticVersion.TryParse(now.Split('@')[0])?.CompareTo(version) > 0)
            .Select(now => $"{now}, which stands there")
            .FirstOrDefault();
    }
}
