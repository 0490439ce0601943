using Microsoft.Extensions.Logging;

namespace Devflow.ChatOps.Functions.Adapters.Sqlite;

public sealed partial class SqliteStore
{
    [LoggerMessage(LogLevel.Information, "Store {Path} is open for {Holder}")]
    private static partial void LogOpened(ILogger logger, string path, string holder);

    [LoggerMessage(LogLevel.Information, "Store {Path}: schema {From} brought to {To}")]
    private static partial void LogMigrated(ILogger logger, string path, int from, int to);

    [LoggerMessage(LogLevel.Error, "Store {Path}: Job {Job} cannot be read and is left out")]
    private static partial void LogUnreadableJob(ILogger logger, string path, string job, Exception fault);

    [LoggerMessage(LogLevel.Error, "Store {Path}: command {Command} cannot be read and is put aside as stuck")]
    private static partial void LogUnreadableCommand(ILogger logger, string path, string command, Exception fault);
}

internal sealed partial class SqliteWriter
{
    [LoggerMessage(LogLevel.Warning, "Store {Path}: a transaction of {Count} writes broke; each is tried alone")]
    private static partial void LogGroupBroken(ILogger logger, string path, int count);

    [LoggerMessage(LogLevel.Error, "Store {Path}: {Count} writes could not be committed")]
    private static partial void LogCommitFailed(ILogger logger, string path, int count, Exception fault);

    [LoggerMessage(LogLevel.Error, "Store {Path}: a transaction could not be ended")]
    private static partial void LogRollbackFailed(ILogger logger, string path, Exception fault);

    [LoggerMessage(LogLevel.Warning, "Store {Path}: housekeeping failed")]
    private static partial void LogHousekeepingFailed(ILogger logger, string path, Exception fault);
}
