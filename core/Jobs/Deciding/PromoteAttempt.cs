using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Jobs.Deciding;

/// <summary>A promote before anybody's right to it is asked for.</summary>
/// <param name="Job">What would be promoted; <c>null</c> when there is none.</param>
/// <param name="Obstacle">Why it would do nothing, or the wrong thing; <c>null</c> when it would not.</param>
internal sealed record PromoteAttempt(Job? Job, Refusal? Obstacle)
{
    /// <summary>As it was just read.</summary>
    public RolloutView? Rollout { get; init; }

    /// <summary>What it would lift.</summary>
    public PauseCondition? Pause { get; init; }

    /// <summary>What the policy is asked; <c>null</c> without a Job.</summary>
    public PromoteQuestion? Question { get; init; }
}
