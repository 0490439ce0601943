using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Devflow.ChatOps.Sandbox.GitHub.Git;

/// <summary>An object as Git stores it (https://git-scm.com/book/en/v2/Git-Internals-Git-Objects).</summary>
/// <param name="Type"><c>blob</c>, <c>tree</c> or <c>commit</c>.</param>
public sealed record GitObject(string Type, byte[] Content)
{
    /// <summary>Type, length and content: what is hashed, and compressed into a loose object.</summary>
    public byte[] Framed() =>
        [
            .. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Type} {Content.Length}\0")),
            .. Content,
        ];

    [SuppressMessage("Security", "CA5350", Justification = "Git's ids are SHA-1.")]
    public string Id() => Convert.ToHexStringLower(SHA1.HashData(Framed()));
}

/// <summary>An entry of a tree.</summary>
/// <param name="Mode">As Git writes it: <c>100644</c>, <c>100755</c>, <c>120000</c>, <c>40000</c>, <c>160000</c>.</param>
public sealed record GitTreeEntry(string Mode, string Name, string Id)
{
    public bool IsTree => Mode == "40000";

    /// <summary>What the entry is, in GitHub's words.</summary>
    public string Type =>
        Mode switch
        {
            "40000" => "tree",
            "160000" => "commit",
            _ => "blob",
        };
}

/// <summary>Who wrote, and when; Git counts seconds.</summary>
public sealed record GitSignature(string Name, string Email, DateTimeOffset At);

public sealed record GitCommit(
    string Tree,
    IReadOnlyList<string> Parents,
    GitSignature Author,
    GitSignature Committer,
    string Message
);

/// <summary>Trees and commits to and from the bytes that Git keeps.</summary>
internal static class GitFormat
{
    public static GitObject Tree(IEnumerable<GitTreeEntry> entries)
    {
        using var content = new MemoryStream();
        // Git orders by name as if folders ended in a slash.
        foreach (var entry in entries.OrderBy(entry => entry.IsTree ? entry.Name + "/" : entry.Name, ByUtf8.Comparer))
        {
            content.Write(Encoding.UTF8.GetBytes($"{entry.Mode} {entry.Name}\0"));
            content.Write(Convert.FromHexString(entry.Id));
        }

        return new GitObject("tree", content.ToArray());
    }

    public static IReadOnlyList<GitTreeEntry> Tree(GitObject tree)
    {
        var entries = new List<GitTreeEntry>();
        var rest = tree.Content.AsSpan();
        while (rest.Length > 0)
        {
            var space = rest.IndexOf((byte)' ');
            var zero = rest.IndexOf((byte)0);
            entries.Add(
                new GitTreeEntry(
                    Encoding.ASCII.GetString(rest[..space]),
                    Encoding.UTF8.GetString(rest[(space + 1)..zero]),
                    Convert.ToHexStringLower(rest.Slice(zero + 1, 20))
                )
            );
            rest = rest[(zero + 21)..];
        }

        return entries;
    }

    public static GitObject Commit(GitCommit commit)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"tree {commit.Tree}\n");
        foreach (var parent in commit.Parents)
        {
            text.Append(CultureInfo.InvariantCulture, $"parent {parent}\n");
        }

        text.Append(
            CultureInfo.InvariantCulture,
            $"author {Line(commit.Author)}\ncommitter {Line(commit.Committer)}\n\n"
        );
        return new GitObject("commit", Encoding.UTF8.GetBytes(text.Append(commit.Message).ToString()));
    }

    public static GitCommit Commit(GitObject commit)
    {
        var text = Encoding.UTF8.GetString(commit.Content);
        var end = text.IndexOf("\n\n", StringComparison.Ordinal);
        var headers = text[..end].Split('\n').Select(line => line.Split(' ', 2)).ToList();
        string Header(string name) => headers.First(header => header[0] == name)[1];
        return new GitCommit(
            Header("tree"),
            [.. headers.Where(header => header[0] == "parent").Select(header => header[1])],
            Signature(Header("author")),
            Signature(Header("committer")),
            text[(end + 2)..]
        );
    }

    private static string Line(GitSignature by) =>
        string.Create(CultureInfo.InvariantCulture, $"{by.Name} <{by.Email}> {by.At.ToUnixTimeSeconds()} +0000");

    private static GitSignature Signature(string line)
    {
        var parts = line.Split(['<', '>']);
        var seconds = long.Parse(parts[2].Trim().Split(' ')[0], CultureInfo.InvariantCulture);
        return new GitSignature(parts[0].Trim(), parts[1], DateTimeOffset.FromUnixTimeSeconds(seconds));
    }

    private sealed class ByUtf8 : IComparer<string>
    {
        public static readonly ByUtf8 Comparer = new();

        public int Compare(string? x, string? y) =>
            Encoding.UTF8.GetBytes(x!).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y!));
    }
}
