using System.Collections.Frozen;

namespace Devflow.ChatOps.Core.Catalog;

/// <summary>
/// What may be released where, and by whom: the parsed `catalog.yaml` (design section 8). Immutable; a reload makes
/// a new one. Names, Slack ids and places are unique; the constructor throws <see cref="ArgumentException"/> when they are not.
/// </summary>
public sealed class ReleaseCatalog
{
    /// <summary>The name that stands for <see cref="Admins"/> in a list of who may do something.</summary>
    public const string AdminsName = "admins";

    private readonly FrozenDictionary<(string, string, string), ReleaseTarget> byRollout;
    private readonly FrozenDictionary<(string, string, string), IReadOnlyList<ReleaseTarget>> byApplication;
    private readonly FrozenDictionary<string, Person> bySlack;
    private readonly FrozenDictionary<string, Person> byGitHub;
    private readonly FrozenDictionary<string, Person> people;
    private readonly FrozenDictionary<string, Team> teams;
    private readonly FrozenDictionary<string, Cluster> clusters;

    /// <summary>Builds the catalog and its indexes.</summary>
    public ReleaseCatalog(
        IReadOnlyList<Cluster> clusters,
        IReadOnlyList<Person> people,
        IReadOnlyList<Team> teams,
        IReadOnlyList<string> admins,
        Viewers viewers,
        IReadOnlyList<App> apps
    )
    {
        Clusters = clusters;
        People = people;
        Teams = teams;
        Admins = admins;
        Viewers = viewers;
        Apps = apps;
        Targets = [.. apps.SelectMany(app => app.Environments.Select(to => new ReleaseTarget(app, to)))];
        byRollout = Index(Targets, target => Place(target.Environment));
        byApplication = Targets
            .Where(target => target.Environment.Application is not null)
            .GroupBy(target => Place(target.Environment.Application!))
            .ToFrozenDictionary(group => group.Key, group => (IReadOnlyList<ReleaseTarget>)[.. group]);
        bySlack = Index(people.Where(person => person.Slack is not null), person => person.Slack!);
        byGitHub = Index(
            people.Where(person => person.GitHub is not null),
            person => person.GitHub!,
            StringComparer.OrdinalIgnoreCase
        );
        this.people = Index(people, person => person.Name);
        this.teams = Index(teams, team => team.Name);
        this.clusters = Index(clusters, cluster => cluster.Name);
    }

    /// <summary>All clusters, in the order of the file.</summary>
    public IReadOnlyList<Cluster> Clusters { get; }

    /// <summary>All people.</summary>
    public IReadOnlyList<Person> People { get; }

    /// <summary>All teams.</summary>
    public IReadOnlyList<Team> Teams { get; }

    /// <summary>Names of people and teams that administer the service; may be empty.</summary>
    public IReadOnlyList<string> Admins { get; }

    /// <summary>Who may look at the console.</summary>
    public Viewers Viewers { get; }

    /// <summary>All apps.</summary>
    public IReadOnlyList<App> Apps { get; }

    /// <summary>Every environment of every app, in the order of the file.</summary>
    public IReadOnlyList<ReleaseTarget> Targets { get; }

    /// <summary>The environment whose Rollout this is; null when the catalog does not know it.</summary>
    public ReleaseTarget? FindEnvironment(string cluster, string @namespace, string rollout) =>
        byRollout.GetValueOrDefault((cluster, @namespace, rollout));

    /// <summary>The environments that an Argo CD Application applies; <paramref name="cluster"/> is the one Argo CD runs in.</summary>
    public IReadOnlyList<ReleaseTarget> FindApplication(string cluster, string @namespace, string name) =>
        byApplication.GetValueOrDefault((cluster, @namespace, name)) ?? [];

    /// <summary>The environment with these exact names, as a stored Job carries them; null when it left the catalog.</summary>
    public ReleaseTarget? FindTarget(string app, string environment) =>
        Targets.FirstOrDefault(target => Same(target.App.Name, app) && Same(target.Environment.Name, environment));

    /// <summary>The cluster of this name.</summary>
    public Cluster? FindCluster(string name) => clusters.GetValueOrDefault(name);

    /// <summary>The person of this name.</summary>
    public Person? FindPerson(string name) => people.GetValueOrDefault(name);

    /// <summary>The team of this name.</summary>
    public Team? FindTeam(string name) => teams.GetValueOrDefault(name);

    /// <summary>The person with this Slack user id.</summary>
    public Person? PersonBySlack(string userId) => bySlack.GetValueOrDefault(userId);

    /// <summary>The person with this GitHub login, compared without case as GitHub does.</summary>
    public Person? PersonByGitHub(string login) => byGitHub.GetValueOrDefault(login);

    /// <summary>
    /// What a person means who typed an app and an environment, either of which may be left out (null or blank)
    /// where only one fits. Compared without case. A single word may name an environment when no app has that name.
    /// </summary>
    public Resolution Resolve(string? app, string? environment) => TargetResolver.Resolve(Targets, app, environment);

    private static bool Same(string left, string right) =>
        string.Equals(left, right, StringComparison.OrdinalIgnoreCase);

    private static (string, string, string) Place(AppEnvironment to) => (to.Cluster, to.Namespace, to.Rollout);

    private static (string, string, string) Place(ApplicationRef of) => (of.Cluster, of.Namespace, of.Name);

    private static FrozenDictionary<TKey, T> Index<TKey, T>(
        IEnumerable<T> items,
        Func<T, TKey> key,
        IEqualityComparer<TKey>? comparer = null
    )
        where TKey : notnull => items.ToDictionary(key, comparer).ToFrozenDictionary(comparer);
}
