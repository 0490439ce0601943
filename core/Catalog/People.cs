namespace Devflow.ChatOps.Core.Catalog;

/// <summary>A person and the identities that belong to them; this is what ties a Slack user to a Git author.</summary>
/// <param name="Name">Name in the catalog.</param>
/// <param name="GitHub">GitHub login, compared without case; null when unknown.</param>
/// <param name="Slack">Slack user id (`U…` or `W…`); null when unknown.</param>
public sealed record Person(string Name, string? GitHub, string? Slack);

/// <summary>A team: the union of its members, its Slack user group and its GitHub team.</summary>
/// <param name="Name">Name in the catalog.</param>
/// <param name="Members">Names of people of the catalog.</param>
/// <param name="SlackGroup">Slack user group id (`S…`).</param>
/// <param name="GitHubTeam">GitHub team as `organisation/slug`.</param>
public sealed record Team(string Name, IReadOnlyList<string> Members, string? SlackGroup, string? GitHubTeam);

/// <summary>Who may look at the console.</summary>
public abstract record Viewers
{
    private Viewers() { }

    /// <summary>Everybody who is signed in.</summary>
    public sealed record Everyone : Viewers;

    /// <summary>Only these people and teams.</summary>
    /// <param name="By">Names of people and teams, or `admins`.</param>
    public sealed record Only(IReadOnlyList<string> By) : Viewers;
}
