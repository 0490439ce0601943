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
        if (RightRefused(question, actor) is { } noRight)
        {
            return new PolicyAnswer.Refused(noRight);
        }

        if (question.IsRollback)
        {
            return new PolicyAnswer.Allowed([new Vote(actor, question.Now, question.Subject)]);
        }

        var rules = question.Environment.Promote;
        var frozen = FreezeClock.FrozenUntil(question.Environment.Freeze, question.Now);
        var refusal =
            AuthorRule.Refuse(question.Catalog, rules, question.Authors, actor)
            ?? LockRefused(question.Lock, question.Now)
            ?? FreezeRefused(question, actor, frozen);
        return refusal is null ? Counted(question, actor, frozen) : new PolicyAnswer.Refused(refusal);
    }

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

    private static Refusal.NotAllowed? RightRefused(PromoteQuestion question, Actor actor)
    {
        var environment = question.Environment;
        var (action, by) = question switch
        {
            { Full: true } => (PolicyAction.PromoteFull, environment.Promote.FullBy),
            { IsRollback: true } => (PolicyAction.Promote, environment.Rollback.By),
            _ => (PolicyAction.Promote, environment.Promote.By),
        };
        return Membership.IsMember(question.Catalog, question.Groups, actor, by)
            ? null
            : new Refusal.NotAllowed(action, by);
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
