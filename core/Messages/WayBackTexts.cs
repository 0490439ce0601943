using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;

namespace Devflow.ChatOps.Core.Messages;

/// <summary>What is told where a rollback's release brings other pods than those that ran before. Plain text.</summary>
public static class WayBackTexts
{
    /// <summary>Argo CD has to tell yet.</summary>
    public static string Supposed(Job bad, string commit, AppEnvironment environment) =>
        $"{Stays(bad, $"came with {bad.DisplayVersion} by another commit")} As soon as Argo CD says that it synced exactly the rollback's "
        + $"commit {Short(commit)}, those in rollback.by may promote this release. Until then {WhoElse(environment)}";

    public static string Proven(string commit) =>
        $"Argo CD synced exactly the rollback's commit {Short(commit)}: this is the way back, and those in rollback.by may promote it.";

    public static string Disproven(string commit, AppEnvironment environment) =>
        $"Argo CD did not sync exactly the rollback's commit {Short(commit)}: this is a release of its own, and {WhoElse(environment)}";

    /// <summary>Something that nobody has approved may be among it.</summary>
    public static string IsNone(Job bad, AppEnvironment environment) =>
        $"{Stays(bad, $"came with {bad.DisplayVersion}, or since,")} It is not known to have been approved, so this is a release of its own, "
        + $"and {WhoElse(environment)}";

    private static string Stays(Job bad, string which) =>
        $"Git asks for {JobTexts.Target(bad)} again, and configuration that {which} stays in Git: these are not the pods that ran before.";

    // Nobody had announced it, and so nobody knows who made it.
    private static string WhoElse(AppEnvironment environment) =>
        environment.Promote.AllowUnknownAuthor
            ? "those in promote.by may promote it, as any release."
            : "nobody may promote it (author_unknown: nobody has announced it); if it stays so, release a fix.";

    private static string Short(string commit) => commit[..Math.Min(commit.Length, 7)];
}
