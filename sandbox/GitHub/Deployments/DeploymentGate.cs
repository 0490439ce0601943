using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.GitHub.Checks;
using Devflow.ChatOps.Sandbox.GitHub.Git;

namespace Devflow.ChatOps.Sandbox.GitHub.Deployments;

/// <summary>
/// What GitHub does before it makes a deployment unless it is told not to: it merges the default branch into the ref, and
/// demands that every check has succeeded.
/// </summary>
internal static class DeploymentGate
{
    /// <summary>Merges the default branch into a branch that lacks some of it.</summary>
    /// <returns>What was done; null: there was nothing to do.</returns>
    /// <exception cref="GitHubRefusalException">It cannot be merged: status 409.</exception>
    public static string? Merge(GitHubRepository repository, string name, string sha)
    {
        var git = repository.Git;
        var main = git.DefaultBranch;
        if (git.Head(main) is not { } head || git.IsAncestor(head, of: sha))
        {
            return null;
        }

        // Into a commit or a tag nothing can be merged.
        lock (git.Gate)
        {
            if (git.Head(name) != sha || git.MergeBase(head, sha) is not { } @base)
            {
                throw Conflict(main, name);
            }

            var tree =
                git.Merge(git.Commit(@base)!.Tree, git.Commit(sha)!.Tree, git.Commit(head)!.Tree)
                ?? throw Conflict(main, name);
            var by = repository.Sign("GitHub", "noreply@github.com");
            var merged = new GitCommit(tree, [sha, head], by, by, $"Auto-merged {main} into {name} on deployment.");
            git.Point($"refs/heads/{name}", git.WriteCommit(merged));
        }

        return $"Auto-merged {main} into {name} on deployment.";
    }

    /// <summary>Demands that checks have succeeded.</summary>
    /// <param name="repository">Has them.</param>
    /// <param name="name">What is to be deployed.</param>
    /// <param name="sha">Its commit.</param>
    /// <param name="wanted">Names; null: all that there are.</param>
    /// <exception cref="GitHubRefusalException">One has not: status 409.</exception>
    public static void CheckContexts(
        GitHubRepository repository,
        string name,
        string sha,
        IReadOnlyList<string>? wanted
    )
    {
        var contexts = repository
            .Checks.Of(sha)
            .DistinctBy(run => (run.AppId, run.Name))
            .Select(run => (run.Name, State: State(run)))
            .ToList();
        var isMet = wanted is null
            ? contexts.TrueForAll(context => context.State == "success")
            : wanted.All(one => contexts.Exists(context => context == (one, "success")));
        if (!isMet)
        {
            throw new GitHubRefusalException(409, $"Conflict: Commit status checks failed for {name}.")
            {
                Errors =
                [
                    new JsonObject
                    {
                        ["contexts"] = new JsonArray([
                            .. contexts.Select(context => new JsonObject
                            {
                                ["context"] = context.Name,
                                ["state"] = context.State,
                            }),
                        ]),
                        ["resource"] = "Deployment",
                        ["field"] = "required_contexts",
                        ["code"] = "invalid",
                    },
                ],
            };
        }
    }

    private static string State(GitHubCheckRun run) =>
        !run.IsCompleted ? "pending"
        : run.Conclusion is "success" or "neutral" or "skipped" ? "success"
        : "failure";

    private static GitHubRefusalException Conflict(string main, string name) =>
        new(409, $"Conflict merging {main} into {name}.");
}
