using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Jobs.Deciding;

/// <summary>What is to be put back in Git.</summary>
internal static class Reverts
{
    /// <summary>
    /// What the controller has aborted goes back in Git too, unasked, where the catalog says so
    /// (<c>onAbort: revertGit</c>).
    /// </summary>
    public static Job Unasked(Job job, Observation seen, RolloutView rollout, Circumstances here)
    {
        var wanted =
            here.HasGit
            && here.Environment.OnAbort == OnAbort.RevertGit
            && job is { Status: JobStatus.Failed, HasLeft: false, Rollback: null }
            && job.Source != JobSource.Baseline
            && job.Release is { Aborted: true, FirstInstall: false } release
            && rollout.IsObserved
            && rollout.CurrentPodHash == release.Hash
            && !rollout.StableRS.IsNone
            && rollout.StableRS != release.Hash;
        if (!wanted)
        {
            return job;
        }

        var reason = Plain.OneLine($"aborted: {job.Message}", 500);
        var begun = job with
        {
            Status = JobStatus.RollingBack,
            Votes = [],
            Rollback = new Rollback(GitTexts.Devflow, here.Now, reason, RollbackPath.GitOnly, rollout.StableRS)
            {
                TargetImages = Binding.ImagesOf(seen, rollout.StableRS),
                Git = GitState.Writing,
            },
        };
        return begun
            .Tell(here.Now, GitTexts.Unasked(begun), attention: true)
            .Do(Of($"{job.Id}:abort:{job.Release!.Attempt}:git", begun, begun, here.Environment.GitOps!, here));
    }

    // Named and kept with the Job, so that whatever writes Git finds exactly what to restore; until then it is told.
    /// <param name="bad">What brought the version that Git asks for.</param>
    public static Effect.RevertGit Of(string id, Job job, Job bad, GitOpsSource source, Circumstances here) =>
        new(
            id,
            source.Repository,
            source.Branch,
            source.Path,
            source.Image,
            bad.Request?.GitOpsCommit,
            job.Rollback!.Reason
        )
        {
            Mark = $"{job.Id}/{job.Rollback.At.ToUnixTimeMilliseconds()}",
            TargetImages = job.Rollback.TargetImages,
            BadImages = bad.Images,
            Synced = job is { Release.IsLive: true, LiveWithoutApproval: false } ? job.SyncedRevision : null,
            By = JobTexts.Who(job.Rollback.By),
            At = job.Rollback.At,
            AsPullRequest = source.PullRequest,
            Application = here.Environment.Application,
        };
}
