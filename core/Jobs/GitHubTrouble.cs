using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Core.Jobs;

/// <summary>What keeps something of a Job from being shown on GitHub.</summary>
public sealed record GitHubTrouble
{
    /// <summary>Nothing does.</summary>
    public static readonly GitHubTrouble None = new();

    /// <summary>Failed attempts in a row.</summary>
    public int Failures { get; init; }

    /// <summary>Not before this time: GitHub asked us to wait, or an attempt failed.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>It is our own budget that wants it so, for such writes and for what is needed less.</summary>
    public GitHubWrite? Share { get; init; }

    /// <summary>What somebody has to mend, in words; empty when it is nothing, or passes.</summary>
    public string Problem { get; init; } = "";

    /// <summary>Until when something has to wait; <c>null</c> when it need not.</summary>
    /// <param name="write">What is to be written; <c>null</c> for what is read, of which no budget is kept.</param>
    public DateTimeOffset? Holds(GitHubWrite? write) => Share is null || write <= Share ? NotBefore : null;
}
