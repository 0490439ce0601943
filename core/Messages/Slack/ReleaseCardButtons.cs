using System.Globalization;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Messages.Slack;

/// <summary>The buttons that make sense now, each with a question that says what exactly it will do.</summary>
internal static class ReleaseCardButtons
{
    public static IReadOnlyList<JsonObject> All(ReleaseCardScene scene) =>
        [
            .. new[]
            {
                Promote(scene),
                RollBack(scene),
                Retry(scene),
                BlockKit.LinkButton(
                    CardActions.OpenLink,
                    $"Open {OutsideText.Line(scene.Job.Environment, 60)}",
                    scene.Environment.EnvironmentUrl
                ),
            }.OfType<JsonObject>(),
        ];

    /// <summary>
    /// The way back that a click of this moment would take, as <see cref="Jobs.Deciding.RollingBack.PlanFor"/> saw it at
    /// the last look; <c>null</c> where there is none. When the cluster has moved on by the time of the click, the click
    /// is refused.
    /// </summary>
    public static RollbackPath? PathOf(ReleaseCardScene scene)
    {
        var job = scene.Job;
        var open =
            job is { HasLeft: false, Release: { FirstInstall: false, Base.IsNone: false } }
            && job.Status
                is JobStatus.Running
                    or JobStatus.AwaitingApproval
                    or JobStatus.Failed
                    or JobStatus.Syncing
                    or JobStatus.Succeeded;
        var path =
            job.WayBack == RollbackPath.Undo && !(job.InstantRollbackUntil > scene.Now)
                ? RollbackPath.Release
                : job.WayBack;
        var undoes = path is RollbackPath.Undo or RollbackPath.Release;
        return open && (scene.Environment.Rollback.Undo || !undoes) ? path : null;
    }

    /// <summary>An abort that nobody rolled back can be retried.</summary>
    public static bool CanRetry(ReleaseCardScene scene) =>
        scene.Job is { Status: JobStatus.Failed, HasLeft: false, Rollback: null, Release.Aborted: true };

    /// <summary>Until when a retry would go live at once; <c>null</c> when it would not.</summary>
    public static DateTimeOffset? FastTrackUntil(ReleaseCardScene scene) =>
        scene.Job.RetryGoesLiveUntil is { } until && until > scene.Now ? until : null;

    private static JsonObject? Promote(ReleaseCardScene scene)
    {
        var job = scene.Job;
        if (job is not { Status: JobStatus.AwaitingApproval, Trouble: "", HasLeft: false } || scene.IsPausedByHand)
        {
            return null;
        }

        var from = scene.Base.Length > 0 ? $" from {scene.Base}" : "";
        var votes =
            scene.VotesNeeded > 1
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $" It needs {scene.VotesNeeded} approvals and has {scene.Votes.Length}; yours is one."
                )
                : "";
        var refused =
            job.RollbackOf is not null ? ""
            : scene.Lock is not null ? " It is locked now: this will be refused."
            : scene.Freeze is not null ? " It is frozen now: this will be refused."
            : "";
        var effect = scene.IsInconclusive
            ? $"The analysis of {scene.Version} runs again."
            : $"{scene.Version} takes over the traffic{from}.";
        return BlockKit.Button(
            CardActions.Promote,
            scene.IsInconclusive ? "Promote (run analysis again)" : "Promote",
            CardActions.ValueOf(job),
            "primary",
            $"Promote {scene.Where}?",
            $"{scene.Where}: {effect}{votes}{refused}"
        );
    }

    private static JsonObject? RollBack(ReleaseCardScene scene) =>
        PathOf(scene) is { } path
            ? BlockKit.Button(
                CardActions.RollBack,
                "Roll back",
                CardActions.ValueOf(scene.Job, path),
                "danger",
                $"Roll back {scene.Where}?",
                $"{scene.Where}: from {scene.Version} to {scene.Base}. How: {JobTexts.Path(path)}."
            )
            : null;

    private static JsonObject? Retry(ReleaseCardScene scene)
    {
        if (!CanRetry(scene))
        {
            return null;
        }

        var fastTrack = FastTrackUntil(scene) is { } until
            ? string.Create(
                CultureInfo.InvariantCulture,
                $" WARNING: until {until.UtcDateTime:HH:mm:ss} UTC it goes live at once, without a pause."
            )
            : " It starts over with the preview; approvals count anew.";
        return BlockKit.Button(
            CardActions.Retry,
            "Retry",
            CardActions.ValueOf(scene.Job),
            null,
            $"Retry {scene.Where}?",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{scene.Where}: {scene.Version} is tried again, as attempt {scene.Job.Release!.Attempt + 1}.{fastTrack}"
            )
        );
    }
}
