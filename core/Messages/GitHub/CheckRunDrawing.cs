using System.Globalization;
using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages.Slack;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Messages.GitHub;

/// <summary>
/// A Job as its check run shows it, drawn from the stored state alone: the same words as on the card in Slack, in GitHub's
/// Markdown. Times do not tick there, so that moments are told and no durations.
/// </summary>
public static class CheckRunDrawing
{
    private const int LongestText = 300;

    /// <summary>The name of all check runs of an app's environment.</summary>
    public static string NameOf(Job job) =>
        $"Devflow / {OutsideText.Line(job.App, 80)} / {OutsideText.Line(job.Environment, 80)}";

    /// <summary>The state in which its check run is to be.</summary>
    public static CheckRunState StateOf(Job job) =>
        job.Status switch
        {
            JobStatus.Pending => CheckRunState.Queued,
            JobStatus.AwaitingApproval => CheckRunState.ActionRequired,
            JobStatus.Failed => CheckRunState.Failure,
            JobStatus.SyncFailed => JobTexts.IsNothingSynced(job.Message)
                ? CheckRunState.TimedOut
                : CheckRunState.Failure,
            JobStatus.Succeeded => CheckRunState.Success,
            JobStatus.RolledBack or JobStatus.Cancelled => CheckRunState.Cancelled,
            JobStatus.Superseded or JobStatus.NoChange => CheckRunState.Neutral,
            _ => CheckRunState.InProgress,
        };

    /// <summary>The check run that shows a Job as it is.</summary>
    /// <param name="id">Its external id.</param>
    public static CheckRunPage Build(Job job, CheckRunId id, ReleaseTarget target, DateTimeOffset now)
    {
        var scene = new ReleaseScene(job, target, now, LongestText) { Markup = Markup.GitHub };
        return new CheckRunPage(NameOf(job), id.ToString(), StateOf(job))
        {
            Title = $"{scene.Version}: {ReleaseWords.Status(scene)}",
            Summary = Markdown.Fit(Summary(scene), CheckRunPage.LongestText),
            Text = Markdown.Fit(CheckRunFacts.Lines(scene), CheckRunPage.LongestText),
            Details = job.Card.Link ?? target.Environment.EnvironmentUrl,
            Buttons = [.. CheckRunButtons.All(scene)],
        };
    }

    private static IEnumerable<string> Summary(ReleaseScene scene)
    {
        yield return $"{ReleaseWords.Sign(scene.Job)} **{Markdown.Text(ReleaseWords.Headline(scene), 500)}**";
        if (scene.Job.Check?.Answer is { } answer)
        {
            yield return $"> 💬 {Markdown.Text(answer.Who, 80)} at {Markdown.Moment(answer.At, scene.Now)}: "
                + Markdown.Text(answer.Text, 600);
        }

        if (string.Join('\n', ReleaseNotices.Lines(scene).Select(line => $"- {line}")) is { Length: > 0 } notices)
        {
            yield return notices;
        }

        yield return Steps(scene);
        yield return Links(scene);
    }

    private static string Steps(ReleaseScene scene)
    {
        var rows = scene.Job.Steps.Select(step =>
        {
            var since = step.Since is { } at && step.Status != StepStatus.Pending ? Markdown.Moment(at, scene.Now) : "";
            var sign = ReleaseWords.Sign(scene.Job, step);
            var said = Markdown.Text(ReleaseWords.Said(scene.Job, step), LongestText);
            return $"| {sign} {JobTexts.StepLabel(step.Name)} | {said} | {since} |";
        });
        return string.Join('\n', rows.Prepend("| --- | --- | --- |").Prepend("| Step | | Since |"));
    }

    private static string Links(ReleaseScene scene)
    {
        var verified = scene.Job.VerifiedAt is { } at
            ? $"verified against the cluster {Markdown.Moment(at, scene.Now)}"
            : "not verified against the cluster yet";
        return string.Join(" · ", Places(scene).Append(verified));
    }

    /// <summary>Links to where else the release can be looked at.</summary>
    internal static IEnumerable<string> Places(ReleaseScene scene)
    {
        if (scene.Job.Card.Link is { } card)
        {
            yield return Markdown.Link(card, "Card in Slack");
        }

        if (scene.Environment.EnvironmentUrl is { } url)
        {
            yield return Markdown.Link(url, $"Open {scene.Job.Environment}", 80);
        }
    }
}

/// <summary>The buttons of a check run, and what a press of them means.</summary>
public static class CheckRunButtons
{
    private const string Promote = "promote";
    private const string Retry = "retry";
    private const string Agree = "agree";
    private const string RollBack = "rollback:";

    /// <summary>The wish behind a button; <c>null</c> for one that is not ours.</summary>
    public static Wish? WishOf(string? identifier) =>
        identifier switch
        {
            Promote => new Wish.Promote(),
            Retry => new Wish.Retry(),
            Agree => new Wish.MakeGitAgree(),
            { Length: < 40 }
                when identifier.StartsWith(RollBack, StringComparison.Ordinal)
                    && Enum.TryParse<RollbackPath>(identifier[RollBack.Length..], out var path)
                    && Enum.IsDefined(path)
                    && identifier == RollBack + path => new Wish.RollBack(Announced: path),
            _ => null,
        };

    /// <summary>Those that make sense now; GitHub takes three.</summary>
    internal static IEnumerable<CheckRunButton> All(ReleaseScene scene)
    {
        if (!CheckRunDrawing.StateOf(scene.Job).IsCompleted())
        {
            return [];
        }

        return new[]
        {
            ReleaseCardButtons.CanPromote(scene)
                ? new CheckRunButton(
                    "Promote",
                    scene.IsInconclusive ? "Run the analysis again" : "The new version takes over the traffic",
                    Promote
                )
                : null,
            ReleaseCardButtons.CanRetry(scene)
                ? new CheckRunButton(
                    "Retry",
                    ReleaseCardButtons.FastTrackUntil(scene) is null
                        ? "Start over; approvals count anew"
                        : "It may go live AT ONCE, without a pause",
                    Retry
                )
                : null,
            ReleaseCardButtons.PathOf(scene) is { } path
                ? new CheckRunButton(
                    "Roll back",
                    Describe(path),
                    string.Create(CultureInfo.InvariantCulture, $"{RollBack}{path}")
                )
                : null,
            ReleaseCardButtons.CanMakeGitAgree(scene)
                ? new CheckRunButton("Make Git agree", "Git goes back to what the cluster runs", Agree)
                : null,
        }
            .OfType<CheckRunButton>()
            .Take(3);
    }

    /// <summary>GitHub asks for no confirmation: what it will do is said here, and refused if it differs when pressed.</summary>
    private static string Describe(RollbackPath path) =>
        path switch
        {
            RollbackPath.Abort => "Abort; the old version keeps the traffic",
            RollbackPath.GitOnly => "Git goes back; the cluster is back",
            RollbackPath.Undo => "Undo; the old version is live at once",
            RollbackPath.UndoInGit => "Undo through Git; live when synced",
            _ => "Release the old version again",
        };
}
