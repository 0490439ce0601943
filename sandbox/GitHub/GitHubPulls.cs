using Devflow.ChatOps.Sandbox.GitHub.Git;

namespace Devflow.ChatOps.Sandbox.GitHub;

/// <summary>The pull requests of a repository, with GitHub's rule of one open per head and base.</summary>
public sealed class GitHubPulls
{
    private readonly GitHubRepository repository;
    private readonly Lock gate = new();
    private readonly List<GitHubPull> pulls = [];

    internal GitHubPulls(GitHubRepository repository) => this.repository = repository;

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

    private GitRepository Git => repository.Git;

    private DateTimeOffset Now => repository.World.Time.GetUtcNow();

    /// <summary>One by its number; <c>null</c> when there is none.</summary>
    public GitHubPull? Find(int number)
    {
        lock (gate)
        {
            return pulls.Find(pull => pull.Number == number);
        }
    }

    /// <summary>The head of a pull request.</summary>
    public string? HeadOf(GitHubPull pull) => pull.LastHead ?? Git.Head(pull.Head);

    /// <summary>The commits of a pull request, oldest first.</summary>
    public IReadOnlyList<string> CommitsOf(GitHubPull pull) =>
        pull.State == "closed" ? pull.LastCommits
        : Git.Head(pull.Head) is { } head && Git.Head(pull.Base) is { } into ? Git.Beyond(head, into)
        : [];

    /// <summary>Those that a commit came with, or is in; newest first.</summary>
    public IReadOnlyList<GitHubPull> With(string sha) =>
        [.. All.Where(pull => pull.MergeCommit == sha || CommitsOf(pull).Contains(sha))];

    /// <exception cref="GitHubRefusalException">A branch is not there, says nothing new, or has a pull request.</exception>
    public GitHubPull Open(string head, string @base, string title, string body, string by)
    {
        GitHubPull opened;
        lock (gate)
        {
            var details = new List<string>();
            if (Git.Head(head) is not { } headId)
            {
                throw GitHubRefusalException.Invalid("Validation Failed", "head is invalid");
            }

            if (Git.Head(@base) is not { } baseId)
            {
                throw GitHubRefusalException.Invalid("Validation Failed", "base is invalid");
            }

            if (Git.IsAncestor(headId, of: baseId))
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

            opened = new GitHubPull(pulls.Count + 1, head, @base, title, body, "open", by)
            {
                Id = repository.World.NextId(),
                CreatedAt = Now,
                UpdatedAt = Now,
            };
            pulls.Add(opened);
        }

        Tell(opened, "opened", by);
        return opened;
    }

    /// <summary>Changes one; <c>null</c> when there is none of that number.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="change">What becomes of it.</param>
    /// <param name="by">Login of who changes it.</param>
    public GitHubPull? Change(int number, Func<GitHubPull, GitHubPull> change, string by = "somebody")
    {
        GitHubPull before,
            after;
        lock (gate)
        {
            var at = pulls.FindIndex(pull => pull.Number == number);
            if (at < 0)
            {
                return null;
            }

            before = pulls[at];
            after = change(before) with { UpdatedAt = Now };
            if ((before.State, after.State) == ("open", "closed"))
            {
                after = after with
                {
                    ClosedAt = Now,
                    LastHead = Git.Head(before.Head),
                    LastBase = after.LastBase ?? Git.Head(before.Base),
                    LastCommits = after.IsMerged ? after.LastCommits : CommitsOf(before),
                };
            }

            pulls[at] = after;
        }

        Tell(
            after,
            before.IsLocked != after.IsLocked ? (after.IsLocked ? "locked" : "unlocked")
                : before.State == after.State ? "edited"
                : after.State == "closed" ? "closed"
                : "reopened",
            by
        );
        return after;
    }

    /// <summary>Somebody merges one.</summary>
    /// <exception cref="GitHubRefusalException">It is not open, or its changes do not fit any more.</exception>
    public GitHubPull Merge(int number, string by, GitHubMergeMethod method = GitHubMergeMethod.Merge)
    {
        var pull = Find(number) ?? throw GitHubRefusalException.NotFound();
        if (pull.State != "open" || Git.Head(pull.Head) is not { } head || Git.Head(pull.Base) is not { } into)
        {
            throw NotMergeable();
        }

        var commits = CommitsOf(pull);
        string merged;
        lock (Git.Gate)
        {
            var @base = Git.MergeBase(into, head) ?? throw NotMergeable();
            var tree =
                Git.Merge(Git.Commit(@base)!.Tree, Git.Commit(into)!.Tree, Git.Commit(head)!.Tree)
                ?? throw NotMergeable();
            var message =
                method == GitHubMergeMethod.Squash
                    ? $"{pull.Title} (#{number})\n\n{pull.Body}".TrimEnd()
                    : $"Merge pull request #{number} from {repository.Owner}/{pull.Head}\n\n{pull.Title}";
            // A squash is by who wrote it, a merge by who merged; both are committed by GitHub.
            var author =
                method == GitHubMergeMethod.Squash
                    ? Git.Commit(commits[0])!.Author with
                    {
                        At = Now,
                    }
                    : repository.Sign(by, $"{by}@users.noreply.github.com");
            merged = Git.WriteCommit(
                new GitCommit(
                    tree,
                    method == GitHubMergeMethod.Squash ? [into] : [into, head],
                    author,
                    repository.Sign("GitHub", "noreply@github.com"),
                    message
                )
            );
            Git.Point($"refs/heads/{pull.Base}", merged);
        }

        return Change(
            number,
            open =>
                open with
                {
                    State = "closed",
                    MergedAt = Now,
                    MergedBy = by,
                    MergeCommit = merged,
                    LastBase = into,
                    LastCommits = commits,
                },
            by
        )!;
    }

    /// <summary>Somebody locks its conversation.</summary>
    public void Lock(int number, string by) => Change(number, pull => pull with { IsLocked = true }, by);

    internal void Put(IEnumerable<GitHubPull> kept)
    {
        lock (gate)
        {
            pulls.AddRange(kept);
        }
    }

    private void Tell(GitHubPull pull, string action, string by)
    {
        repository.World.OnChanged();
        repository.World.Hooks.OnPull(repository, pull, action, by);
    }

    private static GitHubRefusalException NotMergeable() => new(405, "Pull Request is not mergeable");
}
