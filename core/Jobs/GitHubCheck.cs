using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Jobs;

/// <summary>
/// What GitHub shows of a Job: check runs of one name on its source commit, of which the newest counts. A completed run
/// cannot go back, so that going on is another run.
/// </summary>
/// <param name="Repository"><c>owner/name</c>; empty: there is nothing to show it on.</param>
/// <param name="Commit">The source commit, in full.</param>
public sealed record GitHubCheck(string Repository, string Commit)
{
    /// <summary>Nothing is shown: GitHub is not set up, or the commit is not one of a repository that is known.</summary>
    public static readonly GitHubCheck None = new("", "");

    /// <summary>The run that counts; <c>null</c> while there is none.</summary>
    public ShownCheckRun? Run { get; init; }

    /// <summary>Number of the last run that GitHub has.</summary>
    public int LastNumber { get; init; }

    /// <summary>A run is being created; its answer was never seen if its time has passed.</summary>
    public CheckRunIntent? Creating { get; init; }

    /// <summary>The <see cref="Job.Revision"/> that it shows, or that GitHub will not show.</summary>
    public long ShownRevision { get; init; } = -1;

    /// <summary>When it was last written; at most one update every 5 s.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>Why GitHub does not show it.</summary>
    public GitHubTrouble Trouble { get; init; } = GitHubTrouble.None;

    /// <summary>How often a run was lost: deleted, or completed by somebody else.</summary>
    public int Losses { get; init; }

    /// <summary>Somebody asked on GitHub's page for it to be run again.</summary>
    public bool IsAskedAgain { get; init; }

    /// <summary>When another run was last begun because of that.</summary>
    public DateTimeOffset? DrawnAgainAt { get; init; }

    /// <summary>What was last said to somebody who pressed a button; GitHub has no message for one pair of eyes.</summary>
    public CheckRunAnswer? Answer { get; init; }

    /// <summary>The pull request that was merged into its commit.</summary>
    public ReleasedPull? Pull { get; init; }

    public bool IsNone => Repository.Length == 0;

    /// <summary>It shows this revision, or never will.</summary>
    public bool Shows(long revision) => IsNone || (ShownRevision == revision && Creating is null && !IsAskedAgain);
}

/// <summary>A check run as it was drawn last.</summary>
/// <param name="Id">GitHub's.</param>
/// <param name="Number">Ours within the Job.</param>
/// <param name="Attempt">The attempt that it speaks of; what a press of its buttons is bound to.</param>
/// <param name="Hash">The same of the pod hash.</param>
public sealed record ShownCheckRun(long Id, int Number, int Attempt, PodHash Hash, CheckRunState State)
{
    /// <summary>What an approval given on it would be bound to.</summary>
    public ApprovalSubject? Subject { get; init; }

    public bool IsCompleted => State.IsCompleted();
}

/// <summary>A run that is being created: nobody else creates it before <paramref name="Until"/>, and then it is looked up first.</summary>
/// <param name="Run">As it will be; without GitHub's id.</param>
public sealed record CheckRunIntent(ShownCheckRun Run, DateTimeOffset Until);

/// <summary>What was said to somebody who pressed a button.</summary>
/// <param name="Key">Of the command.</param>
/// <param name="Who">Text from outside.</param>
public sealed record CheckRunAnswer(string Key, string Who, string Text, DateTimeOffset At);

/// <summary>What the states of check runs mean.</summary>
public static class CheckRunStates
{
    /// <summary>GitHub shows its buttons, and does not let it go back.</summary>
    public static bool IsCompleted(this CheckRunState state) => state >= CheckRunState.ActionRequired;
}
