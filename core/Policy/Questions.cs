using Devflow.ChatOps.Core.Catalog;

namespace Devflow.ChatOps.Core.Policy;

/// <summary>May this person promote this now?</summary>
/// <param name="Catalog">The catalog of this moment.</param>
/// <param name="App">The app.</param>
/// <param name="Environment">Its environment.</param>
/// <param name="Actor">Who asks.</param>
/// <param name="Groups">Group members, resolved just now.</param>
/// <param name="Authors">Who is behind the release.</param>
/// <param name="Subject">What the actor's vote is bound to; only votes with the same subject count.</param>
/// <param name="Votes">All votes given so far.</param>
/// <param name="Now">The present.</param>
public sealed record PromoteQuestion(
    ReleaseCatalog Catalog,
    App App,
    AppEnvironment Environment,
    Actor Actor,
    Groups Groups,
    Authors Authors,
    ApprovalSubject Subject,
    IReadOnlyList<Vote> Votes,
    DateTimeOffset Now
)
{
    /// <summary>Whether analyses are to be skipped, which is a right of its own.</summary>
    public bool Full { get; init; }

    /// <summary>The environment's lock, if there is one.</summary>
    public ReleaseLock? Lock { get; init; }

    /// <summary>Why a freeze should be overridden; null or blank: it should not.</summary>
    public string? FreezeOverrideReason { get; init; }

    /// <summary>
    /// Whether the Job releases the old version again: then those in `rollback.by` promote it, in locks and freezes
    /// too, without the author rule and without further votes (design section 5).
    /// </summary>
    public bool IsRollback { get; init; }
}

/// <summary>May this person roll this back?</summary>
public sealed record RollbackQuestion(ReleaseCatalog Catalog, AppEnvironment Environment, Actor Actor, Groups Groups);

/// <summary>May this person retry this now?</summary>
/// <param name="Promote">
/// The same wish as a promote: a retry that goes live at once must pass all of it. Its votes are those of the attempt
/// that would begin.
/// </param>
/// <param name="GoesLiveUntil">
/// The scale-down deadline that the aborted ReplicaSet still carries; until then a retry goes live at once
/// (observed with the real controller). Null when it carries none.
/// </param>
public sealed record RetryQuestion(PromoteQuestion Promote, DateTimeOffset? GoesLiveUntil);

/// <summary>May this person lock or unlock this now?</summary>
/// <param name="Catalog">The catalog of this moment.</param>
/// <param name="Environment">The environment.</param>
/// <param name="Actor">Who asks.</param>
/// <param name="Groups">Group members, resolved just now.</param>
/// <param name="Existing">The environment's lock, if there is one.</param>
/// <param name="Take">True to lock, false to unlock.</param>
/// <param name="Now">The present.</param>
public sealed record LockQuestion(
    ReleaseCatalog Catalog,
    AppEnvironment Environment,
    Actor Actor,
    Groups Groups,
    ReleaseLock? Existing,
    bool Take,
    DateTimeOffset Now
);
