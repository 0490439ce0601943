namespace Devflow.ChatOps.Functions.Adapters.Mongo;

public sealed partial class MongoStore
{
    [LoggerMessage(LogLevel.Information, "Store {Address} is open for {Holder}")]
    private static partial void LogOpened(ILogger logger, string address, string holder);

    [LoggerMessage(LogLevel.Information, "Store {Address}: schema {From} brought to {To}")]
    private static partial void LogMigrated(ILogger logger, string address, int from, int to);

    [LoggerMessage(LogLevel.Warning, "Store {Address}: housekeeping failed")]
    private static partial void LogHousekeepingFailed(ILogger logger, string address, Exception fault);

    [LoggerMessage(LogLevel.Warning, "Store {Address}: a lease that nobody waits for was not given back; it expires")]
    private static partial void LogNotGivenBack(ILogger logger, string address, Exception fault);

    [LoggerMessage(LogLevel.Information, "Store {Address}: a save of {Rollout} that another began was completed")]
    private static partial void LogCompleted(ILogger logger, string address, string rollout);
}
