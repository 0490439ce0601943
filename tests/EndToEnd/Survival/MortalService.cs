using Devflow.ChatOps.Tests.Support;

namespace Devflow.ChatOps.Tests.EndToEnd.Survival;

/// <summary>The service as a process that is started again whenever it is killed, always at the same address.</summary>
internal sealed class MortalService : IAsyncDisposable
{
    private readonly IReadOnlyDictionary<string, string> settings;
    private readonly Action<ServiceProcess> started;
    private readonly int port = FreePort.Next();
    private readonly CancellationTokenSource over;
    private readonly Lock gate = new();
    private readonly Task running;
    private TaskCompletionSource<ServiceProcess> up = NewSignal();
    private TaskCompletionSource gone = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="settings">Environment variables of every process.</param>
    /// <param name="started">Told of every process before it is waited for.</param>
    /// <param name="stop">Ends it for good.</param>
    public MortalService(
        IReadOnlyDictionary<string, string> settings,
        Action<ServiceProcess> started,
        CancellationToken stop
    )
    {
        this.settings = settings;
        this.started = started;
        Address = new Uri($"http://127.0.0.1:{port}/");
        over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        running = RunAsync();
    }

    public Uri Address { get; }

    public int Starts { get; private set; }

    /// <summary>What every process but the last one said, and the exit codes of those that were not killed.</summary>
    public List<string> Surprises { get; } = [];

    /// <summary>What each process said that has ended.</summary>
    public List<IReadOnlyCollection<string>> Lives { get; } = [];

    /// <summary>What every process said until now.</summary>
    public IReadOnlyList<string> Said
    {
        get
        {
            lock (gate)
            {
                return
                [
                    .. Lives.SelectMany(life => life),
                    .. up.Task.IsCompletedSuccessfully ? up.Task.Result.Output : [],
                ];
            }
        }
    }

    /// <summary>It was told to stand still, and not yet to go on.</summary>
    public bool IsStill { get; private set; }

    /// <summary>The process that runs stands still with all that it holds.</summary>
    public void StandStill()
    {
        lock (gate)
        {
            up.Task.Result.StandStill();
            IsStill = true;
        }
    }

    public void GoOn()
    {
        lock (gate)
        {
            up.Task.Result.GoOn();
            IsStill = false;
        }
    }

    /// <summary>The process, as soon as one answers.</summary>
    public Task<ServiceProcess> WhenUpAsync(CancellationToken stop)
    {
        lock (gate)
        {
            return up.Task.WaitAsync(stop);
        }
    }

    /// <summary>Kills the process that runs; its end has been seen then, so that the next one that is up is another.</summary>
    public async Task KillAsync(CancellationToken stop)
    {
        var process = await WhenUpAsync(stop);
        Task end;
        lock (gate)
        {
            if (!up.Task.IsCompletedSuccessfully || up.Task.Result != process)
            {
                return;
            }

            end = gone.Task;
            process.Kill();
        }

        await end.WaitAsync(stop);
    }

    /// <summary>The loop ends with the process that runs at this moment; its exit code after SIGTERM.</summary>
    public async Task<int> StopAsync(CancellationToken stop)
    {
        var last = await WhenUpAsync(stop);
        await over.CancelAsync();
        await running;
        var code = await last.TerminateAsync(stop);
        Lives.Add(last.Output);
        return code;
    }

    public async ValueTask DisposeAsync()
    {
        await over.CancelAsync();
        await running;
        if (up.Task.IsCompletedSuccessfully)
        {
            await (await up.Task).DisposeAsync();
        }

        over.Dispose();
    }

    private static TaskCompletionSource<ServiceProcess> NewSignal() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task RunAsync()
    {
        while (!over.IsCancellationRequested)
        {
            var service = ServiceProcess.StartAlone(BuiltService.Executable, BuiltService.Folder, settings, port);
            Starts++;
            started(service);
            try
            {
                await service.WhenReadyAsync(over.Token);
                lock (gate)
                {
                    up.TrySetResult(service);
                }

                await service.WhenExitedAsync(over.Token);
            }
            catch (OperationCanceledException) when (over.IsCancellationRequested)
            {
                if (!up.Task.IsCompleted)
                {
                    await service.DisposeAsync();
                }

                return;
            }
            catch (InvalidOperationException)
            {
                // It was killed before it answered anybody.
            }

            lock (gate)
            {
                Lives.Add(service.Output);
                if (up.Task.IsCompleted)
                {
                    up = NewSignal();
                    gone.TrySetResult();
                    gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
                }
            }

            Look(service);
            await service.DisposeAsync();
        }
    }

    // 137: 128 and SIGKILL. Anything else is an end that nobody asked for.
    private void Look(ServiceProcess service)
    {
        if (service.ExitCode != 137 || service.Errors.Count > 0)
        {
            Surprises.Add($"It ended with {service.ExitCode}:\n{service.Said()}");
        }
    }
}
