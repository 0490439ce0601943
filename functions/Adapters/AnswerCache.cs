namespace Devflow.ChatOps.Functions.Adapters;

/// <summary>
/// Answers that are good for a while, each asked for once however many wait for it. What is older is never given out:
/// when the other side does not answer, the caller gets the fault and must fail closed.
/// </summary>
/// <param name="goodFor">How long, from the question on.</param>
/// <param name="time">Clock.</param>
/// <param name="isGood">Whether an answer may be given again; a fault is asked for anew.</param>
internal sealed class AnswerCache<TAnswer>(TimeSpan goodFor, TimeProvider time, Func<TAnswer, bool> isGood)
{
    private const int PruneFrom = 1000;

    private readonly Lock gate = new();
    private readonly Dictionary<string, Entry> entries = new(StringComparer.Ordinal);

    /// <param name="key">What is asked for.</param>
    /// <param name="ask">Asks the other side; shared by all who wait, so it must end by itself.</param>
    /// <param name="stop">Ends this caller's wait only.</param>
    public Task<TAnswer> GetAsync(string key, Func<Task<TAnswer>> ask, CancellationToken stop)
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
        && (
            !entry.Answer.IsCompleted
            || entry.Answer is { IsCompletedSuccessfully: true, Result: var answer } && isGood(answer)
        );

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

    private sealed record Entry(DateTimeOffset AskedAt, Task<TAnswer> Answer);
}
