using System.Collections.Immutable;
using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Jobs.Deciding;

/// <summary>Roll back: one verb; the phase picks the path (design section 5).</summary>
public static class RollingBack
{
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

        if (WaysBack.PlanFor(jobs, seen, rollout, here) is not { } plan)
        {
            var isForgotten = WaysBack.PlanFor(jobs, seen, rollout) is not null;
            return Refusals.Refuse(
                job.Release.Aborted && job.Rollback is not null
                        ? new Refusal.AlreadyDone(JobTexts.ClusterRolledBack(job).TrimEnd('.'))
                    : isForgotten && here.Environment.GitOps is { } unwritten
                        ? new Refusal.GitNotSetUp(unwritten.Repository)
                    : nothing with { IsForgotten = isForgotten },
                job
            );
        }

        if (plan.Path == RollbackPath.Release && WaysBack.IsUnmarked(seen.ReplicaSetOf(plan.Target)))
        {
            return Refusals.Refuse(new Refusal.Conflict(), job);
        }

        if (wish.Announced is { } announced && announced != plan.Path)
        {
            return Refusals.Refuse(new Refusal.Stale(), job);
        }

        var byGit = WaysBack.IsByGit(plan.Path, here);
        var undoes = plan.Path is RollbackPath.Undo or RollbackPath.Release && !byGit;
        if (byGit && !here.WritesGit)
        {
            return Refusals.Refuse(new Refusal.GitNotSetUp(here.Environment.GitOps?.Repository ?? "Git"), job);
        }

        // spec.paused halts the controller, the switch of the Services included (facts 6).
        var halted = rollout.SpecPaused && (undoes || rollout.ActiveSelector == job.Release.Hash);
        return halted
            ? Refusals.Refuse(new Refusal.PausedByHand(), job)
            : Begin(command, wish, jobs, rollout, plan, here);
    }

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

    /// <summary>What Git asks for: in a second rollback in a row the version to which the first one went, where Git followed it.</summary>
    private static Job AskedFor(RolloutJobs jobs, Job begun, RolloutView rollout) =>
        begun.FormerRollback is { Git: GitState.Written or GitState.Agrees }
            ? jobs.Former.FirstOrDefault(former => former.Release!.Hash == rollout.CurrentPodHash) ?? begun
            : begun;

    private static Decision Begin(
        Command command,
        Wish.RollBack wish,
        RolloutJobs jobs,
        RolloutView rollout,
        WaysBack.Plan plan,
        Circumstances here
    )
    {
        var job = jobs.Current!;
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
                Git =
                    source is null ? GitState.NotNeeded
                    : here.WritesGit ? GitState.Writing
                    : GitState.NotWritten,
                ByGit = WaysBack.IsByGit(plan.Path, here),
            },
        };
        begun = begun with { Message = JobTexts.RollingBack(begun) };
        var text =
            JobTexts.RollbackBegun(begun, command.Actor)
            + (source is { PullRequest: true } && here.WritesGit ? GitTexts.ByPullRequest(begun.Rollback) : "");
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
            _ when begun.Rollback!.ByGit || plan.Path == RollbackPath.GitOnly => begun,
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
            begun = begun.Do(
                Reverts.Of($"command:{command.Key}:git", begun, AskedFor(jobs, begun, rollout), source, here),
                parked: !here.WritesGit
            );
        }

        var changes = new Changes();
        changes.Put(job, begun);
        changes.LookAt(here.Now.AddSeconds(2));
        return changes.Decide(new CommandOutcome(CommandOutcome.OkCode, text, job.Id));
    }
}
