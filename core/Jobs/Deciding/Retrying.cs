using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Jobs.Deciding;

/// <summary>
/// Retry: the next attempt of the same Job. While the aborted ReplicaSet carries a scale-down deadline a retry goes live
/// at once, so it must pass everything that a promote must (facts 7).
/// </summary>
internal static class Retrying
{
    public static Decision Decide(Command command, RolloutJobs jobs, Observation? seen, Circumstances here)
    {
        var nothing = new Refusal.NothingToRetry(command.App, command.Environment);
        if (jobs.Current is not { Release: { } release } job)
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

        if (rollout.HasWorkloadRef || rollout.BlueGreen is null)
        {
            return Refusals.Refuse(
                new Refusal.Unsupported(rollout.HasWorkloadRef ? "a Rollout with workloadRef" : "a canary strategy"),
                job
            );
        }

        // The controller aborts and retries only what is not stable; anything else it takes back at once (facts 7).
        if (!rollout.Abort || rollout.StableRS == release.Hash || rollout.CurrentPodHash != release.Hash)
        {
            return Refusals.Refuse(nothing, job);
        }

        if (!Promoting.AsksFor(rollout, job.Images))
        {
            return Refusals.Refuse(Promoting.NewerThan(rollout), job);
        }

        if (job.Outbox.Any(entry => entry.Effect is Effect.PatchRollout { Patch: RolloutPatch.Retry }))
        {
            return Refusals.Refuse(new Refusal.AlreadyDone($"{job.DisplayVersion} is being retried"), job);
        }

        if (!rollout.IsObserved)
        {
            return Refusals.Refuse(new Refusal.Conflict(), job);
        }

        var until = seen.ReplicaSetOf(release.Hash)?.ScaleDownDeadline;
        var next = job.Subject! with { Attempt = release.Attempt + 1, PauseStartTime = null };
        var answer = RetryPolicy.Evaluate(
            new RetryQuestion(
                new PromoteQuestion(
                    here.Catalog,
                    here.App,
                    here.Environment,
                    command.Actor,
                    here.Groups,
                    job.AuthorsNow(here),
                    next,
                    job.Votes,
                    here.Now
                )
                {
                    Lock = here.Lock,
                    IsRollback = job.RollbackOf is not null,
                },
                until
            )
        );
        return answer switch
        {
            PolicyAnswer.Refused refused => Refusals.Refuse(refused.Refusal, job),
            PolicyAnswer.NeedsVotes votes => Refusals.Refuse(votes.ToRefusal(), job),
            _ => Begin(command, job, rollout, next, until > here.Now, here),
        };
    }

    private static Decision Begin(
        Command command,
        Job job,
        RolloutView rollout,
        ApprovalSubject next,
        bool goesLive,
        Circumstances here
    )
    {
        var text = JobTexts.Retrying(job, command.Actor, goesLive);
        // Votes and a rollback of this attempt are void when the next one is seen: until then it may come to nothing.
        var retried = Promoting.Shown(job).WithoutPatches(here.Now) with
        {
            Promotion = goesLive ? new Promotion(command.Actor, here.Now, next, Full: false) : job.Promotion,
        };
        var changes = new Changes();
        changes.Put(
            job,
            retried
                .Tell(here.Now, text)
                .Patch(
                    Commanding.PatchId(command.Key),
                    new RolloutPatch.Retry(rollout.Uid, rollout.ResourceVersion, rollout.CurrentPodHash)
                    {
                        AbortedAt = rollout.AbortedAt,
                    },
                    here.Now,
                    new PatchWish(command.Actor, command.At, next)
                )
                .Applied(command, text)
        );
        changes.LookAt(here.Now.AddSeconds(2));
        return changes.Decide(new CommandOutcome(CommandOutcome.OkCode, text, job.Id));
    }
}
