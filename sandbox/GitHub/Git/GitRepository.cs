using System.Text.RegularExpressions;

namespace Devflow.ChatOps.Sandbox.GitHub.Git;

/// <summary>A file at a path of a commit.</summary>
public sealed record GitPath(string Path, GitTreeEntry Entry);

/// <summary>A repository of real Git objects: the ids are those that Git computes.</summary>
public sealed partial class GitRepository
{
    private readonly IGitStorage storage;

    private GitRepository(IGitStorage storage, string defaultBranch) =>
        (this.storage, DefaultBranch) = (storage, defaultBranch);

    public string DefaultBranch { get; }

    /// <summary>Guards the references: whoever compares one and then sets it holds it.</summary>
    internal Lock Gate { get; } = new();

    /// <param name="folder">A bare repository on disk; null: only in memory.</param>
    /// <param name="defaultBranch">What <c>HEAD</c> means.</param>
    public static GitRepository Open(string? folder, string defaultBranch) =>
        new(folder is null ? new MemoryStorage() : new FolderStorage(folder, defaultBranch), defaultBranch);

    public IReadOnlyDictionary<string, string> References() => storage.References();

    public string? Head(string branch) => References().GetValueOrDefault($"refs/heads/{branch}");

    internal void Point(string reference, string? id) => storage.Point(reference, id);

    public string WriteBlob(byte[] content) => Write(new GitObject("blob", content));

    public string WriteTree(IEnumerable<GitTreeEntry> entries) => Write(GitFormat.Tree(entries));

    public string WriteCommit(GitCommit commit) => Write(GitFormat.Commit(commit));

    public byte[]? Blob(string id) => Read(id, "blob")?.Content;

    public IReadOnlyList<GitTreeEntry>? Tree(string id) => Read(id, "tree") is { } tree ? GitFormat.Tree(tree) : null;

    public GitCommit? Commit(string id) => Read(id, "commit") is { } commit ? GitFormat.Commit(commit) : null;

    /// <summary>The commit that an id, a branch, a full reference or <c>HEAD</c> means.</summary>
    public string? ResolveCommit(string name)
    {
        if (Id().IsMatch(name))
        {
            return Commit(name) is null ? null : name;
        }

        var references = References();
        return references.GetValueOrDefault(name == "HEAD" ? $"refs/heads/{DefaultBranch}" : $"refs/heads/{name}")
            ?? references.GetValueOrDefault(name);
    }

    /// <summary>The tree that a tree's id, or whatever means a commit, stands for.</summary>
    public string? ResolveTree(string name) =>
        Id().IsMatch(name) && Tree(name) is not null ? name
        : ResolveCommit(name) is { } commit ? Commit(commit)!.Tree
        : null;

    /// <summary>What is at a path; <c>null</c> when nothing is. The empty path is no entry.</summary>
    public GitTreeEntry? Find(string tree, string path)
    {
        GitTreeEntry? entry = null;
        foreach (var name in path.Split('/'))
        {
            entry = Tree(tree)?.FirstOrDefault(child => child.Name == name);
            if (entry is null)
            {
                return null;
            }

            // Only a tree has children; of anything else the next step finds none.
            tree = entry.Id;
        }

        return entry;
    }

    /// <summary>All entries below a tree, folders included, in Git's order.</summary>
    public IEnumerable<GitPath> Walk(string tree, string prefix = "")
    {
        foreach (var entry in Tree(tree) ?? [])
        {
            var path = prefix + entry.Name;
            yield return new GitPath(path, entry);
            if (entry.IsTree)
            {
                foreach (var below in Walk(entry.Id, path + "/"))
                {
                    yield return below;
                }
            }
        }
    }

    /// <summary>A tree with some paths set (mode and id) or taken away (null).</summary>
    public string With(string? tree, IReadOnlyCollection<KeyValuePair<string, (string Mode, string Id)?>> changes)
    {
        var entries = (tree is null ? [] : Tree(tree) ?? []).ToDictionary(entry => entry.Name);
        foreach (var change in changes.Where(change => !change.Key.Contains('/')))
        {
            entries.Remove(change.Key);
            if (change.Value is { } set)
            {
                entries[change.Key] = new GitTreeEntry(set.Mode, change.Key, set.Id);
            }
        }

        var folders = changes.Where(change => change.Key.Contains('/')).GroupBy(change => change.Key.Split('/')[0]);
        foreach (var folder in folders)
        {
            var below = folder.Select(change => KeyValuePair.Create(change.Key.Split('/', 2)[1], change.Value));
            var id = With(entries.GetValueOrDefault(folder.Key) is { IsTree: true } old ? old.Id : null, [.. below]);
            entries.Remove(folder.Key);
            if (Tree(id)!.Count > 0)
            {
                entries[folder.Key] = new GitTreeEntry("40000", folder.Key, id);
            }
        }

        return WriteTree(entries.Values);
    }

    /// <summary>Whether one commit is reached from another.</summary>
    public bool IsAncestor(string ancestor, string of)
    {
        var seen = new HashSet<string>();
        var open = new Stack<string>([of]);
        while (open.TryPop(out var id))
        {
            if (id == ancestor)
            {
                return true;
            }

            if (seen.Add(id))
            {
                Commit(id)?.Parents.ToList().ForEach(open.Push);
            }
        }

        return false;
    }

    /// <summary>
    /// The commits reached from one, newest first; with a path, those that changed it. As <c>git log</c> does by default, a
    /// merge that took the path from one side follows that side only.
    /// </summary>
    public IEnumerable<string> Log(string from, string? path)
    {
        var open = new PriorityQueue<string, (long Newest, int Order)>();
        var seen = new HashSet<string>();
        var order = 0;
        void Add(string id)
        {
            if (seen.Add(id))
            {
                open.Enqueue(id, (-Commit(id)!.Committer.At.ToUnixTimeSeconds(), order++));
            }
        }

        Add(from);
        while (open.TryDequeue(out var id, out _))
        {
            var commit = Commit(id)!;
            var same = path is null
                ? null
                : commit.Parents.FirstOrDefault(parent => EntryOf(parent, path) == EntryOf(id, path));
            if (same is not null)
            {
                Add(same);
                continue;
            }

            if (path is null || commit.Parents.Count > 0 || EntryOf(id, path) is not null)
            {
                yield return id;
            }

            foreach (var parent in commit.Parents)
            {
                Add(parent);
            }
        }
    }

    private GitTreeEntry? EntryOf(string commit, string path) => Find(Commit(commit)!.Tree, path);

    private GitObject? Read(string id, string type) =>
        Id().IsMatch(id) && storage.Read(id) is { } found && found.Type == type ? found : null;

    private string Write(GitObject item)
    {
        var id = item.Id();
        storage.Write(id, item);
        return id;
    }

    [GeneratedRegex("^[0-9a-f]{40}$")]
    private static partial Regex Id();
}
