using System.Text.Json;

namespace Devflow.ChatOps.Sandbox.Slack;

/// <summary>What was asked of the stand-in and how it answered, in order. Thread-safe.</summary>
public sealed class SlackCallLog
{
    private readonly Lock gate = new();
    private readonly List<SlackCall> calls = [];
    private readonly List<SlackCallEnd> ended = [];
    private event Action? Ended;

    /// <summary>Every request in order of arrival.</summary>
    public IReadOnlyList<SlackCall> Calls
    {
        get
        {
            lock (gate)
            {
                return [.. calls];
            }
        }
    }

    /// <summary>Every finished request in order of its end.</summary>
    public IReadOnlyList<SlackCallEnd> Ends
    {
        get
        {
            lock (gate)
            {
                return [.. ended];
            }
        }
    }

    /// <summary>The requests for one method.</summary>
    public IReadOnlyList<SlackCall> Of(string method) => [.. Calls.Where(c => c.Method == method)];

    /// <summary>Waits for the first finished request, past or future, for which the condition holds.</summary>
    public async Task<SlackCallEnd> WhenEndedAsync(Func<SlackCallEnd, bool> condition, CancellationToken cancellation)
    {
        var found = new TaskCompletionSource<SlackCallEnd>(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look()
        {
            if (Ends.FirstOrDefault(condition) is { } end)
            {
                found.TrySetResult(end);
            }
        }

        Ended += Look;
        try
        {
            Look();
            return await found.Task.WaitAsync(cancellation);
        }
        finally
        {
            Ended -= Look;
        }
    }

    internal SlackCall Begin(string method, IReadOnlyDictionary<string, JsonElement> arguments, DateTimeOffset at)
    {
        lock (gate)
        {
            var call = new SlackCall(calls.Count + 1, method, arguments, at);
            calls.Add(call);
            return call;
        }
    }

    internal void End(SlackCall call, int? status, string? error)
    {
        lock (gate)
        {
            ended.Add(new SlackCallEnd(call, status, error));
        }

        Ended?.Invoke();
    }
}
