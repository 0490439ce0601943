using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Policy;

namespace Devflow.ChatOps.Core.Jobs.Deciding;

/// <summary>
/// Trying again what was given up. It decides nothing about the release: a resumed command is decided by the policy of
/// then, for whoever gave it, and a resumed patch is judged before it is sent.
/// </summary>
internal static class Resuming
{
    public static Decision Decide(Command command, RolloutJobs jobs, Circumstances here)
    {
        IReadOnlyList<string> by = [ReleaseCatalog.AdminsName, .. here.Environment.RetryBy];
        if (!Membership.IsMember(here.Catalog, here.Groups, command.Actor.ResolvedBy(here.Catalog), by))
        {
            return Refusals.Refuse(new Refusal.NotAllowed(PolicyAction.Resume, by), jobs.Current);
        }

        var changes = new Changes();
        var effects = 0;
        foreach (var job in jobs.Unfinished.Concat(jobs.Pending).Append(jobs.Current).OfType<Job>())
        {
            var stuck = job.Outbox.Count(entry => entry.IsStuck);
            if (stuck > 0)
            {
                effects += stuck;
                var text = StuckTexts.Resumed(0, stuck, command.App, command.Environment);
                changes.Put(job, job.Resumed().Tell(here.Now, text).Applied(command, text));
            }
        }

        if (effects + here.StuckCommands == 0)
        {
            return Refusals.Refuse(new Refusal.NothingStuck(command.App, command.Environment), jobs.Current);
        }

        var told = StuckTexts.Resumed(here.StuckCommands, effects, command.App, command.Environment);
        return changes.Decide(new CommandOutcome(CommandOutcome.OkCode, told, jobs.Current?.Id)) with
        {
            ResumesCommands = here.StuckCommands > 0,
        };
    }
}
