namespace Devflow.ChatOps.Core.Policy;

/// <summary>Counts the people who approve.</summary>
internal static class VoteCount
{
    /// <summary>
    /// The votes that count: of the same subject, not expired, by people who still have the right and are not kept
    /// out by the author rule, each person once whichever account was used. The asking person's is the last.
    /// </summary>
    /// <param name="question">The question.</param>
    /// <param name="actor">Who asks, resolved; their right is checked already.</param>
    public static (IReadOnlyList<Vote> Votes, bool Repeated) Of(PromoteQuestion question, Actor actor)
    {
        var given = question
            .Votes.Where(vote => vote.Subject == question.Subject && !IsExpired(question, vote))
            .Select(vote => vote with { Actor = vote.Actor.ResolvedBy(question.Catalog) })
            .ToList();
        var own = new Vote(actor, question.Now, question.Subject);
        var counted = new List<Vote>();
        // People of the catalog first: an account that could be anybody's must not push out one that is somebody's.
        foreach (var vote in given.Where(vote => HasRight(question, vote.Actor)).OrderBy(Standing))
        {
            if (vote.Actor.IsProvenOtherThan(actor) && counted.All(other => other.Actor.IsProvenOtherThan(vote.Actor)))
            {
                counted.Add(vote);
            }
        }

        return ([.. counted.OrderBy(vote => vote.At), own], given.Any(vote => vote.Actor.IsSameAs(actor)));
    }

    private static (int, DateTimeOffset) Standing(Vote vote) => (vote.Actor.PersonName is null ? 1 : 0, vote.At);

    private static bool IsExpired(PromoteQuestion question, Vote vote) =>
        question.Environment.Promote.ExpireAfter is { } life && question.Now - vote.At >= life;

    private static bool HasRight(PromoteQuestion question, Actor actor)
    {
        var rules = question.Environment.Promote;
        IReadOnlyList<string> by = question.Full ? [.. rules.By, .. rules.FullBy] : rules.By;
        return Membership.IsMember(question.Catalog, question.Groups, actor, by)
            && AuthorRule.Refuse(question.Catalog, rules, question.Authors, actor) is null;
    }
}
