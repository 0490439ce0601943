using System.Globalization;
using System.Text;
using Devflow.ChatOps.Core.Messages;

namespace Devflow.ChatOps.Core.Jobs.Deciding;

/// <summary>The small changes of a Job that decisions are made of.</summary>
internal static class JobChanges
{
    /// <summary>How the audit calls an entry that left the timeline.</summary>
    public const string MovedOut = "timeline";

    /// <summary>Adds to the timeline; what no longer fits moves from its beginning into the audit.</summary>
    public static Job Tell(
        this Job job,
        DateTimeOffset at,
        string text,
        bool attention = false,
        JobStatus? during = null
    )
    {
        var entry = new TimelineEntry(job.LastEntry + 1, at, Plain.OneLine(text, 600), attention, during);
        var told = job with { LastEntry = entry.Number, Timeline = job.Timeline.Add(entry) };
        return told.Timeline.Length > Job.TimelineLimit ? MoveOut(told, told.Timeline[0]) : told;
    }

    private static Job MoveOut(Job job, TimelineEntry oldest) =>
        (job with { Timeline = job.Timeline.RemoveAt(0) }).Do(
            new Effect.AppendAudit(
                string.Create(CultureInfo.InvariantCulture, $"{job.Id}:timeline:{oldest.Number}"),
                JobTexts.Audit(job, oldest.At, "devflow", "service", MovedOut, "moved") with
                {
                    Reason = oldest.Text,
                }
            )
        );

    /// <summary>Remembers that the command was applied.</summary>
    public static Job Applied(this Job job, Command command, CommandOutcome outcome)
    {
        var applied = job.AppliedCommands.Add(new AppliedCommand(command.Key, outcome with { Job = job.Id }));
        return job with { AppliedCommands = applied.Length > Job.AppliedCommandsLimit ? applied.RemoveAt(0) : applied };
    }

    /// <summary>Remembers that the command was applied as it was wished.</summary>
    public static Job Applied(this Job job, Command command, string text) =>
        job.Applied(command, new CommandOutcome(CommandOutcome.OkCode, text));

    /// <summary>Sets the final word about a Job: votes are void and what was still to be done for it is dropped.</summary>
    public static Job End(this Job job, JobStatus status, string message, DateTimeOffset at, bool attention = false) =>
        (
            job.WithoutPatches(at).WithoutParked() with
            {
                Status = status,
                Message = message,
                Votes = [],
                Trouble = "",
                RetryGoesLiveUntil = null,
                UnpausingSince = null,
                InstantRollbackUntil = null,
            }
        ).Tell(at, message, attention);

    /// <summary>The next revision when a surface would show something else than before.</summary>
    public static Job Revised(this Job job, Job? before) =>
        before is not null && Face(before) == Face(job) ? job : job with { Revision = job.Revision + 1 };

    // Everything that cards, check runs and pages are drawn from, but for times that pass by themselves.
    private static string Face(Job job)
    {
        var face = new StringBuilder(512);
        face.Append(CultureInfo.InvariantCulture, $"{job.Source}|{job.Status}|{job.Message}|{job.SyncMessage}|");
        face.Append(
            CultureInfo.InvariantCulture,
            $"{job.Request?.Reference}|{job.Request?.SourceCommit}|{job.Trouble}|"
        );
        face.Append(
            CultureInfo.InvariantCulture,
            $"{job.Release?.Hash}|{job.Release?.Attempt}|{job.LiveWithoutApproval}|{job.HasLeft}|"
        );
        face.Append(CultureInfo.InvariantCulture, $"{job.Promotion?.By}|{job.Promotion?.Subject}|{job.SupersededBy}|");
        face.Append(
            CultureInfo.InvariantCulture,
            $"{job.Rollback?.Path}|{job.Rollback?.Target}|{job.Rollback?.ClusterDone}|{job.Rollback?.Git}|{job.HasLeft}|"
        );
        face.Append(
            CultureInfo.InvariantCulture,
            $"{job.Rollback?.GitCommit}|{job.Rollback?.PullRequest}|{job.Rollback?.GitProblem}|{job.Rollback?.PullEnded}|{job.WritesGit}|"
        );
        face.Append(
            CultureInfo.InvariantCulture,
            $"{job.Lock}|{job.Freeze}|{job.WayBack}|{job.InstantRollbackUntil}|{job.RetryGoesLiveUntil}|"
        );
        face.Append(CultureInfo.InvariantCulture, $"{job.LastEntry}|{job.Authors.Identities.Count}|");
        face.Append(
            CultureInfo.InvariantCulture,
            $"{job.Contents?.Head}|{job.Contents?.ReadAt}|{job.Contents?.GitOpsReadAt}|{job.Contents?.Problem}|"
        );
        face.AppendJoin(',', job.Votes.Select(vote => vote.Actor.DisplayName + vote.At));
        face.AppendJoin(',', job.Steps.Select(step => $"{step.Status}:{step.Message}"));
        return face.ToString();
    }
}
