using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Functions.Adapters.Slack;

/// <summary>
/// Answers that are good for a while, each asked for once however many wait for it. What is older is never given out:
/// when Slack does not answer, the caller gets the fault and must fail closed.
/// </summary>
internal sealed class SlackCache<T>(TimeSpan goodFor, TimeProvider time)
{
    private const int PruneFrom = 1000;

    private readonly Lock gate = new();
    private readonly Dictionary<string, Entry> entries = new(StringComparer.Ordinal);

    /// <param name="key">What is asked for.</param>
    /// <param name="ask">Asks Slack; shared by all who wait, so it must end by itself.</param>
    /// <param name="stop">Ends this caller's wait only.</param>
    public Task<SlackAnswer<T>> GetAsync(string key, Func<Task<SlackAnswer<T>>> ask, CancellationToken stop)
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            if (!entries.TryGetValue(key, out var entry) || !IsGood(entry, now))
            {
                Prune(now);
                entries[key] = entry = new Entry(now, ask());
            }

            return entry.Answer.WaitAsync(stop);
        }
    }

    // The age counts from the question: the answer may have been true then only.
    private bool IsGood(Entry entry, DateTimeOffset now) =>
        now - entry.AskedAt < goodFor
        && (!entry.Answer.IsCompleted || entry.Answer is { IsCompletedSuccessfully: true, Result: SlackAnswer<T>.Ok });

    private void Prune(DateTimeOffset now)
    {
        if (entries.Count < PruneFrom)
        {
            return;
        }

        foreach (var (key, _) in entries.Where(entry => !IsGood(entry.Value, now)).ToList())
        {
            entries.Remove(key);
        }
    }

    private sealed record Entry(DateTimeOffset AskedAt, Task<SlackAnswer<T>> Answer);
}
