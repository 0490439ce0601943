using System.Globalization;
using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Messages.Console;

/// <summary>A release on a page of its own: the words of its card. Plain text: the page escapes it.</summary>
/// <param name="Notices">What somebody must know before they act.</param>
/// <param name="Stuck">Its effects that were given up.</param>
/// <param name="EarlierEntries">So many entries have left the timeline; the audit has them.</param>
public sealed record ReleaseSheet(
    ReleaseRow Row,
    string Headline,
    IReadOnlyList<string> Notices,
    IReadOnlyList<StepLine> Steps,
    IReadOnlyList<Fact> Facts,
    IReadOnlyList<StuckThing> Stuck,
    IReadOnlyList<TimelineEntry> Timeline,
    long EarlierEntries
)
{
    private const int Longest = 500;

    /// <param name="target"><c>null</c> where the catalog has no such app and environment any more.</param>
    public static ReleaseSheet Of(Job job, ReleaseTarget? target, DateTimeOffset now)
    {
        var scene = target is null ? null : new ReleaseScene(job, target, now, Longest) { Markup = Markup.None };
        return new ReleaseSheet(
            ReleaseRow.Of(job),
            scene is null
                ? $"{OutsideText.Line(job.Message, Longest)} {ConsoleTexts.LeftCatalog}".Trim()
                : ReleaseWords.Headline(scene),
            scene is null ? [] : [.. ReleaseNotices.Lines(scene)],
            [.. job.Steps.Select(step => StepLine.Of(job, step))],
            [.. FactsOf(job, scene)],
            [.. StuckThing.Of(job)],
            [.. job.Timeline.Reverse()],
            job.EarlierEntries
        );
    }

    private static IEnumerable<Fact> FactsOf(Job job, ReleaseScene? scene)
    {
        IReadOnlyList<string> images =
            !job.Images.IsDefaultOrEmpty ? job.Images
            : job.Request is { } asked ? [asked.Reference]
            : [];
        foreach (var image in images)
        {
            yield return new Fact(ConsoleTexts.Image, OutsideText.Line(image));
        }

        if (scene is { Base.Length: > 0 })
        {
            yield return new Fact(ConsoleTexts.Replaces, scene.Base);
        }

        if (job.Request?.SourceCommit is { } source)
        {
            var page = GitHubPages.Commit(scene?.Target.App.Repository, source);
            yield return new Fact(ConsoleTexts.SourceCommit, GitHubPages.Short(source), page);
        }

        if (job.Request?.GitOpsCommit is { } gitOps)
        {
            var repository = job.Request.GitOpsRepository ?? scene?.Environment.GitOps?.Repository;
            yield return new Fact(
                ConsoleTexts.GitOpsCommit,
                GitHubPages.Short(gitOps),
                GitHubPages.Commit(repository, gitOps)
            );
        }

        yield return new Fact(ConsoleTexts.Rollout, OutsideText.Line(job.Rollout.ToString()));
        if (job.Release is { } release)
        {
            yield return new Fact(ConsoleTexts.PodHash, OutsideText.Line(release.Hash.ToString(), 80));
            yield return new Fact(ConsoleTexts.Attempt, release.Attempt.ToString(CultureInfo.InvariantCulture));
        }

        yield return new Fact(ConsoleTexts.Job, job.Id.ToString());
        if (job.VerifiedAt is { } verified)
        {
            yield return new Fact(ConsoleTexts.Verified, "") { At = verified };
        }
    }
}

/// <summary>One of the six steps.</summary>
/// <param name="Status">As the API names it.</param>
/// <param name="Since">Since when it has this status; <c>null</c> while it is pending.</param>
public sealed record StepLine(string Sign, string Label, string Said, StepStatus Status, DateTimeOffset? Since)
{
    internal static StepLine Of(Job job, Step step) =>
        new(
            ReleaseWords.Sign(job, step),
            JobTexts.StepLabel(step.Name),
            OutsideText.Line(ReleaseWords.Said(job, step), 500),
            step.Status,
            step.Status == StepStatus.Pending ? null : step.Since
        );
}

/// <summary>Something about a release, by its name.</summary>
/// <param name="Page">Where it can be looked at.</param>
public sealed record Fact(string Label, string Value, Uri? Page = null)
{
    /// <summary>A moment instead of a value.</summary>
    public DateTimeOffset? At { get; init; }
}
