using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Messages.GitHub;

/// <summary>A Job as the pull requests that it releases are told of it, in the words of the card and of the check run.</summary>
public static partial class PullCommentDrawing
{
    private const int LongestText = 300;

    /// <summary>What is left of the text where the catalog is left out, which is no reason to write.</summary>
    private static readonly ReleaseTarget anywhere = Anywhere();

    /// <summary>The comment that shows a Job as it is.</summary>
    public static PullCommentPage Build(Job job, ReleaseTarget target, DateTimeOffset now)
    {
        var told = Told(job);
        var scene = new ReleaseScene(told, target, now, LongestText) { Markup = Markup.GitHub };
        var lines = new[]
        {
            $"{ReleaseWords.Sign(told)} **{Markdown.Text(Status(scene), LongestText)}**",
            MovesOn(told) ? "" : Markdown.Text(ReleaseWords.Headline(scene), 500),
            string.Join(" · ", Links(scene)),
        };
        return new PullCommentPage(
            $"{target.App.Name}/{target.Environment.Name}",
            job.Id,
            string.Join("\n\n", lines.Where(line => line.Length > 0))
        )
        {
            TakesOver = job.IsCurrent,
        };
    }

    /// <summary>
    /// A mark of what the comment says, without what is not worth a request for each pull request: links, the catalog's names,
    /// details and counts of a reason, and how far a rollback is. A comment with another mark is written again.
    /// </summary>
    public static string Saying(Job job)
    {
        var told = Gist(Told(job));
        var scene = new ReleaseScene(told, anywhere, default, LongestText);
        var sentence =
            MovesOn(told) ? ""
            : told.Status == JobStatus.RollingBack ? scene.RollbackTarget
            : ReleaseWords.Headline(scene);
        var text = $"{ReleaseWords.Sign(told)} {Status(scene)}\n{sentence}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));
    }

    /// <summary>
    /// Whose successor came has left the cluster, but what its pull requests changed has not: their comments go on saying that
    /// it is live. What moves by itself is in progress, however far it is.
    /// </summary>
    private static Job Told(Job job) =>
        job switch
        {
            { Status: JobStatus.Succeeded, HasLeft: true } => job with { HasLeft = false },
            { Status: JobStatus.Pending or JobStatus.Syncing } => job with { Status = JobStatus.Running },
            _ => job,
        };

    private static string Status(ReleaseScene scene) =>
        $"{scene.Where}, {scene.Version}: {ReleaseWords.Status(scene.Job)}";

    // A pod that crashes again and again has another number in its reason each time.
    private static Job Gist(Job job) =>
        job with
        {
            Message = Gist(job.Message),
            Release = job.Release is { } release
                ? release with
                {
                    Steps =
                    [
                        .. release.Steps.Select(step =>
                            step.Status == StepStatus.Failed ? step with { Message = Gist(step.Message) } : step
                        ),
                    ],
                }
                : null,
        };

    private static string Gist(string reason) => Number().Replace(reason.Split(':', '(')[0], "0");

    /// <summary>What it is doing just now would be out of date at once, and is not told.</summary>
    private static bool MovesOn(Job told) => told.Status == JobStatus.Running;

    private static IEnumerable<string> Links(ReleaseScene scene)
    {
        // Not to one run, of which there may be another by the time somebody looks.
        var checks =
            scene.Job.Check is { } check && GitHubPages.Checks(check.Repository, check.Commit) is { } page
                ? Markdown.Link(page, "Checks")
                : null;
        return checks is null ? CheckRunDrawing.Places(scene) : CheckRunDrawing.Places(scene).Prepend(checks);
    }

    private static ReleaseTarget Anywhere()
    {
        var environment = new AppEnvironment("", "", "", "", new PromoteRules([]), new RollbackRules([]));
        return new ReleaseTarget(new App("", "", null, null, "", [environment]), environment);
    }

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Number();
}
