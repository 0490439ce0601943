using System.Text.RegularExpressions;
using Devflow.ChatOps.Core.Images;
using Devflow.ChatOps.GitOps.Editing;

namespace Devflow.ChatOps.GitOps.Releasing;

/// <summary>A commit of the past that says something about one environment of one app.</summary>
public sealed record PastRelease(CommitSha Sha, ReleaseTrailers Trailers)
{
    /// <summary>The commit by which <c>git revert</c> took it back, as far as its message says so.</summary>
    public CommitSha? RevertedBy { get; init; }

    public DateTimeOffset CommittedAt { get; init; }
}

/// <summary>
/// What the last commits of a path say about one environment of one app, newest first; and the rules that follow from it.
/// </summary>
public sealed partial class ReleaseHistory
{
    private readonly IReadOnlyList<PastRelease> past;

    private ReleaseHistory(IReadOnlyList<PastRelease> past) => this.past = past;

    /// <summary>
    /// Reads commits. A tombstone that somebody wrote by hand, without app and environment, counts for everything below the
    /// path.
    /// </summary>
    public static ReleaseHistory Read(IEnumerable<PastCommit> commits, string app, string environment)
    {
        var past = new List<PastRelease>();
        var reverted = new Dictionary<string, CommitSha>();
        foreach (var commit in commits)
        {
            // A revert that was itself reverted takes nothing back; whatever reverts comes later, and so is seen first.
            var revertedBy = reverted.GetValueOrDefault(commit.Sha.Value);
            if (revertedBy is null)
            {
                foreach (Match match in Reverts().Matches(commit.Message))
                {
                    reverted.TryAdd(match.Groups["sha"].Value, commit.Sha);
                }
            }

            var trailers = ReleaseTrailers.Parse(commit.Message);
            if (
                (trailers.App, trailers.Environment) == (app, environment)
                || trailers is { App: null, Environment: null }
            )
            {
                past.Add(
                    new PastRelease(commit.Sha, trailers) { RevertedBy = revertedBy, CommittedAt = commit.CommittedAt }
                );
            }
        }

        return new ReleaseHistory(past);
    }

    /// <summary>The release of a newer run of the same workflow; <c>null</c> when there is none.</summary>
    public PastRelease? NewerThan(RunIdentity run) =>
        past.FirstOrDefault(release => release.Trailers.Run?.IsNewerThan(run) == true);

    /// <summary>Whether this very run has released.</summary>
    public bool Includes(RunIdentity run) => past.Any(release => release.Trailers.Run == run);

    /// <summary>
    /// The release of an image by a newer run of the same workflow, unless it has been taken back since: rolled back,
    /// reverted, or an older release put in its place by hand. <c>null</c> when there is none.
    /// </summary>
    /// <param name="run">Who asks.</param>
    /// <param name="image">What it wants to release.</param>
    /// <param name="standing">What stands there now: tag, digest, or both.</param>
    /// <param name="mustStand">Whether only what stands there counts, and not what somebody wrote over by hand.</param>
    public PastRelease? NewerOf(
        RunIdentity run,
        ImageRelease image,
        IReadOnlyCollection<string> standing,
        bool mustStand = false
    )
    {
        var releases = Of(image.Name);
        // What came after what stands there now has been taken away again.
        var now = Math.Max(releases.FindIndex(release => Stands(release.Image, standing)), 0);
        return releases
            .Skip(now)
            .Where(release =>
                release.Release is { RevertedBy: null, Trailers.Run: { } its }
                && its.IsNewerThan(run)
                && (!mustStand || Stands(release.Image, standing))
                && !IsRolledBackSince(release.Release, release.Image)
            )
            .Select(release => release.Release)
            .FirstOrDefault();
    }

    /// <summary>The commit that this very run made for these images; <c>null</c> when there is none.</summary>
    public PastRelease? Own(RunIdentity run, IReadOnlyList<ImageRelease> images) =>
        past.FirstOrDefault(release =>
            release.Trailers.Run == run
            && images.All(image => release.Trailers.Images.Any(written => IsExactly(written, image)))
        );

    /// <summary>The commit that carried out this rollback; <c>null</c> when there is none.</summary>
    public PastRelease? Rollback(string id) => past.FirstOrDefault(release => release.Trailers.Rollback == id);

    /// <summary>
    /// The commit that took a rollback of this image back, or released the image anew: since the rollback where that was
    /// carried out, else since the release that it is for. <c>null</c> when there is none, or that release is not known.
    /// </summary>
    /// <param name="id">Of the rollback.</param>
    /// <param name="release">The commit that brought the image.</param>
    /// <param name="orderedAt">
    /// When the rollback was wanted: where that commit is not there (of a pull request that was squashed), it is for the last
    /// release of the image until then.
    /// </param>
    public CommitSha? TakenBackSince(
        string id,
        CommitSha? release,
        ImageReference image,
        DateTimeOffset? orderedAt = null
    )
    {
        var from =
            Rollback(id)
            ?? past.FirstOrDefault(commit => commit.Sha == release)
            ?? past.FirstOrDefault(commit =>
                commit.CommittedAt <= orderedAt && commit.Trailers.Images.Any(its => IsSame(its, image))
            );
        return from is null ? null
            : from.Trailers.Rollback == id && from.RevertedBy is { } revert ? revert
            : past.TakeWhile(later => later != from)
                .FirstOrDefault(later =>
                    later is { RevertedBy: null, Trailers.Rollback: null }
                    // A merge repeats what its pull request says.
                    && (later.Trailers.Run is null || later.Trailers.Run != from.Trailers.Run)
                    && later.Trailers.Images.Any(its => IsSame(its, image))
                )
                ?.Sha;
    }

    /// <summary>The last release of this image; <c>null</c> when none is known.</summary>
    public PastRelease? ReleaseOf(ImageReference image) =>
        past.FirstOrDefault(release => release.Trailers.Images.Any(its => IsSame(its, image)));

    /// <summary>The last release of any version of an image; <c>null</c> when none is known.</summary>
    public PastRelease? NewestOf(ImageName name) =>
        past.FirstOrDefault(release => release.Trailers.Images.Any(its => its.Name.Equals(name)));

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
        var releases = Of(image.Name);
        var own = releases.FindIndex(release => release.Release.Trailers.Images.Any(its => IsSame(its, image)));
        // What stands there is the newest release, unless somebody put an older one back by hand.
        var now = Math.Max(releases.FindIndex(release => Stands(release.Image, standing)), 0);
        return own > now ? releases[now].Release : null;
    }

    private List<(PastRelease Release, ImageReference Image)> Of(ImageName name) =>
        [
            .. past.SelectMany(release =>
                release
                    .Trailers.Images.Where(image => image.Name.Equals(name))
                    .Take(1)
                    .Select(image => (release, image))
            ),
        ];

    private bool IsRolledBackSince(PastRelease release, ImageReference image) =>
        past.TakeWhile(later => later.Sha != release.Sha)
            .Any(later => later.Trailers.RolledBack.Any(buried => IsSame(buried, image)));

    /// <summary>
    /// Whether this version is one of those. The digest may be known and not written, and a release by digest alone leaves the
    /// tag that was there.
    /// </summary>
    private static bool Stands(ImageReference image, IReadOnlyCollection<string> standing) =>
        standing.Any(now => IsVersion(now, image));

    /// <summary>
    /// Whether what stands somewhere (tag, digest, or both) is this version, as far as both are known. A manifest may name tag
    /// and digest where the pods name the digest alone: that is no other version.
    /// </summary>
    public static bool IsVersion(string standing, ImageReference image)
    {
        var (tag, digest) =
            standing.Split('@') is [var first, var second] ? (first, second)
            : ImageReference.IsDigest(standing) ? (null, standing)
            : (standing, (string?)null);
        return IsSame(new ImageReference(image.Name, tag, digest), image);
    }

    private static bool IsSame(ImageReference past, ImageRelease image) =>
        IsSame(past, new ImageReference(image.Name, image.Tag, image.Digest));

    /// <summary>Whether both mean the same version: by digest where both are known, else by tag.</summary>
    public static bool IsSame(ImageReference one, ImageReference other) =>
        one.Name.Equals(other.Name)
        && (
            one.Digest is not null && other.Digest is not null
                ? one.Digest == other.Digest
                : one.Tag is not null && one.Tag == other.Tag
        );

    private static bool IsExactly(ImageReference written, ImageRelease image) =>
        written.Name.Equals(image.Name) && written.Tag == image.Tag && written.Digest == image.Digest;

    // What git revert writes, and GitHub's button for a pull request of one commit.
    [GeneratedRegex(@"\bThis reverts commit (?<sha>[0-9a-f]{40})\b")]
    private static partial Regex Reverts();
}
