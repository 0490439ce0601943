using Devflow.ChatOps.GitOps.Editing;

namespace Devflow.ChatOps.GitOps.Releasing;

/// <summary>What is not released, unless somebody says that it shall be.</summary>
public static class ReleaseRules
{
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
