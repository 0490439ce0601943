using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Ports;

/// <summary>
/// Where everything is written down before it is done. Each write is durable when its task completes; each touches one
/// document. Faults are exceptions of type <see cref="StoreUnavailableException"/>.
/// </summary>
public interface IStore : IJobs, IWork, IRoles, ICommands, ILocks, IAudit, IRetention
{
    /// <summary>Creates what is missing; refuses, by name, a schema that is newer than this program.</summary>
    Task PrepareAsync(CancellationToken stop);

    /// <summary>A cheap round trip, for readiness.</summary>
    /// <exception cref="ClockSkewException">Work is not given to this instance, because of its clock.</exception>
    Task PingAsync(CancellationToken stop);
}

/// <summary>
/// Jobs, one document each. Where a Rollout was verified after its Job was saved (<see cref="IWork.VerifiedAsync"/>), the
/// Job that is read says so (<see cref="Job.VerifiedBy"/>).
/// </summary>
public interface IJobs
{
    Task<Job?> FindJobAsync(JobId id, CancellationToken stop);

    /// <summary>The Jobs that a decision about this Rollout needs (see <see cref="RolloutJobs"/>; at most 20 former ones, and 20 unfinished ones).</summary>
    /// <exception cref="StoredStateException">The current one or one that waits cannot be read; others are left out.</exception>
    Task<RolloutJobs> JobsOfAsync(RolloutRef rollout, CancellationToken stop);

    /// <summary>
    /// The Job that remembers this command among those that it applied, wherever it stands by now; <c>null</c>: none does.
    /// </summary>
    Task<Job?> FindAppliedAsync(RolloutRef rollout, string commandKey, CancellationToken stop);

    /// <summary>
    /// Jobs that were met and could not be read, of one Rollout or of all; oldest first. One that can be read by now, as
    /// after an upgrade, is none any more.
    /// </summary>
    Task<IReadOnlyList<UnreadableJob>> UnreadableJobsAsync(RolloutRef? rollout, int limit, CancellationToken stop);

    /// <summary>
    /// Jobs of which an effect was given up and waits for a person to resume it; oldest first. Those that cannot be read
    /// are left out.
    /// </summary>
    Task<IReadOnlyList<Job>> StuckJobsAsync(int limit, CancellationToken stop);

    /// <summary>
    /// Newest first. <paramref name="before"/> pages: only Jobs with smaller ids. Baselines are left out, and so is what
    /// cannot be read.
    /// </summary>
    Task<IReadOnlyList<Job>> ListJobsAsync(JobFilter filter, int limit, JobId? before, CancellationToken stop);

    /// <summary>
    /// Inserts (version 0) or replaces the Job if the stored version is still <see cref="Job.Version"/>; the saved Job
    /// carries the next version. <c>null</c>: somebody else saved it in between, or the lease is no longer held, and
    /// nothing may be done that follows from this save. Of a lease that was lost while the save was on its way it does
    /// not say that nothing was written: the next holder may have found the save under way, completed it, and saved more
    /// since. What follows from it is the next holder's to do.
    /// </summary>
    Task<Job?> SaveAsync(Job job, RolloutLease held, CancellationToken stop);
}

/// <summary>What to list; <c>null</c> is any.</summary>
public sealed record JobFilter(string? App = null, string? Environment = null, bool OpenOnly = false);

/// <summary>Which Rollouts need a look, and who looks.</summary>
public interface IWork
{
    /// <summary>Marks a Rollout to be looked at: merged into one row with a sequence number. Made for thousands a second.</summary>
    Task HintAsync(RolloutRef rollout, CancellationToken stop);

    /// <summary>
    /// Rollouts that were hinted at, whose time has come, or that have open commands; longest waiting first. Those
    /// under somebody's live lease are left out, and so are those of the clusters in <paramref name="except"/>. A row
    /// that names no Rollout is left out too: it must not keep the others waiting. A hint is due at once, whatever the
    /// clock says of the instance that wrote it down.
    /// </summary>
    Task<IReadOnlyList<RolloutRef>> DueAsync(
        DateTimeOffset now,
        IReadOnlyCollection<string> except,
        int limit,
        CancellationToken stop
    );

    /// <summary>
    /// Takes the lease of a Rollout for <see cref="RolloutLease.Duration"/>; <c>null</c> while another holds it, which is
    /// for <see cref="RolloutLease.LongestLeft"/> at most, or when this instance's clock is not to be trusted
    /// (<see cref="ClockSkewException"/>). Where one process at a time has the store, a holder of this process's name
    /// gets its own back.
    /// </summary>
    Task<RolloutLease?> TakeAsync(RolloutRef rollout, DateTimeOffset now, CancellationToken stop);

    /// <summary>Renews; <c>null</c> when it was lost, or this instance's clock is not to be trusted any more.</summary>
    Task<RolloutLease?> RenewAsync(RolloutLease held, DateTimeOffset now, CancellationToken stop);

    /// <summary>
    /// Gives the lease back. The hint is cleared if its number is still <see cref="RolloutLease.Sequence"/>;
    /// <paramref name="lookAgainAt"/> is when to look without a hint.
    /// </summary>
    /// <param name="seen">What a finished look saw, kept until the next one; <c>null</c> leaves what was kept.</param>
    Task ReleaseAsync(
        RolloutLease held,
        bool worked,
        DateTimeOffset? lookAgainAt,
        CancellationToken stop,
        LastLook? seen = null
    );

    /// <summary>What the last finished looks at the Rollouts of a cluster saw. Made for thousands.</summary>
    Task<IReadOnlyDictionary<RolloutRef, LastLook>> LastLooksAsync(string cluster, CancellationToken stop);

    /// <summary>
    /// These Rollouts were read at this time and are as the last look saw them. Times only move forward; one that was
    /// never looked at is left out. Made for thousands in one call.
    /// </summary>
    Task VerifiedAsync(IReadOnlyCollection<RolloutRef> rollouts, DateTimeOffset at, CancellationToken stop);
}

/// <summary>What a finished look saw.</summary>
/// <param name="Mark">Differs from that of another look if something that decisions depend on was different.</param>
/// <param name="LookedAt">When everything was read.</param>
/// <param name="Waits">Somebody is asked to act, who wants to know that it is still so.</param>
public sealed record LastLook(string Mark, DateTimeOffset LookedAt, bool Waits)
{
    /// <summary>When it was last known to be still so; the look itself, at the earliest.</summary>
    public DateTimeOffset VerifiedAt { get; init; } = LookedAt;
}

/// <summary>Roles that one instance at a time has, such as watching the clusters.</summary>
public interface IRoles
{
    /// <summary>
    /// Takes the role for <see cref="RolloutLease.Duration"/>, or renews it; false while another has it, or when this
    /// instance's clock is not to be trusted. Where one process at a time has the store, a holder of this process's name gets its own back.
    /// </summary>
    Task<bool> TakeRoleAsync(string role, DateTimeOffset now, CancellationToken stop);

    /// <summary>Lets another take it at once; nothing happens when it is not held.</summary>
    Task GiveUpRoleAsync(string role, CancellationToken stop);
}

/// <summary>The right to work on one Rollout: whoever writes under it takes it as a parameter.</summary>
/// <param name="Sequence">The hint's number when the lease was taken.</param>
/// <param name="Fence">Rises each time the lease changes hands.</param>
public sealed record RolloutLease(RolloutRef Rollout, string Holder, long Sequence, long Fence, DateTimeOffset Until)
{
    /// <summary>What the last finished look saw; <c>null</c> before the first.</summary>
    public LastLook? LastLook { get; init; }

    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(15);
    public static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(5);

    /// <summary>
    /// A lease or role that seems to have longer than this was taken by a clock that is ahead, and counts as free: its
    /// holder may have died, and would keep it for as long as it was ahead.
    /// </summary>
    public static readonly TimeSpan LongestLeft = 4 * Duration;
}

/// <summary>Commands, each once.</summary>
public interface ICommands
{
    /// <summary>So many open commands of a Rollout are read at once; the others take their turn when these are done.</summary>
    public const int OpenAtMost = 500;

    /// <summary>
    /// Writes it down and makes its Rollout due; <paramref name="sealedResponseUrl"/> is kept with it, already
    /// encrypted. If the key is known: the stored one is answered and nothing changes.
    /// </summary>
    Task<CommandReceipt> AddAsync(Command command, byte[]? sealedResponseUrl, CancellationToken stop);

    Task<Command?> FindCommandAsync(string key, CancellationToken stop);

    /// <summary>
    /// Open commands of a Rollout and decided ones whose answer was not delivered, the oldest
    /// <see cref="OpenAtMost"/> first. One that cannot be read is put aside as stuck, so that it holds up no other.
    /// </summary>
    Task<IReadOnlyList<Command>> OpenCommandsAsync(RolloutRef rollout, CancellationToken stop);

    /// <summary>
    /// Commands that were given up and wait for a person, of one Rollout or of all; oldest first. Of one that cannot be
    /// read it tells what it can (<see cref="UnreadableCommand"/>).
    /// </summary>
    Task<IReadOnlyList<Command>> StuckCommandsAsync(RolloutRef? rollout, int limit, CancellationToken stop);

    /// <summary>
    /// Replaces the stored command (outcome, attempts, answered). False, and nothing changes: somebody else wrote its
    /// outcome, or had it tried again. An outcome that is there is replaced by none, of a stuck command that is resumed
    /// (<see cref="Command.ResumedAt"/>), and by no other.
    /// </summary>
    Task<bool> UpdateAsync(Command command, CancellationToken stop);

    /// <summary>The encrypted response_url of a command; <c>null</c> when there is none or it is older than 30 minutes.</summary>
    Task<byte[]?> SealedResponseUrlAsync(string key, DateTimeOffset now, CancellationToken stop);
}

/// <summary>The stored command and whether this call stored it.</summary>
public sealed record CommandReceipt(Command Command, bool IsNew);

/// <summary>Locks of environments.</summary>
public interface ILocks
{
    /// <summary>The lock that holds at this time, if any.</summary>
    Task<ReleaseLock?> FindLockAsync(string app, string environment, DateTimeOffset now, CancellationToken stop);

    Task<IReadOnlyList<ReleaseLock>> ListLocksAsync(DateTimeOffset now, CancellationToken stop);

    Task PutLockAsync(ReleaseLock taken, CancellationToken stop);

    Task RemoveLockAsync(string app, string environment, CancellationToken stop);
}

/// <summary>
/// Forgets what is finished and old, some at a time, so that no write waits for long. No lease is needed: what is
/// finished is not saved again, and a save of what was forgotten is refused like any other outdated one.
/// </summary>
public interface IRetention
{
    /// <summary>
    /// Removes answered commands that were given before this; the oldest first, at most <paramref name="limit"/>. Those
    /// that are open or stuck stay. How many were removed.
    /// </summary>
    Task<int> ForgetCommandsAsync(DateTimeOffset before, int limit, CancellationToken stop);

    /// <summary>
    /// Looks at up to <paramref name="limit"/> finished Jobs that were created before this, in the order of their ids
    /// and behind <paramref name="after"/>, and removes those that no decision needs: of each Rollout the one that was
    /// bound last and the former ones of <see cref="RolloutJobs"/> stay, however old they are.
    /// </summary>
    Task<ForgottenJobs> ForgetJobsAsync(DateTimeOffset before, JobId? after, int limit, CancellationToken stop);

    /// <summary>
    /// Removes what <see cref="IWork"/> keeps of Rollouts that are not among these: their hints and leases, where nothing
    /// is open, nobody holds them and none was verified since <paramref name="before"/>. Rows that name no Rollout go at
    /// once. At most <paramref name="limit"/> Rollouts; how many.
    /// </summary>
    Task<int> ForgetRolloutsAsync(
        IReadOnlyCollection<RolloutRef> known,
        DateTimeOffset before,
        int limit,
        CancellationToken stop
    );
}

/// <summary>What one round of forgetting did.</summary>
/// <param name="Count">How many Jobs were removed.</param>
/// <param name="Last">The last one that was looked at; <c>null</c> when there was none left.</param>
public sealed record ForgottenJobs(int Count, JobId? Last);

/// <summary>The audit: append only.</summary>
public interface IAudit
{
    /// <summary>Appends; an id that is there already is left as it is.</summary>
    Task AppendAsync(string id, AuditEntry entry, CancellationToken stop);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<AuditEntry>> ReadAuditAsync(JobId? job, int limit, CancellationToken stop);
}

/// <summary>The store does not answer, or its disk is full. Nothing was written, or it cannot be known.</summary>
public class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// The store works, and gives no work to this instance: its clock and the store's are too far apart. The message says by
/// how much, and what to do; it carries no secret.
/// </summary>
public sealed class ClockSkewException(string message) : StoreUnavailableException(message);
