using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Jobs.Deciding;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Functions.Processing;

/// <summary>
/// Performs the effects of a Job's outbox. A patch is sent once per intent; when its answer was never seen, the Rollout
/// tells whether it arrived, and the policy whether it may, before anything is sent again.
/// </summary>
public sealed partial class PatchSender(
    IStore store,
    IRollouts rollouts,
    GroupDirectory groups,
    TimeProvider clock,
    ILogger<PatchSender> log
)
{
    /// <summary>How often a patch that was refused with 409 is decided again.</summary>
    private const int TriesAtMost = 5;

    /// <summary>How often the end of a patch is written down before the lease is taken for lost.</summary>
    private const int SavesAtMost = 2;

    private static ClusterFault ChangedInBetween => new(ClusterFaultKind.Conflict, "The Job changed in between.");

    /// <summary>Effects that an earlier holder left behind, or that were put off until now, each brought to its end.</summary>
    public async Task<RolloutJobs> SettleAsync(RolloutJobs jobs, HeldTarget held, CancellationToken stop)
    {
        var changed = false;
        foreach (var job in WithEffects(jobs))
        {
            changed |= await SettleAsync(job, held, stop);
        }

        return changed ? await store.JobsOfAsync(held.Lease.Rollout, stop) : jobs;
    }

    /// <summary>When to look after a patch whose fate is not known, or that was put off.</summary>
    public static DateTimeOffset? NextLook(RolloutJobs jobs) =>
        WithEffects(jobs).SelectMany(job => job.Outbox).Select(entry => entry.NotBefore ?? entry.AttemptingUntil).Min();

    /// <summary>Performs what a decision has just put into the outbox; true when something was patched.</summary>
    public async Task<bool> SendNewAsync(Job job, HeldTarget held, CancellationToken stop)
    {
        var sent = false;
        foreach (var entry in job.Outbox.Where(entry => !entry.Parked))
        {
            if (entry is { Effect: Effect.PatchRollout patch, Attempts: 1 })
            {
                sent |= await SendAsync(job, patch, held, stop) is PatchEnd.Done;
            }
            else if (entry.Effect is Effect.AppendAudit audit)
            {
                await AppendAsync(job.Id, audit, held.Lease, stop);
            }
        }

        return sent;
    }

    /// <summary>
    /// Sends a patch whose intent is saved, deciding again on 409, and takes it out of the outbox when its fate is known.
    /// A cluster that fails is asked once more; after that, and where it asked to wait, the patch is put off.
    /// </summary>
    public async Task<PatchEnd> SendAsync(Job job, Effect.PatchRollout effect, HeldTarget held, CancellationToken stop)
    {
        var rollout = held.Lease.Rollout;
        var oneMore = job.Outbox.Any(entry => entry.Effect.Id == effect.Id && entry.Attempts == 1);
        var mayHaveHappened = false;
        for (var attempt = 1; ; attempt++)
        {
            var answer = await rollouts.PatchAsync(rollout, effect.Patch, stop);
            if (answer is ClusterAnswer<RolloutView>.Ok)
            {
                Patched(job.Id, effect.Patch.GetType().Name, effect.Patch.Hash.ToString());
                return await EndAsync(job.Id, effect.Id, null, held.Lease, stop);
            }

            var fault = ((ClusterAnswer<RolloutView>.Fault)answer).Why;
            PatchRefused(job.Id, effect.Patch.GetType().Name, fault.Kind, fault.Message);
            if (Final(fault, rollout) is { } refusal)
            {
                return await EndAsync(job.Id, effect.Id, refusal, held.Lease, stop);
            }

            mayHaveHappened |= fault.Kind is ClusterFaultKind.Unavailable or ClusterFaultKind.Timeout;
            if (fault.Kind == ClusterFaultKind.Conflict)
            {
                if (attempt == TriesAtMost)
                {
                    return await EndAsync(job.Id, effect.Id, new Refusal.Conflict(), held.Lease, stop);
                }
            }
            else if (!oneMore || fault.RetryAfter is not null || fault.Kind == ClusterFaultKind.TooManyRequests)
            {
                return await PutOffAsync(job.Id, effect.Id, fault, mayHaveHappened, held.Lease, stop);
            }
            else
            {
                oneMore = false;
            }

            var (end, again) = await JudgeAsync(job.Id, effect.Id, held, stop);
            if (again is null)
            {
                return end ?? new PatchEnd.Unknown(fault);
            }

            (job, effect) = again.Value;
        }
    }

    private static IEnumerable<Job> WithEffects(RolloutJobs jobs) =>
        jobs.Unfinished.Concat(jobs.Pending).Append(jobs.Current).OfType<Job>().Where(job => !job.Outbox.IsEmpty);

    private async Task<bool> SettleAsync(Job job, HeldTarget held, CancellationToken stop)
    {
        var changed = false;
        foreach (var entry in job.Outbox.Where(entry => !entry.Parked))
        {
            switch (entry.Effect)
            {
                case Effect.AppendAudit audit:
                    await AppendAsync(job.Id, audit, held.Lease, stop);
                    changed = true;
                    break;

                // Nobody else sends it: that needs the lease. If it is still on the wire, of two patches with the same
                // resourceVersion the API server takes one, so there is nothing to wait for.
                case Effect.PatchRollout when entry.NotBefore is null || entry.NotBefore <= clock.GetUtcNow():
                    var (end, again) = await JudgeAsync(job.Id, entry.Effect.Id, held, stop);
                    if (again is { } renewed)
                    {
                        end = await SendAsync(renewed.Job, renewed.Effect, held, stop);
                    }

                    changed |= end is not null;
                    break;
            }
        }

        return changed;
    }

    /// <summary>Reads the Rollout and judges: an end, or the patch with a new intent saved.</summary>
    private async Task<(PatchEnd? End, (Job Job, Effect.PatchRollout Effect)? Again)> JudgeAsync(
        JobId id,
        string effectId,
        HeldTarget held,
        CancellationToken stop
    )
    {
        var answer = await rollouts.FindAsync(held.Lease.Rollout, stop);
        if (answer is ClusterAnswer<RolloutView>.Fault { Why: { Kind: not ClusterFaultKind.NotFound } why })
        {
            return (await PutOffAsync(id, effectId, why, mayHaveHappened: true, held.Lease, stop), null);
        }

        var job = await store.FindJobAsync(id, stop);
        var entry = job?.Outbox.FirstOrDefault(entry => entry.Effect.Id == effectId);
        if (job is null || entry?.Effect is not Effect.PatchRollout { Patch: var patch })
        {
            return (new PatchEnd.Unknown(ChangedInBetween), null);
        }

        var rollout = (answer as ClusterAnswer<RolloutView>.Ok)?.Value;
        switch (PatchJudge.Judge(patch, job, rollout))
        {
            case PatchVerdict.Happened:
                return (await EndAsync(id, effectId, null, held.Lease, stop), null);

            case PatchVerdict.Void nothing:
                return (await EndAsync(id, effectId, nothing.Why, held.Lease, stop), null);

            case PatchVerdict.SendAgain again:
                if (await RefusedAsync(patch, entry, job, held, stop) is not { } refusal)
                {
                    var renewed = job.WithPatch(effectId, again.Patch, clock.GetUtcNow());
                    return await store.SaveAsync(renewed, held.Lease, stop) is { } saved
                        ? (null, (saved, new Effect.PatchRollout(effectId, again.Patch)))
                        : (new PatchEnd.Unknown(ChangedInBetween), null);
                }

                if (!entry.IsOnItsWay(clock.GetUtcNow()))
                {
                    return (await EndAsync(id, effectId, refusal, held.Lease, stop), null);
                }

                await store.SaveAsync(job.PatchHeldBack(effectId), held.Lease, stop);
                return (new PatchEnd.Unknown(new ClusterFault(ClusterFaultKind.Timeout, entry.LastError)), null);

            default:
                throw new InvalidOperationException("A verdict that nobody reads.");
        }
    }

    /// <summary>What the policy of this moment has against sending it again.</summary>
    private async Task<Refusal?> RefusedAsync(
        RolloutPatch patch,
        OutboxEntry entry,
        Job job,
        HeldTarget held,
        CancellationToken stop
    )
    {
        if (!PatchPolicy.Concerns(patch))
        {
            return null;
        }

        var (_, catalog, target) = held;
        var now = clock.GetUtcNow();
        var here = new Circumstances(catalog, target, now, JobId.New(now))
        {
            Groups = await groups.ResolveAsync(catalog, target, stop),
            AsksGitHub = groups.AsksGitHub,
            Lock = await store.FindLockAsync(target.App.Name, target.Environment.Name, now, stop),
        };
        return PatchPolicy.Refuse(patch, entry.Asked, job, here);
    }

    /// <summary>Leaves the patch in the outbox, for the loop to come back to it.</summary>
    private async Task<PatchEnd> PutOffAsync(
        JobId id,
        string effectId,
        ClusterFault fault,
        bool mayHaveHappened,
        RolloutLease held,
        CancellationToken stop
    )
    {
        if (await store.FindJobAsync(id, stop) is { } job)
        {
            var putOff = job.PatchPutOff(effectId, fault, mayHaveHappened, clock.GetUtcNow());
            if (
                await store.SaveAsync(putOff, held, stop) is not null
                && putOff.Outbox.Any(entry => entry.Effect.Id == effectId && entry.IsStuck)
            )
            {
                Stuck(id, effectId, fault.Message);
            }
        }

        return new PatchEnd.Unknown(fault) { MayHaveHappened = mayHaveHappened };
    }

    /// <summary>Takes the patch out of the outbox; with a refusal, what it stood for did not happen.</summary>
    private async Task<PatchEnd> EndAsync(
        JobId id,
        string effectId,
        Refusal? refusal,
        RolloutLease held,
        CancellationToken stop
    )
    {
        for (var tries = 0; tries < SavesAtMost; tries++)
        {
            if (
                await store.FindJobAsync(id, stop) is not { } job
                || await store.SaveAsync(job.PatchEnded(effectId, refusal, clock.GetUtcNow()), held, stop) is not null
            )
            {
                return refusal is null ? new PatchEnd.Done() : new PatchEnd.Refused(refusal);
            }
        }

        // Under the lease nobody else saves the Job, so the lease is lost: whoever has it judges the patch again.
        return refusal is null ? new PatchEnd.Done() : new PatchEnd.Unknown(ChangedInBetween);
    }

    private async Task AppendAsync(JobId id, Effect.AppendAudit audit, RolloutLease held, CancellationToken stop)
    {
        await store.AppendAsync(audit.Id, audit.Entry, stop);
        if (await store.FindJobAsync(id, stop) is { } job)
        {
            await store.SaveAsync(job.Without(audit.Id), held, stop);
        }
    }

    private static Refusal? Final(ClusterFault fault, RolloutRef rollout) =>
        fault.Kind switch
        {
            ClusterFaultKind.NotFound => new Refusal.RolloutGone(rollout.Cluster, rollout.Namespace, rollout.Name),
            ClusterFaultKind.Forbidden => new Refusal.ForbiddenByCluster(
                rollout.Cluster,
                $"patch rollouts and rollouts/status in {rollout.Namespace}"
            ),
            ClusterFaultKind.Unauthorized or ClusterFaultKind.Misconfigured => new Refusal.ClusterUnreachable(
                rollout.Cluster
            ),
            ClusterFaultKind.Invalid => new Refusal.Unsupported("a Rollout whose patch the cluster finds invalid"),
            _ => null,
        };

    [LoggerMessage(LogLevel.Information, "Job {Job}: {Patch} of {PodHash} sent.")]
    private partial void Patched(JobId job, string patch, string podHash);

    [LoggerMessage(LogLevel.Error, "Job {Job}: {Effect} is stuck; “resume” tries it again. Last: {Reason}")]
    private partial void Stuck(JobId job, string effect, string reason);

    [LoggerMessage(LogLevel.Warning, "Job {Job}: {Patch} was refused: {Kind}, {Reason}")]
    private partial void PatchRefused(JobId job, string patch, ClusterFaultKind kind, string reason);
}
