using Devflow.ChatOps.GitOps.Releasing;

namespace Devflow.ChatOps.GitOps.Reverting;

/// <summary>What became of a <see cref="RevertOrder"/>.</summary>
public abstract record RevertOutcome
{
    /// <summary>The release changed configuration alone, and somebody has changed it since.</summary>
    public const string ConfigurationChanged = "configuration_changed";

    /// <summary>Several versions stand there, and nothing tells which of the places are the environment's.</summary>
    public const string Ambiguous = "ambiguous_files";

    private RevertOutcome() { }

    /// <summary>A commit on the branch carries it, made now or before.</summary>
    /// <param name="ImageOnly">Why only the image was restored; <c>null</c> when all files were.</param>
    public sealed record Written(CommitSha Sha, string? ImageOnly) : RevertOutcome
    {
        /// <summary>
        /// It was made now, on what <see cref="RevertOrder.Synced"/> has at the path: nothing came in between. What is found
        /// again, or was merged, may have been written by anybody.
        /// </summary>
        public bool IsOnSynced { get; init; }
    }

    /// <summary>The branch asks for the target already.</summary>
    public sealed record Agrees(CommitSha Head) : RevertOutcome;

    /// <summary>
    /// The branch asks for a version that came there since, by a release or by hand, and is not taken away. It may be the one
    /// that was rolled back, when it was released once more since, or the rollback was reverted.
    /// </summary>
    public sealed record Overtaken(string Version, CommitSha By) : RevertOutcome;

    /// <summary>A pull request carries it and must be merged.</summary>
    public sealed record Proposed(int Number, Uri Url, string? ImageOnly) : RevertOutcome;

    /// <summary>The pull request was not merged yet.</summary>
    public sealed record StillProposed : RevertOutcome;

    /// <summary>The pull request is not open any more, and the branch asks for the version that goes.</summary>
    /// <param name="State">Not <see cref="ProposalState.Open"/>.</param>
    public sealed record Declined(ProposalState State) : RevertOutcome;

    /// <summary>It could not be done. The codes are <see cref="ReleaseCodes.Failures"/>, <see cref="ConfigurationChanged"/> and <see cref="Ambiguous"/>.</summary>
    /// <param name="IsPassing">Whether the same order may succeed later by itself.</param>
    /// <param name="RetryAfter">How long the host wants to be left alone.</param>
    public sealed record Failed(string Code, string Message, bool IsPassing, TimeSpan? RetryAfter = null)
        : RevertOutcome;
}
