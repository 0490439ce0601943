using System.Collections.Immutable;
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
        if (seen.Rollout is not { } rollout)
        {
            Gone(jobs, changes, here);
            return changes.Decide();
        }

        var current = Bound(jobs, seen, rollout, here, changes);
        Syncing.Follow(jobs.Pending, current, seen, rollout, here, changes);
        return changes.Decide();
    }

    private static void Gone(RolloutJobs jobs, Changes changes, Circumstances here)
    {
        if (jobs.Current is not { IsFinal: false } current)
        {
            return;
        }

        var since = current.GoneSince ?? here.Now;
        if (here.Now - since < GoneFor)
        {
            changes.LookAt(since + GoneFor);
            if (current.GoneSince is null)
            {
                changes.Put(current, current with { GoneSince = since });
            }

            return;
        }

        changes.Put(
            current,
            current.Status == JobStatus.Succeeded
                ? current with
                {
                    HasLeft = true,
                }
                : current.End(JobStatus.Cancelled, JobTexts.RolloutGone(current.Rollout), here.Now) with
                {
                    HasLeft = true,
                }
        );
    }

    /// <summary>The bound Job after this read: the same, another one, or the first.</summary>
    private static Job Bound(
        RolloutJobs jobs,
        Observation seen,
        RolloutView rollout,
        Circumstances here,
        Changes changes
    )
    {
        if (jobs.Current is not { } current)
        {
            return changes.Put(null, Baseline(seen, rollout, here));
        }

        var release = current.Release!;
        var sameRollout = release.Uid.Length == 0 || rollout.Uid == release.Uid;
        var takeover = RolloutSteps.Compare(release, rollout);
        if (!sameRollout || (current.HasLeft && takeover == Takeover.None))
        {
            takeover = Takeover.NewHash;
        }

        var undoing = current.Rollback is { Path: RollbackPath.Undo } undo && rollout.CurrentPodHash == undo.Target;
        return takeover switch
        {
            Takeover.None => Same(current, seen, rollout, here, changes),
            Takeover.TakenUp => changes.Put(
                current,
                Following.Advance(
                    current with
                    {
                        Release = RolloutSteps.Start(seen, rollout),
                        Images = ImagesOf(seen, rollout.CurrentPodHash),
                    },
                    seen,
                    rollout,
                    here,
                    changes
                )
            ),
            _ when sameRollout && (undoing || takeover == Takeover.ReturnedToBase) => Following.Returned(
                current,
                seen,
                rollout,
                here,
                changes
            ),
            _ => Replaced(jobs, current, seen, rollout, here, changes),
        };
    }

    private static Job Same(Job current, Observation seen, RolloutView rollout, Circumstances here, Changes changes)
    {
        if (current.IsFinal)
        {
            return current;
        }

        var next = RolloutSteps.Next(current.Release!, seen, rollout);
        return changes.Put(
            current,
            Following.Advance(current with { Release = next, GoneSince = null }, seen, rollout, here, changes, current)
        );
    }

    private static Job Baseline(Observation seen, RolloutView rollout, Circumstances here)
    {
        var release = RolloutSteps.Start(seen, rollout);
        return New(JobSource.Baseline, here) with
        {
            Release = release,
            Images = ImagesOf(seen, release.Hash),
            BaseImages = ImagesOf(seen, release.Base),
            Status = Following.StatusOf(release.Status),
            Message = release.Message,
            VerifiedAt = seen.At,
        };
    }

    /// <summary>Another release has begun: a Pending Job is bound to it, or one is made for it.</summary>
    private static Job Replaced(
        RolloutJobs jobs,
        Job current,
        Observation seen,
        RolloutView rollout,
        Circumstances here,
        Changes changes
    )
    {
        // What a status speaks of is told by the ReplicaSet of currentPodHash, never by spec.template alone (design 4).
        if (seen.ReplicaSetOf(rollout.CurrentPodHash) is not { } set)
        {
            changes.LookAt(here.Now.AddSeconds(2));
            return current;
        }

        var release = RolloutSteps.Start(seen, rollout);
        var pending = jobs.Pending.LastOrDefault(job => MayBind(job, set, rollout));
        var rollsBack =
            current.Rollback is { Path: RollbackPath.Release } rollback && rollback.Target == release.Hash
                ? current.Id
                : (JobId?)null;
        var job = pending ?? New(rollsBack is null ? JobSource.External : JobSource.Rollback, here);
        var tookPlace =
            !current.IsFinal && current.Status != JobStatus.Succeeded && current.Source != JobSource.Baseline;
        var cameBack = current.Rollback is not null && release.Hash == current.Release!.Hash;
        var bound = job with
        {
            Release = release,
            Images = set.Images,
            BaseImages = ImagesOf(seen, release.Base),
            RollbackOf = rollsBack,
            ReplacedAt = tookPlace ? here.Now : null,
            Lock = here.Lock,
        };
        bound = bound.Tell(here.Now, JobTexts.Bound(bound));
        if (cameBack)
        {
            bound = bound.Tell(here.Now, JobTexts.CameBack(bound), attention: true);
        }

        bound = changes.Put(
            pending,
            Following.Advance(bound, seen, rollout, here, changes, bound with { Release = null })
        );
        Retire(current, bound, here, changes);
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

        return bound;
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

    private static bool MayBind(Job pending, ReplicaSetView set, RolloutView rollout) =>
        ImageMatch.Carries(set.Images, pending.Request)
        && (
            pending.HashAtCreation != rollout.CurrentPodHash
            || (pending.UidAtCreation.Length > 0 && pending.UidAtCreation != rollout.Uid)
        );

    internal static Job New(JobSource source, Circumstances here) =>
        new(
            here.FreshId,
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
