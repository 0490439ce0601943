using Devflow.ChatOps.Core.Catalog;

namespace Devflow.ChatOps.Core.Policy;

/// <summary>
/// Decides who may look at releases: `viewers` and admins, with an account of the workspace (design section 8).
/// </summary>
public static class ViewPolicy
{
    /// <summary>
    /// Why the actor may not look; <c>null</c> when they may. Of an account that Slack did not vouch for, `viewers:
    /// everyone` admits the people of the catalog only: anybody else may be a guest.
    /// </summary>
    /// <param name="groups">Those that <see cref="By"/> needs, resolved.</param>
    public static Refusal.NotAllowed? Refuse(
        ReleaseCatalog catalog,
        Groups groups,
        Actor actor,
        SlackAccount account = SlackAccount.Member
    )
    {
        if (account is not (SlackAccount.Member or SlackAccount.Unknown))
        {
            return new Refusal.NotAllowed(PolicyAction.View, []) { Account = account };
        }

        var isAnybody = account == SlackAccount.Unknown && actor.ResolvedBy(catalog).PersonName is null;
        return (catalog.Viewers is Viewers.Everyone && isAnybody) || !Membership.MayView(catalog, groups, actor)
            ? new Refusal.NotAllowed(PolicyAction.View, By(catalog))
            : null;
    }

    /// <summary>The people and teams who may look; where everyone may, whom else to ask.</summary>
    public static IReadOnlyList<string> By(ReleaseCatalog catalog) =>
        catalog.Viewers is Viewers.Only only ? [.. only.By.Union(catalog.Admins)] : catalog.Admins;
}
