using System.Text.Json.Serialization;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Jobs;

/// <summary>What somebody wants.</summary>
[JsonDerivedType(typeof(Promote), "promote")]
[JsonDerivedType(typeof(RollBack), "rollBack")]
[JsonDerivedType(typeof(Retry), "retry")]
[JsonDerivedType(typeof(TakeLock), "lock")]
[JsonDerivedType(typeof(Unlock), "unlock")]
[JsonDerivedType(typeof(Create), "create")]
[JsonDerivedType(typeof(Resume), "resume")]
public abstract record Wish
{
    private Wish() { }

    public sealed record Promote(bool Full = false, string? OverrideReason = null) : Wish;

    /// <param name="Announced">The path that the confirmation named; another one is refused as stale.</param>
    public sealed record RollBack(string Reason = "", RollbackPath? Announced = null) : Wish;

    public sealed record Retry : Wish;

    public sealed record TakeLock(string Reason, DateTimeOffset? ExpiresAt) : Wish;

    public sealed record Unlock : Wish;

    /// <summary>Try again what was given up for this environment: its stuck commands and effects.</summary>
    public sealed record Resume : Wish;

    /// <summary>Register a Job for a release that is on its way through Git.</summary>
    public sealed record Create(JobId Id, ReleaseRequest Request, Authors Authors, string BodyHash) : Wish;
}

/// <summary>
/// What the person was looking at: a button carries it, a typed command is resolved to it when it arrives. What has
/// changed since is refused.
/// </summary>
/// <param name="FromButton">A button tells the state it was drawn from; typing tells only the app.</param>
public sealed record Sight(JobId Job, int Attempt, PodHash Hash, bool FromButton);

/// <summary>Where the answer goes.</summary>
/// <param name="Surface"><c>slack</c>, <c>api</c> …, as the audit says it.</param>
/// <param name="Channel">Slack channel in which it was asked.</param>
/// <param name="HasResponseUrl">A response_url is kept, encrypted, under the command's key.</param>
public sealed record Origin(string Surface, string? Channel = null, bool HasResponseUrl = false);

/// <summary>
/// A person's or a machine's wish, written down before anything is done about it.
/// </summary>
/// <param name="Key">Unique: Slack trigger_id, GitHub delivery id, or the API's idempotency key with its caller.</param>
public sealed record Command(
    string Key,
    Wish Wish,
    Actor Actor,
    Origin Origin,
    string App,
    string Environment,
    RolloutRef Rollout,
    DateTimeOffset At
)
{
    /// <summary><c>null</c> when nothing was known of the environment yet.</summary>
    public Sight? Saw { get; init; }

    public int Attempts { get; init; }

    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>What came of it; <c>null</c> while it is open.</summary>
    public CommandOutcome? Outcome { get; init; }

    /// <summary>
    /// Why it was given up after many tries, in one line for administrators; <c>null</c> unless it waits for a person to
    /// resume it.
    /// </summary>
    public string? Stuck { get; init; }

    /// <summary>When somebody had it tried again; its age counts from there.</summary>
    public DateTimeOffset? ResumedAt { get; init; }

    /// <summary>The person has been told.</summary>
    public bool Answered { get; init; }
}

/// <summary>What came of a command. Stored, and told to whoever asks again.</summary>
/// <param name="Code"><c>ok</c>, or the refusal's stable code.</param>
/// <param name="Text">One line for people, plain text.</param>
public sealed record CommandOutcome(string Code, string Text, JobId? Job = null)
{
    public const string OkCode = "ok";

    [JsonIgnore]
    public bool IsOk => Code == OkCode;
}

/// <summary>A command that a Job carries out, and what its giver is told when a kill comes before the telling.</summary>
public sealed record AppliedCommand(string Key, CommandOutcome Outcome);
