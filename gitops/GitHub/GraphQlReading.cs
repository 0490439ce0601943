using System.Text;
using System.Text.Json;
using Devflow.ChatOps.GitOps.Releasing;

namespace Devflow.ChatOps.GitOps.GitHub;

/// <summary>What a GraphQL query said about one commit.</summary>
internal sealed record GraphQlReading(CommitSha Head, string Tree, IReadOnlyList<PastCommit> History)
{
    public Dictionary<string, TreeItem> Items { get; } = [];

    public List<RepositoryFile> Files { get; } = [];

    public void Add(GraphQlReading more)
    {
        Files.AddRange(more.Files);
        foreach (var (path, item) in more.Items)
        {
            Items[path] = item;
        }
    }

    /// <summary>Reads the commit in an answer.</summary>
    /// <param name="fetch">Gets a blob byte by byte, where its text is not its content.</param>
    public static async Task<GraphQlReading> ReadAsync(
        JsonElement commit,
        IReadOnlyList<string> files,
        Func<string, Task<byte[]>> fetch
    )
    {
        var reading = new GraphQlReading(
            CommitSha.Parse(commit.GetProperty("oid").GetString()!),
            commit.GetProperty("tree").GetProperty("oid").GetString()!,
            [
                .. commit
                    .GetProperty("history")
                    .GetProperty("nodes")
                    .EnumerateArray()
                    .Select(past => new PastCommit(
                        CommitSha.Parse(past.GetProperty("oid").GetString()!),
                        past.GetProperty("message").GetString()!,
                        past.GetProperty("committedDate").GetDateTimeOffset()
                    )),
            ]
        );
        for (var at = 0; at < files.Count; at++)
        {
            var entry = commit.GetProperty(GraphQlDocuments.Alias(at));
            if (entry.ValueKind == JsonValueKind.Null)
            {
                continue;
            }

            // GraphQL tells the mode as a decimal number.
            var mode = Convert.ToString(entry.GetProperty("mode").GetInt32(), 8).PadLeft(6, '0');
            var item = new TreeItem(
                files[at],
                mode,
                entry.GetProperty("type").GetString()!,
                entry.GetProperty("oid").GetString()!
            );
            reading.Items[item.Path] = item;
            if (item.IsRegular)
            {
                var content = TextOf(entry.GetProperty("object"), item.Id) ?? await fetch(item.Id);
                reading.Files.Add(new RepositoryFile(item.Path, mode, content));
            }
        }

        return reading;
    }

    /// <summary>
    /// The content, if the text is it: GitHub replaces bytes that are not UTF-8, and cuts long ones, so that only the blob's
    /// id proves it.
    /// </summary>
    private static byte[]? TextOf(JsonElement blob, string id)
    {
        if (
            blob.ValueKind != JsonValueKind.Object
            || blob.GetProperty("isTruncated").GetBoolean()
            || blob.GetProperty("isBinary").ValueKind != JsonValueKind.False
            || blob.GetProperty("text").GetString() is not { } text
        )
        {
            return null;
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        return GitBlob.Id(bytes) == id ? bytes : null;
    }
}
