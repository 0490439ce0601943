namespace Devflow.ChatOps.Sandbox.Kubernetes;

/// <summary>A request as it was answered.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Path with the query.</param>
/// <param name="Body">As it was sent; empty if nothing was.</param>
/// <param name="Status">HTTP status; 0 when the connection was cut or the request never answered.</param>
/// <param name="User">Who asked.</param>
public sealed record LoggedRequest(string Method, string Path, string Body, int Status, string User);

/// <summary>The last requests, in the order in which their answers began; a watch is logged when it begins.</summary>
public sealed class RequestLog
{
    private readonly int capacity;
    private readonly Queue<LoggedRequest> entries = new();
    private readonly List<(Func<LoggedRequest, bool> Matches, TaskCompletionSource<LoggedRequest> Found)> waiting = [];
    private readonly Lock gate = new();

    internal RequestLog(int capacity) => this.capacity = capacity;

    /// <summary>What has been logged so far.</summary>
    public IReadOnlyList<LoggedRequest> Entries
    {
        get
        {
            lock (gate)
            {
                return [.. entries];
            }
        }
    }

    /// <summary>Forgets what was logged.</summary>
    public void Clear()
    {
        lock (gate)
        {
            entries.Clear();
        }
    }

    /// <summary>The first request that fits, of those logged already or later.</summary>
    public Task<LoggedRequest> WaitForAsync(Func<LoggedRequest, bool> matches, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(matches);
        lock (gate)
        {
            if (entries.FirstOrDefault(matches) is { } already)
            {
                return Task.FromResult(already);
            }

            var found = new TaskCompletionSource<LoggedRequest>(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.Add((matches, found));
            return found.Task.WaitAsync(cancellationToken);
        }
    }

    internal void Add(LoggedRequest request)
    {
        lock (gate)
        {
            entries.Enqueue(request);
            while (entries.Count > capacity)
            {
                entries.Dequeue();
            }

            foreach (var (_, found) in waiting.Where(waiter => waiter.Matches(request)))
            {
                found.TrySetResult(request);
            }

            waiting.RemoveAll(waiter => waiter.Found.Task.IsCompleted);
        }
    }
}
