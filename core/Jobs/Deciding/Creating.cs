using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Jobs.Deciding;

/// <summary>An announcement becomes a Pending Job, or belongs to a release that is under way already.</summary>
internal static class Creating
{
    public static Decision Decide(
        Command command,
        Wish.Create wish,
        RolloutJobs jobs,
        Observation? seen,
        Circumstances here
    )
    {
        var changes = new Changes();
        if (Adoption.Fits(jobs.Current, wish.Request, here))
        {
            var adopted = Adoption.Adopt(jobs.Current!, wish.Request, wish.Authors, here);
            adopted = changes.Put(jobs.Current, adopted.Applied(command, JobTexts.Registered(adopted)));
            return changes.Decide(new CommandOutcome(CommandOutcome.OkCode, JobTexts.Registered(adopted), adopted.Id));
        }

        var rollout = seen?.Rollout;
        var job = new Job(wish.Id, command.App, command.Environment, command.Rollout, JobSource.Action)
        {
            CreatedAt = here.Now,
            Request = wish.Request,
            Authors = wish.Authors,
            Status = JobStatus.Pending,
            SyncMessage = JobTexts.WaitsForArgo,
            Message = JobTexts.WaitsForArgo,
            HashAtCreation = rollout?.CurrentPodHash ?? PodHash.None,
            UidAtCreation = rollout?.Uid ?? (seen is null ? "" : Job.NoRollout),
            RevisionAtCreation = seen?.Application?.ComparedRevision ?? "",
            Lock = here.Lock,
        };
        job = changes.Put(
            null,
            job.Tell(here.Now, JobTexts.Registered(job)).Applied(command, JobTexts.Registered(job))
        );
        changes.LookAt(here.Now.AddSeconds(15));
        return changes.Decide(new CommandOutcome(CommandOutcome.OkCode, JobTexts.Registered(job), job.Id));
    }
}
