namespace Devflow.ChatOps.Functions.Adapters.Slack;

public sealed partial class SlackClient
{
    [LoggerMessage(1, LogLevel.Warning, "Slack did not do {Method}: {Kind}, {Error}")]
    private partial void LogFault(string method, string kind, string error);

    [LoggerMessage(2, LogLevel.Debug, "Slack did {Method}")]
    private partial void LogDone(string method);
}
