using System.Collections.Immutable;
using Devflow.ChatOps.Core.Messages;

namespace Devflow.ChatOps.Core.Rollouts;

/// <summary>
/// Maps a live Rollout to the six steps of a release. Pure: the same observations give the same steps, and a read that
/// is missing in between changes nothing in the end, because every conclusion is drawn from what the last read shows
/// and from the little that <see cref="Release"/> remembers.
/// </summary>
public static class RolloutSteps
{
    // The status names the latest runs only; older ones cannot come back.
    private const int EndedRunsLimit = 16;

    /// <summary>
    /// The release of the Rollout's current pod hash as it is first seen, brought up to date with this observation.
    /// </summary>
    /// <param name="seen">The observation.</param>
    /// <param name="rollout">Its Rollout.</param>
    /// <param name="former">
    /// The release of this Rollout before this one, if one was seen: it tells whether a release that is live at first
    /// sight is a first install, and whether it had a pause.
    /// </param>
    public static Release Start(Observation seen, RolloutView rollout, Release? former = null)
    {
        var hash = rollout.CurrentPodHash;
        var nothingWasLive =
            rollout.ActiveSelector.IsNone
            || (rollout.Revision == 1 && rollout.ActiveSelector == hash)
            || (
                former is { FirstInstall: true, IsLive: false }
                && !PauseEvidence.HasPausedSinceFirstInstall(former, rollout)
            );
        var isFirstInstall = !rollout.IsCanary() && rollout.StableRS == hash && nothingWasLive;
        var pause = isFirstInstall ? null : PauseEvidence.OfLiveAtFirstSight(former, rollout);
        return Next(
            new Release(hash, rollout.Uid, seen.At)
            {
                FirstInstall = isFirstInstall,
                Base = rollout.StableRS == hash ? PodHash.None : rollout.StableRS,
                SeenLive = !hash.IsNone && rollout.ActiveSelector == hash,
                SkippedPause = pause == PauseSight.DidNot,
                PauseIsUnknown = pause == PauseSight.NotKnown,
                PauseSeen = PauseEvidence.WasAbortedInPause(former, rollout),
            },
            seen,
            rollout
        );
    }

    /// <summary>
    /// The release after this observation, which must be of its hash. A status that speaks of an older generation
    /// tells nothing new.
    /// </summary>
    public static Release Next(Release release, Observation seen, RolloutView rollout)
    {
        if (release.Hash.IsNone)
        {
            return Finish(release, seen.At, Only(NotTakenUp(seen, rollout)), rollout);
        }

        if (!rollout.IsObserved)
        {
            return release[StepName.Applied].Status == StepStatus.Pending
                ? Finish(release, seen.At, Only(NotObserved(rollout)), rollout)
                : release;
        }

        if (rollout.IsInvalidSpec() && !release[StepName.Applied].IsPassed)
        {
            // Refused at first sight: the hash is still that of a former spec, and nothing else is known of it.
            return Finish(release, seen.At, Only(Refused(rollout)), rollout);
        }

        release = Remember(release, seen, rollout);
        var steps = rollout.IsCanary()
            ? CanarySteps.Of(release, seen, rollout)
            : new BlueGreenSteps(release, seen, rollout).All();
        return Finish(release, seen.At, steps, rollout);
    }

    /// <summary>
    /// Whether the Rollout still speaks of this release. Going back to the base of a release that was not finished is
    /// no release: it was withdrawn. After it was finished, the old version's way back is a release like any other
    /// (it pauses once the old ReplicaSet is gone: recording 04b).
    /// </summary>
    public static Takeover Compare(Release release, RolloutView rollout) =>
        rollout.CurrentPodHash == release.Hash || rollout.CurrentPodHash.IsNone ? Takeover.None
        : release.Hash.IsNone ? Takeover.TakenUp
        : rollout.CurrentPodHash == release.Base && release.Status != ReleaseStatus.Succeeded ? Takeover.ReturnedToBase
        : Takeover.NewHash;

    private static ImmutableArray<Step> Only(Step applied) => Step.AllPending.SetItem(0, applied);

    private static Step NotObserved(RolloutView rollout) =>
        new(StepName.Applied, StepStatus.Running, StepTexts.NotObserved(rollout.Generation));

    private static Step Refused(RolloutView rollout) =>
        new(StepName.Applied, StepStatus.Failed, StepTexts.Controller(rollout.Message));

    private static Step NotTakenUp(Observation seen, RolloutView rollout) =>
        rollout.IsObserved && rollout.IsInvalidSpec()
            ? Refused(rollout)
            : seen.Application switch
            {
                { OperationPhase: "Failed" or "Error" } application => new Step(
                    StepName.Applied,
                    StepStatus.Failed,
                    StepTexts.SyncFailed(application.OperationMessage)
                ),
                { OperationPhase: "Running" or "Terminating" } => new Step(
                    StepName.Applied,
                    StepStatus.Running,
                    StepTexts.Syncing
                ),
                { AutomatedSync: false, SyncStatus: "OutOfSync" } => new Step(
                    StepName.Applied,
                    StepStatus.Waiting,
                    StepTexts.SyncByHand
                ),
                _ => NotObserved(rollout),
            };

    private static Release Remember(Release release, Observation seen, RolloutView rollout)
    {
        // An abort of a first install or of what is stable already is taken back by the controller (recordings 05c, 12).
        var aborted = rollout.Abort && rollout.StableRS != release.Hash;
        if (release.Aborted && (!aborted || IsAnotherAbort(release, rollout)))
        {
            release = NextAttempt(release);
        }

        if (aborted)
        {
            release = release with
            {
                AbortedAt = rollout.AbortedAt ?? release.AbortedAt,
                RunsAtAbort = [.. release.RunsAtAbort.Union(rollout.AnalysisNames)],
                FastTrackUntil = seen.ReplicaSetOf(release.Hash)?.ScaleDownDeadline ?? release.FastTrackUntil,
            };
        }

        var pause = rollout.PauseConditions.FirstOrDefault();
        var unseen = rollout.IsCanary() ? null : PauseEvidence.OfNewlyLive(release, rollout);
        return release with
        {
            Aborted = aborted,
            PauseSeen =
                release.PauseSeen
                || pause is not null
                || rollout.IsUnpausing
                || PauseEvidence.HappenedBetween(release, rollout),
            PausedAsSeen = PauseEvidence.SightOf(rollout),
            PauseStart = pause?.StartTime ?? release.PauseStart,
            PromotedFull = release.PromotedFull || rollout.PromoteFull,
            SkippedPause = release.SkippedPause || unseen == PauseSight.DidNot,
            PauseIsUnknown = release.PauseIsUnknown || unseen == PauseSight.NotKnown,
        };
    }

    /// <summary>A retry and the next abort came between two looks: Argo keeps the time of an abort while it lasts.</summary>
    private static bool IsAnotherAbort(Release release, RolloutView rollout) =>
        release.AbortedAt is { } before && rollout.AbortedAt is { } now && before != now;

    private static Release NextAttempt(Release release) =>
        release with
        {
            Attempt = release.Attempt + 1,
            Aborted = false,
            AbortedAt = null,
            PauseSeen = false,
            PauseStart = null,
            PromotedFull = false,
            SkippedPause = false,
            PauseIsUnknown = false,
            SeenLive = false,
            EndedRuns =
            [
                .. release.EndedRuns.Except(release.RunsAtAbort).Concat(release.RunsAtAbort).TakeLast(EndedRunsLimit),
            ],
            RunsAtAbort = [],
            Steps = Step.AllPending,
        };

    private static Release Finish(Release release, DateTimeOffset at, ImmutableArray<Step> steps, RolloutView rollout)
    {
        var dated = steps
            .Select(step =>
                release.Steps[(int)step.Name] is var old && old.Status == step.Status
                    ? step with
                    {
                        Since = old.Since ?? (step.Status == StepStatus.Pending ? null : at),
                    }
                    : step with
                    {
                        Since = at,
                    }
            )
            .ToImmutableArray();
        var status = StatusOf(dated, rollout);
        return release with { Steps = dated, Status = status, Message = StepTexts.Headline(status, dated) };
    }

    private static ReleaseStatus StatusOf(ImmutableArray<Step> steps, RolloutView rollout)
    {
        if (steps.Any(step => step.Status == StepStatus.Failed))
        {
            return ReleaseStatus.Failed;
        }

        if (steps[(int)StepName.Completed].IsPassed)
        {
            return ReleaseStatus.Succeeded;
        }

        if (!steps[(int)StepName.Applied].IsPassed)
        {
            return ReleaseStatus.Syncing;
        }

        return steps.Any(step => step.Status == StepStatus.Waiting && !IsCountdown(step, rollout))
            ? ReleaseStatus.AwaitingApproval
            : ReleaseStatus.Running;
    }

    /// <summary>A pause that ends by itself: not while a person paused it too or has to judge an analysis.</summary>
    private static bool IsCountdown(Step step, RolloutView rollout) =>
        step.Name == StepName.Verify
        && rollout is { BlueGreen.CountsDown: true, SpecPaused: false }
        && rollout.PauseFor(PauseCondition.InconclusiveAnalysisRun) is null;
}

/// <summary>What another current pod hash means for a release.</summary>
public enum Takeover
{
    /// <summary>The Rollout still speaks of this release.</summary>
    None,

    /// <summary>The release had no hash yet and has been given one.</summary>
    TakenUp,

    /// <summary>The hash returned to what was stable before: the release was withdrawn.</summary>
    ReturnedToBase,

    /// <summary>Another release has begun.</summary>
    NewHash,
}

internal static class RolloutViewExtensions
{
    public static bool IsCanary(this RolloutView rollout) => rollout.BlueGreen is null;

    public static bool IsInvalidSpec(this RolloutView rollout) =>
        rollout.Phase == "Degraded" && rollout.Message.StartsWith("InvalidSpec", StringComparison.Ordinal);

    public static bool IsPastDeadline(this RolloutView rollout) =>
        rollout.Phase == "Degraded" && rollout.Message.StartsWith("ProgressDeadlineExceeded", StringComparison.Ordinal);
}
