using System.Collections.Immutable;
using Devflow.ChatOps.Core.Messages.GitHub;

namespace Devflow.ChatOps.Core.Jobs;

/// <summary>
/// The comments of a Job on the merged pull requests that it releases: one on each, written again in place when the status
/// changes. All say the same.
/// </summary>
public sealed record PullComments
{
    /// <summary>Of so many pull requests, the newest; each comment is some requests of those that GitHub allows in an hour.</summary>
    public const int Most = 20;

    /// <summary>
    /// <c>owner/name</c> where the pull requests are whose numbers are known. In another one, or under another name, none is
    /// begun: nobody knows there whether they are the same. Those that were begun have an id, which is of one comment anywhere.
    /// </summary>
    public string Repository { get; init; } = "";

    /// <summary>Those that were begun.</summary>
    public ImmutableArray<PullComment> Known { get; init; } = [];

    /// <summary>Why GitHub does not show them; what is one comment's alone is with that.</summary>
    public GitHubTrouble Trouble { get; init; } = GitHubTrouble.None;

    /// <summary>An administrator had to act, and the release is over: nothing more is tried for this Job.</summary>
    public bool IsGivenUp { get; init; }

    /// <summary>The comment on a pull request; <c>null</c> when none was begun.</summary>
    public PullComment? this[int pull] => Known.FirstOrDefault(comment => comment.Pull == pull);

    public PullComments With(PullComment comment) =>
        this with
        {
            Known = [.. Known.Where(other => other.Pull != comment.Pull), comment],
        };

    /// <summary>Every pull request says how far the Job is, or never will.</summary>
    public bool Shows(Job job) => !Open(job).Any();

    /// <summary>Those that do not say how far the Job is.</summary>
    public IEnumerable<PullComment> Open(Job job)
    {
        var saying = PullCommentDrawing.Saying(job);
        return IsGivenUp
            ? []
            : Known
                .Concat(PullsOf(job).Where(pull => this[pull] is null).Select(pull => new PullComment(pull)))
                .Where(comment =>
                    !comment.IsGivenUp
                    && (comment.Id is not null || Repository == job.Check?.Repository)
                    && (
                        comment.CreatingUntil is not null
                        // What is over begins no comment: nobody has to know of it any more.
                        || (comment.Shown != saying && (comment.Id is not null || job.IsCurrent))
                    )
                );
    }

    private static IEnumerable<int> PullsOf(Job job)
    {
        var brought =
            job.Contents is { } contents && contents.Head == job.Request?.SourceCommit
                ? contents.Pulls.Select(pull => pull.Number)
                : [];
        return (job.Check?.Pull is { } merged ? brought.Append(merged.Number) : brought)
            .Distinct()
            .OrderDescending()
            .Take(Most);
    }
}

/// <summary>A Job's comment on one pull request.</summary>
/// <param name="Pull">Its number.</param>
public sealed record PullComment(int Pull)
{
    /// <summary>GitHub's; <c>null</c> while there is none.</summary>
    public long? Id { get; init; }

    /// <summary>It is being written for the first time until then; it is looked for once this has passed.</summary>
    public DateTimeOffset? CreatingUntil { get; init; }

    /// <summary>What it says in short: <see cref="PullCommentDrawing.Saying"/>.</summary>
    public string Shown { get; init; } = "";

    /// <summary>How often in a row GitHub did not take it.</summary>
    public int Failures { get; init; }

    /// <summary>It was deleted, it is another release's by now, or GitHub refused it.</summary>
    public bool IsGivenUp { get; init; }

    /// <summary>Why it is given up; empty while it is not.</summary>
    public string Problem { get; init; } = "";
}
