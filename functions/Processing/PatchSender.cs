using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Jobs.Deciding;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Functions.Processing;

/// <summary>
/// Performs the effects of a Job's outbox. A patch is sent once per intent; when its answer was never seen, the Rollout
/// tells whether it arrived before anything is sent again.
/// </summary>
public sealed partial class PatchSender(IStore store, IRollouts rollouts, TimeProvider clock, ILogger<PatchSender> log)
{
    /// <summary>How often a patch that was refused with 409 is decided again.</summary>
    private const int TriesAtMost = 5;

    /// <summary>How often the end of a patch is written down before the lease is taken for lost.</summary>
    private const int SavesAtMost = 2;

    private static ClusterFault ChangedInBetween => new(ClusterFaultKind.Conflict, "The Job changed in between.");

    /// <summary>Effects that an earlier holder left behind, each brought to its end.</summary>
    public async Task<RolloutJobs> SettleAsync(RolloutJobs jobs, RolloutLease held, CancellationToken stop)
    {
        var all = jobs.Unfinished.Concat(jobs.Pending).Append(jobs.Current).OfType<Job>();
        var changed = false;
        foreach (var job in all.Where(job => !job.Outbox.IsEmpty))
        {
            changed |= await SettleAsync(job, held, stop);
        }

        return changed ? await store.JobsOfAsync(held.Rollout, stop) : jobs;
    }

    /// <summary>When to look after a patch whose fate is not known.</summary>
    public DateTimeOffset? NextLook(RolloutJobs jobs) =>
        jobs
            .Unfinished.Concat(jobs.Pending)
            .Append(jobs.Current)
            .OfType<Job>()
            .SelectMany(job => job.Outbox)
            .Select(entry => entry.AttemptingUntil)
            .Min();

    /// <summary>Performs what a decision has just put into the outbox; true when something was patched.</summary>
    public async Task<bool> SendNewAsync(Job job, RolloutLease held, CancellationToken stop)
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
                await AppendAsync(job.Id, audit, held, stop);
            }
        }

        return sent;
    }

    /// <summary>
    /// Sends a patch whose intent is saved, deciding again on 409, and takes it out of the outbox when its fate is known.
    /// </summary>
    public async Task<PatchEnd> SendAsync(
        Job job,
        Effect.PatchRollout effect,
        RolloutLease held,
        CancellationToken stop
    )
    {
        for (var attempt = 1; ; attempt++)
        {
            var answer = await rollouts.PatchAsync(held.Rollout, effect.Patch, stop);
            if (answer is ClusterAnswer<RolloutView>.Ok)
            {
                Patched(job.Id, effect.Patch.GetType().Name, effect.Patch.Hash.ToString());
                return await EndAsync(job.Id, effect.Id, null, held, stop);
            }

            var fault = ((ClusterAnswer<RolloutView>.Fault)answer).Why;
            PatchRefused(job.Id, effect.Patch.GetType().Name, fault.Kind, fault.Message);
            if (Final(fault, held.Rollout) is { } refusal)
            {
                return await EndAsync(job.Id, effect.Id, refusal, held, stop);
            }

            if (attempt == TriesAtMost)
            {
                return fault.Kind == ClusterFaultKind.Conflict
                    ? await EndAsync(job.Id, effect.Id, new Refusal.Conflict(), held, stop)
                    : new PatchEnd.Unknown(fault);
            }

            var (end, again) = await JudgeAsync(job, effect, held, stop);
            if (again is null)
            {
                return end ?? new PatchEnd.Unknown(fault);
            }

            (job, effect) = again.Value;
        }
    }

    private async Task<bool> SettleAsync(Job job, RolloutLease held, CancellationToken stop)
    {
        var changed = false;
        foreach (var entry in job.Outbox.Where(entry => !entry.Parked))
        {
            switch (entry.Effect)
            {
                case Effect.AppendAudit audit:
                    await AppendAsync(job.Id, audit, held, stop);
                    changed = true;
                    break;

                // Nobody else sends it: that needs the lease. If it is still on the wire, of two patches with the same
                // resourceVersion the API server takes one, so there is nothing to wait for.
                case Effect.PatchRollout patch:
                    var (end, again) = await JudgeAsync(job, patch, held, stop);
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
        Job job,
        Effect.PatchRollout effect,
        RolloutLease held,
        CancellationToken stop
    )
    {
        var answer = await rollouts.FindAsync(held.Rollout, stop);
        if (answer is ClusterAnswer<RolloutView>.Fault { Why: { Kind: not ClusterFaultKind.NotFound } why })
        {
            return (new PatchEnd.Unknown(why), null);
        }

        var rollout = (answer as ClusterAnswer<RolloutView>.Ok)?.Value;
        switch (PatchJudge.Judge(effect.Patch, job, rollout))
        {
            case PatchVerdict.Happened:
                return (await EndAsync(job.Id, effect.Id, null, held, stop), null);

            case PatchVerdict.Void nothing:
                return (await EndAsync(job.Id, effect.Id, nothing.Why, held, stop), null);

            case PatchVerdict.SendAgain again:
                var current = await store.FindJobAsync(job.Id, stop);
                var renewed = current?.WithPatch(effect.Id, again.Patch, clock.GetUtcNow());
                var saved = renewed is null ? null : await store.SaveAsync(renewed, held, stop);
                return saved is null
                    ? (new PatchEnd.Unknown(ChangedInBetween), null)
                    : (null, (saved, new Effect.PatchRollout(effect.Id, again.Patch)));

            default:
                throw new InvalidOperationException("A verdict that nobody reads.");
        }
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
            ClusterFaultKind.Forbidden => new Refusal.ForbiddenByCluster(rollout.Cluster, fault.Message),
            ClusterFaultKind.Unauthorized or ClusterFaultKind.Misconfigured => new Refusal.ClusterUnreachable(
                rollout.Cluster
            ),
            ClusterFaultKind.Invalid => new Refusal.Unsupported(Plain.OneLine(fault.Message, 150)),
            _ => null,
        };

    [LoggerMessage(LogLevel.Information, "Job {Job}: {Patch} of {PodHash} sent.")]
    private partial void Patched(JobId job, string patch, string podHash);

    [LoggerMessage(LogLevel.Warning, "Job {Job}: {Patch} was refused: {Kind}, {Reason}")]
    private partial void PatchRefused(JobId job, string patch, ClusterFaultKind kind, string reason);
}

/// <summary>The fate of a patch.</summary>
public abstract record PatchEnd
{
    private PatchEnd() { }

    public sealed record Done : PatchEnd;

    public sealed record Refused(Refusal Why) : PatchEnd;

    /// <summary>It stays in the outbox with its intent, and is looked after when that has run out.</summary>
    public sealed record Unknown(ClusterFault Why) : PatchEnd;
}
