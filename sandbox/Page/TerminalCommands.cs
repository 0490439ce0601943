using Devflow.ChatOps.Sandbox.World;

namespace Devflow.ChatOps.Sandbox.Page;

/// <summary>What a visitor can do to the cluster from a terminal of their own.</summary>
internal static class TerminalCommands
{
    /// <summary>They work as they are when pasted into a POSIX shell.</summary>
    public static IReadOnlyList<TerminalCommand> For(SandboxFolder folder) =>
        [
            new("Point kubectl to the sandbox", $"export KUBECONFIG={Quoted(folder.Kubeconfig)}"),
            new("Watch the Rollouts", "kubectl get rollouts -A -w"),
            new(
                "Promote behind Devflow's back: the card will tell that nobody approved it",
                "kubectl patch rollout my-app --subresource status --type merge -p '{\"status\":{\"pauseConditions\":null}}'"
            ),
            new(
                "See what the Action wrote to Git",
                $"git --git-dir {Quoted(Path.Combine(folder.Git, "gitops.git"))} log --patch --max-count 1"
            ),
        ];

    private static string Quoted(string path) =>
        path.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '-' or '_')
            ? path
            : $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
