namespace Devflow.ChatOps.Core.Policy;

/// <summary>
/// Decides who may retry: those in `retry.by`, outside of locks and freezes. A retry that would go live at once must
/// pass the whole promote policy as well, or wait (design section 5).
/// </summary>
public static class RetryPolicy
{
    /// <summary>The answer.</summary>
    public static PolicyAnswer Evaluate(RetryQuestion question)
    {
        var promote = question.Promote;
        var actor = promote.Actor.ResolvedBy(promote.Catalog);
        var by = promote.Environment.RetryBy;
        var frozen = FreezeClock.FrozenUntil(promote.Environment.Freeze, promote.Now);
        var refusal = Membership.IsMember(promote.Catalog, promote.Groups, actor, by)
            ? PromotePolicy.LockRefused(promote.Lock, promote.Now)
                ?? PromotePolicy.FreezeRefused(promote, actor, frozen)
            : new Refusal.NotAllowed(PolicyAction.Retry, by);
        if (refusal is not null)
        {
            return new PolicyAnswer.Refused(refusal);
        }

        if (question.GoesLiveUntil is { } deadline && deadline > promote.Now)
        {
            var left = (int)Math.Ceiling(Math.Min((deadline - promote.Now).TotalSeconds, int.MaxValue));
            return PromotePolicy.Evaluate(promote) is PolicyAnswer.Allowed allowed
                ? allowed
                : new PolicyAnswer.Refused(new Refusal.RetryTooSoon(left));
        }

        return new PolicyAnswer.Allowed(
            [],
            frozen is null ? null : new FreezeOverride(promote.FreezeOverrideReason!, frozen)
        );
    }
}
