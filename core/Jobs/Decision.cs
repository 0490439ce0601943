using System.Collections.Immutable;

namespace Devflow.ChatOps.Core.Jobs;

/// <summary>The result of deciding: which Jobs to save, in this order, and what to tell whoever asked.</summary>
public sealed record Decision
{
    /// <summary>Changed or new Jobs, with their effects in their outboxes.</summary>
    public ImmutableArray<Job> Saves { get; init; } = [];

    /// <summary>What came of the command, where there was one; <c>null</c> too while that is not known.</summary>
    public CommandOutcome? Outcome { get; init; }

    /// <summary>The environment's lock is to be taken or released.</summary>
    public LockChange? Lock { get; init; }

    /// <summary>The Rollout's stuck commands are open again.</summary>
    public bool ResumesCommands { get; init; }

    /// <summary>When to look at the Rollout again even if nobody hints.</summary>
    public DateTimeOffset? LookAgainAt { get; init; }

    /// <summary>
    /// The same where somebody else makes sure that the Rollout has not changed meanwhile: then only what the clock alone
    /// changes is worth a look, and what a Rollout does not show by itself.
    /// </summary>
    public DateTimeOffset? LookAtRestAt { get; init; }
}

/// <summary>The Jobs of one Rollout that a decision is about.</summary>
/// <param name="Current">The one that was bound last; <c>null</c> before the first sight of the Rollout.</param>
/// <param name="Pending">Registered and not bound, oldest first.</param>
/// <param name="Former">Bound before the current one and succeeded, newest first; where rollbacks find their targets.</param>
public sealed record RolloutJobs(Job? Current, ImmutableArray<Job> Pending, ImmutableArray<Job> Former)
{
    /// <summary>
    /// Others, however old, that are not told in full, or have effects to perform; nothing is decided about them. Newest
    /// first.
    /// </summary>
    public ImmutableArray<Job> Unfinished { get; init; } = [];

    /// <summary>
    /// The Job that applied the command that is to be decided, where a kill came before its outcome; it may be none of the
    /// others any more.
    /// </summary>
    public Job? Applied { get; init; }

    public static RolloutJobs None { get; } = new(null, [], []);
}

/// <summary>A change of an environment's lock; <c>null</c> releases it.</summary>
public sealed record LockChange(Policy.ReleaseLock? Taken);
