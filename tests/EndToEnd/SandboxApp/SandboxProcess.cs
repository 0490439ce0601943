using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Devflow.ChatOps.Tests.EndToEnd.SandboxApp;

/// <summary>The built sandbox as a process, as <c>dotnet run --project sandbox</c> starts it.</summary>
internal sealed partial class SandboxProcess : IAsyncDisposable
{
    private static readonly TimeSpan patience = TimeSpan.FromMinutes(2);
    private readonly Process process;
    private readonly StringBuilder printed = new();
    private readonly Lock gate = new();
    private TaskCompletionSource more = New();

    private SandboxProcess(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && IsDotnet(host) ? host : "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "devflow-sandbox.dll"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Everything that it printed so far.</summary>
    public string Printed
    {
        get
        {
            lock (gate)
            {
                return printed.ToString();
            }
        }
    }

    /// <summary>Where it says that the page is.</summary>
    public Uri Page => new(PageLine().Match(Printed).Groups[1].Value);

    /// <summary>Starts it with these arguments and does not wait for anything.</summary>
    public static SandboxProcess Start(params string[] arguments) => new(arguments);

    /// <summary>Starts it with a page on a free port, and waits until it says that it is ready.</summary>
    public static async Task<SandboxProcess> RunAsync(string data, params string[] more)
    {
        var sandbox = new SandboxProcess(["--port", "0", "--data", data, .. more]);
        await sandbox.UntilPrintedAsync("Ctrl+C stops it.");
        return sandbox;
    }

    /// <summary>Waits until it has printed this.</summary>
    public async Task UntilPrintedAsync(string text)
    {
        using var late = new CancellationTokenSource(patience);
        while (true)
        {
            var next = Volatile.Read(ref more).Task;
            if (Printed.Contains(text, StringComparison.Ordinal))
            {
                return;
            }

            process.HasExited.ShouldBeFalse($"It ended before it printed “{text}”:\n{Printed}");
            await next.WaitAsync(late.Token);
        }
    }

    /// <summary>Ctrl+C.</summary>
    /// <returns>The exit code.</returns>
    public Task<int> InterruptAsync()
    {
        using var kill = Process.Start("kill", [$"-{Interrupt()}", process.Id.ToString(CultureInfo.InvariantCulture)]);
        return ExitAsync();
    }

    /// <summary>Dies without warning.</summary>
    public Task<int> KillAsync()
    {
        process.Kill();
        return ExitAsync();
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> ExitAsync()
    {
        using var late = new CancellationTokenSource(patience);
        await process.WaitForExitAsync(late.Token);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            await KillAsync();
        }

        process.Dispose();
    }

    // A shell starts what runs in its background deaf to Ctrl+C, and its children inherit that: then it is the other
    // signal that stops in order.
    private string Interrupt()
    {
        if (!OperatingSystem.IsLinux())
        {
            return "INT";
        }

        var ignored = File.ReadLines($"/proc/{process.Id}/status").First(line => line.StartsWith("SigIgn:"))[8..];
        const int interrupt = 2;
        var mask = ulong.Parse(ignored.Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return (mask & (1UL << (interrupt - 1))) == 0 ? "INT" : "TERM";
    }

    private void Keep(string? line)
    {
        lock (gate)
        {
            if (line is not null)
            {
                printed.AppendLine(line);
            }
        }

        // Also at its end, so that nobody waits for what cannot come.
        Interlocked.Exchange(ref more, New()).TrySetResult();
    }

    private static bool IsDotnet(string path) => Path.GetFileNameWithoutExtension(path) == "dotnet";

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [GeneratedRegex(@"^  Open +(\S+)", RegexOptions.Multiline)]
    private static partial Regex PageLine();
}
