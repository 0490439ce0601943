using System.Collections.Frozen;
using Devflow.ChatOps.Core.Catalog;

namespace Devflow.ChatOps.Core.Policy;

/// <summary>
/// Members of Slack user groups and GitHub teams as they were resolved before a decision. A group that is missing
/// could not be resolved, and then nobody is a member of it (design section 8).
/// </summary>
public sealed class Groups
{
    /// <summary>Nothing was resolved.</summary>
    public static readonly Groups None = new(
        new Dictionary<string, IReadOnlyCollection<string>>(),
        new Dictionary<string, IReadOnlyCollection<string>>()
    );

    /// <summary>Slack did not answer: no group is known.</summary>
    public static readonly Groups Unresolved = new(None.slack, None.gitHub) { IsComplete = false };

    /// <summary>False when a group that the rules name could not be resolved, so that a member may look like none.</summary>
    public bool IsComplete { get; init; } = true;

    /// <summary>It is a GitHub team, perhaps among others, that could not be resolved.</summary>
    public bool IsGitHubUnread { get; init; }

    /// <summary>
    /// The Slack user of whom it is not known what kind of account theirs is; that one counts as a member of no Slack group.
    /// </summary>
    public string? Unvouched { get; private init; }

    private readonly FrozenDictionary<string, FrozenSet<string>> slack;
    private readonly FrozenDictionary<string, FrozenSet<string>> gitHub;

    /// <summary>Takes a snapshot.</summary>
    /// <param name="slackGroups">Slack user group id → Slack user ids.</param>
    /// <param name="gitHubTeams">`organisation/slug` → GitHub logins; both without case.</param>
    public Groups(
        IReadOnlyDictionary<string, IReadOnlyCollection<string>> slackGroups,
        IReadOnlyDictionary<string, IReadOnlyCollection<string>> gitHubTeams
    )
    {
        slack = Snapshot(slackGroups, StringComparer.Ordinal);
        gitHub = Snapshot(gitHubTeams, StringComparer.OrdinalIgnoreCase);
    }

    private Groups(
        FrozenDictionary<string, FrozenSet<string>> slack,
        FrozenDictionary<string, FrozenSet<string>> gitHub
    ) => (this.slack, this.gitHub) = (slack, gitHub);

    /// <summary>The same, with one Slack user of whose account nothing is known.</summary>
    public Groups WithUnvouched(string userId) =>
        new(slack, gitHub)
        {
            Unvouched = userId,
            IsComplete = false,
            IsGitHubUnread = IsGitHubUnread,
        };

    /// <summary>Whether the Slack user is known to be in the user group.</summary>
    public bool InSlackGroup(string group, string userId) =>
        userId != Unvouched && slack.TryGetValue(group, out var members) && members.Contains(userId);

    /// <summary>Whether the GitHub user is known to be in the team.</summary>
    public bool InGitHubTeam(string team, string login) =>
        gitHub.TryGetValue(team, out var members) && members.Contains(login);

    /// <summary>The known members of a Slack user group.</summary>
    internal IEnumerable<string> OfSlackGroup(string group) =>
        (slack.GetValueOrDefault(group) ?? []).Where(user => user != Unvouched);

    /// <summary>The known members of a GitHub team.</summary>
    internal IEnumerable<string> OfGitHubTeam(string team) => gitHub.GetValueOrDefault(team) ?? [];

    private static FrozenDictionary<string, FrozenSet<string>> Snapshot(
        IReadOnlyDictionary<string, IReadOnlyCollection<string>> groups,
        StringComparer comparer
    ) => groups.ToFrozenDictionary(pair => pair.Key, pair => pair.Value.ToFrozenSet(comparer), comparer);
}

/// <summary>Answers whether somebody belongs to a list of people and teams.</summary>
public static class Membership
{
    /// <summary>
    /// Whether the actor is one of <paramref name="by"/>: names of people and teams of the catalog, or `admins`.
    /// Fails closed: unknown names, unresolved groups and an empty list admit nobody.
    /// </summary>
    public static bool IsMember(ReleaseCatalog catalog, Groups groups, Actor actor, IReadOnlyList<string> by)
    {
        var resolved = actor.ResolvedBy(catalog);
        // The parser refuses `admins` within admins; taking it out keeps a hand-made catalog from looping.
        var names = by.SelectMany(name => name == ReleaseCatalog.AdminsName ? catalog.Admins : [name])
            .Where(name => name != ReleaseCatalog.AdminsName);
        return names.Any(name =>
            (resolved.PersonName is not null && resolved.PersonName == name && catalog.FindPerson(name) is not null)
            || (catalog.FindTeam(name) is { } team && InTeam(groups, resolved, team))
        );
    }

    /// <summary>Whether the actor may look at releases: in the console, by the API, and in Slack.</summary>
    public static bool MayView(ReleaseCatalog catalog, Groups groups, Actor actor) =>
        catalog.Viewers switch
        {
            Viewers.Everyone => true,
            Viewers.Only only => IsMember(catalog, groups, actor, only.By)
                || IsMember(catalog, groups, actor, catalog.Admins),
            _ => false,
        };

    private static bool InTeam(Groups groups, Actor actor, Team team) =>
        (actor.PersonName is { } name && team.Members.Contains(name))
        || (team.SlackGroup is { } group && actor.SlackUserId is { } user && groups.InSlackGroup(group, user))
        || (team.GitHubTeam is { } gitHub && actor.GitHubLogin is { } login && groups.InGitHubTeam(gitHub, login));
}
