using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Policy;

namespace Devflow.ChatOps.Core.Jobs.Deciding;

/// <summary>Somebody takes back their approval, which needs no right: it is theirs.</summary>
internal static class Withdrawing
{
    public static Decision Decide(Command command, RolloutJobs jobs, Circumstances here)
    {
        if (jobs.Current is not { IsFinal: false, Subject: { } subject } job)
        {
            return Refusals.Refuse(new Refusal.NothingToWithdraw(command.App, command.Environment), jobs.Current);
        }

        if (Commanding.SeesCurrent(command, job) is { } stale)
        {
            return Refusals.Refuse(stale, job);
        }

        if (job.Promotion is { } promotion && promotion.Subject.Attempt == subject.Attempt)
        {
            return Refusals.Refuse(new Refusal.AlreadyDone($"{job.DisplayVersion} is promoted"), job);
        }

        var actor = command.Actor.ResolvedBy(here.Catalog);
        var kept = job.Votes.RemoveAll(vote => vote.Actor.ResolvedBy(here.Catalog).IsSameAs(actor));
        if (kept.Length == job.Votes.Length)
        {
            return Refusals.Refuse(new Refusal.NothingToWithdraw(command.App, command.Environment), job);
        }

        var text = JobTexts.VoteWithdrawn(command.Actor, kept.Length, Math.Max(1, here.Environment.Promote.Votes));
        var changes = new Changes();
        changes.Put(job, (job with { Votes = kept }).Tell(here.Now, text).Applied(command, text));
        return changes.Decide(new CommandOutcome(CommandOutcome.OkCode, text, job.Id));
    }
}
