using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Jobs.Deciding;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Functions.Processing;

/// <summary>
/// Runs one command under the lease: read, decide, save with the intent, patch, write down the outcome. A promote costs
/// one read and one patch.
/// </summary>
public sealed partial class CommandRunner(
    IStore store,
    IRollouts rollouts,
    GroupDirectory groups,
    SlackAccounts accounts,
    PatchSender patches,
    IDesiredState desired,
    TimeProvider clock,
    ILogger<CommandRunner> log
)
{
    /// <summary>How often a command is decided again when the Rollout or the Job changed under it.</summary>
    private const int TriesAtMost = 5;

    private static readonly TimeSpan breath = TimeSpan.FromMilliseconds(50);

    /// <summary>The patch of a command is under way, and whoever sent it was not heard of again.</summary>
    private static readonly TimeSpan askAgainAfter = TimeSpan.FromSeconds(2);

    /// <summary>The command with its outcome; without one when it must be tried again later.</summary>
    public async Task<Command> RunAsync(
        Command command,
        ReleaseTarget target,
        ReleaseCatalog catalog,
        RolloutLease held,
        CancellationToken stop
    )
    {
        if (command.Outcome is not null)
        {
            // The audit may be missing, where a kill came between the two writes.
            await store.AppendAsync(AuditId(command), AuditOf(command), stop);
            return command;
        }

        if (IsPutOff(command))
        {
            return command;
        }

        CommandOutcome? outcome;
        try
        {
            outcome = command.Wish is Wish.Redraw or Wish.NotePull or Wish.LookAtPull
                ? await NoteAsync(command, held, stop)
                : await OutcomeAsync(command, target, catalog, held, stop);
        }
        catch (Exception fault) when (fault is not (StoreUnavailableException or OperationCanceledException))
        {
            return await FailedAsync(command, fault, stop);
        }

        if (outcome is null)
        {
            var later = command with { NotBefore = clock.GetUtcNow() + askAgainAfter };
            await store.UpdateAsync(later, stop);
            return later;
        }

        await ShowOnGitHubAsync(command, outcome, held, stop);
        return await EndAsync(command, outcome, stop);
    }

    private async Task<CommandOutcome?> OutcomeAsync(
        Command command,
        ReleaseTarget target,
        ReleaseCatalog catalog,
        RolloutLease held,
        CancellationToken stop
    )
    {
        // Asked meanwhile: it must not cost a promote any time.
        var account = accounts.LookAsync(command, stop);
        var members = await groups.ResolveAsync(catalog, target, stop);
        var under = new HeldTarget(held, catalog, target);
        var stuck = await StuckAsync(command, stop);
        for (var attempt = 1; ; attempt++)
        {
            var jobs = await patches.SettleAsync(await store.JobsOfAsync(command.Rollout, stop), under, stop);
            var now = clock.GetUtcNow();
            var here = new Circumstances(catalog, target, now, JobId.New(now))
            {
                Groups = members,
                AsksGitHub = groups.AsksGitHub,
                Lock = await store.FindLockAsync(target.App.Name, target.Environment.Name, now, stop),
            };
            here = here with { StuckCommands = stuck.Count, WritesGit = desired.IsSetUp };
            var (seen, fault) =
                command.Wish is Wish.Resume ? (null, null) : await SeeAsync(command, jobs, target, stop);
            if (
                fault is not null
                && command.Wish is not (Wish.Create or Wish.TakeLock or Wish.Unlock or Wish.WithdrawVote)
            )
            {
                return Refused(Unreadable(fault, command.Rollout), jobs.Current);
            }

            here = Vouched(here, command, await account);
            if (seen is not null && !IsRolloutOnly(command, jobs))
            {
                if (await BringUpToDateAsync(jobs, seen, here, held, stop) is not { } current)
                {
                    continue;
                }

                (jobs, here) = (current, here with { FreshId = JobId.New(now) });
            }

            // After a kill in between: what applied it may have left the lists meanwhile.
            jobs = jobs with
            {
                Applied = await store.FindAppliedAsync(command.Rollout, command.Key, stop),
            };
            var decision = Commanding.Decide(command, jobs, seen, here);
            if (decision.Outcome is not { } outcome)
            {
                return null;
            }

            if (outcome.Code == Refusal.NotAllowed.TheCode && !here.Groups.IsComplete)
            {
                outcome = outcome with { Text = $"{outcome.Text} {AnswerTexts.Unread(here.Groups)}" };
            }

            if (outcome.Code == new Refusal.Conflict().Code && attempt < TriesAtMost)
            {
                // The controller is about to observe a new generation: that takes it some 25 ms (facts 7).
                await Task.Delay(breath, clock, stop);
                continue;
            }

            // A lock is taken before the Job remembers the command, and given up after that: a kill in between loses neither.
            if (decision.Lock?.Taken is { } taken)
            {
                await store.PutLockAsync(taken, stop);
            }

            if (decision.ResumesCommands)
            {
                await ReopenAsync(stuck, now, stop);
            }

            if (await SaveAsync(decision, held, stop) is not { } saved)
            {
                // It is no conflict where the lease is another's: that one decides.
                if (await store.RenewAsync(held, now, stop) is null)
                {
                    return null;
                }

                if (attempt == TriesAtMost)
                {
                    return Refused(new Refusal.Conflict(), jobs.Current);
                }

                continue;
            }

            if (decision.Lock is { Taken: null })
            {
                await store.RemoveLockAsync(target.App.Name, target.Environment.Name, stop);
            }

            return await SendAsync(command, saved, outcome, under, stop);
        }
    }

    /// <summary>What the decision needs to see: the Rollout alone where that is enough.</summary>
    private async Task<(Observation? Seen, ClusterFault? Fault)> SeeAsync(
        Command command,
        RolloutJobs jobs,
        ReleaseTarget target,
        CancellationToken stop
    )
    {
        if (!IsRolloutOnly(command, jobs))
        {
            return await rollouts.ObserveAsync(command.Rollout, target.Environment.Application, stop) switch
            {
                ClusterAnswer<Observation>.Ok ok => (ok.Value, null),
                ClusterAnswer<Observation>.Fault fault => (null, fault.Why),
                _ => throw new InvalidOperationException("An answer that nobody reads."),
            };
        }

        return await rollouts.FindAsync(command.Rollout, stop) switch
        {
            ClusterAnswer<RolloutView>.Ok ok => (new Observation(clock.GetUtcNow(), ok.Value), null),
            ClusterAnswer<RolloutView>.Fault { Why.Kind: ClusterFaultKind.NotFound } => (
                new Observation(clock.GetUtcNow(), null),
                null
            ),
            ClusterAnswer<RolloutView>.Fault fault => (null, fault.Why),
            _ => throw new InvalidOperationException("An answer that nobody reads."),
        };
    }

    internal static Circumstances Vouched(Circumstances here, Command command, SlackAccount account) =>
        account == SlackAccount.Unknown && command.Actor.SlackUserId is { } user
            ? here with
            {
                Account = account,
                Groups = here.Groups.WithUnvouched(user),
            }
            : here with
            {
                Account = account,
            };

    private static bool IsRolloutOnly(Command command, RolloutJobs jobs) =>
        Commanding.NeedsRolloutOnly(command.Wish) && jobs.Current is not null;

    private async Task<RolloutJobs?> BringUpToDateAsync(
        RolloutJobs jobs,
        Observation seen,
        Circumstances here,
        RolloutLease held,
        CancellationToken stop
    )
    {
        var decision = Observing.Decide(jobs, seen, here);
        return decision.Saves.IsEmpty ? jobs
            : await SaveAsync(decision, held, stop) is null ? null
            : await store.JobsOfAsync(held.Rollout, stop);
    }

    private async Task<IReadOnlyList<Job>?> SaveAsync(Decision decision, RolloutLease held, CancellationToken stop)
    {
        var saved = new List<Job>();
        foreach (var job in decision.Saves)
        {
            if (await store.SaveAsync(job, held, stop) is not { } stored)
            {
                return null;
            }

            saved.Add(stored);
        }

        return saved;
    }

    /// <summary>
    /// Sends the patch that this command asked for. Whatever else waits in the outbox is somebody else's, and is brought
    /// to its end by itself.
    /// </summary>
    private async Task<CommandOutcome> SendAsync(
        Command command,
        IReadOnlyList<Job> saved,
        CommandOutcome outcome,
        HeldTarget held,
        CancellationToken stop
    )
    {
        var cluster = command.Rollout.Cluster;
        var own = Commanding.PatchId(command.Key);
        foreach (var job in saved)
        {
            var entry = job.Outbox.FirstOrDefault(entry => entry.Effect.Id == own);
            if (entry?.Effect is not Effect.PatchRollout patch)
            {
                continue;
            }

            return await patches.SendAsync(job, patch, held, stop) switch
            {
                PatchEnd.Refused refused => Refused(refused.Why, job),
                PatchEnd.Unknown unknown => Refused(new Refusal.ClusterUnreachable(cluster), job) with
                {
                    Text = unknown.MayHaveHappened ? AnswerTexts.Unconfirmed(cluster) : AnswerTexts.PutOff(cluster),
                },
                _ => outcome,
            };
        }

        return outcome;
    }

    internal static Refusal Unreadable(ClusterFault fault, RolloutRef rollout) =>
        fault.Kind == ClusterFaultKind.Forbidden
            ? new Refusal.ForbiddenByCluster(rollout.Cluster, $"read Rollouts in {rollout.Namespace}")
            : new Refusal.ClusterUnreachable(rollout.Cluster);

    private static CommandOutcome Refused(Refusal refusal, Job? job) =>
        new(refusal.Code, RefusalTexts.Sentence(refusal), job?.Id);
}
