using System.Globalization;
using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Messages.Slack;

/// <summary>What is being released: image, source, people, what it replaces. Lines of mrkdwn.</summary>
internal static class ReleaseCardFacts
{
    private const int MostImages = 3;
    private const int MostPeople = 4;

    public static IEnumerable<string> Lines(ReleaseScene scene, ReleaseCatalog catalog)
    {
        var job = scene.Job;
        if (Images(scene) is { Length: > 0 } images)
        {
            yield return $"*Image* {images}";
        }

        yield return $"*Source* {Source(scene, catalog)}";
        if (job.Release is { } release)
        {
            yield return string.Join(" · ", InCluster(scene, release));
        }

        foreach (var line in ReleaseCardContents.Lines(scene))
        {
            yield return line;
        }
    }

    private static string Images(ReleaseScene scene)
    {
        var job = scene.Job;
        // The cluster's own word is better than what was asked for.
        IReadOnlyList<string> images =
            !job.Images.IsDefaultOrEmpty ? job.Images
            : job.Request is { } request ? [request.Reference]
            : [];
        var shown = string.Join(' ', images.Take(MostImages).Select(scene.Code));
        // A tag can be moved, a digest cannot: it is told also where the cluster was asked for the tag.
        if (job.Request?.Digest is { } digest && !images.Any(image => image.Contains('@', StringComparison.Ordinal)))
        {
            shown += $" {scene.Code(digest)}";
        }

        return images.Count > MostImages
            ? string.Create(CultureInfo.InvariantCulture, $"{shown} and {images.Count - MostImages} more")
            : shown;
    }

    private static string Source(ReleaseScene scene, ReleaseCatalog catalog)
    {
        var job = scene.Job;
        if (job.RollbackOf is { } former)
        {
            return $"none: this releases an earlier version again, to roll back Job {ShortId(former)}";
        }

        if (job.Request is not { } request)
        {
            return "unknown: it was seen in the cluster, nobody had announced it";
        }

        var parts = new List<string>();
        if (request.SourceCommit is { } source)
        {
            parts.Add("commit " + ReleaseChanges.Commit(scene, scene.Target.App.Repository, source));
        }

        parts.AddRange(People(scene, catalog));
        if (request.GitOpsCommit is { } gitOps)
        {
            parts.Add(
                "GitOps "
                    + ReleaseChanges.Commit(
                        scene,
                        request.GitOpsRepository ?? scene.Environment.GitOps?.Repository,
                        gitOps
                    )
            );
        }

        if (GitHubPages.Run(scene.Target.App.Repository, request.RunId) is { } run)
        {
            parts.Add(Mrkdwn.Link(run, "run"));
        }

        return parts.Count == 0 ? "not told" : string.Join(" · ", parts);
    }

    /// <summary>Who made it, one mention of each person, with what they did.</summary>
    private static IEnumerable<string> People(ReleaseScene scene, ReleaseCatalog catalog)
    {
        var deeds = scene
            .Job.Authors.Identities.Where(identity => !identity.IsMachine)
            .Select(identity => (Name: NameOf(identity, catalog), Deed: Deed(identity.Role)))
            .Where(it => it.Name.Length > 0)
            .GroupBy(it => it.Name, it => it.Deed, StringComparer.Ordinal)
            .ToList();
        if (deeds.Count == 0)
        {
            return [];
        }

        var names = deeds
            .Take(MostPeople)
            .Select(of => $"{Mrkdwn.Text(of.Key, Math.Min(60, scene.Longest))} ({string.Join(", ", of.Distinct())})");
        var more = deeds.Count > MostPeople ? ", …" : "";
        return ["by " + string.Join(", ", names) + more];
    }

    private static string NameOf(AuthorIdentity identity, ReleaseCatalog catalog)
    {
        var known =
            (identity.GitHubLogin is { } login ? catalog.PersonByGitHub(login) : null)
            ?? (identity.SlackUserId is { } user ? catalog.PersonBySlack(user) : null);
        return OutsideText.Line(known?.Name ?? identity.Name ?? identity.GitHubLogin ?? identity.SlackUserId ?? "", 60);
    }

    private static string Deed(AuthorRole role) =>
        role switch
        {
            AuthorRole.Author => "author",
            AuthorRole.Committer => "committer",
            AuthorRole.CoAuthor => "co-author",
            AuthorRole.Merger => "merged it",
            _ => "asked for it",
        };

    private static IEnumerable<string> InCluster(ReleaseScene scene, Release release)
    {
        var job = scene.Job;
        var sameImages =
            !job.Images.IsDefaultOrEmpty
            && !job.BaseImages.IsDefaultOrEmpty
            && job.Images.Order(StringComparer.Ordinal).SequenceEqual(job.BaseImages.Order(StringComparer.Ordinal));
        yield return release.FirstInstall ? "*First install*: nothing to go back to"
        : scene.Base.Length == 0 ? "*Replaces* an unknown version"
        : sameImages ? $"*Replaces* {Mrkdwn.Code(scene.Base, 60)} with other configuration, same image"
        : $"*Replaces* {Mrkdwn.Code(scene.Base, 60)}";
        yield return $"pod hash {Mrkdwn.Code(release.Hash.ToString(), 70)}";
        if (release.Attempt > 1)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"*attempt {release.Attempt}*");
        }
    }

    /// <summary>The end of a Job's id, which differs most between Jobs of the same time.</summary>
    public static string ShortId(JobId id) => id.ToString()[^8..];
}
