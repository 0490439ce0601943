using Devflow.ChatOps.Core.Jobs;

namespace Devflow.ChatOps.Core.Ports;

/// <summary>
/// The comments of our GitHub App on pull requests (https://docs.github.com/rest/issues/comments). On each there is one for an
/// app's environment; it is found again by a mark that nobody sees.
/// </summary>
public interface IPullComments
{
    /// <summary>
    /// Writes the comment: in place where there is one of ours for the same place, else as a new one. Its id; an answer without a
    /// value where it is not to be written: it is a newer release's, or somebody put something else there.
    /// </summary>
    /// <param name="known">GitHub's id of it; <c>null</c> when that is not known, so that it is looked for.</param>
    /// <returns>
    /// <see cref="GitHubFaultKind.NotFound"/> when the comment was deleted, or the pull request is not there;
    /// <see cref="GitHubFaultKind.NotAuthorized"/> when the repository is not.
    /// </returns>
    Task<GitHubAnswer<long?>> WriteAsync(
        string repository,
        int pull,
        long? known,
        PullCommentPage page,
        CancellationToken stop
    );
}

/// <summary>What a comment says.</summary>
/// <param name="Place">App and environment, as in the catalog.</param>
/// <param name="Job">Whose it is.</param>
/// <param name="Text">GitHub's Markdown.</param>
public sealed record PullCommentPage(string Place, JobId Job, string Text)
{
    /// <summary>
    /// It goes on with the comment of a former release, which leaves it alone from then on. One release of a place at a time
    /// does so; the order of their ids, which are of several machines' clocks, does not matter.
    /// </summary>
    public bool TakesOver { get; init; }

    /// <summary>All of it, with the mark.</summary>
    public string Body => $"{Mark}{Job} -->\n{Text}";

    private string Mark => $"<!-- devflow:{Place} ";

    /// <summary>Whether a comment of ours is about the same place.</summary>
    public bool IsFor(string body) => body.StartsWith(Mark, StringComparison.Ordinal);

    /// <summary>Whether it may be written over: it is this release's, or a former one's.</summary>
    public bool MayReplace(string body)
    {
        var id = Job.ToString();
        return IsFor(body)
            && body.Length >= Mark.Length + id.Length
            && JobId.TryParse(body.Substring(Mark.Length, id.Length)) is { } other
            && (TakesOver || other == Job);
    }
}
