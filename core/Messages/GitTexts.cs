using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Core.Messages;

/// <summary>What is told about writing Git. Plain text.</summary>
public static class GitTexts
{
    /// <summary>Who does what the catalog has ordered once and for all.</summary>
    public static Actor Devflow { get; } = new("devflow", null, null, "devflow");

    /// <summary>Where a rollback stands, in one sentence or two, by cluster and Git together.</summary>
    public static string Message(Job job) =>
        job.Rollback!.ClusterDone ? JobTexts.ClusterRolledBack(job) : JobTexts.RollingBack(job) + Behind(job);

    /// <summary>How Git stands, behind a sentence about the cluster; with the space before it.</summary>
    internal static string Behind(Job job) =>
        job.Rollback! switch
        {
            { Git: GitState.Writing } => " Git is being written.",
            { Git: GitState.Proposed } rollback =>
                $" Git pending: it asks for {job.DisplayVersion} until {rollback.PullRequest} is merged."
                    + (HoldsUntilHealed(rollback) ? $" {Holds}" : ""),
            { Git: GitState.Written } => $" {Written(job)}",
            { Git: GitState.Overtaken, GitVersion: var version } => $" {Overtaken(job, version)}",
            { PullEnded: { } how } rollback =>
                $" Git not written: {rollback.PullRequest} {End(how)}, and it still asks for {job.DisplayVersion}. {WhenEnded(job, how)}",
            { Git: GitState.NotWritten, GitProblem: { Length: > 0 } problem, GitNeedsPerson: var needsPerson } =>
                $" Git not written: it still asks for {job.DisplayVersion} ({problem.TrimEnd('.')}). {WhenNotWritten(job, needsPerson)}",
            _ => "",
        };

    public static string Written(Job job) =>
        $"Git asks for {JobTexts.Target(job)} again."
        + (job.Rollback is { ImageOnly: { Length: > 0 } why } ? $" {ImageOnly(why)}" : "");

    public static string WrittenBy(Effect.RevertGit revert, string commit, string? imageOnly) =>
        $"Git is written: {revert.Repository} asks for {Version(revert)} again, by commit {Short(commit)}."
        + (imageOnly is null ? "" : $" {ImageOnly(imageOnly)}");

    public static string ImageOnly(string why) =>
        $"Only the image went back, because {why}: the configuration may differ, and then another pod hash follows.";

    public static string Overtaken(Job job, string version) =>
        version == job.DisplayVersion
            ? $"Git asks for {version} {OnceMore}, by a later commit; it is left so."
            : $"Git asks for {version} by now, which came there since; it is left so.";

    /// <summary>The version that was rolled back was released anew meanwhile, or the rollback was reverted.</summary>
    internal const string OnceMore = "once more";

    public static string ProposedBy(Effect.RevertGit revert, Uri pullRequest, Rollback? rollback) =>
        $"Git pending: merge {pullRequest}, or {revert.Repository} keeps asking for the version that was rolled back."
        + (rollback is not null && HoldsUntilHealed(rollback) ? $" {Holds}" : "");

    /// <summary>What whoever rolls back must know before, where Git goes by pull requests; with the space before it.</summary>
    public static string ByPullRequest(Rollback rollback) =>
        HoldsUntilHealed(rollback) ? $" Git follows by a pull request that must be merged. {Holds}" : "";

    /// <summary>
    /// The template in the cluster is ours and not what Git asks for: self-heal puts Git's back, and live at once, for
    /// its ReplicaSet is still up.
    /// </summary>
    internal static bool HoldsUntilHealed(Rollback rollback) =>
        rollback is { Path: RollbackPath.Undo or RollbackPath.Release, ByGit: false };

    internal const string Holds =
        "Until then the rollback holds only as long as Argo CD does not heal or sync: that brings the bad version back.";

    /// <summary>Outcome in the audit of a pull request that ended so.</summary>
    public static string EndCode(PullEnd how) =>
        how switch
        {
            PullEnd.Closed => "pull_request_closed",
            PullEnd.Merged => "pull_request_in_vain",
            _ => "pull_request_not_found",
        };

    /// <summary>Why Git is not written then.</summary>
    public static string EndProblem(PullEnd how) => $"its pull request {End(how)}";

    public static string EndedInVain(Job job, Effect.RevertGit revert, PullEnd how) =>
        $"Git not written: {job.Rollback?.PullRequest?.ToString() ?? "the rollback's pull request"} {End(how)}, and {revert.Repository} keeps asking for the version that was rolled back. {WhenEnded(job, how)}";

    /// <summary>What became of a pull request, behind its name.</summary>
    internal static string End(PullEnd how) =>
        how switch
        {
            PullEnd.Closed => "was closed unmerged",
            PullEnd.Merged => "was merged without effect",
            _ => "is not found any more (its base was changed, or the repository has another name)",
        };

    /// <summary>What to do about it.</summary>
    public static string WhenEnded(Job job, PullEnd how) =>
        how switch
        {
            PullEnd.Closed => $"Reopen and merge it, or have another one opened: {Agree(job)}",
            PullEnd.Merged => $"Have another one opened: {Agree(job)}",
            _ => $"Put that right and merge it, or have another one opened: {Agree(job)}",
        };

    private static string Agree(Job job) => $"make Git agree, /devflow agree {job.App} {job.Environment}.";

    public static string Reopened(Effect.RevertGit revert, Uri pullRequest) =>
        $"Git pending: {pullRequest} is open again; merge it, or {revert.Repository} keeps asking for the version that was rolled back.";

    public static string NotWritten(Job job, Effect.RevertGit revert, string problem, bool needsPerson) =>
        $"Git not written: {revert.Repository} still asks for the version that was rolled back. {problem.TrimEnd('.')}. {WhenNotWritten(job, needsPerson)}";

    /// <summary>What comes next, or what to do.</summary>
    internal static string WhenNotWritten(Job job, bool needsPerson) =>
        needsPerson ? $"Somebody must mend that; then {Agree(job)} I look again every half hour." : "I keep trying.";

    /// <summary>A fault with what to do, where its own words are GitHub's and do not say it.</summary>
    public static string Problem(GitFault why, Effect.RevertGit revert)
    {
        var said = Plain.OneLine(why.Message, 300);
        return why.Code switch
        {
            "permission_missing" =>
                $"{said.TrimEnd('.')}: let the GitHub App write contents and pull requests of {revert.Repository}",
            "repository_not_found" or "branch_not_found" =>
                $"{said.TrimEnd('.')}: see whether gitops names them rightly in the catalog, and whether the GitHub App is installed there",
            _ => said,
        };
    }

    public static string Unasked(Job job) =>
        $"Argo Rollouts aborted {job.DisplayVersion}; Git goes back to {JobTexts.Target(job)} (onAbort: revertGit).";

    public static string Again(Actor by) =>
        $"{Plain.OneLine(by.PersonName ?? by.DisplayName, 80)} has Git written again.";

    public static string NotRefreshed(string problem) =>
        $"Argo CD was not asked to refresh ({Plain.OneLine(problem, 200).TrimEnd('.')}); it looks by itself within minutes.";

    private static string Version(Effect.RevertGit revert) =>
        revert.TargetImages.IsDefaultOrEmpty ? "the former version" : VersionName.TagOf(revert.TargetImages[0]);

    private static string Short(string commit) => commit.Length > 7 ? commit[..7] : commit;
}
