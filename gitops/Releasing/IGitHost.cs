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

    /// <summary>
    /// For each path the last commits before and at a head that changed it, newest first, at most
    /// <see cref="BranchSnapshot.HistoryLength"/>. An empty path is the whole repository.
    /// </summary>
    /// <exception cref="GitHostException">It could not be read.</exception>
    Task<IReadOnlyDictionary<string, IReadOnlyList<PastCommit>>> HistoriesAsync(
        string repository,
        CommitSha head,
        IReadOnlyList<string> paths,
        CancellationToken cancellation
    );

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

    /// <summary>What became of the pull requests of a branch: of the open one into that base, else of the newest.</summary>
    /// <exception cref="GitHostException">It could not be read.</exception>
    Task<ProposalState> FindProposalAsync(
        string repository,
        string branch,
        string @base,
        CancellationToken cancellation
    );

    /// <summary>
    /// What a commit changed at a path or below it, compared with its first parent; <c>null</c> when there is no such commit,
    /// or none before it.
    /// </summary>
    /// <exception cref="GitHostException">It could not be read.</exception>
    Task<CommitChange?> FindChangeAsync(
        string repository,
        CommitSha commit,
        string path,
        CancellationToken cancellation
    );

    /// <summary>The content of a blob, byte by byte.</summary>
    /// <exception cref="GitHostException">It could not be read.</exception>
    Task<byte[]> ReadBlobAsync(string repository, string id, CancellationToken cancellation);
}

/// <param name="Repository"><c>owner/name</c>.</param>
/// <param name="Branch">Without <c>refs/heads/</c>.</param>
public sealed record BranchQuery(string Repository, string Branch, FileSelection Files)
{
    /// <summary>Whose past is wanted.</summary>
    public HistoryScope Histories { get; init; }
}

/// <summary>Whose past a <see cref="BranchQuery"/> asks for.</summary>
public enum HistoryScope
{
    /// <summary>That of <see cref="FileSelection.HistoryPath"/>, in <see cref="BranchSnapshot.History"/>.</summary>
    Selection,

    /// <summary>
    /// Each file's own, in <see cref="BranchSnapshot.Histories"/>, as far as it costs no request more. The others can be asked
    /// for when it is known which are needed (<see cref="IGitHost.HistoriesAsync"/>).
    /// </summary>
    Files,
}

/// <summary>A branch at one moment.</summary>
/// <param name="Tree">Id of the head's tree.</param>
/// <param name="Files">The regular files that were selected, in the order of their paths.</param>
/// <param name="Unusable">What was named and cannot be edited: not there, a symbolic link, a submodule.</param>
/// <param name="History">The last commits, newest first, of <see cref="HistoryScope.Selection"/>.</param>
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

    /// <summary>The last commits of single files, newest first, of <see cref="HistoryScope.Files"/>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<PastCommit>> Histories { get; init; } =
        new Dictionary<string, IReadOnlyList<PastCommit>>();
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
)
{
    /// <summary>Paths of files that go away; they must be there.</summary>
    public IReadOnlyList<string> Deletions { get; init; } = [];
}

/// <summary>What a commit changed.</summary>
/// <param name="Parent">Its first parent.</param>
/// <param name="Files">In the order of their paths.</param>
public sealed record CommitChange(CommitSha Commit, CommitSha Parent, IReadOnlyList<ChangedFile> Files);

/// <summary>A file that a commit changed.</summary>
/// <param name="Before">What it was; <c>null</c>: it was added.</param>
/// <param name="AfterId">Blob id of what it became; <c>null</c>: it was removed.</param>
/// <param name="IsPlain">A regular file before and after, of the same mode.</param>
public sealed record ChangedFile(string Path, RepositoryFile? Before, string? AfterId, bool IsPlain)
{
    /// <summary>What it became, where somebody asked for it (<see cref="IGitHost.ReadBlobAsync"/>).</summary>
    public byte[]? After { get; init; }
}

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

/// <summary>What became of a pull request.</summary>
public enum ProposalState
{
    /// <summary>It waits for somebody.</summary>
    Open,

    /// <summary>Its commits are on the base branch, or were.</summary>
    Merged,

    /// <summary>Somebody closed it without merging.</summary>
    Closed,

    /// <summary>There is none into that base: none at all, or the newest goes into another branch.</summary>
    None,
}

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
