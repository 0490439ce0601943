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
    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>The pull requests of a repository, with GitHub's rule of one open per head and base.</summary>
public sealed class GitHubPulls
{
    private readonly GitHubRepository repository;
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private readonly List<GitHubPull> pulls = [];

    internal GitHubPulls(GitHubRepository repository, TimeProvider time) =>
        (this.repository, this.time) = (repository, time);

    /// <summary>Newest first.</summary>
    public IReadOnlyList<GitHubPull> All
    {
        get
        {
            lock (gate)
            {
                return [.. Enumerable.Reverse(pulls)];
            }
        }
    }

    /// <exception cref="GitHubRefusalException">A branch is not there, says nothing new, or has a pull request.</exception>
    public GitHubPull Open(string head, string @base, string title, string body, string by)
    {
        lock (gate)
        {
            var git = repository.Git;
            var details = new List<string>();
            if (git.Head(head) is not { } headId)
            {
                throw GitHubRefusalException.Invalid("Validation Failed", "head is invalid");
            }

            if (git.Head(@base) is not { } baseId)
            {
                throw GitHubRefusalException.Invalid("Validation Failed", "base is invalid");
            }

            if (git.IsAncestor(headId, of: baseId))
            {
                details.Add($"No commits between {@base} and {head}");
            }

            if (pulls.Exists(pull => pull.State == "open" && pull.Head == head && pull.Base == @base))
            {
                details.Add($"A pull request already exists for {repository.Owner}:{head}.");
            }

            if (details.Count > 0)
            {
                throw GitHubRefusalException.Invalid("Validation Failed", [.. details]);
            }

            var opened = new GitHubPull(pulls.Count + 1, head, @base, title, body, "open", by)
            {
                CreatedAt = time.GetUtcNow(),
            };
            pulls.Add(opened);
            return opened;
        }
    }

    /// <summary>Changes one; <c>null</c> when there is none of that number.</summary>
    public GitHubPull? Change(int number, Func<GitHubPull, GitHubPull> change)
    {
        lock (gate)
        {
            var at = pulls.FindIndex(pull => pull.Number == number);
            return at < 0 ? null : pulls[at] = change(pulls[at]);
        }
    }
}
