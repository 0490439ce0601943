using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.GitHub.Git;

namespace Devflow.ChatOps.Sandbox.GitHub.GraphQl;

/// <summary>The mutation <c>createCommitOnBranch</c>: one commit on an expected head (facts of GitHub's public schema).</summary>
internal sealed class CommitOnBranch(GitHubCaller caller, Resolver resolver)
{
    public GitHubSource.Payload Run(JsonObject input)
    {
        var (repository, branch) = Branch(input["branch"]!.AsObject());
        var token = caller.Token!;
        if (token.May(repository, token.Contents) < GitHubAccess.Write)
        {
            throw new GraphQlException("FORBIDDEN", "Resource not accessible by integration");
        }

        var git = repository.Git;
        var changes = input["fileChanges"] as JsonObject;
        var additions = Items(changes, "additions");
        var deletions = Items(changes, "deletions");
        lock (git.Gate)
        {
            var head =
                git.Head(branch)
                ?? throw new GraphQlException("NOT_FOUND", $"Branch {branch} not found in {repository.FullName}.");
            var expected = input["expectedHeadOid"]!.GetValue<string>().ToLowerInvariant();
            if (expected != head)
            {
                throw new GraphQlException(
                    "STALE_DATA",
                    $"Expected branch to point to \"{expected}\" but it did not.  Pull and try again."
                );
            }

            if (repository.Against(branch, token) is { } rule)
            {
                throw new GraphQlException(
                    rule.IsRuleset ? "UNPROCESSABLE" : "BRANCH_PROTECTION_RULE_VIOLATION",
                    rule.Message
                );
            }

            var tree = git.Commit(head)!.Tree;
            var set = additions.Select(addition =>
                KeyValuePair.Create(
                    Path(addition),
                    // The schema knows no modes; it is taken at its word.
                    ((string, string)?)
                        ("100644", git.WriteBlob(Convert.FromBase64String(addition["contents"]!.GetValue<string>())))
                )
            );
            var gone = deletions.Select(deletion =>
                git.Find(tree, Path(deletion)) is null
                    ? throw Unprocessable(
                        $"A path was requested for deletion which does not exist as of commit oid `{head}`"
                    )
                    : KeyValuePair.Create(Path(deletion), ((string, string)?)null)
            );
            var by = repository.Sign(token.Login, $"{token.Login}@users.noreply.github.com");
            var commit = new GitCommit(
                git.With(tree, [.. set, .. gone]),
                [head],
                by,
                repository.Sign("GitHub", "noreply@github.com"),
                Message(input["message"]!.AsObject())
            );
            var id = git.WriteCommit(commit);
            git.Point($"refs/heads/{branch}", id);
            return new GitHubSource.Payload(
                new GitHubSource.GitObject(repository, "Commit", id),
                new GitHubSource.Ref(repository, $"refs/heads/{branch}", id),
                input["clientMutationId"]?.GetValue<string>()
            );
        }
    }

    private (GitHubRepository, string) Branch(JsonObject given)
    {
        var name = given["branchName"]?.GetValue<string>();
        var repository = given["repositoryNameWithOwner"]?.GetValue<string>();
        if (name is null || repository is null || given["id"] is not null)
        {
            throw Unprocessable("Either `id` or both of `repositoryNameWithOwner` and `branchName` must be given.");
        }

        const string prefix = "refs/heads/";
        return (
            resolver.Repository(repository),
            name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : name
        );
    }

    private static string Message(JsonObject message)
    {
        var headline = message["headline"]!.GetValue<string>();
        var body = message["body"]?.GetValue<string>();
        return string.IsNullOrEmpty(body) ? headline : $"{headline}\n\n{body}";
    }

    private static List<JsonObject> Items(JsonObject? changes, string name) =>
        [.. (changes?[name] as JsonArray ?? []).Select(item => item!.AsObject())];

    private static string Path(JsonObject change)
    {
        var path = change["path"]!.GetValue<string>();
        return path.Split('/').Any(name => name is "" or "." or ".." or ".git")
            ? throw Unprocessable($"A path was requested for modification which is malformed: {path}")
            : path;
    }

    private static GraphQlException Unprocessable(string message) => new("UNPROCESSABLE", message);
}
