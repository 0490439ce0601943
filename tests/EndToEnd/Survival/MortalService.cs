using Devflow.ChatOps.Tests.Support;

namespace Devflow.ChatOps.Tests.EndToEnd.Survival;

/// <summary>The service as a process that is started again whenever it is killed, always at the same address.</summary>
internal sealed class MortalService : IAsyncDisposable
{
    private readonly StandIns outside;
    private readonly KillPlan plan;
    private readonly int port = ServiceProcess.FreePort();
    private readonly CancellationTokenSource over;
    private readonly Lock gate = new();
    private readonly Task running;
    private TaskCompletionSource<ServiceProcess> up = NewSignal();

    public MortalService(StandIns outside, KillPlan plan, CancellationToken stop)
    {
        this.outside = outside;
        this.plan = plan;
        Address = new Uri($"http://127.0.0.1:{port}/");
        over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        running = RunAsync();
    }

    public Uri Address { get; }

    public int Starts { get; private set; }

    /// <summary>What every process but the last one said, and the exit codes of those that were not killed.</summary>
    public List<string> Surprises { get; } = [];

    /// <summary>The process, as soon as one answers.</summary>
    public Task<ServiceProcess> WhenUpAsync(CancellationToken stop)
    {
        lock (gate)
        {
            return up.Task.WaitAsync(stop);
        }
    }

    /// <summary>The loop ends with the process that runs at this moment; its exit code after SIGTERM.</summary>
    public async Task<int> StopAsync(CancellationToken stop)
    {
        var last = await WhenUpAsync(stop);
        await over.CancelAsync();
        await running;
        return await last.TerminateAsync(stop);
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
            var service = ServiceProcess.StartAlone(
                BuiltService.Executable,
                BuiltService.Folder,
                outside.Settings(),
                port
            );
            Starts++;
            plan.Watch(service);
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
                if (up.Task.IsCompleted)
                {
                    up = NewSignal();
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
