using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Jobs.Deciding;

/// <summary>
/// A rollback puts back what its release's own commit changed; what another commit had brought beside it stays in Git, and
/// then other pods come than those that ran before. They are the way back all the same where all that is in them was approved:
/// our commit was made on what the release had brought, and Argo CD synced exactly that commit.
/// </summary>
internal static class SupposedWaysBack
{
    /// <summary>The images of the target have come by Git while the rollback is under way, in other pods than its own.</summary>
    public static bool HasImages(Job? current, ReplicaSetView set, Circumstances here) =>
        current
            is { IsFinal: false, Rollback: { Git: GitState.Written, TargetImages.IsDefaultOrEmpty: false } rollback }
        && here.Environment.GitOps is not null
        && set.Images.Order(StringComparer.Ordinal).SequenceEqual(rollback.TargetImages.Order(StringComparer.Ordinal));

    /// <summary>What is to be asked of Argo CD; <c>null</c> where its word would not do.</summary>
    public static SupposedWayBack? Of(Job current, Circumstances here) =>
        here.Environment.Application is not null && current.Rollback is { IsOnSynced: true, GitCommit: var commit }
            ? new SupposedWayBack(current.Id, commit)
            : null;

    /// <summary>
    /// The Job when Argo CD has told by which commit it was brought; until then, and by any other one, it is a release with the
    /// whole policy.
    /// </summary>
    public static Job Settle(Job job, Observation seen, Circumstances here)
    {
        if (job is not { Supposed: { } supposed, SyncedRevision: { } synced })
        {
            return job;
        }

        var settled = job with { Supposed = null };
        return
            synced == supposed.Commit
            && seen.Application is { OperationPhase: "Succeeded" } application
            && application.SyncedRevision == supposed.Commit
            ? (settled with { Source = JobSource.Rollback, RollbackOf = supposed.Of }).Tell(
                here.Now,
                WayBackTexts.Proven(supposed.Commit),
                attention: true
            )
            : settled.Tell(here.Now, WayBackTexts.Disproven(supposed.Commit, here.Environment), attention: true);
    }
}
