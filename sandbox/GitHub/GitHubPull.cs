namespace Devflow.ChatOps.Sandbox.GitHub;

/// <summary>A pull request within one repository.</summary>
public sealed record GitHubPull(
    int Number,
    string Head,
    string Base,
    string Title,
    string Body,
    string State,
    string By
)
{
    public required long Id { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public DateTimeOffset? ClosedAt { get; init; }

    public DateTimeOffset? MergedAt { get; init; }

    /// <summary>Login of who merged it.</summary>
    public string? MergedBy { get; init; }

    /// <summary>The commit on the base branch that brought it.</summary>
    public string? MergeCommit { get; init; }

    /// <summary>The head when it was closed; while it is open, its branch says.</summary>
    public string? LastHead { get; init; }

    /// <summary>The base when it was closed.</summary>
    public string? LastBase { get; init; }

    /// <summary>Its commits when it was closed, oldest first.</summary>
    public IReadOnlyList<string> LastCommits { get; init; } = [];

    /// <summary>Its conversation is locked: only who may write to the repository comments, and no App.</summary>
    public bool IsLocked { get; init; }

    public bool IsMerged => MergedAt is not null;
}

/// <summary>How a pull request comes into its base branch.</summary>
public enum GitHubMergeMethod
{
    /// <summary>A commit with two parents.</summary>
    Merge,

    /// <summary>One new commit with all changes.</summary>
    Squash,
}
