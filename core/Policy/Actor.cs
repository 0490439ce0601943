using Devflow.ChatOps.Core.Catalog;

namespace Devflow.ChatOps.Core.Policy;

/// <summary>
/// Who asked. It is stored with votes and locks, so it carries names, not catalog entries; every policy question
/// resolves it again through the catalog of that moment, so that rights and identities never outlive it.
/// </summary>
/// <param name="PersonName">Name in the catalog; null when no entry of the catalog has one of the identities.</param>
/// <param name="SlackUserId">Slack user id.</param>
/// <param name="GitHubLogin">GitHub login.</param>
/// <param name="DisplayName">For people to read; never compared. Text from outside.</param>
/// <exception cref="ArgumentException">When there is no identity at all.</exception>
public sealed record Actor(string? PersonName, string? SlackUserId, string? GitHubLogin, string DisplayName)
{
    /// <inheritdoc cref="Actor(string?, string?, string?, string)" path="/param[@name='DisplayName']"/>
    public string DisplayName { get; init; } =
        PersonName is null && SlackUserId is null && GitHubLogin is null
            ? throw new ArgumentException("An actor has a person's name, a Slack user id or a GitHub login.")
            : DisplayName;

    /// <summary>Somebody who used Slack; the request's signature has vouched for the id.</summary>
    public static Actor FromSlack(ReleaseCatalog catalog, string userId, string? displayName = null) =>
        new Actor(null, userId, null, displayName ?? userId).ResolvedBy(catalog);

    /// <summary>Somebody who used GitHub; the webhook's signature or the token's issuer has vouched for the login.</summary>
    public static Actor FromGitHub(ReleaseCatalog catalog, string login, string? displayName = null) =>
        new Actor(null, null, login, displayName ?? login).ResolvedBy(catalog);

    /// <summary>A person of the catalog, signed in by a way that names them, such as a token of theirs.</summary>
    public static Actor FromPerson(Person person) => new(person.Name, person.Slack, person.GitHub, person.Name);

    /// <summary>
    /// The same actor as this catalog knows them: with the person and all of the person's identities, or with no
    /// person when none fits or when the identities belong to different people.
    /// </summary>
    public Actor ResolvedBy(ReleaseCatalog catalog)
    {
        var slack = SlackUserId is null ? null : catalog.PersonBySlack(SlackUserId);
        var gitHub = GitHubLogin is null ? null : catalog.PersonByGitHub(GitHubLogin);
        // The stored name alone speaks only where no account was used: accounts move between people, names do not.
        var named =
            PersonName is null || SlackUserId is not null || GitHubLogin is not null
                ? null
                : catalog.FindPerson(PersonName);
        var person = slack ?? gitHub ?? named;
        var torn = slack is not null && gitHub is not null && slack.Name != gitHub.Name;
        if (person is null || torn)
        {
            return SlackUserId is null && GitHubLogin is null ? this : this with { PersonName = null };
        }

        return this with
        {
            PersonName = person.Name,
            SlackUserId = person.Slack ?? SlackUserId,
            GitHubLogin = person.GitHub ?? GitHubLogin,
        };
    }

    /// <summary>Whether an identity proves that both are the same person. Both must be resolved by the same catalog.</summary>
    public bool IsSameAs(Actor other) =>
        (PersonName is not null && PersonName == other.PersonName)
        || (SlackUserId is not null && SlackUserId == other.SlackUserId)
        || (GitHubLogin is not null && SameLogin(GitHubLogin, other.GitHubLogin));

    /// <summary>
    /// Whether the identities prove two different people. A Slack user and a GitHub login of whom the catalog knows
    /// no more are neither proven the same nor proven different, and must not count as two.
    /// </summary>
    public bool IsProvenOtherThan(Actor other) =>
        !IsSameAs(other)
        && (
            (PersonName is not null && other.PersonName is not null)
            || (SlackUserId is not null && other.SlackUserId is not null)
            || (GitHubLogin is not null && other.GitHubLogin is not null)
        );

    private static bool SameLogin(string left, string? right) =>
        string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}
