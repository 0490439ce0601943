using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Functions.Processing;

public sealed partial class RolloutWorker
{
    private static readonly Func<ILogger, RolloutRef, IDisposable?> RolloutScope =
        LoggerMessage.DefineScope<RolloutRef>("{Rollout}");

    private static readonly Func<ILogger, RolloutRef, string, IDisposable?> CommandScope = LoggerMessage.DefineScope<
        RolloutRef,
        string
    >("{Rollout} {Command}");

    [LoggerMessage(LogLevel.Warning, "{Rollout} is not in the catalog any more; it is not looked at.")]
    private partial void NotInCatalog(RolloutRef rollout);

    [LoggerMessage(LogLevel.Warning, "Could not observe {Rollout}: {Kind}, {Reason}")]
    private partial void CannotObserve(RolloutRef rollout, ClusterFaultKind kind, string reason);

    [LoggerMessage(LogLevel.Debug, "Job {Job} was saved by somebody else in between; deciding again.")]
    private partial void LostRace(JobId job);

    [LoggerMessage(LogLevel.Information, "Job {Job} is {Status} (pod hash {PodHash}).")]
    private partial void Saved(JobId job, JobStatus status, string podHash);
}
