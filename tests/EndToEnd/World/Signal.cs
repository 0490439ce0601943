namespace Devflow.ChatOps.Tests.EndToEnd.World;

/// <summary>Something changed: tests look again after each, and never in between.</summary>
internal sealed class Signal
{
    private TaskCompletionSource next = New();

    public void Raise() => Interlocked.Exchange(ref next, New()).TrySetResult();

    /// <summary>What <paramref name="look"/> finds, now or after one of the coming changes.</summary>
    /// <exception cref="TimeoutException">Nothing was found within the limit.</exception>
    public async Task<T> WhenAsync<T>(Func<Task<T?>> look, TimeSpan limit)
        where T : class
    {
        using var over = new CancellationTokenSource(limit);
        while (true)
        {
            var changed = Volatile.Read(ref next).Task;
            if (await look() is { } found)
            {
                return found;
            }

            try
            {
                await changed.WaitAsync(over.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"It did not happen within {limit.TotalSeconds:0} s.");
            }
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
