using Devflow.ChatOps.GitOps.Editing;

namespace Devflow.ChatOps.GitOps.Releasing;

/// <summary>What became of a <see cref="ReleaseOrder"/>.</summary>
public abstract record ReleaseOutcome
{
    private ReleaseOutcome() { }

    /// <summary>One commit on the branch carries all changes.</summary>
    public sealed record Committed(CommitSha CommitSha, IReadOnlyList<FileChange> Changes) : ReleaseOutcome
    {
        /// <summary>The commit before it: what Git goes back to.</summary>
        public required CommitSha Parent { get; init; }
    }

    /// <summary>The branch said so already, at this commit.</summary>
    public sealed record Unchanged(CommitSha HeadSha) : ReleaseOutcome;

    /// <summary>A pull request carries all changes; it was opened, or one that was open was brought up to date.</summary>
    /// <param name="CommitSha">The commit on the pull request's branch.</param>
    public sealed record PullRequestOpened(int Number, Uri Url, CommitSha CommitSha, IReadOnlyList<FileChange> Changes)
        : ReleaseOutcome;

    /// <summary>What a run that is not dry would have written on top of this commit.</summary>
    public sealed record Planned(CommitSha HeadSha, IReadOnlyList<FileChange> Changes) : ReleaseOutcome;

    /// <summary>A newer run of the same workflow has released these images to this environment already.</summary>
    public sealed record Superseded(RunIdentity By, CommitSha CommitSha) : ReleaseOutcome;

    /// <summary>A rule says no; the message says what to do. The codes are <see cref="ReleaseCodes.Refusals"/>.</summary>
    public sealed record Refused(string Code, string Message) : ReleaseOutcome;

    /// <summary>It could not be done. The codes are <see cref="ReleaseCodes.Failures"/>.</summary>
    /// <param name="Faults">Places in files, where the failure has any.</param>
    /// <param name="RetryAt">When GitHub accepts requests again, if it said so.</param>
    public sealed record Failed(
        string Code,
        string Message,
        IReadOnlyList<FileFault> Faults,
        DateTimeOffset? RetryAt = null
    ) : ReleaseOutcome;
}

/// <summary>A file before and after, as text (always UTF-8; a byte order mark is its first character).</summary>
/// <param name="Places">The places that name an image of the order, with what stood there; lines are those of the text before.</param>
public sealed record FileChange(string Path, string Before, string After, IReadOnlyList<ImagePlace> Places);

/// <summary>A place in a file that is in the way. Line and column from 1; 0 where it is about the whole file.</summary>
public sealed record FileFault(string Path, int Line, int Column, string Message);
