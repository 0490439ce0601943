namespace Devflow.ChatOps.Functions.Adapters.Mongo;

public sealed partial class MongoStore
{
    [LoggerMessage(LogLevel.Information, "Store {Address} is open for {Holder}")]
    private static partial void LogOpened(ILogger logger, string address, string holder);

    [LoggerMessage(LogLevel.Information, "Store {Address}: schema {From} brought to {To}")]
    private static partial void LogMigrated(ILogger logger, string address, int from, int to);

    [LoggerMessage(LogLevel.Error, "Store {Address}: Job {Job} cannot be read and is left out")]
    private static partial void LogUnreadableJob(ILogger logger, string address, string job, Exception fault);

    [LoggerMessage(LogLevel.Error, "Store {Address}: command {Command} cannot be read and is put aside as stuck")]
    private static partial void LogUnreadableCommand(ILogger logger, string address, string command, Exception fault);

    [LoggerMessage(LogLevel.Warning, "Store {Address}: command {Command} is written down, and its hint may not be")]
    private static partial void LogNotHinted(ILogger logger, string address, string command, Exception fault);

    [LoggerMessage(LogLevel.Warning, "Store {Address}: housekeeping failed")]
    private static partial void LogHousekeepingFailed(ILogger logger, string address, Exception fault);

    [LoggerMessage(LogLevel.Warning, "Store {Address}: a lease that nobody waits for was not given back; it expires")]
    private static partial void LogNotGivenBack(ILogger logger, string address, Exception fault);

    [LoggerMessage(LogLevel.Error, "Store {Address}: {Problem}")]
    private static partial void LogClockSkew(ILogger logger, string address, string problem);

    [LoggerMessage(LogLevel.Information, "Store {Address}: the clocks agree again; this instance takes work")]
    private static partial void LogClockAgrees(ILogger logger, string address);

    [LoggerMessage(LogLevel.Information, "Store {Address}: a save of {Rollout} that another began was completed")]
    private static partial void LogCompleted(ILogger logger, string address, string rollout);
}
