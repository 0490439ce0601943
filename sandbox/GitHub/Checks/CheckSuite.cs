namespace Devflow.ChatOps.Sandbox.GitHub.Checks;

/// <summary>What the check runs of one App on one commit come to.</summary>
internal sealed record CheckSuite(long Id, string HeadSha, string? HeadBranch, string? Before, string Status)
{
    private static readonly string[] worstFirst =
    [
        "action_required",
        "timed_out",
        "failure",
        "cancelled",
        "stale",
        "success",
        "neutral",
        "skipped",
    ];

    public string? Conclusion { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public static CheckSuite Of(GitHubRepository repository, GitHubCheckRun of)
    {
        // Of runs with the same name only the newest counts.
        var all = repository.Checks.Of(of.HeadSha).Where(run => run.SuiteId == of.SuiteId).ToList();
        var runs = all.DistinctBy(run => run.Name).ToList();
        var isDone = runs.TrueForAll(run => run.IsCompleted);
        return new CheckSuite(
            of.SuiteId,
            of.HeadSha,
            Branch(repository, of.HeadSha),
            repository.Git.Commit(of.HeadSha) is { Parents: [var parent, ..] } ? parent : null,
            isDone ? "completed"
                : runs.Exists(run => run.Status == "in_progress" || run.IsCompleted) ? "in_progress"
                : "queued"
        )
        {
            Conclusion = isDone
                ? worstFirst.FirstOrDefault(worst => runs.Exists(run => run.Conclusion == worst))
                : null,
            CreatedAt = all.Min(run => run.CreatedAt),
            UpdatedAt = all.Max(run => run.CompletedAt ?? run.StartedAt),
        };
    }

    // The branch whose head it is; of several the default one; else the default branch if it has the commit.
    private static string? Branch(GitHubRepository repository, string sha)
    {
        const string heads = "refs/heads/";
        var main = repository.Git.DefaultBranch;
        var found = repository
            .Git.References()
            .Where(reference => reference.Value == sha && reference.Key.StartsWith(heads, StringComparison.Ordinal))
            .Select(reference => reference.Key[heads.Length..])
            .ToList();
        return found.Contains(main) ? main
            : found.Count > 0 ? found.Order(StringComparer.Ordinal).First()
            : repository.Git.Head(main) is { } head && repository.Git.IsAncestor(sha, of: head) ? main
            : null;
    }
}
