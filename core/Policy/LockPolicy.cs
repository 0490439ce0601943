namespace Devflow.ChatOps.Core.Policy;

/// <summary>Decides who may lock and unlock: those in `lock.by`, whoever the lock's owner is.</summary>
public static class LockPolicy
{
    /// <summary>
    /// The answer. A lock that is held cannot be taken over, it must be released first; the owner is told that it is
    /// theirs already, and who unlocks what is not locked that there is nothing to do.
    /// </summary>
    public static PolicyAnswer Evaluate(LockQuestion question)
    {
        var by = question.Environment.LockBy;
        var actor = question.Actor.ResolvedBy(question.Catalog);
        if (!Membership.IsMember(question.Catalog, question.Groups, actor, by))
        {
            var action = question.Take ? PolicyAction.Lock : PolicyAction.Unlock;
            return new PolicyAnswer.Refused(new Refusal.NotAllowed(action, by));
        }

        var held = question.Existing is { } existing && existing.IsHeldAt(question.Now) ? existing : null;
        return (question.Take, held) switch
        {
            (true, null) or (false, not null) => new PolicyAnswer.Allowed([]),
            (false, null) => Done($"{question.Environment.Name} is unlocked"),
            (true, not null) when held.Owner.ResolvedBy(question.Catalog).IsSameAs(actor) => Done(
                $"{question.Environment.Name} is locked by you"
            ),
            (true, not null) => new PolicyAnswer.Refused(PromotePolicy.LockRefused(held, question.Now)!),
        };
    }

    private static PolicyAnswer.Refused Done(string what) => new(new Refusal.AlreadyDone(what));
}
