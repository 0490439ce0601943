using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Jobs.Deciding;

/// <summary>
/// Make Git agree: after an abort that nobody asked us for, Git goes back as with a rollback; what could not be written is
/// tried again at once.
/// </summary>
internal static class Agreeing
{
    public static Decision Decide(
        Command command,
        Wish.MakeGitAgree wish,
        RolloutJobs jobs,
        Observation? seen,
        Circumstances here
    )
    {
        var nothing = new Refusal.NothingToAgree(command.App, command.Environment);
        if (jobs.Current is not { Release: not null } job || here.Environment.GitOps is not { } source)
        {
            return Refusals.Refuse(nothing, jobs.Current);
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

        if (!here.WritesGit)
        {
            return Refusals.Refuse(new Refusal.GitNotSetUp(source.Repository), job);
        }

        if (job.Outbox.Any(entry => entry.Effect is Effect.RevertGit))
        {
            return Again(command, job, here);
        }

        return job switch
        {
            { Status: JobStatus.Failed, Release.Aborted: true } => RollingBack.Decide(
                command,
                new Wish.RollBack(wish.Reason, RollbackPath.GitOnly),
                jobs,
                seen,
                here
            ),
            { Rollback.Git: GitState.Written or GitState.Agrees } => Refusals.Refuse(
                new Refusal.AlreadyDone(GitTexts.Written(job).TrimEnd('.')),
                job
            ),
            { Rollback: { Git: GitState.Overtaken, GitVersion: var version } } => Refusals.Refuse(
                new Refusal.AlreadyDone(GitTexts.Overtaken(job, version).TrimEnd('.')),
                job
            ),
            _ => Refusals.Refuse(nothing, job),
        };
    }

    private static Decision Again(Command command, Job job, Circumstances here)
    {
        var text = GitTexts.Again(command.Actor);
        var again = (
            job with
            {
                Rollback = job.Rollback is { } rollback
                    ? rollback.Because("") with
                    {
                        Git = GitState.Writing,
                        PullEnded = null,
                    }
                    : null,
                Reminded = false,
                Outbox =
                [
                    .. job.Outbox.Select(entry =>
                        entry.Effect is Effect.RevertGit revert
                            ? new OutboxEntry(
                                revert with
                                {
                                    IsProposed = false,
                                    Application = here.Environment.Application,
                                }
                            )
                            : entry
                    ),
                ],
            }
        )
            .Tell(here.Now, text)
            .Applied(command, text);
        var changes = new Changes();
        changes.Put(job, again);
        changes.LookAt(here.Now);
        return changes.Decide(new CommandOutcome(CommandOutcome.OkCode, text, job.Id));
    }
}
