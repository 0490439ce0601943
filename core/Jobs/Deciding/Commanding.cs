using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Jobs.Deciding;

/// <summary>What a command means for the Jobs of its Rollout.</summary>
public static class Commanding
{
    /// <summary>
    /// A typed promote or rollback is refused when its Job took another's place less than this ago: the person was
    /// looking at the other one.
    /// </summary>
    public static readonly TimeSpan TookPlaceJustNow = TimeSpan.FromSeconds(10);

    /// <summary>
    /// A promote, rollback or retry speaks of the moment in which it was given: one that could not be done for this long
    /// is not done any more. It must be longer than a cluster takes to be slow, and shorter than people forget.
    /// </summary>
    public static readonly TimeSpan HoldsFor = TimeSpan.FromMinutes(3);

    /// <summary>Whether a wish of then is not to be fulfilled any more.</summary>
    public static bool IsTooOld(DateTimeOffset then, DateTimeOffset now) => now - then >= HoldsFor;

    /// <summary>Whether this wish can be decided on the Rollout alone.</summary>
    public static bool NeedsRolloutOnly(Wish wish) => wish is Wish.Promote;

    /// <summary>
    /// Decides. <paramref name="jobs"/> must be as the latest observation left them, <paramref name="seen"/> is a live
    /// read (for a promote without its ReplicaSets); <c>null</c> where the cluster could not be read, which only
    /// locks and announcements get along without.
    /// </summary>
    public static Decision Decide(Command command, RolloutJobs jobs, Observation? seen, Circumstances here)
    {
        if (AppliedBefore(command, jobs) is { } before)
        {
            return before;
        }

        if (AccountRefused(command.Wish, here.Account) is { } refused)
        {
            return Refusals.Refuse(refused, jobs.Current);
        }

        if (
            command.Wish is Wish.Promote or Wish.RollBack or Wish.Retry or Wish.MakeGitAgree
            && IsTooOld(command.ResumedAt ?? command.At, here.Now)
        )
        {
            return Refusals.Refuse(new Refusal.Stale(Staleness.Command), jobs.Current);
        }

        return command.Wish switch
        {
            Wish.Promote wish => Promoting.Decide(command, wish, jobs, seen, here),
            Wish.RollBack wish => RollingBack.Decide(command, wish, jobs, seen, here),
            Wish.Retry => Retrying.Decide(command, jobs, seen, here),
            Wish.MakeGitAgree wish => Agreeing.Decide(command, wish, jobs, seen, here),
            Wish.Create wish => Creating.Decide(command, wish, jobs, seen, here),
            Wish.TakeLock or Wish.Unlock => Locking.Decide(command, jobs, seen, here),
            Wish.Resume => Resuming.Decide(command, jobs, here),
            Wish.WithdrawVote => Withdrawing.Decide(command, jobs, here),
            _ => throw new InvalidOperationException($"No decision for {command.Wish.GetType().Name}."),
        };
    }

    /// <summary>Accounts that nobody of the company need stand behind give no commands, whatever the catalog says of them.</summary>
    internal static Refusal.NotAllowed? AccountRefused(Wish wish, SlackAccount account) =>
        account is SlackAccount.Member or SlackAccount.Unknown
            ? null
            : new Refusal.NotAllowed(
                wish switch
                {
                    Wish.RollBack or Wish.MakeGitAgree => PolicyAction.Rollback,
                    Wish.Retry => PolicyAction.Retry,
                    Wish.TakeLock => PolicyAction.Lock,
                    Wish.Unlock => PolicyAction.Unlock,
                    Wish.Resume => PolicyAction.Resume,
                    _ => PolicyAction.Promote,
                },
                []
            )
            {
                Account = account,
            };

    /// <summary>
    /// What to say of a command that a Job has already applied, when a kill came before its outcome was written down:
    /// nothing while its patch is on its way.
    /// </summary>
    private static Decision? AppliedBefore(Command command, RolloutJobs jobs)
    {
        foreach (var job in (Job?[])[.. jobs.Pending, jobs.Current, .. jobs.Former, .. jobs.Unfinished, jobs.Applied])
        {
            if (job?.AppliedCommands.FirstOrDefault(it => it.Key == command.Key) is { } applied)
            {
                var patch = job.Outbox.FirstOrDefault(entry => entry.Effect.Id == PatchId(command.Key));
                return new Decision
                {
                    Outcome =
                        patch is null ? applied.Outcome
                        : patch.IsStuck ? Refusals.Outcome(new Refusal.Stuck(patch.Attempts), job)
                        : null,
                    Lock = command.Wish is Wish.Unlock ? new LockChange(null) : null,
                };
            }
        }

        return null;
    }

    /// <summary>
    /// Whether the person still speaks of what is there: the same Job, attempt, hash and pause. A typed way back is for the
    /// release whatever its attempt.
    /// </summary>
    /// <param name="attempt">The present one, where the Job has not been brought up to date.</param>
    /// <param name="pause">The same of the beginning of its pause.</param>
    internal static Refusal? SeesCurrent(
        Command command,
        Job current,
        int? attempt = null,
        DateTimeOffset? pause = null
    )
    {
        if (command.Saw is not { } saw)
        {
            return null;
        }

        var same =
            saw.Job == current.Id
            && saw.Attempt == (attempt ?? current.Release?.Attempt)
            && saw.Hash == current.Release?.Hash
            && (saw.Pause is null || saw.Pause == (pause ?? current.Release?.PauseStart));
        if (saw.FromButton)
        {
            return same ? null : new Refusal.Stale();
        }

        var justNow = current.ReplacedAt is { } at && command.At - at < TookPlaceJustNow;
        return saw.Job != current.Id || justNow ? new Refusal.Superseded(current.DisplayVersion)
            : same || command.Wish is Wish.RollBack or Wish.MakeGitAgree ? null
            : new Refusal.Stale(Staleness.Attempt);
    }

    /// <summary>Id of the patch that a command asks for.</summary>
    public static string PatchId(string commandKey) => $"command:{commandKey}:patch";
}

/// <summary>Short ways to say what came of a command.</summary>
internal static class Refusals
{
    public static Decision Refuse(Refusal refusal, Job? job = null) => new() { Outcome = Outcome(refusal, job) };

    public static CommandOutcome Outcome(Refusal refusal, Job? job = null) =>
        new(refusal.Code, RefusalTexts.Sentence(refusal), job?.Id);
}
