using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Jobs.Deciding;

/// <summary>Which commit of the GitOps repository is in the cluster with a release, as Argo CD tells it.</summary>
internal static class SyncedRevisions
{
    /// <summary>An Application that tells nothing for so long is done without; the branch counts then.</summary>
    private static readonly TimeSpan patience = TimeSpan.FromMinutes(1);

    /// <summary>No look takes so long from its read of the Rollout to that of the Application.</summary>
    private static readonly TimeSpan longestLook = TimeSpan.FromMinutes(1);

    /// <summary>
    /// What is known after this look. Rollout and Application are two reads, and either may be the older one. So it is the
    /// revision of a sync that is over, told at a later look than the one that bound the release; and of what is live, from
    /// which the next release is counted, of one that was over well before the look.
    /// </summary>
    public static string? After(
        Job job,
        Job before,
        Observation seen,
        RolloutView rollout,
        AppEnvironment environment
    ) =>
        job.SyncedRevision
        ?? (
            before.Release?.Hash == job.Release!.Hash
            && rollout.IsObserved
            && seen.Application is { } application
            && environment.GitOps is { } desired
            && (!job.Release.IsLive || !(seen.At - application.SyncedAt < longestLook))
                ? Told(application, desired)
                : null
        );

    /// <summary>Argo CD may tell it yet.</summary>
    public static bool IsAwaited(Job job, AppEnvironment environment, DateTimeOffset now) =>
        environment is { Application: not null, GitOps: not null }
        && job is { SyncedRevision: null, Release: { } release, Request: not null }
        && now >= release.BoundAt
        && now - release.BoundAt < patience;

    private static string? Told(ApplicationView application, GitOpsSource desired) =>
        application switch
        {
            _ when !Follows(application, desired) => "",
            { OperationPhase: "Succeeded" } => application.SyncedRevision,
            // No sync has run yet that Argo CD remembers: what it compared is what is there.
            { OperationPhase: "", SyncStatus: "Synced" } => application.ComparedRevision,
            _ => null,
        };

    /// <summary>
    /// The Application syncs the branch that the catalog names. A chart's repository, or a branch that something renders, has
    /// commits of its own, which say nothing about those of the branch.
    /// </summary>
    private static bool Follows(ApplicationView application, GitOpsSource desired) =>
        IsOf(application.RepoUrl.TrimEnd('/'), desired.Repository)
        && (
            application.TargetRevision is "" or "HEAD"
            || application.TargetRevision == desired.Branch
            || application.TargetRevision == $"refs/heads/{desired.Branch}"
        );

    // https://github.com/acme/gitops.git, git@github.com:acme/gitops
    private static bool IsOf(string url, string repository)
    {
        var name = url.EndsWith(".git", StringComparison.OrdinalIgnoreCase) ? url[..^4] : url;
        return name.EndsWith(repository, StringComparison.OrdinalIgnoreCase)
            && name[..^repository.Length].LastOrDefault() is '/' or ':';
    }
}
