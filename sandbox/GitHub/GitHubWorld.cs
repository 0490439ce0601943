using System.Collections.Concurrent;
using Devflow.ChatOps.Sandbox.GitHub.Git;
using Devflow.ChatOps.Sandbox.GitHub.Hooks;

namespace Devflow.ChatOps.Sandbox.GitHub;

/// <summary>What a GitHub knows: repositories, accounts, Apps, and whom it lets in.</summary>
public sealed class GitHubWorld
{
    private readonly ConcurrentDictionary<string, GitHubRepository> repositories = new(
        StringComparer.OrdinalIgnoreCase
    );
    private readonly ConcurrentDictionary<string, GitHubToken> tokens = new();
    private readonly ConcurrentBag<GitHubApp> apps = [];
    private long lastId = 1000;

    public GitHubWorld(TimeProvider time)
    {
        Time = time;
        Hooks = new GitHubHooks(this);
    }

    public TimeProvider Time { get; }

    /// <summary>Root of the REST API in everything that is said; the API sets it once it listens.</summary>
    public Uri Address { get; internal set; } = new("http://localhost/");

    /// <summary>Who has an account.</summary>
    public GitHubDirectory Directory { get; } = new();

    /// <summary>What is sent to the Apps.</summary>
    public GitHubHooks Hooks { get; }

    /// <summary>Something that is not in Git has changed: check runs, pull requests, comments, deployments.</summary>
    public event Action? Changed;

    /// <summary>Every repository, by name.</summary>
    public IReadOnlyList<GitHubRepository> Repositories =>
        [.. repositories.Values.OrderBy(repository => repository.FullName, StringComparer.Ordinal)];

    /// <summary>Adds a repository, empty or as it is on disk.</summary>
    /// <param name="fullName"><c>owner/name</c>.</param>
    /// <param name="folder">A bare repository on disk that backs it; null: in memory.</param>
    /// <param name="isPrivate">Whether those who may not read it are told that it does not exist.</param>
    /// <param name="defaultBranch">Its default branch.</param>
    /// <param name="id">Its id; the next free one unless given.</param>
    public GitHubRepository AddRepository(
        string fullName,
        string? folder = null,
        bool isPrivate = true,
        string defaultBranch = "main",
        long? id = null
    )
    {
        var git = GitRepository.Open(folder, defaultBranch);
        var repository = new GitHubRepository(this, id ?? NextId(), fullName, isPrivate, git);
        Directory.AddOrganization(repository.Owner);
        return repositories.TryAdd(fullName, repository)
            ? repository
            : throw new InvalidOperationException($"{fullName} is there already.");
    }

    /// <summary>Lets a token in.</summary>
    public GitHubToken AddToken(GitHubToken token) => tokens[token.Value] = token;

    /// <summary>Registers an App.</summary>
    public GitHubApp AddApp(GitHubApp app)
    {
        apps.Add(app);
        return app;
    }

    /// <summary>Those that are registered.</summary>
    public IReadOnlyCollection<GitHubApp> Apps => apps;

    /// <summary>Shuts a token out.</summary>
    public void RemoveToken(string value) => tokens.TryRemove(value, out _);

    /// <summary>Shuts out every token of an App's installation, as when it is suspended; new ones can be asked for.</summary>
    public void RemoveTokensOf(GitHubApp app)
    {
        foreach (var token in tokens.Values.Where(token => token.App == app))
        {
            tokens.TryRemove(token.Value, out _);
        }
    }

    /// <summary>A repository by <c>owner/name</c>; <c>null</c> when there is none.</summary>
    public GitHubRepository? Repository(string fullName) => repositories.GetValueOrDefault(fullName);

    internal GitHubWorldState Capture() =>
        new(
            Interlocked.Read(ref lastId),
            [
                .. Repositories.Select(repository => new GitHubRepositoryState(
                    repository.FullName,
                    [.. repository.Pulls.All.Reverse()],
                    [.. repository.Checks.All.Reverse()],
                    repository.Comments.All,
                    [.. repository.Deployments.All.Reverse()]
                )),
            ]
        );

    internal void Restore(GitHubWorldState state)
    {
        lastId = Math.Max(lastId, state.LastId);
        foreach (var kept in state.Repositories)
        {
            if (Repository(kept.FullName) is { } repository)
            {
                repository.Pulls.Put(kept.Pulls);
                repository.Checks.Put(kept.Checks);
                repository.Comments.Put(kept.Comments);
                repository.Deployments.Put(kept.Deployments);
            }
        }
    }

    internal long NextId() => Interlocked.Increment(ref lastId);

    internal void OnChanged() => Changed?.Invoke();

    internal GitHubToken? Token(string value) =>
        tokens.GetValueOrDefault(value) is { } token && (token.ExpiresAt is not { } end || Time.GetUtcNow() < end)
            ? token
            : null;

    internal GitHubRepository? RepositoryById(string nodeId) =>
        repositories.Values.FirstOrDefault(repository => repository.NodeId == nodeId);
}
