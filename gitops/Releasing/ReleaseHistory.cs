using Devflow.ChatOps.Core.Images;
using Devflow.ChatOps.GitOps.Editing;

namespace Devflow.ChatOps.GitOps.Releasing;

/// <summary>A commit of the past that says something about one environment of one app.</summary>
public sealed record PastRelease(CommitSha Sha, ReleaseTrailers Trailers);

/// <summary>
/// What the last commits of a path say about one environment of one app, newest first; and the rules that follow from it.
/// </summary>
public sealed class ReleaseHistory
{
    private readonly IReadOnlyList<PastRelease> past;

    private ReleaseHistory(IReadOnlyList<PastRelease> past) => this.past = past;

    /// <summary>
    /// Reads commits. A tombstone that somebody wrote by hand, without app and environment, counts for everything below the
    /// path.
    /// </summary>
    public static ReleaseHistory Read(IEnumerable<PastCommit> commits, string app, string environment) =>
        new([
            .. commits
                .Select(commit => new PastRelease(commit.Sha, ReleaseTrailers.Parse(commit.Message)))
                .Where(release =>
                    release.Trailers is { App: var itsApp, Environment: var its }
                    && ((itsApp == app && its == environment) || (itsApp is null && its is null))
                ),
        ]);

    /// <summary>The release of a newer run of the same workflow; <c>null</c> when there is none.</summary>
    public PastRelease? NewerThan(RunIdentity run) =>
        past.FirstOrDefault(release => release.Trailers.Run?.IsNewerThan(run) == true);

    /// <summary>The commit that this very run made for these images; <c>null</c> when there is none.</summary>
    public PastRelease? Own(RunIdentity run, IReadOnlyList<ImageRelease> images) =>
        past.FirstOrDefault(release =>
            release.Trailers.Run == run
            && images.All(image => release.Trailers.Images.Any(written => IsExactly(written, image)))
        );

    /// <summary>
    /// The commit that rolled this image back: by digest where both are known, else by tag. A release of it by force that came
    /// later lifts the tombstone.
    /// </summary>
    public PastRelease? TombstoneOf(ImageRelease image)
    {
        var last = past.FirstOrDefault(release =>
            release.Trailers.RolledBack.Any(buried => IsSame(buried, image))
            || (release.Trailers.Forced is not null && release.Trailers.Images.Any(its => IsSame(its, image)))
        );
        return last?.Trailers.RolledBack.Any(buried => IsSame(buried, image)) == true ? last : null;
    }

    /// <summary>
    /// The release that came after this image's own last one and stands there now; <c>null</c> when this image is not known to
    /// be older.
    /// </summary>
    /// <param name="standing">What stands there now: tag, digest, or both.</param>
    public PastRelease? SuccessorOf(ImageRelease image, IReadOnlyCollection<string> standing)
    {
        var releases = past.Where(release => release.Trailers.Images.Any(its => its.Name.Equals(image.Name))).ToList();
        var own = releases.FindIndex(release => release.Trailers.Images.Any(its => IsSame(its, image)));
        // What stands there is the newest release, unless somebody put an older one back by hand.
        var now = releases.FindIndex(release =>
            release.Trailers.Images.Any(its =>
                its.Name.Equals(image.Name) && standing.Contains(ImageSearch.Version(its.Tag, its.Digest))
            )
        );
        return own > Math.Max(now, 0) ? releases[Math.Max(now, 0)] : null;
    }

    private static bool IsSame(ImageReference past, ImageRelease image) =>
        past.Name.Equals(image.Name)
        && (
            past.Digest is not null && image.Digest is not null
                ? past.Digest == image.Digest
                : past.Tag is not null && past.Tag == image.Tag
        );

    private static bool IsExactly(ImageReference written, ImageRelease image) =>
        written.Name.Equals(image.Name) && written.Tag == image.Tag && written.Digest == image.Digest;
}
