namespace Devflow.ChatOps.Core.Policy;

/// <summary>
/// Decides who may roll back: those in `rollback.by`, in locks and freezes too, and whoever wrote the release
/// (design section 8), for the way out must always be open.
/// </summary>
public static class RollbackPolicy
{
    /// <summary>The answer.</summary>
    public static PolicyAnswer Evaluate(RollbackQuestion question)
    {
        var by = question.Environment.Rollback.By;
        return Membership.IsMember(question.Catalog, question.Groups, question.Actor, by)
            ? new PolicyAnswer.Allowed([])
            : new PolicyAnswer.Refused(new Refusal.NotAllowed(PolicyAction.Rollback, by));
    }
}
