using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Devflow.ChatOps.Sandbox.Argo;

/// <summary>
/// A queue of things to look at, worked off by one loop. A key is worked on by one at a time; asking for it again while
/// it is worked on leads to one more turn. Timers ask for a key at a moment of the given clock. The loop can be waited
/// for to be idle, which makes tests with a clock of their own possible without sleeping.
/// </summary>
/// <typeparam name="TKey">What is looked at.</typeparam>
internal sealed class WorkLoop<TKey> : IAsyncDisposable
    where TKey : notnull
{
    private readonly Lock gate = new();
    private readonly Channel<TKey> ready = Channel.CreateUnbounded<TKey>();
    private readonly Dictionary<TKey, State> states = [];
    private readonly Dictionary<TKey, (DateTimeOffset Due, ITimer Timer)> timers = [];
    private readonly ConcurrentQueue<Exception> faults = new();
    private readonly CancellationTokenSource stop = new();
    private readonly TimeProvider clock;
    private readonly Func<TKey, Task> work;
    private readonly Action<TKey, Exception> onFault;
    private readonly Task loop;
    private TaskCompletionSource idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int busy;

    private enum State
    {
        Queued,
        Running,
        RunningAndAskedAgain,
    }

    public WorkLoop(TimeProvider clock, Func<TKey, Task> work, Action<TKey, Exception> onFault)
    {
        this.clock = clock;
        this.work = work;
        this.onFault = onFault;
        idle.SetResult();
        loop = Task.Run(RunAsync);
    }

    public void Enqueue(TKey key)
    {
        lock (gate)
        {
            if (stop.IsCancellationRequested)
            {
                return;
            }

            if (states.TryGetValue(key, out var state))
            {
                states[key] = state == State.Queued ? State.Queued : State.RunningAndAskedAgain;
                return;
            }

            states[key] = State.Queued;
            Begin();
            ready.Writer.TryWrite(key);
        }
    }

    /// <summary>Asks for a key at a moment; of several moments the earliest counts, for every turn names its next.</summary>
    public void EnqueueAt(TKey key, DateTimeOffset due)
    {
        var wait = due - clock.GetUtcNow();
        if (wait <= TimeSpan.Zero)
        {
            Enqueue(key);
            return;
        }

        lock (gate)
        {
            if (stop.IsCancellationRequested)
            {
                return;
            }

            if (timers.TryGetValue(key, out var planned))
            {
                if (planned.Due <= due)
                {
                    return;
                }

                planned.Timer.Dispose();
            }

            timers[key] = (due, clock.CreateTimer(_ => Fire(key, due), null, wait, Timeout.InfiniteTimeSpan));
        }
    }

    /// <summary>Waits for the clock within a turn. Such a turn counts as idle until the clock has come that far.</summary>
    public async Task DelayAsync(TimeSpan delay)
    {
        if (delay <= TimeSpan.Zero)
        {
            return;
        }

        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var stopped = stop.Token.Register(() => over.TrySetCanceled());
        await using var timer = clock.CreateTimer(
            _ =>
            {
                lock (gate)
                {
                    Begin();
                }

                over.TrySetResult();
            },
            null,
            delay,
            Timeout.InfiniteTimeSpan
        );
        lock (gate)
        {
            End();
        }

        await over.Task;
    }

    /// <summary>Ends when nothing is queued or worked on; what waits for the clock does not count.</summary>
    /// <exception cref="AggregateException">A turn has failed since the last call.</exception>
    public async Task WhenIdleAsync()
    {
        Task waited;
        lock (gate)
        {
            waited = idle.Task;
        }

        await waited;
        var failed = new List<Exception>();
        while (faults.TryDequeue(out var fault))
        {
            failed.Add(fault);
        }

        if (failed.Count > 0)
        {
            throw new AggregateException(failed);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (stop.IsCancellationRequested)
        {
            return;
        }

        await stop.CancelAsync();
        ready.Writer.TryComplete();
        await loop;
        lock (gate)
        {
            foreach (var (_, timer) in timers.Values)
            {
                timer.Dispose();
            }

            timers.Clear();
            idle.TrySetResult();
        }

        stop.Dispose();
    }

    private async Task RunAsync()
    {
        var running = new HashSet<Task>();
        await foreach (var key in ready.Reader.ReadAllAsync())
        {
            if (stop.IsCancellationRequested)
            {
                break;
            }

            // Not awaited: a turn that waits for the clock must not hold up the others.
            var turn = TurnAsync(key);
            running.RemoveWhere(task => task.IsCompleted);
            if (!turn.IsCompleted)
            {
                running.Add(turn);
            }
        }

        await Task.WhenAll(running);
    }

    private async Task TurnAsync(TKey key)
    {
        lock (gate)
        {
            states[key] = State.Running;
        }

        try
        {
            await work(key);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The loop is being stopped; there is nobody left to go on for.
        }
#pragma warning disable CA1031 // One object that cannot be worked on must not stop the others; the fault is told.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            faults.Enqueue(fault);
            onFault(key, fault);
        }

        lock (gate)
        {
            if (states[key] == State.RunningAndAskedAgain && ready.Writer.TryWrite(key))
            {
                states[key] = State.Queued;
            }
            else
            {
                states.Remove(key);
                End();
            }
        }
    }

    private void Fire(TKey key, DateTimeOffset due)
    {
        lock (gate)
        {
            if (timers.TryGetValue(key, out var planned) && planned.Due == due)
            {
                planned.Timer.Dispose();
                timers.Remove(key);
            }
        }

        Enqueue(key);
    }

    private void Begin()
    {
        if (busy++ == 0)
        {
            idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private void End()
    {
        if (--busy == 0)
        {
            idle.TrySetResult();
        }
    }
}
