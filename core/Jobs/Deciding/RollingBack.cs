using System.Collections.Immutable;
using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Jobs.Deciding;

/// <summary>Roll back: one verb; the phase picks the path (design section 5).</summary>
public static class RollingBack
{
    /// <summary>What a rollback of this moment would do.</summary>
    public sealed record Plan(
        RollbackPath Path,
        PodHash Target,
        ImmutableArray<string> TargetImages,
        string TemplateJson
    );

    internal static Decision Decide(
        Command command,
        Wish.RollBack wish,
        RolloutJobs jobs,
        Observation? seen,
        Circumstances here
    )
    {
        var nothing = new Refusal.NothingToRollBack(command.App, command.Environment);
        if (jobs.Current is not { Release: not null } job)
        {
            return Refusals.Refuse(nothing);
        }

        if (seen?.Rollout is not { } rollout)
        {
            return Refusals.Refuse(
                new Refusal.RolloutGone(command.Rollout.Cluster, command.Rollout.Namespace, command.Rollout.Name),
                job
            );
        }

        if (Commanding.SeesCurrent(command, job) is { } stale)
        {
            return Refusals.Refuse(stale, job);
        }

        if (
            RollbackPolicy.Evaluate(new RollbackQuestion(here.Catalog, here.Environment, command.Actor, here.Groups))
            is PolicyAnswer.Refused refused
        )
        {
            return Refusals.Refuse(refused.Refusal, job);
        }

        if (rollout.HasWorkloadRef || rollout.BlueGreen is null)
        {
            return Refusals.Refuse(
                new Refusal.Unsupported(rollout.HasWorkloadRef ? "a Rollout with workloadRef" : "a canary strategy"),
                job
            );
        }

        if (!rollout.IsObserved)
        {
            return Refusals.Refuse(new Refusal.Conflict(), job);
        }

        if (job.Status == JobStatus.RollingBack && job.Rollback is { ClusterDone: false })
        {
            return Refusals.Refuse(new Refusal.AlreadyDone(JobTexts.RollingBack(job).TrimEnd('.')), job);
        }

        // Typed twice in a hurry; a second rollback in a row is asked for when the first one was seen.
        if (job.Rollback is { } justNow && (command.At - justNow.At).Duration() < Commanding.TookPlaceJustNow)
        {
            return Refusals.Refuse(new Refusal.AlreadyDone(JobTexts.RolledBack(job).TrimEnd('.')), job);
        }

        if (SpeaksOfAnother(job, rollout))
        {
            return Refusals.Refuse(Promoting.NewerThan(rollout), job);
        }

        if (PlanFor(jobs, seen, rollout) is not { } plan)
        {
            return Refusals.Refuse(
                job.Release.Aborted && job.Rollback is not null
                    ? new Refusal.AlreadyDone(JobTexts.ClusterRolledBack(job).TrimEnd('.'))
                    : nothing,
                job
            );
        }

        if (plan.Path == RollbackPath.Release && IsUnmarked(seen.ReplicaSetOf(plan.Target)))
        {
            return Refusals.Refuse(new Refusal.Conflict(), job);
        }

        if (wish.Announced is { } announced && announced != plan.Path)
        {
            return Refusals.Refuse(new Refusal.Stale(), job);
        }

        var undoes = plan.Path is RollbackPath.Undo or RollbackPath.Release;
        if (undoes && !here.Environment.Rollback.Undo)
        {
            return Refusals.Refuse(
                new Refusal.Unsupported("an undo in the cluster where the catalog says rollback.undo: false"),
                job
            );
        }

        // spec.paused halts the controller, the switch of the Services included (facts 6).
        var halted = rollout.SpecPaused && (undoes || rollout.ActiveSelector == job.Release.Hash);
        return halted
            ? Refusals.Refuse(new Refusal.PausedByHand(), job)
            : Begin(command, wish, job, rollout, plan, here);
    }

    /// <summary>The way back from here, or <c>null</c> when there is none.</summary>
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
        return !target.IsNone && seen.ReplicaSetOf(target) is { TemplateJson.Length: > 0 } set
            ? new Plan(
                seen.TakesOverAtOnce(set) ? RollbackPath.Undo : RollbackPath.Release,
                target,
                set.Images,
                set.TemplateJson
            )
            : null;
    }

    /// <summary>
    /// The path of that way, as the card announces it. A status that speaks of another version than the Job tells nothing
    /// of it.
    /// </summary>
    internal static RollbackPath? PathOf(Job job, Observation seen, RolloutView rollout) =>
        !rollout.IsObserved || rollout.CurrentPodHash != job.Release!.Hash ? job.WayBack
        : job.Release.Base.IsNone ? null
        : PlanFor(RolloutJobs.None with { Current = job }, seen, rollout)?.Path;

    /// <summary>
    /// The controller marks the old ReplicaSet a moment after the switch; until then an undo is not known to be instant.
    /// </summary>
    internal static bool IsUnmarked(ReplicaSetView? set) =>
        set is { Wanted: > 0, Available: > 0, ScaleDownDeadline: null };

    /// <summary>
    /// A newer release is about to begin: its template or its hash is there, its ReplicaSet is not. An abort would hit it.
    /// </summary>
    private static bool SpeaksOfAnother(Job job, RolloutView rollout)
    {
        var live = rollout.CurrentPodHash;
        if (live != job.Release!.Hash)
        {
            return !job.HasLeft || (live != job.RestsAt && live != job.Release.Base && live != job.Rollback?.Target);
        }

        return rollout.StableRS != live && !Promoting.AsksFor(rollout, job.Images);
    }

    /// <summary>What was live before the version that is live now, of what succeeded and was not rolled back.</summary>
    private static PodHash Earlier(RolloutJobs jobs, Job job, PodHash live)
    {
        var hashes = jobs.Former.Select(former => former.Release!.Hash).ToList();
        // A rollback that was withdrawn says nothing against the version that it would have brought back.
        var bad = job.RollbackOf is null ? job.Release!.Hash : live;
        return hashes.Skip(hashes.IndexOf(live) + 1).FirstOrDefault(hash => hash != live && hash != bad);
    }

    private static Decision Begin(
        Command command,
        Wish.RollBack wish,
        Job job,
        RolloutView rollout,
        Plan plan,
        Circumstances here
    )
    {
        var source = here.Environment.GitOps;
        var begun = Promoting.Shown(job).WithoutPatches(here.Now) with
        {
            Reminded = false,
            FormerRollback = job.HasLeft ? job.Rollback : null,
            SyncedSince = null,
            Status = JobStatus.RollingBack,
            Votes = [],
            InstantRollbackUntil = null,
            Rollback = new Rollback(command.Actor, here.Now, Plain.OneLine(wish.Reason, 500), plan.Path, plan.Target)
            {
                TargetImages = plan.TargetImages,
                Git = source is null ? GitState.NotNeeded : GitState.NotWritten,
            },
        };
        begun = begun with { Message = JobTexts.RollingBack(begun) };
        var text = JobTexts.RollbackBegun(begun, command.Actor);
        begun = begun.Tell(here.Now, text).Applied(command, text);
        var asked = new PatchWish(command.Actor, command.At, Subject: null);
        begun = plan.Path switch
        {
            RollbackPath.Abort => begun.Patch(
                Commanding.PatchId(command.Key),
                new RolloutPatch.Abort(rollout.Uid, rollout.ResourceVersion, rollout.CurrentPodHash),
                here.Now,
                asked
            ),
            RollbackPath.GitOnly => begun,
            _ => begun.Patch(
                Commanding.PatchId(command.Key),
                new RolloutPatch.Undo(
                    rollout.Uid,
                    rollout.ResourceVersion,
                    rollout.CurrentPodHash,
                    plan.Target,
                    plan.TemplateJson
                ),
                here.Now,
                asked
            ),
        };
        if (source is not null)
        {
            begun = begun.Do(RevertOf(command, begun, source), parked: true);
        }

        var changes = new Changes();
        changes.Put(job, begun);
        changes.LookAt(here.Now.AddSeconds(2));
        return changes.Decide(new CommandOutcome(CommandOutcome.OkCode, text, job.Id));
    }

    // Named and kept with the Job, so that whatever writes Git finds exactly what to restore; until then it is told.
    private static Effect.RevertGit RevertOf(Command command, Job job, GitOpsSource source) =>
        new(
            $"command:{command.Key}:git",
            source.Repository,
            source.Branch,
            source.Path,
            source.Image,
            job.Request?.GitOpsCommit,
            job.Rollback!.Reason
        );
}
