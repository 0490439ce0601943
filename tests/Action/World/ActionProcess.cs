using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Devflow.ChatOps.Tests.Support;

namespace Devflow.ChatOps.Tests.Action.World;

/// <summary>The built Action as a process with nothing but the runner's variables in its environment.</summary>
internal sealed class ActionProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly ConcurrentQueue<string> lines = new();
    private readonly SemaphoreSlim said = new(0);

    private ActionProcess(Process process)
    {
        this.process = process;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Everything that it wrote, as the runner sees it: both streams.</summary>
    public string Log => string.Join('\n', lines);

    /// <summary>
    /// The executable, built in the same configuration as this test; or the published one, where
    /// <c>DEVFLOW_ACTION</c> says where it is.
    /// </summary>
    public static string Executable { get; } =
        Environment.GetEnvironmentVariable("DEVFLOW_ACTION")
        ?? Path.Combine(
            BuiltService.Repository,
            "action",
            "bin",
            new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/')).Parent!.Name,
            "net10.0",
            "devflow-action"
        );

    /// <param name="variables">The whole environment.</param>
    /// <param name="wrapper">A command that starts the one after it, and its arguments.</param>
    public static ActionProcess Start(IReadOnlyDictionary<string, string> variables, params string[] wrapper)
    {
        string[] command = [.. wrapper, Executable];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        // The built executable is not self-contained: it runs on the runtime that runs this test.
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(
            Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../..")
        );
        // As in the image.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        return new ActionProcess(Process.Start(start)!);
    }

    /// <summary>Waits until it says something.</summary>
    public async Task WhenSaysAsync(string text, CancellationToken stop)
    {
        while (!Log.Contains(text, StringComparison.Ordinal))
        {
            await said.WaitAsync(stop);
        }
    }

    /// <summary>Cancels as the runner does first.</summary>
    public async Task InterruptAsync(string signal = "INT")
    {
        using var kill = Process.Start("kill", [$"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <summary>The exit code.</summary>
    public async Task<int> WhenExitedAsync(CancellationToken stop)
    {
        await process.WaitForExitAsync(stop);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        process.Dispose();
        said.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            lines.Enqueue(line);
            said.Release();
        }
    }
}
