namespace Devflow.ChatOps.Sandbox.GitHub;

/// <summary>A comment on a pull request (or issue, which GitHub counts as one).</summary>
/// <param name="Number">Of what it is on.</param>
/// <param name="By">Login of who wrote it.</param>
/// <param name="AppId">The App that wrote it, if one did.</param>
public sealed record GitHubComment(long Id, int Number, string Body, string By, long? AppId)
{
    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>The comments of a repository's pull requests.</summary>
public sealed class GitHubComments
{
    private readonly GitHubRepository repository;
    private readonly Lock gate = new();
    private readonly List<GitHubComment> comments = [];

    internal GitHubComments(GitHubRepository repository) => this.repository = repository;

    /// <summary>All, oldest first.</summary>
    public IReadOnlyList<GitHubComment> All
    {
        get
        {
            lock (gate)
            {
                return [.. comments];
            }
        }
    }

    /// <summary>Those on one, oldest first.</summary>
    public IReadOnlyList<GitHubComment> Of(int number) => [.. All.Where(comment => comment.Number == number)];

    /// <summary>Somebody writes one.</summary>
    public GitHubComment Add(int number, string body, string by, long? appId = null)
    {
        var now = repository.World.Time.GetUtcNow();
        var made = new GitHubComment(repository.World.NextId(), number, body, by, appId)
        {
            CreatedAt = now,
            UpdatedAt = now,
        };
        lock (gate)
        {
            comments.Add(made);
        }

        repository.World.OnChanged();
        return made;
    }

    /// <summary>Somebody writes over one.</summary>
    public void Edit(long id, string body) => Change(id, comment => comment with { Body = body });

    /// <summary>Somebody deletes one.</summary>
    public void Delete(long id) => Change(id, _ => null);

    /// <summary>Changes one, or takes it away (null); <c>null</c> when there is none.</summary>
    internal GitHubComment? Change(long id, Func<GitHubComment, GitHubComment?> change)
    {
        GitHubComment before;
        GitHubComment? after;
        lock (gate)
        {
            var at = comments.FindIndex(comment => comment.Id == id);
            if (at < 0)
            {
                return null;
            }

            before = comments[at];
            after = change(before);
            if (after is null)
            {
                comments.RemoveAt(at);
            }
            else
            {
                comments[at] = after with { UpdatedAt = repository.World.Time.GetUtcNow() };
            }
        }

        repository.World.OnChanged();
        return after ?? before;
    }

    internal void Put(IEnumerable<GitHubComment> kept)
    {
        lock (gate)
        {
            comments.AddRange(kept);
        }
    }
}
