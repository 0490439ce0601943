namespace Devflow.ChatOps.Core.Rollouts;

/// <summary>
/// What tells whether a release was paused before it went live, also when nobody looked at that moment: the condition
/// Paused, compared with what it was at the last look. Its times are the cluster's and have whole seconds.
/// </summary>
internal static class PauseEvidence
{
    private static readonly TimeSpan ConditionLag = TimeSpan.FromSeconds(2);

    /// <summary>
    /// A pause is configured, yet none came between the start of the attempt and the switch: a retry or an undo while
    /// the ReplicaSet carried a scale-down deadline (recordings 03b, 04a).
    /// </summary>
    public static bool WentLiveWithoutPause(Release release, RolloutView rollout) =>
        IsPauseConfigured(rollout)
        && rollout.ActiveSelector == release.Hash
        && !release.FirstInstall
        && !release.SeenLive
        && !release.PromotedFull
        && !release[StepName.Verify].IsPassed
        && !Exists(release, rollout);

    /// <summary>
    /// Whether a release that is live at first sight, after <paramref name="former"/> had succeeded, had no pause.
    /// </summary>
    public static bool WasLiveAtOnce(Release former, RolloutView rollout) =>
        IsPauseConfigured(rollout)
        && !rollout.CurrentPodHash.IsNone
        && rollout.ActiveSelector == rollout.CurrentPodHash
        && former.Status == ReleaseStatus.Succeeded
        && former is { PausedAsSeen: { } before }
        && former[StepName.Completed].Since is { } done
        && !HasPaused(before, SightOf(rollout), done);

    /// <summary>
    /// Seen only after its abort: the controller leaves the condition alone from the abort on, so what was paused then
    /// stays True, and a pause of an earlier release is False by then.
    /// </summary>
    public static bool WasAbortedInPause(RolloutView rollout) =>
        rollout is { Abort: true, PausedConditionIsTrue: true, SpecPaused: false };

    /// <summary>A pause of this attempt is known of. There is none before the preview is ready.</summary>
    public static bool Exists(Release release, RolloutView rollout) =>
        release.PauseSeen || rollout.ScaleUpPreviewCheckPoint || HappenedBetween(release, rollout);

    /// <summary>What there is to compare with at the next look.</summary>
    public static PausedSight SightOf(RolloutView rollout) =>
        new(rollout.PausedConditionIsTrue, rollout.PausedConditionChangedAt, rollout.Generation);

    /// <summary>
    /// A pause came, and perhaps went, since the last look. A pause by hand sets the condition too: it may have come
    /// where the spec changed in between, so then nothing is concluded.
    /// </summary>
    public static bool HappenedBetween(Release release, RolloutView rollout) =>
        release.PausedAsSeen is { } before
        && before.Generation == rollout.Generation
        && !rollout.SpecPaused
        && HasPaused(before, SightOf(rollout), release.Attempt == 1 ? release.BoundAt : release.FastTrackUntil);

    /// <summary>
    /// The condition becomes False only by the end of a pause. Where it was True at the last look, that may be the end
    /// of the pause of a former release, which comes just after the new one took its place, or of an aborted attempt,
    /// which comes with the retry; later it is the end of another pause.
    /// </summary>
    private static bool HasPaused(PausedSight before, PausedSight now, DateTimeOffset? lifted) =>
        now.ChangedAt is { } changed
        && (before.ChangedAt is null || changed > before.ChangedAt)
        && (!before.IsTrue || now.IsTrue || changed - lifted > ConditionLag);

    private static bool IsPauseConfigured(RolloutView rollout) =>
        rollout.BlueGreen is { PausesForApproval: true } or { CountsDown: true };
}
