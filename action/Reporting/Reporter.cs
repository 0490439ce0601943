using System.Globalization;
using Devflow.ChatOps.Action.Inputs;
using Devflow.ChatOps.Action.Runner;
using Devflow.ChatOps.GitOps.Releasing;

namespace Devflow.ChatOps.Action.Reporting;

/// <summary>Tells the end of a run: annotations in the log, outputs, the summary.</summary>
/// <param name="pages">Where people look things up on GitHub.</param>
internal sealed class Reporter(WorkflowLog log, FileCommands files, RunPages pages)
{
    private const string Title = "Devflow";

    /// <summary>Tells it in all three places.</summary>
    /// <returns>How the program ends: as the report says, unless somebody could not be told of a good end.</returns>
    public ExitCode Tell(RunReport report)
    {
        Annotate(report);
        var isTold =
            Try(report, "outputs", () => files.SetOutputs(Outputs(report)))
            & Try(report, "summary", () => files.AddSummary(StepSummary.Of(report, pages)));
        return isTold || !report.IsOk ? report.Exit : ExitCode.Fault;
    }

    private static IEnumerable<(string Name, string Value)> Outputs(RunReport report) =>
        [
            (ActionOutputs.Changed.Name, report.IsChanged ? "true" : "false"),
            (ActionOutputs.CommitSha.Name, report.Commit?.Value ?? ""),
            (ActionOutputs.PullRequest.Name, report.PullRequest?.Number.ToString(CultureInfo.InvariantCulture) ?? ""),
            (ActionOutputs.JobId.Name, report.Job?.Id ?? ""),
            (ActionOutputs.Decision.Name, report.Decision),
            (ActionOutputs.ReasonCode.Name, report.Code),
            (ActionOutputs.Result.Name, ResultDocument.Of(report).ToJson()),
        ];

    /// <summary>Git may be written already: whatever is wrong with the runner's files, the log says what was done.</summary>
    private bool Try(RunReport report, string what, System.Action write)
    {
        try
        {
            write();
            return true;
        }
        catch (Exception fault)
            when (fault is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            var commit = report.Commit is { } sha ? $" The commit is {sha}." : "";
            log.Error(
                $"{Title}: {ReasonCodes.InternalFault}",
                $"The {what} could not be written: {fault.Message} {report.Message}{commit}"
            );
            return false;
        }
    }

    private void Annotate(RunReport report)
    {
        foreach (var fault in report.Faults.Take(WorkflowLog.MostAnnotations - 1))
        {
            log.Error($"{Title}: {fault.Input}", $"{fault.Input}: {fault.Message}");
        }

        foreach (var fault in report.Faults.Skip(WorkflowLog.MostAnnotations - 1))
        {
            log.Line($"{fault.Input}: {fault.Message}");
        }

        if (report.Outcome is ReleaseOutcome.Failed failed)
        {
            Annotate(report.Request!.Order.Repository, failed.Faults);
        }

        var title = report.Code.Length == 0 ? Title : $"{Title}: {report.Code}";
        if (!report.IsOk)
        {
            log.Error(title, report.Message);
        }
        else if (report.Code.Length > 0)
        {
            log.Notice(title, report.Message);
        }
        else
        {
            log.Line(report.Message);
        }
    }

    private void Annotate(string repository, IReadOnlyList<FileFault> faults)
    {
        foreach (var (fault, index) in faults.Select((fault, index) => (fault, index)))
        {
            var place = fault.Line == 0 ? fault.Path : $"{fault.Path}:{fault.Line}:{fault.Column}";
            var text = $"{repository} {place}: {fault.Message}";
            // One is kept for the sentence about the whole.
            if (index < WorkflowLog.MostAnnotations - 1)
            {
                log.Error(Title, text, new FilePlace(fault.Path, fault.Line, fault.Column));
            }
            else
            {
                log.Line(text);
            }
        }
    }
}
