using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Jobs.Deciding;

/// <summary>
/// What a live read means for the Jobs of its Rollout. The result depends on what is there now and on what the Jobs
/// remember, never on which hint caused the read.
/// </summary>
public static class Observing
{
    /// <summary>How long a Rollout must be answered 404 before its Job is cancelled; a GitOps replace is shorter.</summary>
    public static readonly TimeSpan GoneFor = TimeSpan.FromMinutes(2);

    /// <summary>Decides on a full observation.</summary>
    public static Decision Decide(RolloutJobs jobs, Observation seen, Circumstances here)
    {
        var changes = new Changes();
        var current = seen.Rollout is { } rollout
            ? Bound(jobs, seen, rollout, here, changes)
            : Gone(jobs, changes, here);
        Syncing.Follow(jobs.Pending, current, seen, here, changes);
        return changes.Decide();
    }

    private static Job? Gone(RolloutJobs jobs, Changes changes, Circumstances here)
    {
        if (jobs.Current is not { IsFinal: false, HasLeft: false } current)
        {
            return null;
        }

        // A clock that was set back must not make it wait for hours.
        var since = current.GoneSince is { } known && known <= here.Now ? known : here.Now;
        if (here.Now - since < GoneFor)
        {
            changes.LookAt(since + GoneFor);
            changes.Put(current, current with { GoneSince = since });
            return null;
        }

        var left = current with { HasLeft = true, InstantRollbackUntil = null };
        changes.Put(
            current,
            current.Status == JobStatus.Succeeded
                ? left
                : left.End(JobStatus.Cancelled, JobTexts.RolloutGone(current.Rollout), here.Now)
        );
        return null;
    }

    /// <summary>The bound Job after this read: the same, another one, or the first; none while that cannot be told.</summary>
    private static Job? Bound(
        RolloutJobs jobs,
        Observation seen,
        RolloutView rollout,
        Circumstances here,
        Changes changes
    )
    {
        if (jobs.Current is not { } current)
        {
            return First(jobs, seen, rollout, here, changes);
        }

        if (current.GoneSince is not null)
        {
            current = changes.Put(current, current with { GoneSince = null });
        }

        var release = current.Release!;
        if (release.Uid.Length > 0 && rollout.Uid != release.Uid)
        {
            return Replaced(jobs, current, seen, rollout, here, changes);
        }

        var takeover = RolloutSteps.Compare(release, rollout);
        var undoing =
            current.Rollback is { Path: RollbackPath.Undo or RollbackPath.UndoInGit } undo
            && rollout.CurrentPodHash == undo.Target;
        var rests = current.HasLeft && !current.RestsAt.IsNone && rollout.CurrentPodHash == current.RestsAt;
        if (undoing && !current.IsFinal && !rollout.PauseConditions.IsEmpty)
        {
            // The old ReplicaSet was gone when the undo arrived: it is an ordinary release, and somebody must promote it.
            return Replaced(jobs, current, seen, rollout, here, changes);
        }

        if (undoing || rests || takeover == Takeover.ReturnedToBase)
        {
            return GoingBack.Returned(current, seen, rollout, here, changes);
        }

        return takeover switch
        {
            Takeover.None when !current.HasLeft => Same(current, seen, rollout, here, changes),
            _ => Replaced(jobs, current, seen, rollout, here, changes),
        };
    }

    private static Job Same(Job current, Observation seen, RolloutView rollout, Circumstances here, Changes changes)
    {
        // What was rolled back by an abort and is retried by hand goes on; everything else that is final stays so.
        var retried = current.Status == JobStatus.RolledBack && rollout is { IsObserved: true, Abort: false };
        if (current.IsFinal && !retried)
        {
            return current;
        }

        var next = RolloutSteps.Next(current.Release!, seen, rollout);
        return changes.Put(
            current,
            Following.Advance(current with { Release = next }, seen, rollout, here, changes, current)
        );
    }

    /// <summary>
    /// The first sight of a Rollout is a baseline, unless it is the Rollout that an announced first install has waited for.
    /// </summary>
    private static Job? First(
        RolloutJobs jobs,
        Observation seen,
        RolloutView rollout,
        Circumstances here,
        Changes changes
    )
    {
        // Made a moment ago: the controller has not given it a hash yet, or not made its ReplicaSet.
        var awaited = jobs.Pending.Any(job => job.UidAtCreation == Job.NoRollout);
        var set = seen.ReplicaSetOf(rollout.CurrentPodHash);
        if (rollout.CurrentPodHash.IsNone || (awaited && set is null))
        {
            changes.LookAt(here.Now.AddSeconds(2));
            return null;
        }

        if (
            awaited
            && jobs.Pending.Any(job => job.UidAtCreation == Job.NoRollout && Binding.MayBind(job, set!, rollout))
        )
        {
            return Binding.Bind(jobs, null, set!, seen, rollout, here, changes);
        }

        var release = RolloutSteps.Start(seen, rollout);
        var baseline = Binding.New(JobSource.Baseline, here) with
        {
            Release = release,
            Images = Binding.ImagesOf(seen, release.Hash),
            BaseImages = Binding.ImagesOf(seen, release.Base),
        };
        return changes.Put(null, Following.Advance(baseline, seen, rollout, here, changes));
    }

    /// <summary>Another release has begun.</summary>
    private static Job? Replaced(
        RolloutJobs jobs,
        Job current,
        Observation seen,
        RolloutView rollout,
        Circumstances here,
        Changes changes
    )
    {
        // What a status speaks of is told by the ReplicaSet of currentPodHash, never by spec.template alone (design 4).
        if (seen.ReplicaSetOf(rollout.CurrentPodHash) is { } set)
        {
            return Binding.Bind(jobs, current, set, seen, rollout, here, changes);
        }

        changes.LookAt(here.Now.AddSeconds(5));
        return null;
    }
}
