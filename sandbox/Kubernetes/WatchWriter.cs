using System.Text;

namespace Devflow.ChatOps.Sandbox.Kubernetes;

/// <summary>Writes the lines of one watch.</summary>
internal sealed class WatchWriter(Stream output, ResourceType type, Representation wanted, TimeProvider clock)
{
    private bool hasColumns;

    public ResourceType Type { get; } = type;

    /// <summary>The version of the last change that was written.</summary>
    public long LastVersion { get; private set; }

    public Task ChangeAsync(string change, StoredObject stored, CancellationToken cancellationToken)
    {
        LastVersion = Math.Max(LastVersion, stored.ResourceVersion);
        // The columns of a table come with the first row only, as from a real server.
        var item = Render.One(stored, wanted, clock.GetUtcNow(), withColumns: !hasColumns);
        hasColumns = true;
        return LineAsync(change, item, cancellationToken);
    }

    public Task BookmarkAsync(long version, bool initialEventsEnd, CancellationToken cancellationToken) =>
        LineAsync("BOOKMARK", Render.Bookmark(Type, version, wanted, initialEventsEnd), cancellationToken);

    public async Task ErrorAsync(ApiException failure, CancellationToken cancellationToken)
    {
        await LineAsync("ERROR", Render.Json(failure.Status), cancellationToken);
        await FlushAsync(cancellationToken);
    }

    public Task FlushAsync(CancellationToken cancellationToken) => output.FlushAsync(cancellationToken);

    private async Task LineAsync(string change, byte[] item, CancellationToken cancellationToken)
    {
        var head = Encoding.UTF8.GetBytes($"{{\"type\":\"{change}\",\"object\":");
        var line = new byte[head.Length + item.Length + 2];
        head.CopyTo(line, 0);
        item.CopyTo(line, head.Length);
        "}\n"u8.CopyTo(line.AsSpan(head.Length + item.Length));
        await output.WriteAsync(line, cancellationToken);
    }
}
