using System.Collections.Immutable;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Jobs.Deciding;

/// <summary>What a promote would come to now; nothing was changed.</summary>
/// <param name="Job">What would be promoted; <c>null</c> when there is none.</param>
/// <param name="Gates">All of them, in the order in which a promote passes them.</param>
public sealed record PromotePlan(Job? Job, ImmutableArray<Gate> Gates)
{
    /// <summary>Who else could approve.</summary>
    public ImmutableArray<Actor> CanApprove { get; init; } = [];

    /// <summary>Approvals that count, without the asking person's.</summary>
    public ImmutableArray<Vote> Votes { get; init; } = [];

    public int VotesNeeded { get; init; }

    /// <summary>When the first of them expires; <c>null</c>: never.</summary>
    public DateTimeOffset? FirstVoteEnds { get; init; }

    /// <summary>The patch as it would be sent on this read; <c>null</c> when there is nothing to patch.</summary>
    public RolloutPatch? Patch { get; init; }

    /// <summary>The members of all groups are known.</summary>
    public bool GroupsAreKnown { get; init; } = true;

    /// <summary>It would be promoted.</summary>
    public bool Passes => Gates.All(gate => gate.Refusal is null);

    /// <summary>
    /// Asks what a promote asks, by the same code, and does nothing about it.
    /// </summary>
    /// <param name="unreadable">Why the cluster could not be read; then <paramref name="seen"/> is <c>null</c>.</param>
    public static PromotePlan Of(
        Command command,
        Wish.Promote wish,
        RolloutJobs jobs,
        Observation? seen,
        Circumstances here,
        Refusal? unreadable = null
    )
    {
        var attempt = Promoting.Prepare(command, wish, jobs, seen, here);
        var state = new Gate(GateName.State, unreadable ?? attempt.Obstacle);
        if (attempt.Question is not { } question)
        {
            return new PromotePlan(attempt.Job, [state]);
        }

        var gates = PromotePolicy.Gates(question).ToList();
        if (Commanding.AccountRefused(wish, here.Account) is { } account)
        {
            gates[0] = gates[0] with { Refusal = account };
        }

        var votes = VoteCount.Given(question);
        return new PromotePlan(attempt.Job, [state, .. gates])
        {
            CanApprove = [.. Approvers.Of(question)],
            Votes = [.. votes],
            VotesNeeded = question.IsRollback ? 1 : Math.Max(1, here.Environment.Promote.Votes),
            FirstVoteEnds =
                here.Environment.Promote.ExpireAfter is { } life && votes.Count > 0
                    ? votes.Min(vote => vote.At) + life
                    : null,
            Patch =
                state.Refusal is null && attempt.Rollout is { } rollout
                    ? Promoting.PatchOf(wish, rollout, attempt.Pause)
                    : null,
            GroupsAreKnown = here.Groups.IsComplete,
        };
    }
}
