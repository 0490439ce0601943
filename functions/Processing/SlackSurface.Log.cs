using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Processing;

public sealed partial class SlackSurface
{
    [LoggerMessage(1, LogLevel.Information, "Job {Job}: posted to Slack as {Operation}")]
    private partial void LogPosted(JobId job, string operation);

    [LoggerMessage(2, LogLevel.Information, "Job {Job}: {Operation} was searched for in Slack, found: {Found}")]
    private partial void LogSearched(JobId job, string operation, bool found);

    [LoggerMessage(3, LogLevel.Warning, "Job {Job}: Slack does not show it ({Kind}, {Error}); again not before {At}")]
    private partial void LogFault(JobId job, SlackFaultKind kind, string error, DateTimeOffset? at);

    [LoggerMessage(4, LogLevel.Information, "Job {Job}: somebody else works on it; drawing stops")]
    private partial void LogLeaseLost(JobId job);
}
