using System.Globalization;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Messages.Slack;

/// <summary>The buttons that make sense now, each with a question that says what exactly it will do.</summary>
internal static class ReleaseCardButtons
{
    public static IReadOnlyList<JsonObject> All(ReleaseScene scene) =>
        [
            .. new[]
            {
                Promote(scene),
                RollBack(scene),
                Retry(scene),
                MakeGitAgree(scene),
                BlockKit.LinkButton(
                    CardActions.OpenLink,
                    $"Open {OutsideText.Line(scene.Job.Environment, 60)}",
                    scene.Environment.EnvironmentUrl
                ),
            }.OfType<JsonObject>(),
        ];

    /// <summary>
    /// The way back that a click of this moment would take, as <see cref="Jobs.Deciding.WaysBack.PlanFor"/> saw it at
    /// the last look; <c>null</c> where there is none. When the cluster has moved on by the time of the click, the click
    /// is refused.
    /// </summary>
    public static RollbackPath? PathOf(ReleaseScene scene)
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
            job.WayBack is RollbackPath.Undo or RollbackPath.UndoInGit && !(job.InstantRollbackUntil > scene.Now)
                ? RollbackPath.Release
                : job.WayBack;
        var canDo = path switch
        {
            RollbackPath.Undo => scene.Environment.Rollback.Undo,
            RollbackPath.Release => scene.Environment.Rollback.Undo || job.WritesGit,
            RollbackPath.UndoInGit => job.WritesGit,
            _ => true,
        };
        return open && canDo ? path : null;
    }

    /// <summary>Somebody is waited for, and would not be refused whoever it is.</summary>
    public static bool CanPromote(ReleaseScene scene) =>
        scene.Job is { Status: JobStatus.AwaitingApproval, Trouble: "", HasLeft: false } && !scene.IsPausedByHand;

    /// <summary>An abort that nobody rolled back can be retried.</summary>
    public static bool CanRetry(ReleaseScene scene) =>
        scene.Job is { Status: JobStatus.Failed, HasLeft: false, Rollback: null, Release.Aborted: true };

    /// <summary>Until when a retry would go live at once; <c>null</c> when it would not.</summary>
    public static DateTimeOffset? FastTrackUntil(ReleaseScene scene) =>
        scene.Job.RetryGoesLiveUntil is { } until && until > scene.Now ? until : null;

    private static JsonObject? Promote(ReleaseScene scene)
    {
        var job = scene.Job;
        if (!CanPromote(scene))
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

    private static JsonObject? RollBack(ReleaseScene scene) =>
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

    /// <summary>Git asks for what the cluster does not run, and the service can write it.</summary>
    public static bool CanMakeGitAgree(ReleaseScene scene) =>
        scene.Job is { WritesGit: true }
        && scene.Job
            is {
                    Status: JobStatus.Failed,
                    HasLeft: false,
                    Rollback: null,
                    Release: { Aborted: true, FirstInstall: false }
                }
                or { Status: JobStatus.RollingBack, Rollback.Git: GitState.NotWritten };

    private static JsonObject? MakeGitAgree(ReleaseScene scene) =>
        CanMakeGitAgree(scene)
            ? BlockKit.Button(
                CardActions.MakeGitAgree,
                "Make Git agree",
                CardActions.ValueOf(scene.Job),
                null,
                $"Make Git agree: {scene.Where}?",
                $"{scene.Where}: Git goes back from {scene.Version} to {scene.Base}. The cluster runs that already."
            )
            : null;

    private static JsonObject? Retry(ReleaseScene scene)
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
