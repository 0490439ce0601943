using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Devflow.ChatOps.Tests.Support;

/// <summary>The service as a process of its own, which dies without warning when the test says so.</summary>
public sealed class ServiceProcess : IAsyncDisposable
{
    private static readonly TimeSpan pollEvery = TimeSpan.FromMilliseconds(25);
    private readonly Process process;
    private readonly ConcurrentQueue<string> output = new();
    private readonly ConcurrentQueue<string> errors = new();

    private ServiceProcess(Process process, Uri address)
    {
        this.process = process;
        Address = address;
        process.OutputDataReceived += (_, line) => Keep(output, line.Data);
        process.ErrorDataReceived += (_, line) => Keep(errors, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Where it listens, with a final slash.</summary>
    public Uri Address { get; }

    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    /// <summary>How it ended.</summary>
    public int ExitCode => process.ExitCode;

    public IReadOnlyCollection<string> Output => output;

    public IReadOnlyCollection<string> Errors => errors;

    /// <summary>Starts it as the Functions host does: the port and the worker's id in the environment, nothing else.</summary>
    public static ServiceProcess StartUnderFunctions(
        string executable,
        string workingDirectory,
        IReadOnlyDictionary<string, string> settings
    )
    {
        var port = FreePort.Next().ToString(CultureInfo.InvariantCulture);
        var worker = Guid.NewGuid().ToString();
        return Start(
            executable,
            workingDirectory,
            new Dictionary<string, string>(settings)
            {
                ["FUNCTIONS_CUSTOMHANDLER_PORT"] = port,
                ["FUNCTIONS_CUSTOMHANDLER_WORKER_ID"] = worker,
                ["FUNCTIONS_HTTPWORKER_PORT"] = port,
                ["FUNCTIONS_HTTPWORKER_ID"] = worker,
                ["FUNCTIONS_APP_ROOT_PATH"] = workingDirectory,
                ["FUNCTIONS_WORKER_RUNTIME"] = "custom",
            },
            new Uri($"http://127.0.0.1:{port}/")
        );
    }

    /// <summary>Starts it alone, as in a container.</summary>
    /// <param name="executable">Path of the service's executable.</param>
    /// <param name="workingDirectory">Where it runs.</param>
    /// <param name="settings">Environment variables.</param>
    /// <param name="port">Where it listens; a free port unless given.</param>
    public static ServiceProcess StartAlone(
        string executable,
        string workingDirectory,
        IReadOnlyDictionary<string, string> settings,
        int? port = null
    )
    {
        var address = $"http://127.0.0.1:{port ?? FreePort.Next()}";
        return Start(
            executable,
            workingDirectory,
            new Dictionary<string, string>(settings) { ["ASPNETCORE_URLS"] = address },
            new Uri(address + "/")
        );
    }

    /// <summary>
    /// Polls <c>GET /</c> every 25 ms until any HTTP answer, as the Functions host does.
    /// </summary>
    /// <exception cref="InvalidOperationException">It ended instead.</exception>
    public async Task WhenReadyAsync(CancellationToken stop)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync(Address, stop);
                return;
            }
            catch (Exception fault)
                when (fault
                        is SocketException
                            or HttpRequestException { InnerException: SocketException or IOException }
                )
            {
                if (process.HasExited)
                {
                    await process.WaitForExitAsync(stop);
                    throw new InvalidOperationException($"It ended with {process.ExitCode}:\n{Said()}");
                }

                await Task.Delay(pollEvery, stop);
            }
        }
    }

    /// <summary>SIGKILL, at once and without waiting for the end.</summary>
    public void Kill() => process.Kill();

    /// <summary>SIGKILL: the way in which the Functions host stops a handler.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, as containers are stopped; the exit code.</summary>
    public async Task<int> TerminateAsync(CancellationToken stop)
    {
        Signal("TERM");
        return await WhenExitedAsync(stop);
    }

    /// <summary>SIGSTOP: as a virtual machine that is moved, it stands still between any two instructions.</summary>
    public void StandStill() => Signal("STOP");

    /// <summary>SIGCONT: it goes on where it stood, and nothing tells it for how long.</summary>
    public void GoOn() => Signal("CONT");

    /// <summary>The exit code, when it has ended by itself; all of its output has arrived then.</summary>
    public async Task<int> WhenExitedAsync(CancellationToken stop)
    {
        await process.WaitForExitAsync(stop);
        return process.ExitCode;
    }

    /// <summary>Everything that it wrote.</summary>
    public string Said() => string.Join('\n', [.. output, .. errors]);

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            await KillAsync();
        }

        process.Dispose();
    }

    private static ServiceProcess Start(
        string executable,
        string workingDirectory,
        Dictionary<string, string> settings,
        Uri address
    )
    {
        var start = new ProcessStartInfo(executable)
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(IsOurs).ToList())
        {
            start.Environment.Remove(name);
        }

        // The built executable is not self-contained: it runs on the runtime that runs this test.
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(
            Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../..")
        );
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        return new ServiceProcess(Process.Start(start)!, address);
    }

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        if (kill.ExitCode != 0)
        {
            throw new InvalidOperationException($"kill ended with {kill.ExitCode}.");
        }
    }

    private static bool IsOurs(string name) =>
        new[] { "ASPNETCORE_", "Devflow__", "FUNCTIONS_", "WEBSITE_", "Logging__" }.Any(prefix =>
            name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)
        );

    private static void Keep(ConcurrentQueue<string> lines, string? line)
    {
        if (line is not null)
        {
            lines.Enqueue(line);
        }
    }
}
