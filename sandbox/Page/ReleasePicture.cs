using System.Text.RegularExpressions;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Sandbox.Page;

/// <summary>The newest release of an app as the service sees it.</summary>
/// <param name="Version">What is released.</param>
/// <param name="Status">Status of its Job, in words.</param>
/// <param name="Tone"><c>act</c>, <c>good</c>, <c>bad</c> or nothing.</param>
/// <param name="Message">One sentence about the status.</param>
/// <param name="Steps">The six steps.</param>
internal sealed partial record ReleasePicture(
    string Version,
    string Status,
    string Tone,
    string Message,
    IReadOnlyList<StepPicture> Steps
)
{
    /// <summary>How long the version before can be brought back at once.</summary>
    public DateTimeOffset? InstantRollbackUntil { get; init; }

    /// <summary>Null before the first release: what was installed is no release.</summary>
    public static ReleasePicture? Of(RolloutJobs jobs) =>
        (jobs.Pending.LastOrDefault() ?? jobs.Current) is { Source: not JobSource.Baseline } job
            ? new ReleasePicture(
                job.DisplayVersion,
                Words(job.Status),
                ToneOf(job),
                job is { Status: JobStatus.AwaitingApproval, Trouble: "" }
                    ? "nothing switches until somebody promotes it"
                    : job.Message,
                [
                    .. job.Steps.Select(step => new StepPicture(
                        JobTexts.StepLabel(step.Name),
                        job.IsFinal && step.Status is (StepStatus.Running or StepStatus.Waiting)
                            ? "Ended"
                            : step.Status.ToString(),
                        step.Message
                    )),
                ]
            )
            {
                InstantRollbackUntil = job.InstantRollbackUntil,
            }
            : null;

    private static string ToneOf(Job job) =>
        job.Status switch
        {
            JobStatus.AwaitingApproval => "act",
            JobStatus.Succeeded => "good",
            JobStatus.Failed or JobStatus.SyncFailed => "bad",
            _ => "",
        };

    private static string Words(JobStatus status) =>
        UpperCase().Replace(status.ToString(), " $0").Trim().ToLowerInvariant();

    [GeneratedRegex("[A-Z]")]
    private static partial Regex UpperCase();
}

/// <summary>One of the six steps.</summary>
/// <param name="Status">Name of a <see cref="StepStatus"/>, or <c>Ended</c>: its Job is over and did not get past it.</param>
internal sealed record StepPicture(string Label, string Status, string Message);
