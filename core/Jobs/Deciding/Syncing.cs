using System.Collections.Immutable;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Jobs.Deciding;

/// <summary>Jobs that were announced and are not in the cluster yet: what Argo CD makes of them.</summary>
internal static class Syncing
{
    /// <summary>The Rollout and the Application are two reads; what only one of them shows must hold this long.</summary>
    private static readonly TimeSpan settleTime = TimeSpan.FromSeconds(5);

    /// <summary>The same where Argo CD speaks of another commit than ours, which only its age tells to be a later one.</summary>
    private static readonly TimeSpan settleTimeOfLater = TimeSpan.FromSeconds(60);

    public static void Follow(
        ImmutableArray<Job> pending,
        Job? current,
        Observation seen,
        Circumstances here,
        Changes changes
    )
    {
        foreach (var job in pending.Where(job => !changes.Has(job.Id)))
        {
            current = current is null ? null : changes.Latest(current);
            changes.Put(job, Adopted(job, current, here, changes) ?? Next(job, seen, here, changes));
        }
    }

    /// <summary>The release was seen in the cluster before it was announced: the announcement belongs to that Job.</summary>
    private static Job? Adopted(Job job, Job? current, Circumstances here, Changes changes)
    {
        // Both are saved one after the other; a process that was killed in between has left this one behind.
        var before =
            current is { IsFinal: false, HasLeft: false, Request.GitOpsCommit: not null }
            && current.Request == job.Request;
        if (!before && !Adoption.Fits(current, job.Request, here))
        {
            return null;
        }

        if (!before)
        {
            changes.Put(current, Adoption.Adopt(current!, job.Request!, job.Authors, here));
        }

        return job.End(JobStatus.Superseded, JobTexts.AdoptedBy(current!), here.Now) with
        {
            SupersededBy = current!.Id,
        };
    }

    private static Job Next(Job job, Observation seen, Circumstances here, Changes changes)
    {
        var application = seen.Application;
        if (seen.Rollout is { } there && job.UidAtCreation.Length == 0 && job.HashAtCreation.IsNone)
        {
            job = job with { UidAtCreation = there.Uid, HashAtCreation = there.CurrentPodHash };
        }

        if (job.RevisionAtCreation.Length == 0 && application is not null)
        {
            job = job with { RevisionAtCreation = application.ComparedRevision };
        }

        var (status, message) = Look(job, application);
        job = (job with { VerifiedAt = seen.At, Lock = here.Lock }).Freezing(here, changes);
        if (
            IsSynced(job, application)
            && seen.Rollout is { IsObserved: true } rollout
            && rollout.CurrentPodHash == job.HashAtCreation
        )
        {
            var since = job.SyncedSince is { } known && known <= here.Now ? known : here.Now;
            var settle = SpeaksOf(job, application!) ? settleTime : settleTimeOfLater;
            if (here.Now - since >= settle)
            {
                return job.End(JobStatus.NoChange, JobTexts.NoChange, here.Now);
            }

            changes.LookAt(since + settle);
            return With(job with { SyncedSince = since }, status, message, here);
        }

        job = job with { SyncedSince = null };
        var automated = application is null or { AutomatedSync: true };
        var deadline = job.CreatedAt + here.Environment.SyncDeadline;
        if (status != JobStatus.SyncFailed && automated && here.Now >= deadline)
        {
            (status, message) = (JobStatus.SyncFailed, JobTexts.NothingSynced(here.Environment.SyncDeadline));
        }
        else if (automated && here.Now < deadline)
        {
            changes.LookAt(deadline);
        }

        changes.LookAt(here.Now.AddSeconds(status == JobStatus.SyncFailed ? 60 : 15));
        return With(job, status, message, here);
    }

    private static Job With(Job job, JobStatus status, string message, Circumstances here)
    {
        if (job.Status == status && job.SyncMessage == message)
        {
            return job;
        }

        var changed = job with { Status = status, SyncMessage = message, Message = message };
        // Argo CD tries a sync again by itself; the same failure calls for somebody once.
        var calls =
            status == JobStatus.SyncFailed
            && !job.Timeline.Any(entry => entry.NeedsAttention && entry.Text == Plain.OneLine(message, 600));
        return job.Status == status ? changed : changed.Tell(here.Now, message, calls);
    }

    private static (JobStatus, string) Look(Job job, ApplicationView? application) =>
        application switch
        {
            { OperationPhase: "Running" or "Terminating" } => (JobStatus.Syncing, JobTexts.ArgoIsSyncing),
            { OperationPhase: "Failed" or "Error" }
                when job.Request?.GitOpsCommit is null || SpeaksOf(job, application) => (
                JobStatus.SyncFailed,
                JobTexts.SyncFailed(application)
            ),
            { OperationPhase: "Succeeded" or "", SyncStatus: var sync }
                when HasSynced(job, application) || (sync == "Synced" && SpeaksOf(job, application)) => (
                JobStatus.Syncing,
                JobTexts.ArgoHasSynced
            ),
            { AutomatedSync: false, SyncStatus: "OutOfSync" } => (JobStatus.Syncing, JobTexts.WaitsForManualSync),
            { OperationPhase: "Succeeded" or "" } when SpeaksOf(job, application) => (
                JobStatus.Syncing,
                JobTexts.ArgoSeesIt
            ),
            _ => (JobStatus.Pending, JobTexts.WaitsForArgo),
        };

    private static bool HasSynced(Job job, ApplicationView application) =>
        job.Request?.GitOpsCommit is { } commit && application.SyncedRevision == commit;

    private static bool SpeaksOf(Job job, ApplicationView application) =>
        HasSynced(job, application)
        || (job.Request?.GitOpsCommit is { } commit && application.ComparedRevision == commit);

    /// <summary>
    /// The cluster is as our commit, or a later one, wants it. A commit that changes no manifest is compared and never
    /// synced: Argo CD runs no operation for it.
    /// </summary>
    private static bool IsSynced(Job job, ApplicationView? application) =>
        application is { SyncStatus: "Synced", OperationPhase: "Succeeded" or "" }
        && (
            SpeaksOf(job, application)
            || (
                job.Request?.GitOpsCommit is not null
                && job.RevisionAtCreation.Length > 0
                && application.ComparedRevision.Length > 0
                && application.ComparedRevision != job.RevisionAtCreation
            )
        );
}

/// <summary>An External Job and an announcement that arrives after it are one Job.</summary>
internal static class Adoption
{
    /// <summary>What has been live for longer than a sync may take was released by something else.</summary>
    public static bool Fits(Job? current, ReleaseRequest? request, Circumstances here) =>
        current is { IsBound: true, HasLeft: false, Request: null, IsFinal: false }
        && (!current.IsQuiet || here.Now - current.Release!.BoundAt < here.Environment.SyncDeadline)
        && (current.Source == JobSource.External || (current.Source == JobSource.Baseline && !current.IsQuiet))
        && ImageMatch.Carries(current.Images, request);

    public static Job Adopt(Job current, ReleaseRequest request, Policy.Authors authors, Circumstances here) =>
        (current with { Source = JobSource.Action, Request = request, Authors = authors }).Tell(
            here.Now,
            JobTexts.Announced(request)
        );
}
