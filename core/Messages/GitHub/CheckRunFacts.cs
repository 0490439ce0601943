using System.Globalization;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages.Slack;

namespace Devflow.ChatOps.Core.Messages.GitHub;

/// <summary>What is being released, and what it replaces. Paragraphs of Markdown.</summary>
internal static class CheckRunFacts
{
    private const int MostImages = 10;

    public static IEnumerable<string> Lines(ReleaseScene scene)
    {
        var job = scene.Job;
        // Told when it was merged; the list of what the release brings has it too, once that was read.
        if (job.Check?.Pull is { } pull && job.Contents?.Pulls.Any(known => known.Number == pull.Number) != true)
        {
            yield return $"**Merged with** {ReleaseChanges.Pull(scene, pull)}";
        }

        foreach (var line in CheckRunContents.Lines(scene))
        {
            yield return line;
        }

        yield return string.Join('\n', Table(scene));
        yield return $"Job {Markdown.Code(job.Id.ToString())} · {Markdown.Code(job.Rollout.ToString(), 150)}";
    }

    private static IEnumerable<string> Table(ReleaseScene scene)
    {
        yield return "| | |";
        yield return "| --- | --- |";
        foreach (var (name, value) in Rows(scene))
        {
            yield return $"| {name} | {value} |";
        }
    }

    private static IEnumerable<(string Name, string Value)> Rows(ReleaseScene scene)
    {
        var job = scene.Job;
        // The cluster's own word is better than what was asked for.
        IReadOnlyList<string> images =
            !job.Images.IsDefaultOrEmpty ? job.Images
            : job.Request is { } asked ? [asked.Reference]
            : [];
        foreach (var image in images.Take(MostImages))
        {
            yield return ("Image", Markdown.Text(image, 300));
        }

        // A tag can be moved, a digest cannot: it is told also where the cluster was asked for the tag.
        if (job.Request?.Digest is { } digest && !images.Any(image => image.Contains('@', StringComparison.Ordinal)))
        {
            yield return ("Digest", Markdown.Text(digest, 200));
        }

        if (job.Request is { GitOpsCommit: { } commit } request)
        {
            var repository = request.GitOpsRepository ?? scene.Environment.GitOps?.Repository ?? "";
            yield return (
                "GitOps commit",
                $"{Markdown.Text(repository)} {ReleaseChanges.Commit(scene, repository, commit)}".Trim()
            );
        }

        if (job.Release is not { } release)
        {
            yield break;
        }

        yield return (
            "Replaces",
            release.FirstInstall ? "nothing: first install"
            : scene.Base.Length == 0 ? "an unknown version"
            : Markdown.Text(scene.Base, 80)
        );
        yield return ("Pod hash", Markdown.Text(release.Hash.ToString(), 80));
        if (release.Attempt > 1)
        {
            yield return ("Attempt", release.Attempt.ToString(CultureInfo.InvariantCulture));
        }
    }
}
