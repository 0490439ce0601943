using Devflow.ChatOps.Core.Catalog;

namespace Devflow.ChatOps.Core.Policy;

/// <summary>
/// Nobody approves their own work (design section 8). Where it cannot be told whose work it is, nobody approves it,
/// unless the catalog allows unknown authors; that holds even where authors may approve.
/// </summary>
internal static class AuthorRule
{
    /// <summary>Why this actor's approval does not count; null when it does. The actor must be resolved.</summary>
    public static Refusal? Refuse(ReleaseCatalog catalog, PromoteRules rules, Authors authors, Actor actor)
    {
        // Bots and GitHub's merge button press nothing; the people around them are what matters.
        var people = authors
            .Identities.Where(identity => !identity.IsMachine)
            .Select(identity => (identity, actor: AsActor(catalog, identity)))
            .ToList();
        var own = people.FirstOrDefault(author => author.actor is not null && author.actor.IsSameAs(actor));
        if (own.identity is not null && !rules.AllowAuthor)
        {
            return new Refusal.SelfApproval(own.identity.Role, rules.By);
        }

        if (rules.AllowUnknownAuthor)
        {
            return null;
        }

        if (authors.Gap != AuthorGap.None)
        {
            return new Refusal.AuthorUnknown(null) { Gap = authors.Gap };
        }

        if (people.Count == 0)
        {
            return new Refusal.AuthorUnknown(null);
        }

        var doubtful = people.FirstOrDefault(author =>
            author.actor?.PersonName is null || (!rules.AllowAuthor && !author.actor.IsProvenOtherThan(actor))
        );
        return doubtful.identity is null ? null : new Refusal.AuthorUnknown(NameOf(doubtful.identity));
    }

    private static Actor? AsActor(ReleaseCatalog catalog, AuthorIdentity identity) =>
        identity.GitHubLogin is null && identity.SlackUserId is null
            ? null
            : new Actor(null, identity.SlackUserId, identity.GitHubLogin, NameOf(identity)).ResolvedBy(catalog);

    private static string NameOf(AuthorIdentity identity) =>
        identity.Name ?? identity.GitHubLogin ?? identity.SlackUserId ?? "unnamed";
}
