using System.Text;
using Devflow.ChatOps.Sandbox.GitHub.Checks;
using Devflow.ChatOps.Sandbox.GitHub.Deployments;
using Devflow.ChatOps.Sandbox.GitHub.Git;

namespace Devflow.ChatOps.Sandbox.GitHub;

/// <summary>A repository of the stand-in.</summary>
public sealed class GitHubRepository
{
    internal GitHubRepository(GitHubWorld world, long id, string fullName, bool isPrivate, GitRepository git)
    {
        (World, Id, FullName, IsPrivate, Git) = (world, id, fullName, isPrivate, git);
        Pulls = new GitHubPulls(this);
        Checks = new GitHubChecks(this);
        Comments = new GitHubComments(this);
        Deployments = new GitHubDeployments(this);
    }

    public long Id { get; }

    /// <summary>GraphQL's id.</summary>
    public string NodeId => "R_" + Convert.ToBase64String(BitConverter.GetBytes(Id)).TrimEnd('=');

    /// <summary><c>owner/name</c>.</summary>
    public string FullName { get; }

    public string Owner => FullName.Split('/')[0];

    public string Name => FullName.Split('/')[1];

    public bool IsPrivate { get; }

    public GitRepository Git { get; }

    public GitHubPulls Pulls { get; }

    /// <summary>The check runs of its commits.</summary>
    public GitHubChecks Checks { get; }

    /// <summary>The comments on its pull requests.</summary>
    public GitHubComments Comments { get; }

    public GitHubDeployments Deployments { get; }

    /// <summary>Who may do what: <c>admin</c>, <c>write</c>, <c>read</c> or <c>none</c> by login.</summary>
    public IDictionary<string, string> Collaborators { get; } =
        new System.Collections.Concurrent.ConcurrentDictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    internal GitHubWorld World { get; }

    /// <summary>Rules by branch.</summary>
    public IDictionary<string, GitHubProtection> Protections { get; } =
        new System.Collections.Concurrent.ConcurrentDictionary<string, GitHubProtection>();

    /// <summary>Commits as somebody would by hand.</summary>
    /// <param name="files">Contents by path; null takes a file away.</param>
    /// <param name="mode">Of the files: <c>100644</c>, <c>100755</c>, <c>120000</c>.</param>
    /// <param name="by">Name of who commits.</param>
    public string Commit(
        string branch,
        string message,
        IEnumerable<KeyValuePair<string, string?>> files,
        string mode = "100644",
        string by = "Somebody"
    ) =>
        CommitBytes(
            branch,
            message,
            files.Select(file =>
                KeyValuePair.Create(file.Key, file.Value is { } text ? Encoding.UTF8.GetBytes(text) : null)
            ),
            mode,
            by
        );

    /// <summary>The same with bytes.</summary>
    public string CommitBytes(
        string branch,
        string message,
        IEnumerable<KeyValuePair<string, byte[]?>> files,
        string mode = "100644",
        string by = "Somebody"
    )
    {
        var changes = files
            .Select(file =>
                KeyValuePair.Create(
                    file.Key,
                    file.Value is { } content ? (mode, Git.WriteBlob(content)) : ((string, string)?)null
                )
            )
            .ToList();
        lock (Git.Gate)
        {
            var head = Git.Head(branch);
            var tree = Git.With(head is null ? null : Git.Commit(head)!.Tree, changes);
            var signature = Sign(by, $"{by.ToLowerInvariant()}@example.com");
            var id = Git.WriteCommit(new GitCommit(tree, head is null ? [] : [head], signature, signature, message));
            Git.Point($"refs/heads/{branch}", id);
            return id;
        }
    }

    /// <summary>Creates a branch at the head of another.</summary>
    public void Branch(string name, string from)
    {
        lock (Git.Gate)
        {
            Git.Point($"refs/heads/{name}", Git.Head(from));
        }
    }

    /// <summary>Takes a branch away; its commits stay.</summary>
    public void RemoveBranch(string name)
    {
        lock (Git.Gate)
        {
            Git.Point($"refs/heads/{name}", null);
        }
    }

    /// <summary>A file at the head of a branch; <c>null</c> when it is not there.</summary>
    public string? Read(string branch, string path) =>
        Git.Head(branch) is { } head && Git.Find(Git.Commit(head)!.Tree, path) is { } entry
            ? Encoding.UTF8.GetString(Git.Blob(entry.Id)!)
            : null;

    /// <summary>The commits of a branch, newest first.</summary>
    public IReadOnlyList<GitCommit> Log(string branch, string? path = null) =>
        Git.Head(branch) is { } head ? [.. Git.Log(head, path).Select(id => Git.Commit(id)!)] : [];

    internal GitSignature Sign(string name, string email) => new(name, email, World.Time.GetUtcNow());

    /// <summary>An address below the repository's in the REST API.</summary>
    internal string Api(string path) => new Uri(World.Address, $"repos/{FullName}{path}").ToString();

    /// <summary>An address below its pages.</summary>
    internal string Page(string path) => new Uri(World.Address, $"{FullName}{path}").ToString();

    /// <summary>The rule that keeps somebody from writing a branch.</summary>
    internal GitHubProtection? Against(string branch, GitHubToken token) =>
        Protections.TryGetValue(branch, out var rule) && !rule.Bypass.Contains(token.Login) ? rule : null;
}
