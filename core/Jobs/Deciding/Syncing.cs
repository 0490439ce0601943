using System.Collections.Immutable;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Jobs.Deciding;

/// <summary>Jobs that were announced and are not in the cluster yet: what Argo CD makes of them.</summary>
internal static class Syncing
{
    /// <summary>The Rollout and the Application are two reads; what only one of them shows must hold this long.</summary>
    private static readonly TimeSpan settleTime = TimeSpan.FromSeconds(5);

    public static void Follow(
        ImmutableArray<Job> pending,
        Job current,
        Observation seen,
        RolloutView rollout,
        Circumstances here,
        Changes changes
    )
    {
        foreach (var job in pending.Where(job => !changes.Has(job.Id)))
        {
            var next = Adopted(job, current, here, changes) ?? Next(job, seen, rollout, here, changes);
            if (next != job)
            {
                changes.Put(job, next);
            }
        }
    }

    /// <summary>The release was seen in the cluster before it was announced: the announcement belongs to that Job.</summary>
    private static Job? Adopted(Job job, Job current, Circumstances here, Changes changes)
    {
        if (!Adoption.Fits(current, job.Request))
        {
            return null;
        }

        changes.Put(current, Adoption.Adopt(current, job.Request!, job.Authors, here));
        return job.End(JobStatus.Superseded, JobTexts.AdoptedBy(current), here.Now) with { SupersededBy = current.Id };
    }

    private static Job Next(Job job, Observation seen, RolloutView rollout, Circumstances here, Changes changes)
    {
        if (job.UidAtCreation.Length == 0 && job.HashAtCreation.IsNone)
        {
            job = job with { UidAtCreation = rollout.Uid, HashAtCreation = rollout.CurrentPodHash };
        }

        var application = seen.Application;
        var (status, message) = Look(job, application);
        job = job with { VerifiedAt = seen.At };
        if (IsSynced(job, application) && rollout.IsObserved && rollout.CurrentPodHash == job.HashAtCreation)
        {
            var since = job.SyncedSince ?? here.Now;
            changes.LookAt(since + settleTime);
            return here.Now - since >= settleTime
                ? job.End(JobStatus.NoChange, JobTexts.NoChange, here.Now)
                : With(job with { SyncedSince = since }, status, message, here);
        }

        job = job with { SyncedSince = null };
        var automated = application is null or { AutomatedSync: true };
        var deadline = job.CreatedAt + here.Environment.SyncDeadline;
        if (status != JobStatus.SyncFailed && automated && here.Now >= deadline)
        {
            (status, message) = (JobStatus.SyncFailed, JobTexts.NothingSynced(here.Environment.SyncDeadline));
        }
        else if (automated)
        {
            changes.LookAt(deadline);
        }

        changes.LookAt(here.Now.AddSeconds(15));
        return With(job, status, message, here);
    }

    private static Job With(Job job, JobStatus status, string message, Circumstances here)
    {
        if (job.Status == status && job.SyncMessage == message)
        {
            return job;
        }

        var changed = job with { Status = status, SyncMessage = message, Message = message };
        return job.Status == status ? changed : changed.Tell(here.Now, message, status == JobStatus.SyncFailed);
    }

    private static (JobStatus, string) Look(Job job, ApplicationView? application) =>
        application switch
        {
            { OperationPhase: "Running" or "Terminating" } => (JobStatus.Syncing, JobTexts.ArgoIsSyncing),
            { OperationPhase: "Failed" or "Error" } when Concerns(job, application) => (
                JobStatus.SyncFailed,
                JobTexts.SyncFailed(application)
            ),
            { AutomatedSync: false, SyncStatus: "OutOfSync" } => (JobStatus.Syncing, JobTexts.WaitsForManualSync),
            _ => (JobStatus.Pending, JobTexts.WaitsForArgo),
        };

    private static bool Concerns(Job job, ApplicationView application) =>
        job.Request?.GitOpsCommit is not { } commit
        || application.SyncedRevision == commit
        || application.ComparedRevision == commit;

    private static bool IsSynced(Job job, ApplicationView? application) =>
        application is { OperationPhase: "Succeeded", SyncStatus: "Synced" }
        && job.Request?.GitOpsCommit is { } commit
        && application.SyncedRevision == commit;
}

/// <summary>An External Job and an announcement that arrives after it are one Job.</summary>
internal static class Adoption
{
    public static bool Fits(Job? current, ReleaseRequest? request) =>
        current is { IsBound: true, HasLeft: false, Request: null, IsFinal: false }
        && (current.Source == JobSource.External || (current.Source == JobSource.Baseline && !current.IsQuiet))
        && ImageMatch.Carries(current.Images, request);

    public static Job Adopt(Job current, ReleaseRequest request, Policy.Authors authors, Circumstances here) =>
        (current with { Source = JobSource.Action, Request = request, Authors = authors }).Tell(
            here.Now,
            JobTexts.Announced(request)
        );
}
