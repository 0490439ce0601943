using Devflow.ChatOps.Core.Catalog;

namespace Devflow.ChatOps.Core.Policy;

/// <summary>Who else could approve, as far as names are known.</summary>
public static class Approvers
{
    /// <summary>
    /// People of the catalog and known members of the groups that `promote.by` names, each once, whose vote would count
    /// and is not given yet. Those whom the author rule keeps out are none.
    /// </summary>
    public static IReadOnlyList<Actor> Of(PromoteQuestion question)
    {
        var by = PromotePolicy.By(question);
        var given = VoteCount.Given(question);
        var found = new List<Actor>();
        foreach (var candidate in Candidates(question, by))
        {
            var isOpen = !found.Any(candidate.IsSameAs) && !given.Any(vote => vote.Actor.IsSameAs(candidate));
            if (isOpen && Counts(question, candidate, by))
            {
                found.Add(candidate);
            }
        }

        return found;
    }

    private static bool Counts(PromoteQuestion question, Actor candidate, IReadOnlyList<string> by) =>
        Membership.IsMember(question.Catalog, question.Groups, candidate, by)
        && (
            question.IsRollback
            || AuthorRule.Refuse(question.Catalog, question.Environment.Promote, question.Authors, candidate) is null
        );

    private static IEnumerable<Actor> Candidates(PromoteQuestion question, IReadOnlyList<string> by)
    {
        var catalog = question.Catalog;
        var teams = by.SelectMany(name => name == ReleaseCatalog.AdminsName ? catalog.Admins : [name])
            .Select(catalog.FindTeam)
            .OfType<Team>()
            .ToList();
        return catalog
            .People.Select(Actor.FromPerson)
            .Concat(
                teams
                    .SelectMany(team => team.SlackGroup is { } group ? question.Groups.OfSlackGroup(group) : [])
                    .Order(StringComparer.Ordinal)
                    .Select(user => Actor.FromSlack(catalog, user))
            )
            .Concat(
                teams
                    .SelectMany(team => team.GitHubTeam is { } name ? question.Groups.OfGitHubTeam(name) : [])
                    .Order(StringComparer.Ordinal)
                    .Select(login => Actor.FromGitHub(catalog, login))
            );
    }
}
