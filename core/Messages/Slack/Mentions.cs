using Devflow.ChatOps.Core.Catalog;

namespace Devflow.ChatOps.Core.Messages.Slack;

/// <summary>Mentions those whom an environment names under <c>notify</c>: edits notify nobody, mentions do.</summary>
public static class Mentions
{
    // More would fill the message; a team that large has a user group.
    private const int Most = 20;

    /// <summary>
    /// The mentions, each once, in the catalog's order, separated by blanks; empty when nobody has a Slack id. A team is
    /// mentioned by its user group, or by its members where it has none; `admins` stands for the administrators.
    /// </summary>
    public static string Of(IReadOnlyList<string> names, ReleaseCatalog catalog) =>
        string.Join(
            ' ',
            names
                .SelectMany(name => name == ReleaseCatalog.AdminsName ? catalog.Admins : [name])
                .SelectMany(name => Each(name, catalog))
                .Where(mention => mention.Length > 0)
                .Distinct(StringComparer.Ordinal)
                .Take(Most)
        );

    private static IEnumerable<string> Each(string name, ReleaseCatalog catalog) =>
        catalog.FindTeam(name) switch
        {
            { SlackGroup: { } group } => [Mrkdwn.Group(group)],
            { } team => team.Members.Select(member => Person(member, catalog)),
            null => [Person(name, catalog)],
        };

    private static string Person(string name, ReleaseCatalog catalog) =>
        catalog.FindPerson(name)?.Slack is { } id ? Mrkdwn.User(id) : "";
}
