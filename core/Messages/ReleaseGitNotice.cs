using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages.Slack;

namespace Devflow.ChatOps.Core.Messages;

/// <summary>Whether Git asks for what the cluster runs, and what to do where it does not.</summary>
internal static class ReleaseGitNotice
{
    public static string? Line(ReleaseScene scene) =>
        scene.Job switch
        {
            { Status: JobStatus.RollingBack, Rollback: { } rollback } => RollingBack(scene, rollback),
            { Status: JobStatus.Failed, Rollback: null, Release.Aborted: true }
                when scene.Environment.GitOps is not null => ReleaseCardButtons.CanMakeGitAgree(scene)
                ? $"⚠️ {scene.Bold("Git")} still asks for {scene.Text(scene.Version)}: make Git agree, retry, or release a fix."
                : $"⚠️ {scene.Bold("Git")} still asks for {scene.Text(scene.Version)}: revert its commit, retry, or release a fix.",
            { Status: JobStatus.RolledBack, Rollback.ImageOnly: { Length: > 0 } why } =>
                $"⚠️ {scene.Bold("Git")} {scene.Text(GitTexts.ImageOnly(why))}",
            _ => null,
        };

    private static string? RollingBack(ReleaseScene scene, Rollback rollback)
    {
        var place = scene.Environment.GitOps is { } git ? $" {scene.Code($"{git.Repository}/{git.Path}")}" : "";
        var (version, target) = (scene.Text(scene.Version), scene.Text(scene.RollbackTarget));
        return rollback.Git switch
        {
            GitState.Writing => $"✍️ {scene.Bold("Git")}{place} is being put back to {target}.",
            GitState.Written => $"📝 {scene.Bold("Git written.")} Git{place} asks for {target} again"
                + (rollback.GitCommit.Length > 0 ? $" by {scene.Code(Short(rollback.GitCommit))}" : "")
                + (rollback.ImageOnly.Length > 0 ? $". {scene.Text(GitTexts.ImageOnly(rollback.ImageOnly))}" : "."),
            GitState.Overtaken =>
                $"⚠️ {scene.Bold("Git not written.")} Git{place} asks for {scene.Text(rollback.GitVersion)} {(rollback.GitVersion == scene.Version ? GitTexts.OnceMore : "by now")}, by {scene.Code(Short(rollback.GitCommit))}; it is left so.",
            GitState.Proposed =>
                $"🚨 {scene.Bold("Git pending.")} Git{place} asks for {version} until {scene.Markup.Link(rollback.PullRequest, "its pull request")} is merged."
                    + (GitTexts.HoldsUntilHealed(rollback) ? $" {GitTexts.Holds}" : ""),
            GitState.NotWritten when rollback.PullEnded is { } how =>
                $"🚨 {scene.Bold("Git not written.")} Git{place} still asks for {version}, and {scene.Markup.Link(rollback.PullRequest, "its pull request")} "
                    + $"{GitTexts.End(how)}. {scene.Text(GitTexts.WhenEnded(scene.Job, how))}",
            GitState.NotWritten when rollback.GitProblem.Length > 0 =>
                $"🚨 {scene.Bold("Git not written.")} Git{place} still asks for {version}: {scene.Text(rollback.GitProblem.TrimEnd('.'))}. "
                    + scene.Text(GitTexts.WhenNotWritten(scene.Job, rollback.GitNeedsPerson)),
            GitState.NotWritten when rollback.ClusterDone =>
                $"🚨 {scene.Bold("Git not written.")} The cluster is rolled back, but Git{place} still asks for {version}: "
                    + $"revert its commit there, or {version} comes back.",
            GitState.NotWritten =>
                $"⚠️ {scene.Bold("Git not written.")} Git{place} asks for {version} until its commit is reverted.",
            _ => null,
        };
    }

    private static string Short(string commit) => commit.Length > 7 ? commit[..7] : commit;
}
