using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Jobs;

/// <summary>Where a Job stands (design section 4).</summary>
public enum JobStatus
{
    /// <summary>Registered; nothing of it is in the cluster or in Argo CD.</summary>
    Pending,
    Syncing,
    Running,
    AwaitingApproval,

    /// <summary>A step failed. Resting, not final: the controller may recover, a person may retry or roll back.</summary>
    Failed,
    SyncFailed,
    Succeeded,
    RollingBack,
    RolledBack,
    Superseded,
    Cancelled,
    NoChange,
}

/// <summary>Where a Job came from.</summary>
public enum JobSource
{
    /// <summary>What was there when the service first saw the Rollout. Never shown: installing posts no cards.</summary>
    Baseline,

    /// <summary>A new pod hash that nobody had announced.</summary>
    External,

    /// <summary>Announced by the Action.</summary>
    Action,

    /// <summary>A rollback that became a release of the old version.</summary>
    Rollback,
}

/// <summary>
/// One release of one app to one environment: everything that surfaces show and that decisions need. One document.
/// </summary>
public sealed record Job(JobId Id, string App, string Environment, RolloutRef Rollout, JobSource Source)
{
    public DateTimeOffset CreatedAt { get; init; }
    public JobStatus Status { get; init; }

    /// <summary>One sentence about the status.</summary>
    public string Message { get; init; } = "";

    public ReleaseRequest? Request { get; init; }
    public Authors Authors { get; init; } = Authors.Unknown;

    /// <summary>What it brings, as far as GitHub told; <c>null</c> before it was asked, or where it is not set up.</summary>
    public ReleaseContents? Contents { get; init; }

    /// <summary>The pod hash at creation; a Pending Job is bound when another one carries its image.</summary>
    public PodHash HashAtCreation { get; init; }

    /// <summary>
    /// The Rollout's uid at creation; empty when it could not be read, <see cref="NoRollout"/> when there was none.
    /// </summary>
    public string UidAtCreation { get; init; } = "";

    /// <summary>The release in the cluster; <c>null</c> until the Job is bound.</summary>
    public Release? Release { get; init; }

    /// <summary>Images of the ReplicaSet that it was bound to.</summary>
    public ImmutableArray<string> Images { get; init; } = [];

    /// <summary>Images of what was stable when it was bound: the way back.</summary>
    public ImmutableArray<string> BaseImages { get; init; } = [];

    /// <summary>Argo CD is at work on it, in words; shown while it is not bound.</summary>
    public string SyncMessage { get; init; } = "";

    /// <summary>The Rollout went on to another hash; when this one comes back, that is another release.</summary>
    public bool HasLeft { get; init; }

    /// <summary>
    /// The hash that the Rollout went to when this release was withdrawn or rolled back: while it stays there, that is
    /// no other release.
    /// </summary>
    public PodHash RestsAt { get; init; }

    /// <summary>Since when the Rollout has been answered 404.</summary>
    public DateTimeOffset? GoneSince { get; init; }

    public ImmutableArray<Vote> Votes { get; init; } = [];
    public Promotion? Promotion { get; init; }
    public Rollback? Rollback { get; init; }

    /// <summary>The rollback that was over when <see cref="Rollback"/> began: a second one in a row.</summary>
    public Rollback? FormerRollback { get; init; }

    /// <summary>The Job whose version this one brings back.</summary>
    public JobId? RollbackOf { get; init; }

    /// <summary>What Argo CD must say for it to be the way back; <c>null</c> when that is settled.</summary>
    public SupposedWayBack? Supposed { get; init; }
    public JobId? SupersededBy { get; init; }

    /// <summary>It went live, and nobody had approved it through us.</summary>
    public bool LiveWithoutApproval { get; init; }

    /// <summary>What is wrong with the pods that wait or run, in one line.</summary>
    public string Trouble { get; init; } = "";

    /// <summary>The environment's lock as the card shows it.</summary>
    public ReleaseLock? Lock { get; init; }

    /// <summary>The freeze that keeps it from being promoted, as the card shows it; none for a release that rolls back.</summary>
    public Frozen? Freeze { get; init; }

    /// <summary>
    /// The path that a rollback would take as the cluster was last seen; <c>null</c> when there is none, or when the
    /// version to go back to is not this Job's base.
    /// </summary>
    public RollbackPath? WayBack { get; init; }

    /// <summary>Whether the service writes Git for this environment, as it was last looked at.</summary>
    public bool WritesGit { get; init; }

    /// <summary>How long the old version can be brought back at once.</summary>
    public DateTimeOffset? InstantRollbackUntil { get; init; }

    /// <summary>When it took the place of a Job that people were looking at; a typed promote of that moment is refused.</summary>
    public DateTimeOffset? ReplacedAt { get; init; }

    /// <summary>
    /// Since when Argo CD has said that it is synced while the Rollout did not change: to our commit, or after an undo
    /// to its target.
    /// </summary>
    public DateTimeOffset? SyncedSince { get; init; }

    /// <summary>What Argo CD had compared when this Job was first looked at; another one is our commit or a later one.</summary>
    public string RevisionAtCreation { get; init; } = "";

    /// <summary>
    /// The commit that Argo CD had synced when this release was in the cluster; empty when Argo CD tells none that is one
    /// (a chart's version, several sources), <c>null</c> while it has not told.
    /// </summary>
    public string? SyncedRevision { get; init; }

    /// <summary>Since when a lifted pause has not been acted on (facts: swallowed promote).</summary>
    public DateTimeOffset? UnpausingSince { get; init; }

    /// <summary>How often it was nudged because of that, and when last.</summary>
    public int Nudges { get; init; }
    public DateTimeOffset? NudgedAt { get; init; }

    /// <summary>The one reminder of this pause was given.</summary>
    public bool Reminded { get; init; }

    /// <summary>Until when a retry would go live at once (facts: fast track).</summary>
    public DateTimeOffset? RetryGoesLiveUntil { get; init; }

    /// <summary>When the live objects were last read.</summary>
    public DateTimeOffset? VerifiedAt { get; init; }

    /// <summary>What happened, oldest first; capped at <see cref="TimelineLimit"/>.</summary>
    public ImmutableArray<TimelineEntry> Timeline { get; init; } = [];

    /// <summary>Number of the last timeline entry; numbers are not used again when old entries are dropped.</summary>
    public long LastEntry { get; init; }

    /// <summary>Effects that are not done.</summary>
    public ImmutableArray<OutboxEntry> Outbox { get; init; } = [];

    /// <summary>The last 64 commands that were applied: Job and inbox are two documents.</summary>
    public ImmutableArray<AppliedCommand> AppliedCommands { get; init; } = [];

    /// <summary>What of it Slack shows.</summary>
    public SlackCard Card { get; init; } = new();

    /// <summary>What of it GitHub's check runs show; <c>null</c> before that was looked at.</summary>
    public GitHubCheck? Check { get; init; }

    /// <summary>What GitHub's deployments say of it; <c>null</c> where there is none.</summary>
    public GitHubDeployment? Deployment { get; init; }

    /// <summary>Its comments on the pull requests that it releases; <c>null</c> where the catalog wants none.</summary>
    public PullComments? Comments { get; init; }

    /// <summary>Rises with every change that a surface would show; surfaces redraw when they showed another.</summary>
    public long Revision { get; init; }

    /// <summary>Rises with every save; the expected version of the next one.</summary>
    public long Version { get; init; }

    /// <summary>Members that a newer version wrote: kept as they are, so that no save by this one takes them away.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? NewerMembers { get; init; }

    /// <summary>Stands for the uid of a Rollout that did not exist when the Job was created.</summary>
    public const string NoRollout = "none";

    public const int TimelineLimit = 100;

    /// <summary>Entries that left the timeline; the audit has them.</summary>
    [JsonIgnore]
    public long EarlierEntries => LastEntry - Timeline.Length;

    /// <summary>Beyond this nudges are dropped, and what moved out of the timeline is told in fewer entries.</summary>
    public const int OutboxLimit = 64;
    public const int AppliedCommandsLimit = 64;

    /// <summary>Nothing will change it any more.</summary>
    public bool IsFinal =>
        Status is JobStatus.RolledBack or JobStatus.Superseded or JobStatus.Cancelled or JobStatus.NoChange;

    /// <summary>It is under way and people are shown it.</summary>
    public bool IsOpen => !IsFinal && Status != JobStatus.Succeeded && Source != JobSource.Baseline;

    /// <summary>
    /// Slack and GitHub show its newest state, its thread tells everything, and no effect waits to be performed or for a
    /// person to resume it.
    /// </summary>
    public bool IsSettled =>
        Source == JobSource.Baseline
        || (
            Card.ShownRevision == Revision
            && Card.ToldEntry == LastEntry
            && Card.PostingUntil is null
            && !AwaitsLink
            && IsOnGitHub
            && Outbox.All(entry => entry is { Parked: true, IsStuck: false })
        );

    /// <summary>An effect was given up and waits for a person to resume it.</summary>
    public bool HasStuckEffects => Outbox.Any(entry => entry.IsStuck);

    /// <summary>GitHub shows its newest state, or there is nothing to show there.</summary>
    public bool IsOnGitHub =>
        Check is { } check
            ? check.Shows(Revision) && (Deployment?.Shows(this) ?? true) && (Comments?.Shows(this) ?? true)
            : Source == JobSource.Baseline || Request?.SourceCommit is null;

    /// <summary>Its card is to link to the one that took its place, which may have none yet.</summary>
    public bool AwaitsLink => SupersededBy is not null && Card is { LinksToNewer: false, Problem: "" };

    /// <summary>
    /// The Job when its Rollout was read again and found as it was. That says something of the bound Job that the Rollout
    /// still shows, and nothing of the others.
    /// </summary>
    public Job VerifiedBy(DateTimeOffset? at) => at > VerifiedAt && IsCurrent ? this with { VerifiedAt = at } : this;

    /// <summary>It is live and stable, and nothing is under way.</summary>
    public bool IsQuiet => Status == JobStatus.Succeeded;

    /// <summary>It has a pod hash in the cluster.</summary>
    public bool IsBound => Release is not null;

    /// <summary>Its Rollout shows it: of those of an environment, that is one at a time.</summary>
    public bool IsCurrent => IsBound && !IsFinal && !HasLeft;

    /// <summary>What is released, for people: the image's tag, else the image, else the hash.</summary>
    public string DisplayVersion => VersionName.Of(Request, Images, Release);

    /// <summary>The six steps; before it is bound, the first one tells how the sync goes.</summary>
    public ImmutableArray<Step> Steps =>
        Release?.Steps
        ?? Step.AllPending.SetItem(
            0,
            new Step(
                StepName.Applied,
                Status switch
                {
                    JobStatus.Syncing => StepStatus.Running,
                    JobStatus.SyncFailed => StepStatus.Failed,
                    JobStatus.NoChange => StepStatus.Succeeded,
                    _ => StepStatus.Pending,
                },
                SyncMessage
            )
        );

    /// <summary>What approvals of this moment are bound to, while it is bound.</summary>
    public ApprovalSubject? Subject =>
        Release is null
            ? null
            : new ApprovalSubject(Id.ToString(), Release.Attempt, Release.Hash.ToString(), Release.PauseStart);
}

/// <summary>One thing that happened.</summary>
/// <param name="Number">1, 2, … within the Job.</param>
/// <param name="NeedsAttention">It is told to the channel with a mention, not only in the thread.</param>
/// <param name="During">It does so only while the Job has this status: told later, it is news and no alarm.</param>
public sealed record TimelineEntry(
    long Number,
    DateTimeOffset At,
    string Text,
    bool NeedsAttention = false,
    JobStatus? During = null
)
{
    /// <summary>Whether somebody must act on it, as the Job is now.</summary>
    public bool Calls(Job job) => NeedsAttention && (During is null || During == job.Status);
}
