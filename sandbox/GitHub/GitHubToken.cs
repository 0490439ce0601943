namespace Devflow.ChatOps.Sandbox.GitHub;

/// <summary>What a permission lets its holder do; each level has those before it.</summary>
public enum GitHubAccess
{
    None,
    Read,
    Write,
}

/// <summary>A token that the stand-in accepts.</summary>
public sealed record GitHubToken(string Value, string Login)
{
    public GitHubAccess Contents { get; init; } = GitHubAccess.Write;

    public GitHubAccess PullRequests { get; init; } = GitHubAccess.Write;

    /// <summary>The repositories it is for, <c>owner/name</c>; null: all.</summary>
    public IReadOnlySet<string>? Repositories { get; init; }

    /// <summary>Whether it may see that the repository exists.</summary>
    public bool Sees(GitHubRepository repository) =>
        !repository.IsPrivate || Repositories?.Contains(repository.FullName) != false;

    /// <summary>What it may do there; everybody reads what is public.</summary>
    public GitHubAccess May(GitHubRepository repository, GitHubAccess granted) =>
        Repositories?.Contains(repository.FullName) != false ? granted
        : repository.IsPrivate ? GitHubAccess.None
        : GitHubAccess.Read;
}
