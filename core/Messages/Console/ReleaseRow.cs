using Devflow.ChatOps.Core.Jobs;

namespace Devflow.ChatOps.Core.Messages.Console;

/// <summary>A release as a line of a list. Plain text: the page escapes it.</summary>
/// <param name="Status">In a few words.</param>
/// <param name="Stuck">How many of its effects were given up.</param>
public sealed record ReleaseRow(
    JobId Id,
    string App,
    string Environment,
    string Version,
    string Sign,
    string Status,
    Tone Tone,
    DateTimeOffset CreatedAt,
    int Stuck
)
{
    public static ReleaseRow Of(Job job) =>
        new(
            job.Id,
            OutsideText.Line(job.App, 60),
            OutsideText.Line(job.Environment, 60),
            OutsideText.Line(job.DisplayVersion, 60),
            ReleaseWords.Sign(job),
            ReleaseWords.Status(job),
            ToneOf(job),
            job.CreatedAt,
            job.Outbox.Count(entry => entry.IsStuck)
        );

    private static Tone ToneOf(Job job) =>
        job.Status switch
        {
            JobStatus.AwaitingApproval when job.Trouble.Length == 0 => Tone.Waiting,
            JobStatus.AwaitingApproval or JobStatus.Failed or JobStatus.SyncFailed => Tone.Bad,
            JobStatus.RollingBack when ReleaseWords.GitIsLeft(job) => Tone.Bad,
            JobStatus.Syncing or JobStatus.Running or JobStatus.RollingBack => Tone.Moving,
            JobStatus.Succeeded when job is { HasLeft: false } => job.LiveWithoutApproval ? Tone.Waiting : Tone.Good,
            _ => Tone.Quiet,
        };
}

/// <summary>How urgent something is for whoever looks; a page gives each its colour, beside its words.</summary>
public enum Tone
{
    /// <summary>It is over, or has not begun.</summary>
    Quiet,

    /// <summary>It goes on by itself.</summary>
    Moving,

    /// <summary>Somebody is asked to act, or to take note.</summary>
    Waiting,

    /// <summary>Something is wrong.</summary>
    Bad,

    /// <summary>It is live.</summary>
    Good,
}
