using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Jobs.Deciding;

/// <summary>Taking and releasing an environment's lock; the card of the current Job shows it.</summary>
internal static class Locking
{
    public static Decision Decide(Command command, RolloutJobs jobs, Observation? seen, Circumstances here)
    {
        var takes = command.Wish as Wish.TakeLock;
        // A kill between taking the lock and saving the Job: it is this command's lock.
        var isOwn =
            takes is not null && here.Lock is { } held && held.At == command.At && held.Owner.IsSameAs(command.Actor);
        var answer = LockPolicy.Evaluate(
            new LockQuestion(
                here.Catalog,
                here.Environment,
                command.Actor,
                here.Groups,
                isOwn ? null : here.Lock,
                takes is not null,
                here.Now
            )
        );
        if (answer is PolicyAnswer.Refused refused)
        {
            return Refusals.Refuse(refused.Refusal, jobs.Current);
        }

        var taken = takes is null
            ? null
            : new ReleaseLock(
                command.App,
                command.Environment,
                Plain.OneLine(takes.Reason, 500),
                command.Actor,
                command.At,
                takes.ExpiresAt
            );
        var text = taken is null
            ? JobTexts.Unlocked(command.Actor, command.App, command.Environment)
            : JobTexts.Locked(taken);
        var changes = new Changes();
        if (jobs.Current is { IsFinal: false, Source: not JobSource.Baseline } job)
        {
            var told = (job with { Lock = taken }).Tell(here.Now, text);
            told = seen?.Rollout is { } rollout ? WithoutRefused(told, rollout, here with { Lock = taken }) : told;
            changes.Put(job, told.Applied(command, text));
        }

        return changes.Decide(new CommandOutcome(CommandOutcome.OkCode, text, jobs.Current?.Id)) with
        {
            Lock = new LockChange(taken),
        };
    }

    /// <summary>
    /// A promote that has not reached the cluster must not do so under the lock that was taken since. One that may be on
    /// the wire is judged when that is over.
    /// </summary>
    private static Job WithoutRefused(Job job, RolloutView rollout, Circumstances here)
    {
        foreach (var entry in job.Outbox.Where(entry => !entry.IsOnItsWay(here.Now)))
        {
            if (
                entry.Effect is Effect.PatchRollout { Patch: var patch } effect
                && PatchJudge.Judge(patch, job, rollout) is PatchVerdict.SendAgain
                && PatchPolicy.Refuse(patch, entry.Asked, job, here) is { } refusal
            )
            {
                job = job.PatchEnded(effect.Id, refusal, here.Now);
            }
        }

        return job;
    }
}
