using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Policy;

namespace Devflow.ChatOps.Core.Jobs.Deciding;

/// <summary>Taking and releasing an environment's lock; the card of the current Job shows it.</summary>
internal static class Locking
{
    public static Decision Decide(Command command, RolloutJobs jobs, Circumstances here)
    {
        var takes = command.Wish as Wish.TakeLock;
        var answer = LockPolicy.Evaluate(
            new LockQuestion(
                here.Catalog,
                here.Environment,
                command.Actor,
                here.Groups,
                here.Lock,
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
            : new ReleaseLock(command.App, command.Environment, takes.Reason, command.Actor, here.Now, takes.ExpiresAt);
        var text = taken is null
            ? JobTexts.Unlocked(command.Actor, command.App, command.Environment)
            : JobTexts.Locked(taken);
        var changes = new Changes();
        if (jobs.Current is { IsFinal: false, Source: not JobSource.Baseline } job)
        {
            changes.Put(job, (job with { Lock = taken }).Tell(here.Now, text).Applied(command.Key));
        }

        return changes.Decide(new CommandOutcome(CommandOutcome.OkCode, text, jobs.Current?.Id)) with
        {
            Lock = new LockChange(taken),
        };
    }
}
