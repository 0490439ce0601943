using System.Text.RegularExpressions;
using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Jobs.Deciding;

/// <summary>Which commits were live before a release, as far as the Jobs, the images and the catalog tell.</summary>
internal static partial class ReleaseBase
{
    /// <summary>It is a commit's own name: a branch or a tag may be moved by an author.</summary>
    public static bool IsCommit(string text) => Sha().IsMatch(text);

    /// <summary>
    /// The source commit: that of the Job that was live; else the one after which its image is named; else the last one
    /// that was live as far as is known, because all that came before it was approved then; else what the catalog says.
    /// </summary>
    public static string? Source(RolloutJobs jobs, Job current, AppEnvironment environment) =>
        current.Release!.Base.IsNone
            ? null
            : OfLive(jobs, current, SourceOf) ?? InImages(current) ?? OfFormer(jobs, SourceOf) ?? environment.Baseline;

    /// <summary>The commit of the GitOps repository, found among the same Jobs.</summary>
    public static string? GitOps(RolloutJobs jobs, Job current) =>
        current.Release!.Base.IsNone ? null : OfLive(jobs, current, GitOpsOf) ?? OfFormer(jobs, GitOpsOf);

    private static string? OfLive(RolloutJobs jobs, Job current, Func<Job, string?> commitOf) =>
        jobs
            .Former.Concat(jobs.Unfinished)
            .Where(job => job.Release?.Hash == current.Release!.Base && job.Id != current.Id)
            .OrderByDescending(job => job.Release!.BoundAt)
            .Select(commitOf)
            .FirstOrDefault(commit => commit is not null);

    private static string? OfFormer(RolloutJobs jobs, Func<Job, string?> commitOf) =>
        jobs.Former.Select(commitOf).FirstOrDefault(commit => commit is not null);

    private static string? InImages(Job current) =>
        (current.BaseImages.IsDefault ? [] : current.BaseImages)
            .Select(InTag)
            .FirstOrDefault(commit => commit is not null);

    private static string? SourceOf(Job job) =>
        job.Request?.SourceCommit is { } commit && IsCommit(commit) ? commit : null;

    // What only the announcement says counts where the branch was seen to have it: commits of nobody's branch hide others.
    private static string? GitOpsOf(Job job) =>
        job.SyncedRevision is { } synced && IsCommit(synced) ? synced
        : job is { Request.GitOpsCommit: { } commit, Contents.HasGitOpsCommit: true } ? commit
        : null;

    private static string? InTag(string image) =>
        ShaInTag().Match(VersionName.TagOf(image)) is { Success: true } match ? match.Groups["sha"].Value : null;

    [GeneratedRegex(@"\A[0-9a-f]{40}([0-9a-f]{24})?\z")]
    private static partial Regex Sha();

    [GeneratedRegex(@"(\A|[-_.])(?<sha>[0-9a-f]{40})\z")]
    private static partial Regex ShaInTag();
}
