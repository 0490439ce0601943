namespace Devflow.ChatOps.Sandbox.GitHub.Checks;

/// <summary>A button of a check run.</summary>
/// <param name="Label">What is written on it.</param>
/// <param name="Description">What it does.</param>
/// <param name="Identifier">What its App is told.</param>
public sealed record GitHubCheckAction(string Label, string Description, string Identifier);

/// <summary>What a check run says, as Markdown.</summary>
/// <param name="Annotations">How many annotations it has; their contents are not kept.</param>
public sealed record GitHubCheckOutput(string? Title, string? Summary, string? Text, int Annotations);

/// <summary>
/// A check run (https://docs.github.com/rest/checks/runs). Immutable: who pressed one of its buttons can say what was on screen.
/// </summary>
/// <param name="Repository"><c>owner/name</c>.</param>
/// <param name="AppId">The App that made it, and alone may change it.</param>
public sealed record GitHubCheckRun(long Id, string Repository, long AppId, string HeadSha, string Name)
{
    /// <summary>One for each commit and App.</summary>
    public required long SuiteId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public string? ExternalId { get; init; }

    public string? DetailsUrl { get; init; }

    /// <summary><c>queued</c>, <c>in_progress</c> or <c>completed</c>.</summary>
    public string Status { get; init; } = "queued";

    /// <summary>Null until it is completed.</summary>
    public string? Conclusion { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? CompletedAt { get; init; }

    public GitHubCheckOutput Output { get; init; } = new(null, null, null, 0);

    /// <summary>Its buttons as they were sent; people see them once it is completed.</summary>
    public IReadOnlyList<GitHubCheckAction> Actions { get; init; } = [];

    public bool IsCompleted => Status == "completed";

    /// <summary>The buttons that people see.</summary>
    public IReadOnlyList<GitHubCheckAction> Buttons => IsCompleted ? Actions : [];
}
