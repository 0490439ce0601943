using System.Collections.Immutable;

namespace Devflow.ChatOps.Core.Rollouts;

/// <summary>The six steps of a release, in order.</summary>
public enum StepName
{
    Applied,
    PreviewReady,
    Verify,
    PromoteSwitch,
    PostVerify,
    Completed,
}

/// <summary>Where a step stands. <see cref="Waiting"/> is for a person or a timer.</summary>
public enum StepStatus
{
    Pending,
    Running,
    Waiting,
    Succeeded,
    Failed,
    Skipped,
}

/// <summary>One step with a sentence about it and the time at which its status was first seen.</summary>
public sealed record Step(StepName Name, StepStatus Status, string Message = "", DateTimeOffset? Since = null)
{
    /// <summary>The release has passed this step and does not come back to it within the attempt.</summary>
    public bool IsPassed => Status is StepStatus.Succeeded or StepStatus.Skipped;

    /// <summary>All six, pending.</summary>
    public static ImmutableArray<Step> AllPending { get; } =
    [.. Enum.GetValues<StepName>().Select(name => new Step(name, StepStatus.Pending))];
}
