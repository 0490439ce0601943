using System.Runtime.InteropServices;
using Devflow.ChatOps.Sandbox.Page;

namespace Devflow.ChatOps.Sandbox.World;

/// <summary>The sandbox as people run it: with the page, until Ctrl+C.</summary>
internal static class SandboxRun
{
    /// <summary>Runs until it is stopped; the exit code.</summary>
    public static async Task<int> RunAsync(SandboxArguments.Run arguments)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => OnSignal(context, stop));
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => OnSignal(context, stop));
        try
        {
            await RunAsync(arguments, stop.Token);
            Console.WriteLine();
            Console.WriteLine("Stopped. The same command goes on from here; --fresh starts over.");
            return 0;
        }
        catch (SandboxCannotStartException fault)
        {
            await Console.Error.WriteLineAsync(fault.Message);
            return 1;
        }
        catch (InvalidDataException fault)
        {
            await Console.Error.WriteLineAsync(
                $"What the last run left in {arguments.Data} cannot be read ({fault.Message}); start over with --fresh."
            );
            return 1;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 0;
        }
    }

    private static async Task RunAsync(SandboxArguments.Run arguments, CancellationToken stop)
    {
        // The page's port first: if it is taken, nothing else has happened yet.
        var page = await PageServer.StartAsync(arguments.Port, stop);
        try
        {
            using var folder = new SandboxFolder(arguments.Data);
            if (arguments.Fresh)
            {
                folder.Clear();
            }

            var pace = SandboxPace.ForPeople with
            {
                SelfHealAfter = arguments.SelfHeal ? TimeSpan.FromSeconds(5) : null,
            };
            var world = await SandboxWorld.StartAsync(folder, pace, arguments.Verbose, stop);
            try
            {
                world.Merges.Failed += Tell;
                page.Show(world);
                Welcome(world, page);
                await WhenStoppedAsync(stop);
            }
            finally
            {
                await page.DisposeAsync();
                await world.DisposeAsync();
            }
        }
        finally
        {
            await page.DisposeAsync();
        }
    }

    private static void Welcome(SandboxWorld world, PageServer page)
    {
        Console.WriteLine($"Devflow ChatOps sandbox: {(world.IsContinued ? "going on where it was" : "a new world")}");
        Console.WriteLine();
        Console.WriteLine($"  Open    {page.Address}");
        Console.WriteLine($"  kubectl export KUBECONFIG={world.Folder.Kubeconfig}");
        Console.WriteLine("          kubectl get rollouts -A -w");
        Console.WriteLine($"  Git     git clone {Path.Combine(world.Folder.Git, "gitops.git")}");
        Console.WriteLine($"  Service {world.ServiceAddress}   Kubernetes {world.ClusterAddress}");
        Console.WriteLine($"  Data    {world.Folder.Root}");
        Console.WriteLine();
        Console.WriteLine("Ctrl+C stops it.");
    }

    private static void Tell(ReleaseRunFailedException failure)
    {
        Console.Error.WriteLine();
        Console.Error.WriteLine(failure.Message);
        Console.Error.WriteLine("  " + failure.Log.Replace("\n", "\n  ", StringComparison.Ordinal));
    }

    private static async Task WhenStoppedAsync(CancellationToken stop)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = stop.Register(() => stopped.TrySetResult());
        await stopped.Task;
    }

    private static void OnSignal(PosixSignalContext context, CancellationTokenSource stop)
    {
        // The first one stops in order, the second one at once.
        context.Cancel = !stop.IsCancellationRequested;
        if (stop.IsCancellationRequested)
        {
            Environment.Exit(130);
        }

        stop.Cancel();
    }
}
