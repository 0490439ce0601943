using System.Collections.Immutable;

namespace Devflow.ChatOps.Core.Rollouts;

/// <summary>
/// What one live read said, as our own records. A Rollout that is <c>null</c> was answered 404: it is not there.
/// </summary>
public sealed record Observation(DateTimeOffset At, RolloutView? Rollout)
{
    /// <summary>The Rollout's own ReplicaSets, in any order; empty when they were not read.</summary>
    public ImmutableArray<ReplicaSetView> ReplicaSets { get; init; } = [];

    /// <summary>The Rollout's own AnalysisRuns.</summary>
    public ImmutableArray<AnalysisRunView> AnalysisRuns { get; init; } = [];

    /// <summary>Pods that cannot start or keep crashing.</summary>
    public ImmutableArray<PodTrouble> Troubles { get; init; } = [];

    /// <summary>The Argo CD Application that owns the Rollout, where the catalog names one.</summary>
    public ApplicationView? Application { get; init; }

    /// <summary>The ReplicaSet that carries the given hash, if it was seen.</summary>
    public ReplicaSetView? ReplicaSetOf(PodHash hash) => ReplicaSets.FirstOrDefault(set => set.Hash == hash);

    /// <summary>
    /// Until when the version before this release can take over at once: so long a rollback is instant. Others may
    /// stay up longer, but they are not the way back.
    /// </summary>
    public DateTimeOffset? InstantRollbackUntil(Release release) =>
        ReplicaSets
            .Where(set => set.Hash != release.Hash && (release.Base.IsNone || set.Hash == release.Base))
            .Where(TakesOverAtOnce)
            .Max(set => set.ScaleDownDeadline);

    /// <summary>
    /// Whether an undo to this former version needs no pause. The controller takes the scale-down deadline away in the
    /// same pass in which it looks whether the ReplicaSet is of full size: one that is not, or that is sized as a preview
    /// first, is an ordinary release from then on (<c>removeScaleDownDeadlines</c>, <c>IsSaturated</c> and
    /// <c>NewRSNewReplicas</c> in argo-rollouts 1.9).
    /// </summary>
    public bool TakesOverAtOnce(ReplicaSetView set) =>
        set.ScaleDownDeadline > At
        && Rollout is { Replicas: > 0 } rollout
        && set.Wanted == rollout.Replicas
        && set.Available == rollout.Replicas
        && (rollout.BlueGreen?.PreviewReplicaCount ?? rollout.Replicas) == rollout.Replicas;

    /// <summary>What is wrong with the pods of the given hash, worst first, or nothing.</summary>
    public PodTrouble? TroubleOf(PodHash hash) => Worst(hash, trouble => !trouble.OnlyNotReady);

    /// <summary>The same, or else a pod of the given hash that runs and is not ready.</summary>
    public PodTrouble? WhyNotReady(PodHash hash) => TroubleOf(hash) ?? Worst(hash, _ => true);

    // What pods wait for to be scheduled often ends by itself; a crash or an image that is not there does not.
    private PodTrouble? Worst(PodHash hash, Func<PodTrouble, bool> isMeant) =>
        Troubles
            .Where(trouble => trouble.Hash == hash && isMeant(trouble))
            .MinBy(trouble => trouble.Reason == PodTrouble.Unschedulable);
}

/// <summary>
/// A Rollout, reduced to what decisions need. Field names follow <c>argoproj.io/v1alpha1</c>.
/// </summary>
public sealed record RolloutView(string Namespace, string Name)
{
    /// <summary><c>metadata.uid</c>: another uid is another Rollout of the same name.</summary>
    public string Uid { get; init; } = "";

    /// <summary><c>metadata.resourceVersion</c>, the precondition of every patch.</summary>
    public string ResourceVersion { get; init; } = "";

    /// <summary><c>metadata.generation</c>.</summary>
    public long Generation { get; init; }

    /// <summary><c>status.observedGeneration</c>, which Argo Rollouts writes as a string.</summary>
    public long? ObservedGeneration { get; init; }

    /// <summary>Annotation <c>rollout.argoproj.io/revision</c>; display and first-install detection only.</summary>
    public int? Revision { get; init; }

    /// <summary>The value of our own annotation that gets a swallowed promote moving.</summary>
    public string? Nudge { get; init; }

    public string Phase { get; init; } = "";
    public string Message { get; init; } = "";
    public PodHash CurrentPodHash { get; init; }
    public PodHash StableRS { get; init; }
    public PodHash ActiveSelector { get; init; }
    public PodHash PreviewSelector { get; init; }
    public bool Abort { get; init; }
    public DateTimeOffset? AbortedAt { get; init; }
    public bool PromoteFull { get; init; }
    public bool ControllerPause { get; init; }
    public ImmutableArray<PauseCondition> PauseConditions { get; init; } = [];

    /// <summary><c>spec.paused</c>: somebody paused it by hand or in Git.</summary>
    public bool SpecPaused { get; init; }

    public int Replicas { get; init; } = 1;

    /// <summary>When the condition <c>Paused</c> last changed; tells that there was a pause which nobody saw.</summary>
    public DateTimeOffset? PausedConditionChangedAt { get; init; }

    /// <summary>The condition <c>Paused</c> is True. It can be while there are no pause conditions any more.</summary>
    public bool PausedConditionIsTrue { get; init; }

    public bool ScaleUpPreviewCheckPoint { get; init; }
    public AnalysisStatus? PrePromotionAnalysis { get; init; }
    public AnalysisStatus? PostPromotionAnalysis { get; init; }

    /// <summary>The strategy, or <c>null</c> for a canary.</summary>
    public BlueGreenStrategy? BlueGreen { get; init; }

    /// <summary><c>spec.workloadRef</c> is used: the template lives in a Deployment.</summary>
    public bool HasWorkloadRef { get; init; }

    /// <summary>Images of the pod template (containers, then initContainers).</summary>
    public ImmutableArray<string> TemplateImages { get; init; } = [];

    /// <summary>
    /// Annotation <c>rollout.argoproj.io/workload-generation</c>: the generation of the workload that
    /// <c>spec.workloadRef</c> names; <c>null</c> without one.
    /// </summary>
    public long? WorkloadGeneration { get; init; }

    /// <summary><c>status.workloadObservedGeneration</c>.</summary>
    public long? WorkloadObservedGeneration { get; init; }

    /// <summary>
    /// The status speaks of this generation; else every field of the status is of a former one. Every API server counts
    /// generations from 1: without one it is a copy that was cut down, and its status is taken at its word.
    /// </summary>
    public bool IsObserved =>
        (ObservedGeneration == Generation || (Generation == 0 && !CurrentPodHash.IsNone))
        && (!HasWorkloadRef || WorkloadGeneration is null || WorkloadObservedGeneration == WorkloadGeneration);

    /// <summary>The names of the analysis runs that the status speaks of.</summary>
    public IEnumerable<string> AnalysisNames =>
        new[] { PrePromotionAnalysis?.Name, PostPromotionAnalysis?.Name }.OfType<string>();

    /// <summary>
    /// The pause was lifted and the controller has not acted yet (<c>IsUnpausing</c> in argo-rollouts' rolloututil).
    /// </summary>
    public bool IsUnpausing => ControllerPause && PauseConditions.IsEmpty;

    /// <summary>The first pause condition with the given reason.</summary>
    public PauseCondition? PauseFor(string reason) => PauseConditions.FirstOrDefault(pause => pause.Reason == reason);
}

/// <summary>An entry of <c>status.pauseConditions</c>.</summary>
public sealed record PauseCondition(string Reason, DateTimeOffset StartTime)
{
    public const string BlueGreenPause = "BlueGreenPause";
    public const string CanaryPauseStep = "CanaryPauseStep";
    public const string InconclusiveAnalysisRun = "InconclusiveAnalysisRun";
}

/// <summary>The parts of <c>spec.strategy.blueGreen</c> that change how a release goes.</summary>
public sealed record BlueGreenStrategy
{
    public string ActiveService { get; init; } = "";
    public string PreviewService { get; init; } = "";

    /// <summary>Default true (<c>DefaultAutoPromotionEnabled</c> in argo-rollouts).</summary>
    public bool AutoPromotionEnabled { get; init; } = true;

    /// <summary>Seconds; counted from the pause's startTime, ignored unless <see cref="AutoPromotionEnabled"/>.</summary>
    public int AutoPromotionSeconds { get; init; }

    public int? PreviewReplicaCount { get; init; }

    /// <summary>It names templates; Argo starts no run for an analysis without any.</summary>
    public bool HasPrePromotionAnalysis { get; init; }

    /// <inheritdoc cref="HasPrePromotionAnalysis"/>
    public bool HasPostPromotionAnalysis { get; init; }

    /// <summary>Only a person ends the pause.</summary>
    public bool PausesForApproval => !AutoPromotionEnabled;

    /// <summary>The pause ends by itself after <see cref="AutoPromotionSeconds"/>.</summary>
    public bool CountsDown => AutoPromotionEnabled && AutoPromotionSeconds > 0;
}

/// <summary><c>status.blueGreen.{pre,post}PromotionAnalysisRunStatus</c>.</summary>
public sealed record AnalysisStatus(string Name, string Status, string Message)
{
    public bool Successful => Status == "Successful";
    public bool Bad => Status is "Failed" or "Error";
    public bool Inconclusive => Status == "Inconclusive";
}

/// <summary>A ReplicaSet of the Rollout.</summary>
public sealed record ReplicaSetView(string Name, PodHash Hash)
{
    /// <summary><c>metadata.resourceVersion</c>: another one means that something about it changed.</summary>
    public string ResourceVersion { get; init; } = "";

    public int Wanted { get; init; }
    public int Replicas { get; init; }
    public int Ready { get; init; }
    public int Available { get; init; }
    public int? Revision { get; init; }

    /// <summary>When Argo will scale it down (annotation <c>scale-down-deadline</c>); while set, it can go live at once.</summary>
    public DateTimeOffset? ScaleDownDeadline { get; init; }

    public ImmutableArray<string> Images { get; init; } = [];

    /// <summary>The pod template as JSON without the label <c>rollouts-pod-template-hash</c>: what an undo writes back.</summary>
    public string TemplateJson { get; init; } = "";
}

/// <summary>An AnalysisRun of the Rollout.</summary>
public sealed record AnalysisRunView(string Name, PodHash Hash, string Phase, string Message)
{
    public ImmutableArray<MetricView> Metrics { get; init; } = [];
}

/// <summary>One metric of an AnalysisRun: its phase and the last measured value.</summary>
public sealed record MetricView(string Name, string Phase, string LastValue);

/// <summary>Why a pod does not become ready: a waiting or terminated reason such as <c>ImagePullBackOff</c>.</summary>
public sealed record PodTrouble(string Pod, PodHash Hash, string Reason, string Message)
{
    public const string Unschedulable = "Unschedulable";

    /// <summary>
    /// It runs and does not answer its readiness probe: what every pod does for a while, so it only explains a failure.
    /// </summary>
    public bool OnlyNotReady { get; init; }
}

/// <summary>An Argo CD Application, reduced to the state of its sync.</summary>
public sealed record ApplicationView(string Namespace, string Name)
{
    /// <summary><c>status.operationState.phase</c>: Running, Terminating, Failed, Error, Succeeded or empty.</summary>
    public string OperationPhase { get; init; } = "";

    public string OperationMessage { get; init; } = "";

    /// <summary><c>status.operationState.syncResult.revision</c>.</summary>
    public string SyncedRevision { get; init; } = "";

    /// <summary><c>status.operationState.finishedAt</c>.</summary>
    public DateTimeOffset? SyncedAt { get; init; }

    /// <summary>
    /// <c>repoURL</c> of the one source that was synced (<c>spec.source</c> where the sync does not tell); empty where there
    /// are several.
    /// </summary>
    public string RepoUrl { get; init; } = "";

    /// <summary><c>targetRevision</c> of that source: a branch, a tag, a commit, a chart's version; empty for HEAD.</summary>
    public string TargetRevision { get; init; } = "";

    /// <summary><c>status.sync.status</c>: Synced, OutOfSync or Unknown.</summary>
    public string SyncStatus { get; init; } = "";

    /// <summary><c>status.sync.revision</c>: what Argo CD compared against.</summary>
    public string ComparedRevision { get; init; } = "";

    public string Health { get; init; } = "";

    /// <summary><c>spec.syncPolicy.automated</c> is set and enabled.</summary>
    public bool AutomatedSync { get; init; }
}
