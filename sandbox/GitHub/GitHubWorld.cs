using System.Collections.Concurrent;
using Devflow.ChatOps.Sandbox.GitHub.Git;

namespace Devflow.ChatOps.Sandbox.GitHub;

/// <summary>What a GitHub knows: repositories, and whom it lets in.</summary>
public sealed class GitHubWorld(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, GitHubRepository> repositories = new(
        StringComparer.OrdinalIgnoreCase
    );
    private readonly ConcurrentDictionary<string, GitHubToken> tokens = new();
    private readonly ConcurrentBag<GitHubApp> apps = [];
    private long lastId = 1000;

    public TimeProvider Time { get; } = time;

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
        var repository = new GitHubRepository(id ?? Interlocked.Increment(ref lastId), fullName, isPrivate, git, Time);
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

    internal IEnumerable<GitHubApp> Apps => apps;

    /// <summary>Shuts a token out.</summary>
    public void RemoveToken(string value) => tokens.TryRemove(value, out _);

    internal GitHubToken? Token(string value) => tokens.GetValueOrDefault(value);

    internal GitHubRepository? Repository(string fullName) => repositories.GetValueOrDefault(fullName);

    internal GitHubRepository? RepositoryById(string nodeId) =>
        repositories.Values.FirstOrDefault(repository => repository.NodeId == nodeId);
}
