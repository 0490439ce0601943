using System.Text;
using Devflow.ChatOps.Action;
using Devflow.ChatOps.Action.GitHub;
using Devflow.ChatOps.Action.Inputs;
using Devflow.ChatOps.Action.Reporting;
using Devflow.ChatOps.Action.Runner;
using Devflow.ChatOps.Action.Service;

// UTF-8 whatever the container's locale says; the log is flushed line by line.
using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false));
var runner = RunnerEnvironment.Current;
var log = new WorkflowLog(output);
Secrets.Mask(runner, log);

using var cancellation = new Cancellation();
using var http = ServiceHttp.Open();
var files = new FileCommands(runner.OutputPath, runner.SummaryPath);
var reporter = new Reporter(log, files, new RunPages(runner.ServerUrl, runner.Repository));
var git = new GitHubAccess(runner, log, TimeProvider.System);
var run = new ActionRun(
    git.OpenAsync,
    access => new ReleaseService(http, access, log, TimeProvider.System),
    log,
    TimeProvider.System
);

RunReport report;
try
{
    var (request, faults) = RequestReader.Read(runner);
    report = request is null ? RunReport.OfFaults(faults) : await run.RunAsync(request, cancellation.Token);
}
catch (Exception fault)
{
    // The edge of the process: what nobody foresaw is said as well as it can be.
    log.Line(fault.ToString());
    report = new RunReport(ExitCode.Fault, ReasonCodes.InternalFault, $"{fault.GetType().Name}: {fault.Message}");
}

return (int)reporter.Tell(report);
