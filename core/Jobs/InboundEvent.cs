using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Jobs;

/// <summary>What came in, parsed once at the edge. A hint carries no truth: the Rollout is read again.</summary>
public abstract record InboundEvent
{
    private InboundEvent() { }

    /// <summary>Somebody says that a Rollout of the catalog changed.</summary>
    public sealed record RolloutSeen(RolloutRef Rollout) : InboundEvent;

    /// <summary>Somebody wants something.</summary>
    public sealed record CommandGiven(Command Command) : InboundEvent;

    /// <summary>Well formed, and not about anything in the catalog.</summary>
    public sealed record Ignored(string Reason) : InboundEvent;
}
