using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Policy;

namespace Devflow.ChatOps.Core.Jobs.Deciding;

/// <summary>Everything beside the Jobs and the observation that a decision depends on; passed in, so that deciding is pure.</summary>
/// <param name="FreshId">The id of the Job that this decision may create; at most one.</param>
public sealed record Circumstances(ReleaseCatalog Catalog, ReleaseTarget Target, DateTimeOffset Now, JobId FreshId)
{
    /// <summary>Group members, resolved just now.</summary>
    public Groups Groups { get; init; } = Groups.None;

    /// <summary>What the command's giver uses, where they come from Slack.</summary>
    public SlackAccount Account { get; init; } = SlackAccount.Member;

    /// <summary>The environment's lock that holds now.</summary>
    public ReleaseLock? Lock { get; init; }

    /// <summary>Whether the service may write Git; where it may not, what is to be written there is told.</summary>
    public bool WritesGit { get; init; }

    /// <summary>GitHub is asked who made a release: until it has told, that is not known.</summary>
    public bool AsksGitHub { get; init; }

    /// <summary>How many commands of the Rollout are stuck; read where the command is to resume them.</summary>
    public int StuckCommands { get; init; }

    /// <summary>Git is written for this environment.</summary>
    internal bool HasGit => WritesGit && Environment.GitOps is not null;

    public App App => Target.App;
    public AppEnvironment Environment => Target.Environment;
}
