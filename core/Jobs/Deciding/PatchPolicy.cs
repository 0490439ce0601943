using Devflow.ChatOps.Core.Policy;

namespace Devflow.ChatOps.Core.Jobs.Deciding;

/// <summary>
/// Whether what somebody asked for may still be done when its patch must be sent again: by the locks, freezes, rights and
/// votes of this moment, not of the one in which it was asked.
/// </summary>
public static class PatchPolicy
{
    /// <summary>
    /// Whether a patch is asked about again. Ways back are not: they are open in locks and freezes, and whoever asked
    /// for one wants it the more, the longer it takes.
    /// </summary>
    public static bool Concerns(RolloutPatch patch) =>
        patch is RolloutPatch.Promote or RolloutPatch.PromoteFull or RolloutPatch.Retry;

    /// <summary>Why it must not be sent again; <c>null</c> when it may be.</summary>
    public static Refusal? Refuse(RolloutPatch patch, PatchWish? asked, Job job, Circumstances here)
    {
        if (!Concerns(patch))
        {
            return null;
        }

        if (asked is not { Subject: { } subject } || Commanding.IsTooOld(asked.At, here.Now))
        {
            return new Refusal.Stale(Staleness.Patch);
        }

        var question = new PromoteQuestion(
            here.Catalog,
            here.App,
            here.Environment,
            asked.By,
            here.Groups,
            job.AuthorsNow(here),
            subject,
            job.Votes,
            here.Now
        )
        {
            Full = patch is RolloutPatch.PromoteFull,
            Lock = here.Lock,
            FreezeOverrideReason = asked.FreezeOverrideReason,
            IsRollback = job.RollbackOf is not null,
        };
        var answer =
            patch is RolloutPatch.Retry
                ? RetryPolicy.Evaluate(new RetryQuestion(question, job.RetryGoesLiveUntil))
                : PromotePolicy.Evaluate(question);
        return answer switch
        {
            PolicyAnswer.Refused refused => refused.Refusal,
            PolicyAnswer.NeedsVotes votes => votes.ToRefusal(),
            _ => null,
        };
    }
}
