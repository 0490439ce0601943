using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Functions.Adapters.Kubernetes;

/// <summary>
/// Reads a watch: one JSON object a line, <c>{"type": …, "object": …}</c>
/// (https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes).
/// </summary>
internal static class WatchReader
{
    private static readonly JsonDocumentOptions json = new() { MaxDepth = 128 };

    /// <param name="limit">Longest line, in bytes.</param>
    /// <param name="read">Reads the object of a change.</param>
    /// <param name="lost">The fault of a watch that broke off, from what is wrong with it.</param>
    public static async Task<ClusterAnswer<WatchEnd>> ReadAsync(
        Stream stream,
        int limit,
        Func<JsonElement, Sighting> read,
        Func<WatchNews, Task> tell,
        Func<string, ClusterFault> lost,
        CancellationToken stop
    )
    {
        var lines = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));
        try
        {
            while (true)
            {
                var got = await lines.ReadAsync(stop);
                var rest = got.Buffer;
                while (TakeLine(ref rest, out var line))
                {
                    if (await TellAsync(line, read, tell, lost) is { } end)
                    {
                        return end;
                    }
                }

                if (rest.Length > limit)
                {
                    return Broken(lost($"sent a change of more than {limit / 1024} KiB"));
                }

                if (got.IsCompleted)
                {
                    return rest.Length > 0
                        ? Broken(lost("broke off in the middle of a change"))
                        : new ClusterAnswer<WatchEnd>.Ok(WatchEnd.Over);
                }

                lines.AdvanceTo(rest.Start, rest.End);
            }
        }
        finally
        {
            await lines.CompleteAsync();
        }
    }

    private static async Task<ClusterAnswer<WatchEnd>?> TellAsync(
        ReadOnlySequence<byte> line,
        Func<JsonElement, Sighting> read,
        Func<WatchNews, Task> tell,
        Func<string, ClusterFault> lost
    )
    {
        WatchNews news;
        try
        {
            using var document = JsonDocument.Parse(line, json);
            var (type, item) = KubernetesReader.WatchEvent(document.RootElement);
            var version = KubernetesReader.Identity(item).ResourceVersion;
            switch (type)
            {
                case "ADDED" or "MODIFIED":
                    news = new WatchNews(version, read(item));
                    break;
                case "DELETED":
                    news = new WatchNews(version, read(item) with { Mark = ChangeMark.Gone });
                    break;
                case "BOOKMARK":
                    news = new WatchNews(version, null);
                    break;
                case "ERROR":
                    // Seen on a real server: an answer of 200 with one line of code 410.
                    return KubernetesReader.IsExpired(item)
                        ? new ClusterAnswer<WatchEnd>.Ok(WatchEnd.Expired)
                        : Broken(lost("ended the watch with an error"));
                default:
                    return null;
            }
        }
        catch (JsonException)
        {
            return Broken(lost("sent a change that is not JSON"));
        }

        await tell(news);
        return null;
    }

    private static ClusterAnswer<WatchEnd>.Fault Broken(ClusterFault why) => new(why);

    private static bool TakeLine(ref ReadOnlySequence<byte> rest, out ReadOnlySequence<byte> line)
    {
        line = default;
        while (rest.PositionOf((byte)'\n') is { } end)
        {
            line = rest.Slice(0, end);
            rest = rest.Slice(rest.GetPosition(1, end));
            if (!line.IsEmpty)
            {
                return true;
            }
        }

        return false;
    }
}
