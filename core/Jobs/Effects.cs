using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Jobs;

/// <summary>
/// Something to do outside. Effects are saved with the Job that decided them and stay until they are done; ids are
/// deterministic, so that doing one again can be noticed. Slack and other surfaces are not effects: they are drawn from
/// the Job.
/// </summary>
[JsonDerivedType(typeof(PatchRollout), "patchRollout")]
[JsonDerivedType(typeof(RevertGit), "revertGit")]
[JsonDerivedType(typeof(RefreshApplication), "refreshApplication")]
[JsonDerivedType(typeof(AppendAudit), "appendAudit")]
public abstract record Effect(string Id)
{
    /// <summary>Patch the Rollout, under the precondition that is in the patch.</summary>
    public sealed record PatchRollout(string Id, RolloutPatch Patch) : Effect(Id);

    /// <summary>Make Git ask for the former version again.</summary>
    public sealed record RevertGit(
        string Id,
        string Repository,
        string Branch,
        string Path,
        string Image,
        string? Commit,
        string Reason
    ) : Effect(Id)
    {
        /// <summary>Names the rollback in Git, so that it is not written twice.</summary>
        public string Mark { get; init; } = Id;

        /// <summary>Images of the version to go back to.</summary>
        public ImmutableArray<string> TargetImages { get; init; } = [];

        /// <summary>Images of the version that goes.</summary>
        public ImmutableArray<string> BadImages { get; init; } = [];

        /// <summary>What Argo CD had synced with the version that goes; <c>null</c> where Git may ask for what nobody approved.</summary>
        public string? Synced { get; init; }

        /// <summary>Who rolled back.</summary>
        public string By { get; init; } = "";

        /// <summary>When they did.</summary>
        public DateTimeOffset? At { get; init; }

        /// <summary>By pull request; a branch that may not be written gets one in any case.</summary>
        public bool AsPullRequest { get; init; }

        /// <summary>A pull request is open: it is only looked whether it was merged.</summary>
        public bool IsProposed { get; init; }

        /// <summary>What Argo CD is to look at again when it is written.</summary>
        public ApplicationRef? Application { get; init; }
    }

    /// <summary>Ask Argo CD to compare the Application with Git now, and not at its next look some minutes later.</summary>
    public sealed record RefreshApplication(string Id, ApplicationRef Application) : Effect(Id);

    /// <summary>Append to the audit; appending the same id again changes nothing.</summary>
    public sealed record AppendAudit(string Id, AuditEntry Entry) : Effect(Id);
}

/// <summary>An effect with the state of its attempts.</summary>
public sealed record OutboxEntry(Effect Effect)
{
    /// <summary>An intent: somebody is at it until then, HTTP timeout included. When its fate is not known: look then.</summary>
    public DateTimeOffset? AttemptingUntil { get; init; }

    public int Attempts { get; init; }

    /// <summary>It is not tried again before that: the other side asked to wait, or failed again.</summary>
    public DateTimeOffset? NotBefore { get; init; }
    public string LastError { get; init; } = "";

    /// <summary>No retry mends <see cref="LastError"/> by itself: somebody must. Faults that pass leave it as it is.</summary>
    public bool NeedsPerson { get; init; }

    /// <summary>When it failed first of the failures in a row that brought it here.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>It failed for so long that it was given up: parked until a person resumes it.</summary>
    public bool IsStuck { get; init; }

    /// <summary>It waits for something that no retry brings (Git writing is not set up); it is told, not repeated.</summary>
    public bool Parked { get; init; }

    /// <summary>Who asked for a patch; <c>null</c> for what nobody asked for.</summary>
    public PatchWish? Asked { get; init; }

    /// <summary>A try may be on the wire still, so that a read does not tell yet that it did not happen.</summary>
    public bool IsOnItsWay(DateTimeOffset now) => AttemptingUntil > now;
}

/// <summary>The wish behind a patch: what is needed to ask the policy again before it is sent again.</summary>
/// <param name="At">When the command was given.</param>
/// <param name="Subject">What the approval is bound to; <c>null</c> for a way back, which needs none.</param>
public sealed record PatchWish(Actor By, DateTimeOffset At, ApprovalSubject? Subject)
{
    public string? FreezeOverrideReason { get; init; }
}

/// <summary>
/// A patch of a Rollout. All carry the uid (compared by us, the API server ignores it: facts 7) and the resourceVersion
/// of the read that decided it (a stale one is answered 409).
/// </summary>
[JsonDerivedType(typeof(Promote), "promote")]
[JsonDerivedType(typeof(PromoteFull), "promoteFull")]
[JsonDerivedType(typeof(Abort), "abort")]
[JsonDerivedType(typeof(Retry), "retry")]
[JsonDerivedType(typeof(Undo), "undo")]
[JsonDerivedType(typeof(Nudge), "nudge")]
public abstract record RolloutPatch(string Uid, string ResourceVersion, PodHash Hash)
{
    /// <summary>Lift the pause that started at this time: <c>status.pauseConditions: null</c>.</summary>
    public sealed record Promote(string Uid, string ResourceVersion, PodHash Hash, DateTimeOffset PauseStart)
        : RolloutPatch(Uid, ResourceVersion, Hash);

    /// <summary>Skip pause and analyses: <c>status.promoteFull: true</c>.</summary>
    public sealed record PromoteFull(string Uid, string ResourceVersion, PodHash Hash)
        : RolloutPatch(Uid, ResourceVersion, Hash);

    /// <summary><c>status.abort: true</c>.</summary>
    public sealed record Abort(string Uid, string ResourceVersion, PodHash Hash)
        : RolloutPatch(Uid, ResourceVersion, Hash);

    /// <summary><c>status.abort: false</c>, as the kubectl plugin sends it.</summary>
    public sealed record Retry(string Uid, string ResourceVersion, PodHash Hash)
        : RolloutPatch(Uid, ResourceVersion, Hash)
    {
        /// <summary>The abort that it lifts; a later one is not its business.</summary>
        public DateTimeOffset? AbortedAt { get; init; }
    }

    /// <summary>Replace <c>spec.template</c> by that of the target's ReplicaSet.</summary>
    public sealed record Undo(string Uid, string ResourceVersion, PodHash Hash, PodHash Target, string TemplateJson)
        : RolloutPatch(Uid, ResourceVersion, Hash);

    /// <summary>Set our annotation, so that the controller looks again (facts 7: swallowed promote).</summary>
    public sealed record Nudge(string Uid, string ResourceVersion, PodHash Hash, string Value)
        : RolloutPatch(Uid, ResourceVersion, Hash);
}

/// <summary>One line of the audit: who, from where, what they saw, what was decided, what was patched.</summary>
public sealed record AuditEntry(DateTimeOffset At, string Who, string From, string Action, string Outcome)
{
    public string App { get; init; } = "";
    public string Environment { get; init; } = "";
    public string Rollout { get; init; } = "";
    public string JobId { get; init; } = "";
    public int Attempt { get; init; }
    public string PodHash { get; init; } = "";
    public string Saw { get; init; } = "";
    public string Patch { get; init; } = "";
    public string Reason { get; init; } = "";
}
