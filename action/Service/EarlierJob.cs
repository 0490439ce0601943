using Devflow.ChatOps.Core.Images;
using Devflow.ChatOps.GitOps.Editing;

namespace Devflow.ChatOps.Action.Service;

/// <summary>
/// A workflow that is run again finds Git as it left it. What it announced then is the release that it asks for now; to
/// announce it a second time would make a Job that never begins.
/// </summary>
internal static class EarlierJob
{
    /// <summary>The newest Job that says something about the environment, if it is of this release and can still end well.</summary>
    /// <param name="jobs">Of the app and environment, newest first.</param>
    /// <param name="commit">Head of the branch, which names the image already.</param>
    public static JobView? Find(IReadOnlyList<JobView> jobs, ImageRelease image, string commit)
    {
        var newest = jobs.FirstOrDefault(job => job.Status is not ("NoChange" or "Superseded"));
        return
            newest is { Status: not ("Cancelled" or "RollingBack" or "RolledBack") }
            && (newest.GitopsCommit == commit || newest.Images.Any(text => IsSame(text, image)))
            ? newest
            : null;
    }

    private static bool IsSame(string text, ImageRelease image) =>
        ImageReference.TryParse(text) is { } there
        && there.Name.Equals(image.Name)
        && (
            there.Digest is not null && image.Digest is not null
                ? there.Digest == image.Digest
                : image.Tag is not null && there.Tag == image.Tag
        );
}
