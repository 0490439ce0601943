namespace Devflow.ChatOps.Functions.Adapters.Kubernetes;

public sealed partial class ClusterConnections
{
    [LoggerMessage(1, LogLevel.Information, "Cluster {Cluster}: connecting to {Server} with {Source}")]
    private static partial void LogOpened(ILogger logger, string cluster, string server, string source);

    [LoggerMessage(2, LogLevel.Warning, "Cluster {Cluster}: {Source} switches TLS verification off")]
    private static partial void LogUnverified(ILogger logger, string cluster, string source);

    [LoggerMessage(3, LogLevel.Error, "{Fault}")]
    private static partial void LogMisconfigured(ILogger logger, string fault);
}
