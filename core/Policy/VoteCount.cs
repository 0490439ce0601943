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
        var counted = Distinct([.. given.Where(vote => HasRight(question, vote.Actor))], actor);
        return ([.. counted.OrderBy(vote => vote.At), own], given.Any(vote => vote.Actor.IsSameAs(actor)));
    }

    /// <summary>The votes of others that count, and the actor's own where it was given before.</summary>
    public static IReadOnlyList<Vote> Given(PromoteQuestion question)
    {
        var actor = question.Actor.ResolvedBy(question.Catalog);
        var (votes, repeated) = Of(question, actor);
        var mayVote = HasRight(question, actor);
        return repeated && mayVote ? votes : [.. votes.SkipLast(1)];
    }

    /// <summary>
    /// As many votes as are proven to come from different people, none of them the actor. Doubt is only ever between
    /// somebody without a Slack id and somebody without a GitHub login, so the largest set is found by preferring
    /// people of the catalog, or those with the one account, or those with the other.
    /// </summary>
    private static List<Vote> Distinct(IReadOnlyList<Vote> votes, Actor actor)
    {
        Func<Actor, bool>[] preferences =
        [
            who => who.PersonName is not null,
            who => who.SlackUserId is not null,
            who => who.GitHubLogin is not null,
        ];
        // MaxBy keeps the first of equals.
        return preferences.Select(prefers => Greedily(votes, actor, prefers)).MaxBy(set => set.Count) ?? [];
    }

    private static List<Vote> Greedily(IReadOnlyList<Vote> votes, Actor actor, Func<Actor, bool> prefers)
    {
        var counted = new List<Vote>();
        foreach (var vote in votes.OrderBy(vote => prefers(vote.Actor) ? 0 : 1).ThenBy(vote => vote.At))
        {
            if (vote.Actor.IsProvenOtherThan(actor) && counted.All(other => other.Actor.IsProvenOtherThan(vote.Actor)))
            {
                counted.Add(vote);
            }
        }

        return counted;
    }

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
