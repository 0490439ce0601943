using System.Collections.Immutable;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Jobs.Deciding;

/// <summary>Which way back there is: the phase picks the path (design section 5).</summary>
public static class WaysBack
{
    /// <summary>What a rollback of this moment would do.</summary>
    public sealed record Plan(
        RollbackPath Path,
        PodHash Target,
        ImmutableArray<string> TargetImages,
        string TemplateJson
    )
    {
        /// <summary>Its ReplicaSet is deleted, so that nothing in the cluster tells what to go back to.</summary>
        internal bool IsByGitAlone => Path == RollbackPath.Release && TemplateJson.Length == 0;
    }

    /// <summary>
    /// The old version is brought by Argo CD when Git asks for it: later than its window, and where the catalog says
    /// <c>rollback.undo: false</c>.
    /// </summary>
    internal static bool IsByGit(RollbackPath path, Circumstances here) =>
        path == RollbackPath.UndoInGit
        || (path == RollbackPath.Release && (here.HasGit || !here.Environment.Rollback.Undo));

    /// <summary>The way back from here, or <c>null</c> when there is none.</summary>
    public static Plan? PlanFor(RolloutJobs jobs, Observation seen, RolloutView rollout, Circumstances here) =>
        PlanFor(jobs, seen, rollout) is not { } plan || (plan.IsByGitAlone && !here.HasGit) ? null
        : plan.Path == RollbackPath.Undo && !here.Environment.Rollback.Undo
            ? plan with
            {
                Path = RollbackPath.UndoInGit,
            }
        : plan;

    /// <summary>The same as far as the cluster goes, whatever the catalog says of undoing.</summary>
    public static Plan? PlanFor(RolloutJobs jobs, Observation seen, RolloutView rollout)
    {
        var job = jobs.Current!;
        var live = rollout.CurrentPodHash;
        if (live == job.Release!.Hash && rollout.StableRS != live)
        {
            if (job.Release.FirstInstall || rollout.StableRS.IsNone)
            {
                return null;
            }

            var path = job.Release.Aborted ? RollbackPath.GitOnly : RollbackPath.Abort;
            var done = path == RollbackPath.GitOnly && job.Rollback is not null;
            return done ? null : new Plan(path, rollout.StableRS, Binding.ImagesOf(seen, rollout.StableRS), "");
        }

        var target = live == job.Release.Hash && !job.Release.Base.IsNone ? job.Release.Base : Earlier(jobs, job, live);
        return target.IsNone ? null
            : seen.ReplicaSetOf(target) is { TemplateJson.Length: > 0 } set
                ? new Plan(
                    seen.TakesOverAtOnce(set) ? RollbackPath.Undo : RollbackPath.Release,
                    target,
                    set.Images,
                    set.TemplateJson
                )
            // The controller keeps no more than revisionHistoryLimit of them.
            : Remembered(jobs, job, target) is { IsDefaultOrEmpty: false } images
                ? new Plan(RollbackPath.Release, target, images, "")
            : null;
    }

    /// <summary>
    /// The path of that way, as the card announces it. A status that speaks of another version than the Job tells nothing
    /// of it.
    /// </summary>
    internal static RollbackPath? PathOf(Job job, Observation seen, RolloutView rollout, Circumstances here) =>
        !rollout.IsObserved || rollout.CurrentPodHash != job.Release!.Hash ? job.WayBack
        : job.Release.Base.IsNone ? null
        : PlanFor(RolloutJobs.None with { Current = job }, seen, rollout, here)?.Path;

    /// <summary>
    /// The controller marks the old ReplicaSet a moment after the switch; until then an undo is not known to be instant.
    /// </summary>
    internal static bool IsUnmarked(ReplicaSetView? set) =>
        set is { Wanted: > 0, Available: > 0, ScaleDownDeadline: null };

    /// <summary>What was live before the version that is live now, of what succeeded and was not rolled back.</summary>
    private static PodHash Earlier(RolloutJobs jobs, Job job, PodHash live)
    {
        var hashes = jobs.Former.Select(former => former.Release!.Hash).ToList();
        // A rollback that was withdrawn says nothing against the version that it would have brought back.
        var bad = job.RollbackOf is null ? job.Release!.Hash : live;
        return hashes.Skip(hashes.IndexOf(live) + 1).FirstOrDefault(hash => hash != live && hash != bad);
    }

    private static ImmutableArray<string> Remembered(RolloutJobs jobs, Job job, PodHash target) =>
        target == job.Release!.Base
            ? job.BaseImages
            : jobs.Former.FirstOrDefault(former => former.Release!.Hash == target)?.Images ?? [];
}
