using System.Text;
using System.Text.Json;
using Devflow.ChatOps.GitOps.Releasing;

namespace Devflow.ChatOps.GitOps.GitHub;

/// <summary>What a GraphQL query said about one commit.</summary>
internal sealed record GraphQlReading(CommitSha Head, string Tree, IReadOnlyList<PastCommit> History)
{
    public Dictionary<string, TreeItem> Items { get; } = [];

    public List<RepositoryFile> Files { get; } = [];

    /// <summary>By file, where it was asked for.</summary>
    public Dictionary<string, IReadOnlyList<PastCommit>> Histories { get; } = [];

    public BranchSnapshot ToSnapshot(IReadOnlyList<UnusableFile> unusable) =>
        new(Head, Tree, [.. Files], unusable, History) { Histories = Histories };

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
            commit.Commit("oid"),
            commit.Part("tree").ObjectId("oid"),
            commit.Find("history") is { } history ? PastOf(history) : []
        );
        for (var at = 0; at < files.Count; at++)
        {
            if (commit.Find(GraphQlDocuments.HistoryAlias(at)) is { } past)
            {
                reading.Histories[files[at]] = PastOf(past);
            }

            var entry = commit.Part(GraphQlDocuments.Alias(at));
            if (entry.ValueKind == JsonValueKind.Null)
            {
                continue;
            }

            // GraphQL tells the mode as a decimal number.
            var mode = Convert.ToString(entry.Number("mode"), 8).PadLeft(6, '0');
            var item = new TreeItem(files[at], mode, entry.Text("type"), entry.ObjectId("oid"));
            reading.Items[item.Path] = item;
            if (item.IsRegular)
            {
                var content = TextOf(entry.Part("object"), item.Id) ?? await fetch(item.Id);
                reading.Files.Add(new RepositoryFile(item.Path, mode, content));
            }
        }

        return reading;
    }

    /// <summary>The commits of a history.</summary>
    public static IReadOnlyList<PastCommit> PastOf(JsonElement history) =>
        [
            .. history
                .Part("nodes")
                .Each()
                .Select(past => new PastCommit(past.Commit("oid"), past.Text("message"), past.Moment("committedDate"))),
        ];

    /// <summary>
    /// The content, if the text is it: GitHub replaces bytes that are not UTF-8, and cuts long ones, so that only the blob's
    /// id proves it.
    /// </summary>
    private static byte[]? TextOf(JsonElement blob, string id)
    {
        if (
            blob.ValueKind != JsonValueKind.Object
            || blob.Flag("isTruncated")
            || blob.Part("isBinary").ValueKind != JsonValueKind.False
            || blob.TextOrNull("text") is not { } text
        )
        {
            return null;
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        return GitBlob.Id(bytes) == id ? bytes : null;
    }
}
