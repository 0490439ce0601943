namespace Devflow.ChatOps.Core.Rollouts;

/// <summary>What is known of a pause that nobody saw.</summary>
internal enum PauseSight
{
    /// <summary>There was one.</summary>
    Happened,

    /// <summary>There was none.</summary>
    DidNot,

    /// <summary>What was seen fits both.</summary>
    NotKnown,
}

/// <summary>
/// What tells whether a release was paused before it went live, also when nobody looked at that moment: the condition
/// Paused, compared with what it was at the last look. Its times are the cluster's and have whole seconds.
/// </summary>
internal static class PauseEvidence
{
    private static readonly TimeSpan ConditionLag = TimeSpan.FromSeconds(2);

    /// <summary>
    /// What is known of the pause of a release that went live since the last look, where one is configured;
    /// <c>null</c> where that is no question. A retry or an undo has none while the ReplicaSet carries a scale-down
    /// deadline (recordings 03b, 04a).
    /// </summary>
    public static PauseSight? OfNewlyLive(Release release, RolloutView rollout) =>
        IsPauseConfigured(rollout)
        && rollout.ActiveSelector == release.Hash
        && !release.FirstInstall
        && !release.SeenLive
        && !release.PromotedFull
        && !release[StepName.Verify].IsPassed
        && !Exists(release, rollout)
            ? Between(release, rollout)
            : null;

    /// <summary>
    /// The same for a release that is live at first sight, after <paramref name="former"/>, which is <c>null</c> when
    /// nothing was seen before.
    /// </summary>
    public static PauseSight? OfLiveAtFirstSight(Release? former, RolloutView rollout)
    {
        if (
            !IsPauseConfigured(rollout)
            || rollout.CurrentPodHash.IsNone
            || rollout.ActiveSelector != rollout.CurrentPodHash
        )
        {
            return null;
        }

        if (former is not { PausedAsSeen: { } before })
        {
            return PauseSight.NotKnown;
        }

        var now = SightOf(rollout);
        if (IsUnchanged(before, now))
        {
            return PauseSight.DidNot;
        }

        var done = former.Status == ReleaseStatus.Succeeded ? former[StepName.Completed].Since : null;
        var paused = HasPausedSinceFirstInstall(former, rollout) || (done is not null && HasPaused(before, now, done));
        return paused && IsNext(before, now) ? PauseSight.Happened
            : !paused && done is not null ? PauseSight.DidNot
            // It may be the pause of the former release, which was not seen complete, or of one in between.
            : PauseSight.NotKnown;
    }

    /// <summary>
    /// A first install has no pause: where one came after it was last seen, something was live before
    /// (<c>isBlueGreenFastTracked</c> in argo-rollouts).
    /// </summary>
    public static bool HasPausedSinceFirstInstall(Release former, RolloutView rollout) =>
        former is { FirstInstall: true, PausedAsSeen.ChangedAt: null } && rollout.PausedConditionChangedAt is not null;

    /// <summary>
    /// Seen only after its abort: the controller leaves the condition alone from the abort on, so what was paused then
    /// stays True, and a pause of an earlier release is False by then, unless it is the one that was seen last.
    /// </summary>
    public static bool WasAbortedInPause(Release? former, RolloutView rollout) =>
        rollout is { Abort: true, PausedConditionIsTrue: true, SpecPaused: false }
        && !(
            former is { PausedAsSeen: { IsTrue: true } before } && before.ChangedAt == rollout.PausedConditionChangedAt
        );

    /// <summary>A pause of this attempt is known of. There is none before the preview is ready.</summary>
    public static bool Exists(Release release, RolloutView rollout) =>
        release.PauseSeen || rollout.ScaleUpPreviewCheckPoint || HappenedBetween(release, rollout);

    /// <summary>What there is to compare with at the next look.</summary>
    public static PausedSight SightOf(RolloutView rollout) =>
        new(rollout.PausedConditionIsTrue, rollout.PausedConditionChangedAt, rollout.Generation)
        {
            Revision = rollout.Revision,
        };

    /// <summary>A pause came, and perhaps went, since the last look.</summary>
    public static bool HappenedBetween(Release release, RolloutView rollout) =>
        Between(release, rollout) == PauseSight.Happened;

    /// <summary>
    /// A pause by hand sets the condition too: it may have come where the spec changed in between, so then a change of
    /// the condition tells nothing.
    /// </summary>
    private static PauseSight Between(Release release, RolloutView rollout) =>
        release.PausedAsSeen is not { } before ? PauseSight.NotKnown
        : !HasPaused(before, SightOf(rollout), release.Attempt == 1 ? release.BoundAt : release.FastTrackUntil)
            ? PauseSight.DidNot
        : before.Generation == rollout.Generation && !rollout.SpecPaused ? PauseSight.Happened
        : PauseSight.NotKnown;

    /// <summary>
    /// The condition becomes False only by the end of a pause. Where it was True at the last look, that may be the end
    /// of the pause of a former release, which comes just after the new one took its place, or of an aborted attempt,
    /// which comes with the retry; later it is the end of another pause.
    /// </summary>
    private static bool HasPaused(PausedSight before, PausedSight now, DateTimeOffset? lifted) =>
        now.ChangedAt is { } changed
        && (before.ChangedAt is null || changed > before.ChangedAt)
        && (!before.IsTrue || now.IsTrue || changed - lifted > ConditionLag);

    private static bool IsUnchanged(PausedSight before, PausedSight now) =>
        before.IsTrue == now.IsTrue && before.ChangedAt == now.ChangedAt;

    /// <summary>No other release came in between, whose pause it may have been.</summary>
    private static bool IsNext(PausedSight before, PausedSight now) => now.Revision - before.Revision is null or 1;

    private static bool IsPauseConfigured(RolloutView rollout) =>
        rollout.BlueGreen is { PausesForApproval: true } or { CountsDown: true };
}
