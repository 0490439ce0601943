using System.Text.Json;
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
[JsonDerivedType(typeof(MakeGitAgree), "makeGitAgree")]
[JsonDerivedType(typeof(Resume), "resume")]
[JsonDerivedType(typeof(WithdrawVote), "withdrawVote")]
[JsonDerivedType(typeof(Redraw), "redraw")]
[JsonDerivedType(typeof(NotePull), "notePull")]
[JsonDerivedType(typeof(LookAtPull), "lookAtPull")]
public abstract record Wish
{
    private Wish() { }

    public sealed record Promote(bool Full = false, string? OverrideReason = null) : Wish;

    /// <param name="Announced">The path that the confirmation named; another one is refused as stale.</param>
    public sealed record RollBack(string Reason = "", RollbackPath? Announced = null) : Wish;

    public sealed record Retry : Wish;

    /// <summary>Have Git ask for what the cluster went back to: after an abort, or when it could not be written.</summary>
    public sealed record MakeGitAgree(string Reason = "") : Wish;

    public sealed record TakeLock(string Reason, DateTimeOffset? ExpiresAt) : Wish;

    public sealed record Unlock : Wish;

    /// <summary>Try again what was given up for this environment: its stuck commands and effects.</summary>
    public sealed record Resume : Wish;

    /// <summary>Take back one's approval.</summary>
    public sealed record WithdrawVote : Wish;

    /// <summary>Stored, and not to be read by this program. It is shown, and neither written nor decided.</summary>
    public sealed record Unreadable : Wish;

    /// <summary>Draw the check run of a Job anew; nothing about the release.</summary>
    public sealed record Redraw : Wish;

    /// <summary>Note the pull request that was merged into the commit of a Job; nothing about the release.</summary>
    public sealed record NotePull(ReleasedPull Pull) : Wish;

    /// <summary>Look now at the pull request by which Git is to go back; nothing about the release.</summary>
    public sealed record LookAtPull : Wish;

    /// <summary>Register a Job for a release that is on its way through Git.</summary>
    public sealed record Create(JobId Id, ReleaseRequest Request, Authors Authors, string BodyHash) : Wish;
}

/// <summary>
/// What the person was looking at: a button carries it, a typed command is resolved to it when it arrives. What has
/// changed since is refused.
/// </summary>
/// <param name="FromButton">A button tells the state it was drawn from; typing tells only the app.</param>
public sealed record Sight(JobId Job, int Attempt, PodHash Hash, bool FromButton)
{
    /// <summary>Since when the pause has lasted that was shown as waiting for approval; <c>null</c> where none was.</summary>
    public DateTimeOffset? Pause { get; init; }
}

/// <summary>Where the answer goes.</summary>
/// <param name="Surface"><c>slack</c>, <c>github</c>, <c>api</c> …, as the audit says it.</param>
/// <param name="Channel">Slack channel in which it was asked.</param>
/// <param name="HasResponseUrl">A response_url is kept, encrypted, under the command's key.</param>
public sealed record Origin(string Surface, string? Channel = null, bool HasResponseUrl = false)
{
    /// <summary>A check run's buttons, and what else GitHub tells.</summary>
    public const string GitHub = "github";
}

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

    /// <summary>Members that a newer version wrote: kept as they are, so that no save by this one takes them away.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? NewerMembers { get; init; }
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
