using System.Globalization;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Core.Messages;

/// <summary>What is told about a Job: on its timeline, as its headline, and as the answer to a command. Plain text.</summary>
public static class JobTexts
{
    public const string NoChange = "Synced, and nothing changed: the cluster runs this already.";
    public const string ArgoIsSyncing = "Argo CD is syncing.";
    public const string ArgoSeesIt = "Argo CD sees the commit and has not synced it yet.";
    public const string ArgoHasSynced = "Argo CD has synced the commit; the Rollout has not taken it up yet.";
    public const string WaitsForManualSync = "Argo CD does not sync by itself; sync the Application.";
    public const string WaitsForArgo = "Waiting for Argo CD to see the commit.";
    public const string StillWaiting = "Still waiting for approval.";
    public const string StillFailed = "Still failed: retry, roll back, or release a fix.";
    public const string RollsBack = "somebody rolls it back";
    public const string RollbackVoid = "Retried after the rollback; the rollback is void.";
    public const string RollbackTakenBack =
        "The rollback was taken back in the cluster: Git still asks for this version. Revert the GitOps commit, then roll back again.";
    public const string PausesAgain = "The release pauses again; the promote before did not bring it live.";
    public const string NudgesFailed =
        "Argo Rollouts still does not act on the promote, in spite of several nudges; promote it in full, or roll back.";
    public const string Nudged =
        "Argo Rollouts had not acted on the promote; an annotation on the Rollout got it moving (a known fault up to v1.9).";

    public static string Bound(Job job) =>
        job.Release!.FirstInstall
            ? $"{job.DisplayVersion} is being installed (pod hash {job.Release.Hash})."
            : $"{job.DisplayVersion} is on its way (pod hash {job.Release.Hash}).";

    public static string Announced(ReleaseRequest request) => $"Announced as {Plain.OneLine(request.Reference, 200)}.";

    public static string AdoptedBy(Job job) => $"Already under way as Job {job.Id}.";

    public static string CameBack(Job job, Rollback rollback) =>
        rollback switch
        {
            { Git: GitState.Proposed, PullRequest: { } pullRequest } =>
                $"{job.DisplayVersion} was rolled back and is coming again: Git asks for it until {pullRequest} is merged. Merge it.",
            { Git: GitState.NotWritten or GitState.Writing or GitState.Proposed } =>
                $"{job.DisplayVersion} was rolled back and is coming again: Git still asks for it. Revert the GitOps commit.",
            { Git: GitState.Overtaken, GitVersion: var version } =>
                $"{job.DisplayVersion} was rolled back and is coming again; Git asks for {version}.",
            _ => $"{job.DisplayVersion} was rolled back before and is coming again.",
        };

    public static string BringsBack(Job job, Job bad) =>
        $"This takes back {bad.DisplayVersion}. Git not written: it still asks for {bad.DisplayVersion}; revert the GitOps commit, or it comes back.";

    public static string TakesBack(Job bad) => $"This takes back {bad.DisplayVersion}.";

    public static string RollbackWithdrawn(Job job) =>
        $"The rollback to {job.DisplayVersion} was withdrawn: the Rollout went back to what was live before. If nobody meant that, Git still asks for it; revert the GitOps commit.";

    public static string SupersededBy(Job job) => $"Superseded by {job.DisplayVersion}.";

    public static string RolledBackByRelease(Job job) => $"Rolled back: {job.DisplayVersion} is released again.";

    public static string Withdrawn(Job job) =>
        $"Withdrawn: the Rollout went back to what was live before {job.DisplayVersion}.";

    public static string RolloutGone(RolloutRef rollout) =>
        $"The Rollout {rollout.Namespace}/{rollout.Name} is not in cluster {rollout.Cluster} any more.";

    public static string SyncFailed(ApplicationView application) =>
        $"Argo CD could not sync: {Plain.OneLine(application.OperationMessage, 300)}";

    private const string NothingWasSynced = "Nothing was synced for ";

    /// <summary>It failed by its deadline, not by an operation of Argo CD.</summary>
    public static bool IsNothingSynced(string message) =>
        message.StartsWith(NothingWasSynced, StringComparison.Ordinal);

    public static string NothingSynced(TimeSpan deadline) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{NothingWasSynced}{deadline.TotalMinutes:0} min; look at the Application in Argo CD."
        );

    public static string RollingBack(Job job) => $"Rolling back to {Target(job)}: {Path(job.Rollback!.Path)}.";

    public static string ClusterRolledBack(Job job) =>
        job.Rollback!.Git == GitState.NotWritten && job.Rollback.GitProblem.Length == 0
            ? $"The cluster is back on {Target(job)}. Git not written: it still asks for {job.DisplayVersion}; revert the GitOps commit, or it comes back."
            : $"The cluster is back on {Target(job)}.{GitTexts.Behind(job)}";

    public static string RolledBack(Job job) => $"Rolled back to {Target(job)}.";

    public static string Target(Job job) =>
        job.Rollback is not { } rollback ? ""
        : rollback.TargetImages.IsDefaultOrEmpty ? rollback.Target.ToString()
        : VersionName.TagOf(rollback.TargetImages[0]);

    public static string Path(RollbackPath path) =>
        path switch
        {
            RollbackPath.Abort => "abort the update; the old version keeps the traffic",
            RollbackPath.GitOnly => "the cluster is back already; only Git still asks for it",
            RollbackPath.Undo => "undo; the old version is still up and takes over at once",
            RollbackPath.UndoInGit =>
                "through Git; the old version is still up and takes over at once when Argo CD has synced",
            _ => "release the old version again; it pauses for approval before it takes over",
        };

    public static string VotesVoid(int count) =>
        count == 1 ? "The release changed; 1 approval is void." : $"The release changed; {count} approvals are void.";

    public static string VotesExpired(int count) =>
        count == 1
            ? "1 approval has expired; somebody must approve again."
            : $"{count} approvals have expired; somebody must approve again.";

    public static string Trouble(PodTrouble? trouble) =>
        trouble is null
            ? ""
            : $"{Plain.OneLine(trouble.Reason, 80)}: {Plain.OneLine(trouble.Message, 200)}".TrimEnd(':', ' ');

    public static string LiveWithoutApproval(Job job) =>
        job.Release!.SkippedPause
            ? $"{job.DisplayVersion} went live without approval: its ReplicaSet was still up, so Argo Rollouts switched without a pause."
        : job.Release.PauseIsUnknown
            ? $"{job.DisplayVersion} went live without approval, while Devflow did not look: it was promoted outside of Devflow, or Argo Rollouts switched without a pause."
        : $"{job.DisplayVersion} went live without approval: it was promoted outside of Devflow (kubectl, Argo CD or an ended analysis).";

    /// <summary>The steps that moved between two states, in one sentence each, joined; empty when none did.</summary>
    public static string Transitions(Job before, Job after)
    {
        var old = before.Steps;
        var moved = after
            .Steps.Where(step =>
                step.Status is StepStatus.Waiting or StepStatus.Succeeded or StepStatus.Failed
                && step.Name != StepName.Applied
                && (
                    old[(int)step.Name].Status != step.Status
                    || (before.Release is { } release && release.Attempt != after.Release!.Attempt)
                )
            )
            .Select(step => $"{StepLabel(step.Name)}: {step.Message}");
        var attempt =
            before.Release is { } earlier && after.Release!.Attempt > earlier.Attempt
                ? string.Create(CultureInfo.InvariantCulture, $"Attempt {after.Release.Attempt}. ")
                : "";
        return (attempt + string.Join(" · ", moved)).Trim();
    }

    /// <summary>At a step that the Job did not get past.</summary>
    public static string EndedHere(string at) => $"ended here, at: {at}";

    public static string StepLabel(StepName name) =>
        name switch
        {
            Rollouts.StepName.PreviewReady => "Preview ready",
            Rollouts.StepName.PromoteSwitch => "Promote switch",
            Rollouts.StepName.PostVerify => "Post verify",
            _ => name.ToString(),
        };

    public static string Promoting(Job job, Actor by, bool full) =>
        full
            ? $"{Name(by)} promoted {job.DisplayVersion} in full; analyses are skipped."
            : $"{Name(by)} promoted {job.DisplayVersion}.";

    public static string Overridden(FreezeOverride it) => $"Freeze overridden: {Plain.OneLine(it.Reason, 200)}.";

    public static string AnalysisAgain(Job job) =>
        $"The analysis of {job.DisplayVersion} runs again; it was inconclusive.";

    public static string Voted(Actor by, int have, int need) =>
        string.Create(CultureInfo.InvariantCulture, $"{Name(by)} approved ({have} of {need}).");

    public static string VoteWithdrawn(Actor by, int have, int need) =>
        string.Create(CultureInfo.InvariantCulture, $"{Name(by)} took the approval back ({have} of {need}).");

    public static string RollbackBegun(Job job, Actor by) =>
        $"{Name(by)} rolls back {job.DisplayVersion} to {Target(job)}: {Path(job.Rollback!.Path)}."
        + (job.Rollback.Reason.Length == 0 ? "" : $" Reason: {Plain.OneLine(job.Rollback.Reason, 200)}");

    public static string Retrying(Job job, Actor by, bool goesLive) =>
        goesLive
            ? $"{Name(by)} retries {job.DisplayVersion}; it goes live at once, its ReplicaSet is still up."
            : $"{Name(by)} retries {job.DisplayVersion}.";

    public static string Locked(ReleaseLock taken) =>
        taken.ExpiresAt is { } until
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{Name(taken.Owner)} locked {taken.App} {taken.Environment} until {until.UtcDateTime:yyyy-MM-dd HH:mm} UTC: {Plain.OneLine(taken.Reason, 200)}"
            )
            : $"{Name(taken.Owner)} locked {taken.App} {taken.Environment}: {Plain.OneLine(taken.Reason, 200)}";

    public static string Unlocked(Actor by, string app, string environment) =>
        $"{Name(by)} unlocked {app} {environment}.";

    public static string Registered(Job job) => $"{job.DisplayVersion} is registered for {job.App} {job.Environment}.";

    public static string PatchVoid(Refusal refusal) => $"Not done: {RefusalTexts.Sentence(refusal)}";

    public static AuditEntry Audit(
        Job job,
        DateTimeOffset at,
        string who,
        string from,
        string action,
        string outcome
    ) =>
        new(at, who, from, action, outcome)
        {
            App = job.App,
            Environment = job.Environment,
            Rollout = job.Rollout.ToString(),
            JobId = job.Id.ToString(),
            Attempt = job.Release?.Attempt ?? 0,
            PodHash = job.Release?.Hash.ToString() ?? "",
        };

    /// <summary>Who it was, as the audit says it: the person, else the account.</summary>
    public static string Who(Actor actor) =>
        Plain.OneLine(actor.PersonName ?? actor.SlackUserId ?? actor.GitHubLogin ?? actor.DisplayName, 80);

    /// <summary>Whom people know: the catalog's name, else the one that was shown.</summary>
    public static string Name(Actor actor) => Plain.OneLine(actor.PersonName ?? actor.DisplayName, 80);
}
