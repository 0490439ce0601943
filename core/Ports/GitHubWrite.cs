using Devflow.ChatOps.Core.Jobs;

namespace Devflow.ChatOps.Core.Ports;

/// <summary>What is written to GitHub, by how much somebody needs it; the least first.</summary>
public enum GitHubWrite
{
    /// <summary>A check run that says nothing new but when the cluster was read last.</summary>
    Renewal,

    /// <summary>A comment on a pull request: it is read at leisure.</summary>
    Comment,

    /// <summary>A check run of a release that goes on by itself.</summary>
    Progress,

    /// <summary>A check run of what is over, and deployments.</summary>
    Outcome,

    /// <summary>A check run that asks for approval.</summary>
    Approval,

    /// <summary>A commit that brings the old version back.</summary>
    Git,
}

/// <summary>How much what is written is needed.</summary>
public static class GitHubWrites
{
    /// <summary>A check run that is brought into this state.</summary>
    public static GitHubWrite Of(CheckRunState state) =>
        state == CheckRunState.ActionRequired ? GitHubWrite.Approval
        : state.IsCompleted() ? GitHubWrite.Outcome
        : GitHubWrite.Progress;
}
