using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;

namespace Devflow.ChatOps.Core.Ports;

/// <summary>The desired state in Git, as far as the service writes it.</summary>
public interface IDesiredState
{
    /// <summary>Whether there is something to write with at all.</summary>
    bool IsSetUp { get; }

    /// <summary>
    /// Has Git ask for the former version again. It may be asked any number of times: what was written is found by its mark.
    /// </summary>
    Task<GitAnswer> RevertAsync(string app, string environment, Effect.RevertGit what, CancellationToken stop);
}

/// <summary>What came of writing Git.</summary>
public abstract record GitAnswer
{
    private GitAnswer() { }

    /// <summary>A commit on the branch carries it, made now or before.</summary>
    /// <param name="ImageOnly">Why only the image went back; <c>null</c> when all files did.</param>
    public sealed record Written(string Commit, string? ImageOnly) : GitAnswer
    {
        /// <summary><see cref="Rollback.IsOnSynced"/>.</summary>
        public bool IsOnSynced { get; init; }
    }

    /// <summary>Git asked for it already, at this commit.</summary>
    public sealed record Agrees(string Commit) : GitAnswer;

    /// <summary>
    /// Git asks for a third version, released or put there by hand since, which is not taken away; or for the one that was
    /// rolled back, released once more since.
    /// </summary>
    public sealed record Overtaken(string Version, string Commit) : GitAnswer;

    /// <summary>A pull request carries it and must be merged.</summary>
    public sealed record Proposed(Uri PullRequest, string? ImageOnly) : GitAnswer;

    /// <summary>The pull request was not merged yet.</summary>
    public sealed record StillProposed : GitAnswer;

    /// <summary>The pull request ended, and the branch does not ask for the former version.</summary>
    public sealed record Declined(PullEnd How) : GitAnswer;

    public sealed record Fault(GitFault Why) : GitAnswer;
}

/// <param name="Code">Stable, in snake case.</param>
/// <param name="Message">One line without secrets.</param>
/// <param name="RetryAfter">How long the host asked us to wait.</param>
/// <param name="NeedsPerson">Whether the same try cannot succeed before somebody has mended something.</param>
public sealed record GitFault(string Code, string Message, TimeSpan? RetryAfter = null, bool NeedsPerson = false);

/// <summary>A way to ask Argo CD to compare an Application with Git now.</summary>
public interface IApplicationRefresh
{
    /// <summary>Whether this way is set up for the Argo CD of a cluster.</summary>
    bool Serves(string cluster);

    /// <summary>Asks; <c>null</c> when it was taken, else why not, in one line without secrets.</summary>
    Task<string?> RefreshAsync(ApplicationRef application, CancellationToken stop);
}
