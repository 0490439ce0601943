using System.Globalization;
using Devflow.ChatOps.Action.Inputs;
using Devflow.ChatOps.Action.Service;
using Devflow.ChatOps.Action.Waiting;
using Devflow.ChatOps.GitOps.Releasing;

namespace Devflow.ChatOps.Action.Reporting;

/// <summary>What outcomes mean for the end of a run.</summary>
internal static class OutcomeReports
{
    /// <summary>After Git.</summary>
    public static RunReport Of(ReleaseOutcome outcome, ActionRequest request)
    {
        var (order, where) = (request.Order, $"{request.Order.Branch} of {request.Order.Repository}");
        var report = outcome switch
        {
            ReleaseOutcome.Committed it => Ok($"Committed {it.CommitSha.Short} to {where}."),
            ReleaseOutcome.Unchanged it => Ok($"Nothing to change: {where} says so already at {it.HeadSha.Short}."),
            ReleaseOutcome.PullRequestOpened it => Ok(
                $"Pull request #{it.Number} of {order.Repository} has the change; the release begins when it is merged."
            ),
            ReleaseOutcome.Planned it => Ok(
                it.Changes.Count == 0
                    ? $"Dry run: {where} says so already."
                    : $"Dry run: nothing was written. {Count(it.Changes.Count, "file")} would change in {where}."
            ),
            ReleaseOutcome.Superseded it => Superseded(
                request,
                $"Not written: the newer run {it.By.Number} (attempt {it.By.Attempt}) of the workflow released to {order.Environment} already, with {it.CommitSha.Short}."
            ),
            ReleaseOutcome.Refused it => new RunReport(ExitCode.Refused, it.Code, it.Message),
            ReleaseOutcome.Failed it => new RunReport(
                ExitCode.NotWritten,
                it.Code,
                it.RetryAt is { } at
                    ? string.Create(CultureInfo.InvariantCulture, $"{it.Message} Again at {at:HH:mm:ss} UTC.")
                    : it.Message
            ),
            _ => throw new InvalidOperationException("An outcome of no kind."),
        };
        return report with { Request = request, Outcome = outcome };
    }

    /// <summary>After waiting.</summary>
    public static RunReport Of(WaitOutcome outcome, RunReport report)
    {
        var request = report.Request!;
        var ended = outcome switch
        {
            WaitOutcome.Reached it => Ok($"{report.Message} {Sentence(it.Job)}"),
            WaitOutcome.NothingToRelease it => Ok($"{report.Message} Nothing to release: {Sentence(it.Job)}"),
            WaitOutcome.Superseded it => Superseded(request, $"{report.Message} {Sentence(it.Job)}"),
            WaitOutcome.Ended it => new RunReport(
                ExitCode.ReleaseFailed,
                it.Code,
                $"{report.Message} {Sentence(it.Job)}"
            ),
            WaitOutcome.TimedOut it => new RunReport(
                ExitCode.TimedOut,
                ReasonCodes.TimedOut,
                $"{report.Message} After {DurationText.Of(request.Timeout)} the release is not as far as it was waited for; it goes on. {Sentence(it.Job)}"
            ),
            WaitOutcome.Lost it => new RunReport(
                ExitCode.NotAnnounced,
                it.Code,
                $"{report.Message} The service stopped telling of the Job: {it.Message}"
            ),
            _ => throw new InvalidOperationException("An outcome of no kind."),
        };
        return report with { Exit = ended.Exit, Code = ended.Code, Message = ended.Message, Job = outcome.Job };
    }

    private static RunReport Ok(string message) => new(ExitCode.Ok, "", message);

    // Whoever is overtaken has not failed, unless that is what somebody wants to know.
    private static RunReport Superseded(ActionRequest request, string message) =>
        new(request.FailOnSuperseded ? ExitCode.Superseded : ExitCode.Ok, ReasonCodes.Superseded, message);

    private static string Sentence(JobView job) =>
        $"The Job is {job.Status}{(job.Message.Length == 0 ? "." : $": {job.Message}")}";

    private static string Count(int number, string noun) => number == 1 ? $"1 {noun}" : $"{number} {noun}s";
}
