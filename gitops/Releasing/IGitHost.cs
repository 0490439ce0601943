namespace Devflow.ChatOps.GitOps.Releasing;

/// <summary>
/// A branch of a hosted repository, as a release needs it: read it at one moment, put one commit on top of exactly that
/// moment.
/// </summary>
public interface IGitHost
{
    /// <summary>Head, files and history, all of the same commit.</summary>
    /// <exception cref="GitHostException">It could not be read.</exception>
    Task<BranchSnapshot> ReadAsync(BranchQuery query, CancellationToken cancellation);

    /// <summary>Makes one commit of all files, if the branch still stands where it was read.</summary>
    /// <exception cref="GitHostException">Refused, or certain not to have happened.</exception>
    Task<CommitAnswer> CommitAsync(NewCommit commit, CancellationToken cancellation);

    /// <summary>The commit that a branch of a repository that is there points to; <c>null</c> when there is no such branch.</summary>
    /// <exception cref="GitHostException">It could not be read.</exception>
    Task<BranchTip?> FindTipAsync(string repository, string branch, CancellationToken cancellation);

    /// <summary>
    /// Puts the branch of a pull request on one commit on top of its base, and opens the pull request or brings title and
    /// text of the open one up to date. What is so already stays as it is.
    /// </summary>
    /// <exception cref="GitHostException">Refused, or no answer; it may be repeated.</exception>
    Task<ProposalAnswer> ProposeAsync(Proposal proposal, CancellationToken cancellation);
}

/// <param name="Repository"><c>owner/name</c>.</param>
/// <param name="Branch">Without <c>refs/heads/</c>.</param>
public sealed record BranchQuery(string Repository, string Branch, FileSelection Files);

/// <summary>A branch at one moment.</summary>
/// <param name="Tree">Id of the head's tree.</param>
/// <param name="Files">The regular files that were selected, in the order of their paths.</param>
/// <param name="Unusable">What was named and cannot be edited: not there, a symbolic link, a submodule.</param>
/// <param name="History">The last commits, newest first, that changed <see cref="FileSelection.HistoryPath"/>.</param>
public sealed record BranchSnapshot(
    CommitSha Head,
    string Tree,
    IReadOnlyList<RepositoryFile> Files,
    IReadOnlyList<UnusableFile> Unusable,
    IReadOnlyList<PastCommit> History
)
{
    /// <summary>How many commits the history goes back.</summary>
    public const int HistoryLength = 50;
}

/// <summary>A regular file.</summary>
/// <param name="Mode">Git's: <c>100644</c>, or <c>100755</c> for an executable one.</param>
public sealed record RepositoryFile(string Path, string Mode, byte[] Content);

/// <summary>Something that is no regular file.</summary>
/// <param name="IsThere">False: nothing of that path.</param>
public sealed record UnusableFile(string Path, bool IsThere, string Reason);

public sealed record PastCommit(CommitSha Sha, string Message, DateTimeOffset CommittedAt);

/// <summary>A commit to be made.</summary>
/// <param name="Parent">Where the branch must stand.</param>
/// <param name="ParentTree">Id of its tree.</param>
/// <param name="Files">The files that change, whole; their modes stay.</param>
public sealed record NewCommit(
    string Repository,
    string Branch,
    CommitSha Parent,
    string ParentTree,
    string Message,
    IReadOnlyList<RepositoryFile> Files
);

public abstract record CommitAnswer
{
    private CommitAnswer() { }

    public sealed record Created(CommitSha Sha) : CommitAnswer;

    /// <summary>The branch stands elsewhere by now; nothing was written.</summary>
    public sealed record HeadMoved : CommitAnswer;

    /// <summary>No answer came, so that the commit may be there or not.</summary>
    public sealed record Unknown(string Reason) : CommitAnswer;
}

public sealed record BranchTip(CommitSha Sha, string Tree, string Message, IReadOnlyList<CommitSha> Parents);

/// <summary>A pull request as it should be.</summary>
/// <param name="Commit">On top of the base's head; its branch is the pull request's own.</param>
/// <param name="Base">The branch to merge into.</param>
/// <param name="Tip">Where the pull request's branch was seen; null: it was not there.</param>
public sealed record Proposal(NewCommit Commit, string Base, BranchTip? Tip, string Title, string Body);

public abstract record ProposalAnswer
{
    private ProposalAnswer() { }

    public sealed record Open(int Number, Uri Url, CommitSha Sha) : ProposalAnswer;

    /// <summary>Somebody else moved the pull request's branch.</summary>
    public sealed record TipMoved : ProposalAnswer;
}

/// <summary>What a host refuses, or why it cannot.</summary>
/// <param name="code">One of <see cref="ReleaseCodes.Failures"/>.</param>
/// <param name="isPassing">Whether the same request may succeed later.</param>
/// <param name="retryAfter">How long the host wants to be left alone.</param>
public sealed class GitHostException(
    string code,
    string message,
    bool isPassing = false,
    TimeSpan? retryAfter = null,
    Exception? inner = null
) : Exception(message, inner)
{
    public string Code { get; } = code;

    public bool IsPassing { get; } = isPassing;

    public TimeSpan? RetryAfter { get; } = retryAfter;
}
