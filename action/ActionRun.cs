using Devflow.ChatOps.Action.Inputs;
using Devflow.ChatOps.Action.Reporting;
using Devflow.ChatOps.Action.Runner;
using Devflow.ChatOps.Action.Service;
using Devflow.ChatOps.Action.Waiting;
using Devflow.ChatOps.GitOps.Releasing;

namespace Devflow.ChatOps.Action;

/// <summary>One run: write Git, announce the release, wait for it.</summary>
/// <param name="openGit">Gets access to the GitOps repository.</param>
/// <param name="openService">Gets access to the service.</param>
internal sealed class ActionRun(
    Func<ActionRequest, CancellationToken, Task<IReleaseCommitter>> openGit,
    Func<ServiceAccess, ReleaseService> openService,
    WorkflowLog log,
    TimeProvider clock
)
{
    /// <summary>Carries the request out; what can be expected to go wrong is in the report.</summary>
    public async Task<RunReport> RunAsync(ActionRequest request, CancellationToken stop)
    {
        var report = await WriteAsync(request, stop);
        return report.IsOk && request.Service is { } access && IsAnnounced(report.Outcome)
            ? await FollowAsync(report, access, stop)
            : report;
    }

    private async Task<RunReport> FollowAsync(RunReport written, ServiceAccess access, CancellationToken stop)
    {
        var report = written;
        try
        {
            log.Line(report.Message);
            var service = openService(access);
            report = await AnnounceAsync(report, access, service, stop);
            return report is { IsOk: true, Job: { } job } && report.Request!.Wait != WaitGoal.None
                ? await WaitAsync(report, job, service, stop)
                : report;
        }
        catch (Exception fault) when (!stop.IsCancellationRequested)
        {
            // Git is written: whatever happens now, the outputs say so.
            log.Line(fault.ToString());
            return report with
            {
                Exit = ExitCode.Fault,
                Code = ReasonCodes.InternalFault,
                Message = $"{report.Message} Then a fault of the Action: {fault.Message}",
            };
        }
    }

    // A pull request is no release until somebody merges it.
    private static bool IsAnnounced(ReleaseOutcome? outcome) =>
        outcome is ReleaseOutcome.Committed or ReleaseOutcome.Unchanged;

    private async Task<RunReport> WriteAsync(ActionRequest request, CancellationToken stop)
    {
        try
        {
            var git = await openGit(request, stop);
            var outcome = await git.RunAsync(request.Order, stop);
            var report = OutcomeReports.Of(outcome, request);
            foreach (var change in report.Changes)
            {
                log.Group(change.Path, UnifiedDiff.Of(change.Path, change.Before, change.After));
            }

            return report;
        }
        catch (GitHostException fault)
        {
            var again = clock.GetUtcNow() + fault.RetryAfter;
            return OutcomeReports.Of(new ReleaseOutcome.Failed(fault.Code, fault.Message, [], again), request);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return new RunReport(
                ExitCode.Cancelled,
                ReasonCodes.Cancelled,
                $"Cancelled while Git was written. Look at {request.Order.Branch} of {request.Order.Repository} whether the commit is there."
            )
            {
                Request = request,
            };
        }
    }

    private async Task<RunReport> AnnounceAsync(
        RunReport report,
        ServiceAccess access,
        ReleaseService service,
        CancellationToken stop
    )
    {
        var announcement = Announcement.Of(report, access);
        var key = AnnouncementKey.Of(
            access.RunId,
            report.Request!.Order.Run.Attempt,
            announcement.App,
            announcement.Environment,
            report.Request.Order.Images.Select(image => image.Reference(image.Name))
        );
        try
        {
            if (await EarlierAsync(report, service, stop) is { } earlier)
            {
                log.Line($"This release was announced before, as Job {earlier.Id}.");
                return report with { Job = earlier };
            }

            switch (await service.AnnounceAsync(announcement, key, stop))
            {
                case Answer<JobView>.Told(var job):
                    log.Line($"Announced to {access.Address.Host} as Job {job.Id}.");
                    return report with { Job = job };
                case Answer<JobView>.Refused(var code, var message):
                    return NotAnnounced(report, code, message);
                case Answer<JobView>.Unreachable(var message):
                    return NotAnnounced(report, ReasonCodes.ServiceUnreachable, message);
                default:
                    throw new InvalidOperationException("An answer of no kind.");
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return Cancelled(report, "while the release was announced");
        }
    }

    // Asked only where nothing was written. Without an answer the release is announced, which says what is wrong.
    private static async Task<JobView?> EarlierAsync(RunReport report, ReleaseService service, CancellationToken stop)
    {
        var order = report.Request!.Order;
        return
            report.Outcome is ReleaseOutcome.Unchanged(var head)
            && await service.ListAsync(order.App, order.Environment, stop) is Answer<JobPageView>.Told(var page)
            ? EarlierJob.Find(page.Jobs, order.Images[0], head.Value)
            : null;
    }

    private async Task<RunReport> WaitAsync(
        RunReport report,
        JobView job,
        ReleaseService service,
        CancellationToken stop
    )
    {
        var last = job;
        async Task<Answer<JobView>> ReadAsync(CancellationToken inTime)
        {
            var answer = await service.ReadAsync(job.Id, inTime);
            last = answer is Answer<JobView>.Told(var told) ? told : last;
            return answer;
        }

        try
        {
            var request = report.Request!;
            var outcome = await new ReleaseWait(ReadAsync, log, clock).UntilAsync(
                job,
                request.Wait,
                request.Timeout,
                stop
            );
            return OutcomeReports.Of(outcome, report);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return Cancelled(report with { Job = last }, "while waiting; the release goes on");
        }
    }

    private static RunReport NotAnnounced(RunReport report, string code, string message) =>
        report with
        {
            Exit = ExitCode.NotAnnounced,
            Code = code,
            Message =
                $"{report.Message} But the release could not be announced to the service: {message} Argo CD will release it "
                + "all the same; run this job again to announce it.",
        };

    private static RunReport Cancelled(RunReport report, string when) =>
        report with
        {
            Exit = ExitCode.Cancelled,
            Code = ReasonCodes.Cancelled,
            Message = $"{report.Message} Cancelled {when}.",
        };
}
