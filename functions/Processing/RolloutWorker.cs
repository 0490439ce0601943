using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Jobs.Deciding;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Functions.Processing.GitHub;
using Devflow.ChatOps.Functions.Processing.Verifying;

namespace Devflow.ChatOps.Functions.Processing;

/// <summary>
/// The one loop for one Rollout: take the lease, observe, decide, save, perform, and let the surfaces show it.
/// </summary>
public sealed partial class RolloutWorker(
    IStore store,
    IRollouts rollouts,
    Leases leases,
    CatalogSource catalogs,
    CommandRunner commands,
    PatchSender patches,
    GitWriter git,
    IDesiredState desired,
    Answers answers,
    SlackSurface surface,
    GitHubSurface gitHub,
    Failures failures,
    ContentsReader contents,
    ClusterPaces paces,
    TimeProvider clock,
    ILogger<RolloutWorker> log
)
{
    private static readonly TimeSpan afterFailure = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Looks at a Rollout: open commands first, then the full observation, then the surfaces. False when another holds
    /// it at this moment.
    /// </summary>
    public async Task<bool> WorkAsync(RolloutRef rollout, CancellationToken stop)
    {
        await using var held = await leases.TryTakeAsync(rollout, stop);
        if (held is null)
        {
            return false;
        }

        using var scope = RolloutScope(log, rollout);
        held.PutOff(clock.GetUtcNow() + failures.WaitFor(rollout));
        if (catalogs.Current is not { } catalog || Target(catalog, rollout) is not { } target)
        {
            await LeaveAsync(rollout, held);
            return true;
        }

        foreach (var command in await store.OpenCommandsAsync(rollout, held.Stop))
        {
            await commands.RunAsync(command, target, catalog, held.Lease, held.Stop);
        }

        var (look, seen) = await ObserveAsync(target, catalog, held);
        await answers.DeliverAsync(rollout, held.Stop);
        var jobs = await store.JobsOfAsync(rollout, held.Stop);
        look = Earliest(look, await DrawAsync(jobs, target, catalog, held));
        look = Earliest(look, contents.Begin(jobs, target));
        held.Finish(look, seen is null ? null : new LastLook(ChangeMark.Of(seen), seen.At, Waits(jobs.Current)));
        return true;
    }

    /// <summary>Decides this command now, waiting for the Rollout if somebody else works on it.</summary>
    /// <exception cref="OperationCanceledException">The time was over before the outcome was known.</exception>
    public async Task<Command> RunCommandAsync(Command command, CancellationToken stop)
    {
        await using var held = await leases.TakeAsync(command.Rollout, stop);
        using var scope = CommandScope(log, command.Rollout, command.Key);
        var stored = await store.FindCommandAsync(command.Key, held.Stop) ?? command;
        if (
            stored.Outcome is not null
            || catalogs.Current is not { } catalog
            || Target(catalog, command.Rollout) is not { } target
        )
        {
            return stored;
        }

        return await commands.RunAsync(stored, target, catalog, held.Lease, held.Stop);
    }

    /// <summary>Ends what was asked for before the catalog forgot the Rollout; whoever asked is told.</summary>
    private async Task LeaveAsync(RolloutRef rollout, HeldRollout held)
    {
        NotInCatalog(rollout);
        foreach (var command in await store.OpenCommandsAsync(rollout, held.Stop))
        {
            if (command.Outcome is null)
            {
                await commands.RefuseForgottenAsync(command, held.Stop);
            }
        }

        await answers.DeliverAsync(rollout, held.Stop);
        held.Finish(null);
    }

    /// <summary>Somebody is asked to act, and wants to know that what is asked is still so.</summary>
    private static bool Waits(Job? job) => job is { Status: JobStatus.AwaitingApproval or JobStatus.Failed };

    /// <summary>When to look again, and what was seen at last; nothing when it cannot be told.</summary>
    private async Task<(DateTimeOffset? LookAgainAt, Observation? Seen)> ObserveAsync(
        ReleaseTarget target,
        ReleaseCatalog catalog,
        HeldRollout held
    )
    {
        var rollout = held.Lease.Rollout;
        var under = new HeldTarget(held.Lease, catalog, target);
        DateTimeOffset? look = null;
        // An own patch makes the next read worthwhile at once; a handful of rounds settles every case.
        for (var round = 0; round < 3; round++)
        {
            var jobs = await patches.SettleAsync(await store.JobsOfAsync(rollout, held.Stop), under, held.Stop);
            // Before the cluster is read: self-heal takes an undo back that Git does not ask for within seconds.
            jobs = await git.WriteAsync(jobs, held.Lease, held.Stop);
            if (paces.WaitFor(rollout.Cluster) is { } wait)
            {
                // Asked for another Rollout of the same cluster.
                return (clock.GetUtcNow() + wait, null);
            }

            var answer = await rollouts.ObserveAsync(rollout, target.Environment.Application, held.Stop);
            if (answer is ClusterAnswer<Observation>.Fault fault)
            {
                CannotObserve(rollout, fault.Why.Kind, fault.Why.Message);
                paces.Of(rollout.Cluster).LookFailed(fault.Why);
                return (clock.GetUtcNow() + (fault.Why.RetryAfter ?? afterFailure), null);
            }

            var seen = ((ClusterAnswer<Observation>.Ok)answer).Value;
            var now = clock.GetUtcNow();
            var here = new Circumstances(catalog, target, now, JobId.New(now))
            {
                Lock = await store.FindLockAsync(target.App.Name, target.Environment.Name, now, held.Stop),
                WritesGit = desired.IsSetUp,
            };
            var decision = Observing.Decide(jobs, seen, here);
            // What was seen for the first time may still be settling: the reason of a pod comes after the Rollout's word.
            var rests = held.Lease.LastLook?.Mark == ChangeMark.Of(seen);
            look = Earliest(rests ? decision.LookAtRestAt : decision.LookAgainAt, PatchSender.NextLook(jobs));
            if (await SaveAsync(decision, held) is not { } saved)
            {
                continue;
            }

            var sent = false;
            foreach (var job in saved)
            {
                sent |= await patches.SendNewAsync(job, under, held.Stop);
            }

            if (!sent)
            {
                return (look, seen);
            }
        }

        return (Earliest(look, clock.GetUtcNow().AddSeconds(2)), null);
    }

    private async Task<IReadOnlyList<Job>?> SaveAsync(Decision decision, HeldRollout held)
    {
        var saved = new List<Job>();
        foreach (var job in decision.Saves)
        {
            if (await store.SaveAsync(job, held.Lease, held.Stop) is not { } stored)
            {
                LostRace(job.Id);
                return null;
            }

            saved.Add(stored);
            Saved(stored.Id, stored.Status, stored.Release?.Hash.ToString() ?? "");
        }

        return saved;
    }

    private async Task<DateTimeOffset?> DrawAsync(
        RolloutJobs jobs,
        ReleaseTarget target,
        ReleaseCatalog catalog,
        HeldRollout held
    )
    {
        DateTimeOffset? look = null;
        var now = clock.GetUtcNow();
        // A card that was superseded links to the one that took its place: that is posted first.
        foreach (var job in jobs.Unfinished.Concat(jobs.Pending).Prepend(jobs.Current))
        {
            if (job is not null && (!job.IsSettled || SlackSurfacePlan.IsOld(job, now) || CheckRunPlan.IsOld(job, now)))
            {
                var inSlack = await surface.DrawAsync(job, target, catalog, held.Lease, held.Stop);
                // It comes second, for it links to the card.
                var onGitHub = await gitHub.DrawAsync(inSlack.Job, target, catalog, held.Lease, held.Stop);
                look = Earliest(look, Earliest(inSlack.LookAgainAt, onGitHub.LookAgainAt));
            }
        }

        return look;
    }

    internal static ReleaseTarget? Target(ReleaseCatalog catalog, RolloutRef rollout) =>
        catalog.FindEnvironment(rollout.Cluster, rollout.Namespace, rollout.Name);

    private static DateTimeOffset? Earliest(DateTimeOffset? one, DateTimeOffset? other) =>
        one is null ? other
        : other is null ? one
        : one < other ? one
        : other;
}
