namespace Devflow.ChatOps.Functions.Adapters.Kubernetes;

public sealed partial class KubernetesRollouts
{
    [LoggerMessage(1, LogLevel.Warning, "Observing {Rollout} without its {Part} from now on: {Fault}")]
    private static partial void LogLeftOut(ILogger logger, string rollout, string part, string fault);

    [LoggerMessage(2, LogLevel.Information, "Observing {Rollout} with its {Part} again")]
    private static partial void LogBack(ILogger logger, string rollout, string part);

    [LoggerMessage(
        3,
        LogLevel.Information,
        "Rollout {Rollout}: {Patch} at resourceVersion {ResourceVersion}: {Outcome}"
    )]
    private static partial void LogPatched(
        ILogger logger,
        string rollout,
        string patch,
        string resourceVersion,
        string outcome
    );
}
