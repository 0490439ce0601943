namespace Devflow.ChatOps.Sandbox.GitHub;

/// <summary>A token that the stand-in accepts.</summary>
public sealed record GitHubToken(string Value, string Login)
{
    /// <summary>What it may do in the repositories that it is for.</summary>
    public GitHubPermissions Permissions { get; init; } = GitHubPermissions.All;

    /// <summary>One of the <see cref="Permissions"/>.</summary>
    public GitHubAccess Contents
    {
        get => Permissions.Contents;
        init => Permissions = Permissions with { Contents = value };
    }

    /// <summary>One of the <see cref="Permissions"/>.</summary>
    public GitHubAccess PullRequests
    {
        get => Permissions.PullRequests;
        init => Permissions = Permissions with { PullRequests = value };
    }

    /// <summary>The repositories it is for, <c>owner/name</c>; null: all.</summary>
    public IReadOnlySet<string>? Repositories { get; init; }

    /// <summary>The App whose installation it belongs to; null: a person's, or a workflow's.</summary>
    public GitHubApp? App { get; init; }

    /// <summary>When it is no longer taken.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Whether it may see that the repository exists.</summary>
    public bool Sees(GitHubRepository repository) =>
        !repository.IsPrivate || Repositories?.Contains(repository.FullName) != false;

    /// <summary>What it may do there; everybody reads what is public.</summary>
    public GitHubAccess May(GitHubRepository repository, GitHubAccess granted) =>
        Repositories?.Contains(repository.FullName) != false ? granted
        : repository.IsPrivate ? GitHubAccess.None
        : GitHubAccess.Read;
}
