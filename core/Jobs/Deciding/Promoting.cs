using System.Collections.Immutable;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Jobs.Deciding;

/// <summary>Promote: a promote that Argo Rollouts would swallow silently is refused with the reason.</summary>
internal static class Promoting
{
    public static Decision Decide(
        Command command,
        Wish.Promote wish,
        RolloutJobs jobs,
        Observation? seen,
        Circumstances here
    )
    {
        var attempt = Prepare(command, wish, jobs, seen, here);
        return attempt.Obstacle is { } obstacle
            ? Refusals.Refuse(obstacle, attempt.Job)
            : Answer(command, wish, attempt, here);
    }

    /// <summary>What a promote would be about, and what stands in its way before anybody's right to it is asked for.</summary>
    public static PromoteAttempt Prepare(
        Command command,
        Wish.Promote wish,
        RolloutJobs jobs,
        Observation? seen,
        Circumstances here
    )
    {
        if (jobs.Current is not { Release: { } release } job)
        {
            return new(null, new Refusal.NothingToPromote(command.App, command.Environment));
        }

        if (seen?.Rollout is not { } rollout)
        {
            return new(
                job,
                new Refusal.RolloutGone(command.Rollout.Cluster, command.Rollout.Namespace, command.Rollout.Name)
            )
            {
                Question = Question(command, wish, job, job.Subject!, here),
            };
        }

        // Only the Rollout was read: a retry that nobody has looked at yet began the next attempt.
        var number =
            release.Aborted && rollout is { IsObserved: true, Abort: false } ? release.Attempt + 1 : release.Attempt;
        // The pause may have begun anew since the Job was last brought up to date; approvals are bound to this one.
        var pause = rollout.PauseConditions.FirstOrDefault();
        var subject = job.Subject! with { Attempt = number, PauseStartTime = pause?.StartTime };
        var obstacle =
            Commanding.SeesCurrent(command, job, number, pause?.StartTime)
            ?? Obstacle(job, release, rollout, wish.Full)
            ?? UnderWay(job);
        return new(job, obstacle)
        {
            Rollout = rollout,
            Pause = pause,
            Question = Question(command, wish, job, subject, here),
        };
    }

    private static Refusal.AlreadyDone? UnderWay(Job job) =>
        job.Outbox.Any(entry =>
            entry.Effect is Effect.PatchRollout { Patch: RolloutPatch.Promote or RolloutPatch.PromoteFull }
        )
            ? new Refusal.AlreadyDone($"{job.DisplayVersion} is being promoted")
            : null;

    private static PromoteQuestion Question(
        Command command,
        Wish.Promote wish,
        Job job,
        ApprovalSubject subject,
        Circumstances here
    ) =>
        new(
            here.Catalog,
            here.App,
            here.Environment,
            command.Actor,
            here.Groups,
            job.AuthorsNow(here),
            subject,
            job.Votes,
            here.Now
        )
        {
            Full = wish.Full,
            Lock = here.Lock,
            FreezeOverrideReason = wish.OverrideReason,
            IsRollback = job.RollbackOf is not null,
        };

    /// <summary>Why a promote would do nothing, or the wrong thing, at this moment.</summary>
    public static Refusal? Obstacle(Job job, Release release, RolloutView rollout, bool full)
    {
        if (rollout.HasWorkloadRef)
        {
            return new Refusal.Unsupported("a Rollout with workloadRef");
        }

        if (rollout.BlueGreen is not { } strategy)
        {
            return new Refusal.Unsupported("a canary strategy");
        }

        if (rollout.Uid != release.Uid || rollout.CurrentPodHash != release.Hash || !AsksFor(rollout, job.Images))
        {
            return NewerThan(rollout);
        }

        if (!rollout.IsObserved)
        {
            return new Refusal.Conflict();
        }

        // After the switch there is an inconclusive analysis to run again, or, in full, one to skip.
        var inconclusive = rollout.PauseFor(PauseCondition.InconclusiveAnalysisRun) is not null;
        if (IsOver(release, rollout, full) || (rollout.ActiveSelector == release.Hash && !full && !inconclusive))
        {
            return new Refusal.NothingToPromote(job.App, job.Environment);
        }

        if (rollout.Abort)
        {
            return new Refusal.Aborted(rollout.Message.Length == 0 ? null : Plain.OneLine(rollout.Message, 120));
        }

        // The abort may be on its way still.
        if (job is { Status: JobStatus.RollingBack, Rollback.ClusterDone: false })
        {
            return new Refusal.Aborted(JobTexts.RollsBack);
        }

        if (rollout.SpecPaused)
        {
            return new Refusal.PausedByHand();
        }

        // A full promote gets a swallowed one moving.
        if (rollout.PromoteFull || (rollout.IsUnpausing && !full && strategy.PausesForApproval))
        {
            return new Refusal.AlreadyDone($"{job.DisplayVersion} is promoted, and Argo Rollouts is acting on it");
        }

        if (job.Trouble.Length > 0)
        {
            return new Refusal.PreviewUnhealthy(job.Trouble);
        }

        return full ? null : PlainObstacle(job, rollout, strategy);
    }

    /// <summary>It takes the traffic and is stable: no pause is left to lift, no analysis to skip.</summary>
    internal static bool IsLiveAndStable(RolloutView rollout, PodHash hash) =>
        rollout.StableRS == hash && rollout.ActiveSelector == hash;

    /// <summary>
    /// Stable alone does not mean over. A Rollout that was deleted and made again calls its first version stable at once,
    /// and pauses all the same while the active Service still selects a version of its predecessor
    /// (<c>isBlueGreenFastTracked</c> in argo-rollouts). Of what is stable the controller forgets a full promote at once,
    /// unless it finds a pause to lift.
    /// </summary>
    private static bool IsOver(Release release, RolloutView rollout, bool full) =>
        rollout.StableRS == release.Hash
        && (
            rollout.ActiveSelector.IsNone
            || rollout.ActiveSelector == release.Hash
            || (full && rollout.PauseConditions.IsEmpty && !rollout.IsUnpausing)
        );

    /// <summary>
    /// The template is of these images. In the moment in which a newer one arrives, the old hash and pause are still
    /// served (facts 7).
    /// </summary>
    internal static bool AsksFor(RolloutView rollout, ImmutableArray<string> images) =>
        images.IsDefaultOrEmpty
        || rollout
            .TemplateImages.Order(StringComparer.Ordinal)
            .SequenceEqual(images.Order(StringComparer.Ordinal), StringComparer.Ordinal);

    internal static Refusal.Superseded NewerThan(RolloutView rollout) =>
        new(rollout.TemplateImages.IsDefaultOrEmpty ? null : VersionName.TagOf(rollout.TemplateImages[0]));

    private static Refusal? PlainObstacle(Job job, RolloutView rollout, BlueGreenStrategy strategy)
    {
        if (rollout.PauseFor(PauseCondition.InconclusiveAnalysisRun) is not null)
        {
            return null;
        }

        var pause = rollout.PauseFor(PauseCondition.BlueGreenPause);
        if (!strategy.PausesForApproval)
        {
            return new Refusal.AutoPromotesAt(
                strategy.CountsDown ? pause?.StartTime.AddSeconds(strategy.AutoPromotionSeconds) : null
            );
        }

        if (pause is not null)
        {
            return null;
        }

        var analysis = rollout.PrePromotionAnalysis;
        return strategy.HasPrePromotionAnalysis && analysis is { Successful: false, Bad: false }
            ? new Refusal.AnalysisRunning(analysis.Name)
            : new Refusal.NothingToPromote(job.App, job.Environment);
    }

    private static Decision Answer(Command command, Wish.Promote wish, PromoteAttempt attempt, Circumstances here)
    {
        var (job, rollout, pause) = (attempt.Job!, attempt.Rollout!, attempt.Pause);
        var subject = attempt.Question!.Subject;
        var answer = PromotePolicy.Evaluate(attempt.Question);
        var changes = new Changes();
        switch (answer)
        {
            case PolicyAnswer.Refused refused:
                return Refusals.Refuse(refused.Refusal, job);

            case PolicyAnswer.NeedsVotes votes:
                var voided = job.Votes.Count(vote => vote.Subject != subject);
                var voted = Shown(job) with { Votes = [.. votes.Votes] };
                voted = voided == 0 ? voted : voted.Tell(here.Now, JobTexts.VotesVoid(voided));
                if (!votes.Repeated)
                {
                    voted = voted.Tell(here.Now, JobTexts.Voted(command.Actor, votes.Have, votes.Need));
                }

                var pending = Refusals.Outcome(votes.ToRefusal(), job);
                changes.Put(job, voted.Applied(command, pending));
                return changes.Decide(pending);

            case PolicyAnswer.Allowed allowed:
                var again = pause?.Reason == PauseCondition.InconclusiveAnalysisRun && !wish.Full;
                var promoted = Begin(command, wish, job, rollout, pause, subject, allowed, again, here);
                changes.Put(job, promoted);
                changes.LookAt(here.Now + Nudging.SwallowedAfter);
                return changes.Decide(new CommandOutcome(CommandOutcome.OkCode, promoted.Timeline[^1].Text, job.Id));

            default:
                throw new InvalidOperationException("The policy has an answer that nobody reads.");
        }
    }

    private static Job Begin(
        Command command,
        Wish.Promote wish,
        Job job,
        RolloutView rollout,
        PauseCondition? pause,
        ApprovalSubject subject,
        PolicyAnswer.Allowed allowed,
        bool analysisAgain,
        Circumstances here
    )
    {
        var patch = PatchOf(wish, rollout, pause)!;
        var text = analysisAgain ? JobTexts.AnalysisAgain(job) : JobTexts.Promoting(job, command.Actor, wish.Full);
        if (allowed.OverriddenFreeze is { } overridden)
        {
            text += " " + JobTexts.Overridden(overridden);
        }

        return (
            Shown(job) with
            {
                Votes = [.. allowed.Votes],
                Promotion = analysisAgain
                    ? job.Promotion
                    : new Promotion(command.Actor, here.Now, subject, wish.Full)
                    {
                        OverriddenFreeze = allowed.OverriddenFreeze,
                    },
            }
        )
            .Tell(here.Now, text)
            .Patch(
                Commanding.PatchId(command.Key),
                patch,
                here.Now,
                new PatchWish(command.Actor, command.At, subject) { FreezeOverrideReason = wish.OverrideReason }
            )
            .Applied(command, text);
    }

    /// <summary>The patch that promotes it; <c>null</c> without a pause to lift.</summary>
    public static RolloutPatch? PatchOf(Wish.Promote wish, RolloutView rollout, PauseCondition? pause) =>
        wish.Full ? new RolloutPatch.PromoteFull(rollout.Uid, rollout.ResourceVersion, rollout.CurrentPodHash)
        : pause is null ? null
        : new RolloutPatch.Promote(rollout.Uid, rollout.ResourceVersion, rollout.CurrentPodHash, pause.StartTime);

    /// <summary>A baseline that somebody acts on is a release like any other from here on.</summary>
    internal static Job Shown(Job job) =>
        job.Source == JobSource.Baseline ? job with { Source = JobSource.External } : job;
}
