using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.GitHub.GraphQl;

/// <summary>The mutation <c>updateRefs</c>: all of the references or none, each only from where it is expected to be.</summary>
internal sealed class RefUpdates(GitHubCaller caller)
{
    /// <summary>Before: not there. After: to be deleted.</summary>
    private static readonly string nothing = new('0', 40);

    public GitHubSource.RefsPayload Run(JsonObject input)
    {
        var id = input["repositoryId"]!.GetValue<string>();
        var token = caller.Token!;
        var repository =
            (caller.Api.World.RepositoryById(id) is { } found && token.Sees(found) ? found : null)
            ?? throw new GraphQlException("NOT_FOUND", $"Could not resolve to a node with the global id of '{id}'");
        if (token.May(repository, token.Contents) < GitHubAccess.Write)
        {
            throw new GraphQlException("FORBIDDEN", "Resource not accessible by integration");
        }

        lock (repository.Git.Gate)
        {
            var updates = input["refUpdates"]!
                .AsArray()
                .Select(update => Check(repository, update!.AsObject()))
                .ToList();
            foreach (var (name, after) in updates)
            {
                repository.Git.Point(name, after);
            }
        }

        return new GitHubSource.RefsPayload(input["clientMutationId"]?.GetValue<string>());
    }

    // GitHub documents what it refuses and not in which words; who relies on these relies on nothing.
    private (string Name, string? After) Check(GitHubRepository repository, JsonObject update)
    {
        var name = update["name"]!.GetValue<string>();
        var after = update["afterOid"]!.GetValue<string>().ToLowerInvariant();
        var git = repository.Git;
        var now = git.References().GetValueOrDefault(name);
        if (update["beforeOid"]?.GetValue<string>().ToLowerInvariant() is { } before && before != (now ?? nothing))
        {
            throw new GraphQlException("UNPROCESSABLE", $"{name} is not at the expected object.");
        }

        var branch = name.StartsWith("refs/heads/", StringComparison.Ordinal) ? name["refs/heads/".Length..] : "";
        if (repository.Against(branch, caller.Token!) is { } rule)
        {
            throw new GraphQlException(
                rule.IsRuleset ? "UNPROCESSABLE" : "BRANCH_PROTECTION_RULE_VIOLATION",
                rule.Message
            );
        }

        if (after == nothing)
        {
            return (name, null);
        }

        var isForced = update["force"]?.GetValue<bool>() == true;
        return git.Commit(after) is null ? throw new GraphQlException("UNPROCESSABLE", $"{after} is no commit.")
            : now is not null && !isForced && !git.IsAncestor(now, of: after)
                ? throw new GraphQlException("UNPROCESSABLE", $"{name} is no fast-forward.")
            : (name, after);
    }
}
