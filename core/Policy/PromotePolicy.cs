namespace Devflow.ChatOps.Core.Policy;

/// <summary>
/// Decides who may let a release go live (design sections 5 and 8). The first reason that applies is the answer, in
/// the order in which a person can do something about it: the right, the author rule, the lock, the freeze, the votes.
/// </summary>
public static class PromotePolicy
{
    /// <summary>The answer; an allowed press counts as the actor's vote.</summary>
    public static PolicyAnswer Evaluate(PromoteQuestion question)
    {
        var actor = question.Actor.ResolvedBy(question.Catalog);
        var refusal = BeforeVotes(question, actor).Select(gate => gate.Refusal).FirstOrDefault(why => why is not null);
        return refusal is not null ? new PolicyAnswer.Refused(refusal)
            : question.IsRollback ? new PolicyAnswer.Allowed([new Vote(actor, question.Now, question.Subject)])
            : Counted(question, actor, FrozenNow(question));
    }

    /// <summary>
    /// Every gate with its answer, those behind a closed one too: the whole of what <see cref="Evaluate"/> asks until the
    /// first refusal. A release that rolls back has the first gate only.
    /// </summary>
    public static IReadOnlyList<Gate> Gates(PromoteQuestion question)
    {
        var actor = question.Actor.ResolvedBy(question.Catalog);
        var gates = BeforeVotes(question, actor).ToList();
        if (question.IsRollback)
        {
            return gates;
        }

        var mayVote = gates.All(gate => gate.Name is not (GateName.Right or GateName.Author) || gate.Refusal is null);
        var have = VoteCount.Of(question, actor).Votes.Count - (mayVote ? 0 : 1);
        var rules = question.Environment.Promote;
        return
        [
            .. gates,
            new Gate(GateName.Votes, have < rules.Votes ? new Refusal.NeedsVotes(have, rules.Votes, rules.By) : null),
        ];
    }

    /// <summary>The people and teams whose promote counts.</summary>
    internal static IReadOnlyList<string> By(PromoteQuestion question) =>
        question switch
        {
            { Full: true } => question.Environment.Promote.FullBy,
            { IsRollback: true } => question.Environment.Rollback.By,
            _ => question.Environment.Promote.By,
        };

    /// <summary>The refusal of a lock that holds; null when none does.</summary>
    internal static Refusal? LockRefused(ReleaseLock? held, DateTimeOffset now) =>
        held is not null && held.IsHeldAt(now)
            ? new Refusal.Locked(held.Owner.DisplayName, held.Reason, held.ExpiresAt)
            : null;

    /// <summary>The refusal of a freeze that is on and not overridden; null when there is none.</summary>
    internal static Refusal? FreezeRefused(PromoteQuestion question, Actor actor, Frozen? frozen)
    {
        if (frozen is null)
        {
            return null;
        }

        var by = question.Environment.FreezeOverrideBy;
        if (string.IsNullOrWhiteSpace(question.FreezeOverrideReason))
        {
            return new Refusal.FrozenUntil(frozen, by);
        }

        return Membership.IsMember(question.Catalog, question.Groups, actor, by)
            ? null
            : new Refusal.NotAllowed(PolicyAction.OverrideFreeze, by);
    }

    // One after the other, so that whoever needs the first refusal only asks no more.
    private static IEnumerable<Gate> BeforeVotes(PromoteQuestion question, Actor actor)
    {
        yield return new Gate(GateName.Right, RightRefused(question, actor));
        if (question.IsRollback)
        {
            yield break;
        }

        var rules = question.Environment.Promote;
        yield return new Gate(GateName.Author, AuthorRule.Refuse(question.Catalog, rules, question.Authors, actor));
        yield return new Gate(GateName.Lock, LockRefused(question.Lock, question.Now));
        yield return new Gate(GateName.Freeze, FreezeRefused(question, actor, FrozenNow(question)));
    }

    private static Frozen? FrozenNow(PromoteQuestion question) =>
        FreezeClock.FrozenUntil(question.Environment.Freeze, question.Now);

    private static Refusal.NotAllowed? RightRefused(PromoteQuestion question, Actor actor)
    {
        var by = By(question);
        return Membership.IsMember(question.Catalog, question.Groups, actor, by)
            ? null
            : new Refusal.NotAllowed(question.Full ? PolicyAction.PromoteFull : PolicyAction.Promote, by);
    }

    private static PolicyAnswer Counted(PromoteQuestion question, Actor actor, Frozen? frozen)
    {
        var rules = question.Environment.Promote;
        var (votes, repeated) = VoteCount.Of(question, actor);
        return votes.Count < rules.Votes
            ? new PolicyAnswer.NeedsVotes(votes, rules.Votes, rules.By, repeated)
            : new PolicyAnswer.Allowed(
                votes,
                frozen is null ? null : new FreezeOverride(question.FreezeOverrideReason!, frozen)
            );
    }
}
