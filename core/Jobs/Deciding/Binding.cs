using System.Collections.Immutable;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Jobs.Deciding;

/// <summary>Another release has begun in the cluster: which Job it belongs to, and what becomes of the others.</summary>
internal static class Binding
{
    /// <summary>
    /// A Pending Job is bound to the release, or one is made for it. The new Job is saved last: until then the former one
    /// is current, and a process that is killed in between decides the same again.
    /// </summary>
    public static Job Bind(
        RolloutJobs jobs,
        Job? current,
        ReplicaSetView set,
        Observation seen,
        RolloutView rollout,
        Circumstances here,
        Changes changes
    )
    {
        // Of several announcements of one image the last, but a workflow's first: another caller only says what is released.
        var pending = jobs
            .Pending.Where(job => MayBind(job, set, rollout))
            .OrderBy(job => job.Request!.IsOfWorkflow)
            .LastOrDefault();
        var rollsBack = pending is null && BringsBack(current, set, here);
        var resembles = pending is null && !rollsBack && SupposedWaysBack.HasImages(current, set, here);
        var job = pending ?? New(rollsBack ? JobSource.Rollback : JobSource.External, here, current);
        var bound = job with
        {
            Release = Begun(current, seen, rollout),
            Images = set.Images,
            RollbackOf = rollsBack ? current!.Id : null,
            Supposed = resembles ? SupposedWaysBack.Of(current!, here) : null,
            ReplacedAt = current is not null && TakesPlace(current, job) ? here.Now : null,
        };
        bound = bound with { BaseImages = ImagesOf(seen, bound.Release!.Base) };
        bound = Introduced(bound, current, rollout, here);
        bound = resembles ? bound.Tell(here.Now, WhatStays(bound, current!, here), attention: true) : bound;
        foreach (var older in jobs.Pending.Where(other => pending is not null && Before(other, pending)))
        {
            changes.Put(
                older,
                older.End(JobStatus.Superseded, JobTexts.SupersededBy(bound), here.Now) with
                {
                    SupersededBy = bound.Id,
                }
            );
        }

        if (current is not null)
        {
            // What is still to be written in Git is the business of whoever is looked at.
            Retire(current.WithoutRevert(), bound, here, changes);
        }

        return changes.Put(
            pending,
            Following.Advance(bound, seen, rollout, here, changes, bound with { Release = null })
        );
    }

    /// <summary>
    /// The version to which the current Job is rolled back: its ReplicaSet, or, when only the image went back in Git and so the
    /// configuration may differ, another with the same images. Anything else is a release with the whole policy, as long as
    /// <see cref="SupposedWaysBack"/> does not say otherwise.
    /// </summary>
    private static bool BringsBack(Job? current, ReplicaSetView set, Circumstances here) =>
        current?.Rollback is { } rollback
        && (
            (
                rollback.Path is RollbackPath.Undo or RollbackPath.UndoInGit or RollbackPath.Release
                && rollback.Target == set.Hash
            ) || (rollback.ImageOnly.Length > 0 && SupposedWaysBack.HasImages(current, set, here))
        );

    private static string WhatStays(Job bound, Job current, Circumstances here) =>
        bound.Supposed is { Commit: var commit }
            ? WayBackTexts.Supposed(current, commit, here.Environment)
            : WayBackTexts.IsNone(current, here.Environment);

    private static Release Begun(Job? current, Observation seen, RolloutView rollout)
    {
        var former = current?.Release is { } before && before.Uid == rollout.Uid ? before : null;
        var release = RolloutSteps.Start(seen, rollout, former);
        // The Job that was bound last is the current one, also when the clock was set back in between.
        return current?.Release is { } last && release.BoundAt <= last.BoundAt
            ? release with
            {
                BoundAt = last.BoundAt.AddMilliseconds(1),
            }
            : release;
    }

    private static bool TakesPlace(Job current, Job successor) =>
        current.SupersededBy == successor.Id
        || (!current.IsFinal && current.Status != JobStatus.Succeeded && current.Source != JobSource.Baseline);

    private static Job Introduced(Job bound, Job? current, RolloutView rollout, Circumstances here)
    {
        bound = bound.Tell(here.Now, JobTexts.Bound(bound));
        if (current?.Rollback is not { } rollback)
        {
            return bound;
        }

        var revert = current.Outbox.LastOrDefault(entry => entry.Effect is Effect.RevertGit);
        bound =
            revert is { Parked: false } || bound.RollbackOf is not null && revert is not null
                ? bound.Do(revert.Effect, revert.Parked)
                : bound;
        if (bound.RollbackOf is not null)
        {
            return rollback.Git == GitState.NotWritten
                ? bound.Tell(here.Now, JobTexts.BringsBack(bound, current), attention: true)
                : bound.Tell(here.Now, JobTexts.TakesBack(current));
        }

        return rollout.CurrentPodHash == current.Release!.Hash
            ? bound.Tell(here.Now, JobTexts.CameBack(bound, rollback), attention: true)
            : bound;
    }

    private static void Retire(Job current, Job successor, Circumstances here, Changes changes)
    {
        var left = current with { HasLeft = true, InstantRollbackUntil = null };
        changes.Put(
            current,
            current.IsFinal || current.Status == JobStatus.Succeeded
                ? left
                : left.End(
                    JobStatus.Superseded,
                    successor.RollbackOf == current.Id
                        ? JobTexts.RolledBackByRelease(successor)
                        : JobTexts.SupersededBy(successor),
                    here.Now
                ) with
                {
                    SupersededBy = successor.Id,
                }
        );
    }

    private static bool Before(Job one, Job other) => one.Id != other.Id && one.CreatedAt <= other.CreatedAt;

    internal static bool MayBind(Job pending, ReplicaSetView set, RolloutView rollout) =>
        ImageMatch.Carries(set.Images, pending.Request)
        && (
            pending.HashAtCreation != rollout.CurrentPodHash
            || (pending.UidAtCreation.Length > 0 && pending.UidAtCreation != rollout.Uid)
        );

    /// <summary>A new Job; one whose id its predecessor names already, but that was never saved, gets that id.</summary>
    internal static Job New(JobSource source, Circumstances here, Job? former = null) =>
        new(
            former is { Status: JobStatus.Superseded, SupersededBy: { } promised } ? promised : here.FreshId,
            here.App.Name,
            here.Environment.Name,
            new RolloutRef(here.Environment.Cluster, here.Environment.Namespace, here.Environment.Rollout),
            source
        )
        {
            CreatedAt = here.Now,
        };

    internal static ImmutableArray<string> ImagesOf(Observation seen, PodHash hash) =>
        hash.IsNone ? [] : seen.ReplicaSetOf(hash)?.Images ?? [];
}
