using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Devflow.ChatOps.Core.Rollouts;

/// <summary>How a release in the cluster stands, as the six steps tell it.</summary>
public enum ReleaseStatus
{
    /// <summary>The Rollout has not taken it up.</summary>
    Syncing,

    /// <summary>It moves by itself, a countdown included.</summary>
    Running,

    /// <summary>Only a person ends the pause.</summary>
    AwaitingApproval,

    /// <summary>A step failed; resting, the controller may recover.</summary>
    Failed,

    /// <summary>Live and stable.</summary>
    Succeeded,
}

/// <summary>
/// One pod hash on its way through the Rollout: the six steps, and what the last read alone cannot tell.
/// </summary>
public sealed record Release(PodHash Hash, string Uid, DateTimeOffset BoundAt)
{
    /// <summary>1, and one more for each retry after an abort.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>Members that a newer version wrote: kept as they are, so that no save by this one takes them away.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? NewerMembers { get; init; }

    /// <summary>What was stable when it was bound: the way back. None for a first install.</summary>
    public PodHash Base { get; init; }

    /// <summary>There was nothing live before: Argo skips pause and analysis.</summary>
    public bool FirstInstall { get; init; }

    /// <summary>It was first seen when the active Service already pointed to it.</summary>
    public bool SeenLive { get; init; }

    /// <summary>A pause of this attempt was seen.</summary>
    public bool PauseSeen { get; init; }

    /// <summary>The pause's startTime when it was last seen; approvals are bound to it.</summary>
    public DateTimeOffset? PauseStart { get; init; }

    /// <summary>A full promote of this attempt was seen: analyses and pause are skipped.</summary>
    public bool PromotedFull { get; init; }

    /// <summary>The abort of this attempt was seen; when it disappears, somebody retried.</summary>
    public bool Aborted { get; init; }

    /// <summary>The condition Paused at the last look, to notice a pause that came and went unseen.</summary>
    public PausedSight? PausedAsSeen { get; init; }

    /// <summary>
    /// When the abort of this attempt happened: another time is the abort of another attempt, whose retry nobody saw.
    /// </summary>
    public DateTimeOffset? AbortedAt { get; init; }

    /// <summary>
    /// Until when the ReplicaSet of an aborted attempt stays up: a retry before that takes the fast track, a later one
    /// does not.
    /// </summary>
    public DateTimeOffset? FastTrackUntil { get; init; }

    /// <summary>
    /// The analysis runs of former attempts: what they said does not count for this one. Argo keeps showing the last
    /// post-promotion run through all attempts.
    /// </summary>
    public ImmutableArray<string> EndedRuns { get; init; } = [];

    /// <summary>The analysis runs that were shown while this attempt was aborted; a retry ends them.</summary>
    public ImmutableArray<string> RunsAtAbort { get; init; } = [];

    /// <summary>It went live although nothing paused it where a pause is configured (fast track).</summary>
    public bool SkippedPause { get; init; }

    /// <summary>
    /// It was live when it was looked at, nobody had looked before, and nothing tells whether it paused as configured.
    /// </summary>
    public bool PauseIsUnknown { get; init; }

    /// <summary>The six steps in order.</summary>
    public ImmutableArray<Step> Steps { get; init; } = Step.AllPending;

    public ReleaseStatus Status { get; init; } = ReleaseStatus.Running;

    /// <summary>One sentence: what is happening or what is waited for.</summary>
    public string Message { get; init; } = "";

    /// <summary>The step of the given name.</summary>
    public Step this[StepName name] => Steps[(int)name];

    /// <summary>The active Service points, or pointed, to it.</summary>
    public bool IsLive => this[StepName.PromoteSwitch].Status == StepStatus.Succeeded;

    /// <summary>Same status, hash, attempt and step statuses; times and sentences do not count.</summary>
    public bool LooksLike(Release other) =>
        Hash == other.Hash
        && Attempt == other.Attempt
        && Status == other.Status
        && Steps.Select(step => step.Status).SequenceEqual(other.Steps.Select(step => step.Status));
}

/// <summary>The condition Paused as it was seen, and the generation that was observed then.</summary>
public sealed record PausedSight(bool IsTrue, DateTimeOffset? ChangedAt, long Generation)
{
    /// <summary>The Rollout's revision of that moment: every release adds one.</summary>
    public int? Revision { get; init; }
}
