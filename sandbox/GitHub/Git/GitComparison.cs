using System.Text;

namespace Devflow.ChatOps.Sandbox.GitHub.Git;

/// <summary>
/// A file that differs between two trees. A file that is somewhere else now is a rename where it is the same to the byte; Git
/// knows similar ones too.
/// </summary>
/// <param name="Status"><c>added</c>, <c>removed</c>, <c>modified</c> or <c>renamed</c>.</param>
/// <param name="Entry">The file as it is now, or as it was when it is gone.</param>
/// <param name="Patch">Hunks of a unified diff; null: it is no text.</param>
public sealed record GitFileChange(
    string Path,
    string Status,
    GitTreeEntry Entry,
    int Additions,
    int Deletions,
    string? Patch
)
{
    /// <summary>Where a renamed file was.</summary>
    public string? PreviousPath { get; init; }
}

/// <summary>How two commits differ, and how they are related.</summary>
public static class GitComparison
{
    /// <summary>The newest commit that both are made from; <c>null</c> when they have nothing in common.</summary>
    public static string? MergeBase(this GitRepository git, string one, string other)
    {
        var reached = Reached(git, one);
        return git.Log(other, null).FirstOrDefault(reached.Contains);
    }

    /// <summary>The commits that one has and the other has not, oldest first.</summary>
    public static IReadOnlyList<string> Beyond(this GitRepository git, string head, string @base)
    {
        var reached = Reached(git, @base);
        return [.. git.Log(head, null).Where(id => !reached.Contains(id)).Reverse()];
    }

    /// <summary>The files that differ between two trees, in Git's order.</summary>
    /// <param name="git">Holds both.</param>
    /// <param name="before">Null: nothing.</param>
    /// <param name="after">The other tree.</param>
    public static IReadOnlyList<GitFileChange> Changes(this GitRepository git, string? before, string after)
    {
        var (old, @new) = (Files(git, before), Files(git, after));
        var renamed = Renamed(old, @new);
        return
        [
            .. old
                .Keys.Union(@new.Keys)
                .Where(path => old.GetValueOrDefault(path) != @new.GetValueOrDefault(path))
                .Except(renamed.Values)
                .Order(StringComparer.Ordinal)
                .Select(path =>
                    renamed.TryGetValue(path, out var previous)
                        ? new GitFileChange(path, "renamed", @new[path], 0, 0, null) { PreviousPath = previous }
                        : Change(git, path, old.GetValueOrDefault(path), @new.GetValueOrDefault(path))
                ),
        ];
    }

    /// <summary>What a commit changed against its first parent.</summary>
    public static IReadOnlyList<GitFileChange> ChangesOf(this GitRepository git, string commit)
    {
        var made = git.Commit(commit)!;
        return git.Changes(made.Parents is [var parent, ..] ? git.Commit(parent)!.Tree : null, made.Tree);
    }

    /// <summary>The tree with the changes of both, file by file; <c>null</c> when both changed one file differently.</summary>
    public static string? Merge(this GitRepository git, string @base, string ours, string theirs)
    {
        var (old, mine) = (Files(git, @base), Files(git, ours));
        var changes = new List<KeyValuePair<string, (string, string)?>>();
        foreach (var (path, entry) in Differences(old, Files(git, theirs)))
        {
            var own = mine.GetValueOrDefault(path);
            if (own == entry)
            {
                continue;
            }

            if (own != old.GetValueOrDefault(path))
            {
                return null;
            }

            changes.Add(new(path, entry is null ? null : (entry.Mode, entry.Id)));
        }

        return git.With(ours, changes);
    }

    /// <summary>Where each file was that is the same somewhere else now, by where it is.</summary>
    private static Dictionary<string, string> Renamed(
        Dictionary<string, GitTreeEntry> before,
        Dictionary<string, GitTreeEntry> after
    )
    {
        var gone = before
            .Where(file => !after.ContainsKey(file.Key))
            .OrderBy(file => file.Key, StringComparer.Ordinal)
            .ToLookup(file => (file.Value.Id, file.Value.Mode), file => file.Key);
        return after
            .Where(file => !before.ContainsKey(file.Key))
            .OrderBy(file => file.Key, StringComparer.Ordinal)
            .GroupBy(file => (file.Value.Id, file.Value.Mode), file => file.Key)
            .SelectMany(group => group.Zip(gone[group.Key]))
            .ToDictionary(pair => pair.First, pair => pair.Second);
    }

    private static IEnumerable<(string Path, GitTreeEntry? Entry)> Differences(
        Dictionary<string, GitTreeEntry> before,
        Dictionary<string, GitTreeEntry> after
    ) =>
        before
            .Keys.Union(after.Keys)
            .Where(path => before.GetValueOrDefault(path) != after.GetValueOrDefault(path))
            .Select(path => (path, after.GetValueOrDefault(path)));

    private static HashSet<string> Reached(GitRepository git, string from) => [.. git.Log(from, null)];

    private static Dictionary<string, GitTreeEntry> Files(GitRepository git, string? tree) =>
        tree is null ? [] : git.Walk(tree).Where(at => !at.Entry.IsTree).ToDictionary(at => at.Path, at => at.Entry);

    private static GitFileChange Change(GitRepository git, string path, GitTreeEntry? old, GitTreeEntry? @new)
    {
        var status =
            old is null ? "added"
            : @new is null ? "removed"
            : "modified";
        var (before, after) = (Bytes(git, old), Bytes(git, @new));
        if (before.Contains((byte)0) || after.Contains((byte)0))
        {
            return new GitFileChange(path, status, @new ?? old!, 0, 0, null);
        }

        var diff = LineDiff.Of(Encoding.UTF8.GetString(before), Encoding.UTF8.GetString(after));
        return new GitFileChange(path, status, @new ?? old!, diff.Additions, diff.Deletions, diff.Patch);
    }

    private static byte[] Bytes(GitRepository git, GitTreeEntry? entry) =>
        entry is null ? [] : git.Blob(entry.Id) ?? [];
}
