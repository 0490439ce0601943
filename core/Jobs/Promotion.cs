using Devflow.ChatOps.Core.Policy;

namespace Devflow.ChatOps.Core.Jobs;

/// <summary>Who promoted what. A switch without one went live without approval.</summary>
public sealed record Promotion(Actor By, DateTimeOffset At, ApprovalSubject Subject, bool Full)
{
    public FreezeOverride? OverriddenFreeze { get; init; }
}
