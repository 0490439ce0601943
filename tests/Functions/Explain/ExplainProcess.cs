using System.Diagnostics;
using System.Text;

namespace Devflow.ChatOps.Tests.Functions.Explain;

/// <summary>The built program, run as <c>devflow explain …</c>.</summary>
internal sealed class ExplainProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly Process process;
    private readonly Task<string> errors;

    private ExplainProcess(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && IsDotnet(host) ? host : "dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "devflow.dll"));
        start.ArgumentList.Add("explain");
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        process = Process.Start(start)!;
        errors = process.StandardError.ReadToEndAsync();
    }

    public StreamWriter Input => process.StandardInput;

    public int Id => process.Id;

    public static ExplainProcess Start(params string[] arguments) => new(arguments);

    /// <summary>Runs it to its end with this input.</summary>
    public static async Task<Outcome> RunAsync(string input, params string[] arguments)
    {
        using var explain = Start(arguments);
        await explain.Input.WriteAsync(input);
        return await explain.FinishAsync();
    }

    public static async Task<Outcome> RunAsync(byte[] input, params string[] arguments)
    {
        using var explain = Start(arguments);
        await explain.Input.BaseStream.WriteAsync(input);
        return await explain.FinishAsync();
    }

    /// <summary>The next line that it prints, while its input stays open.</summary>
    public async Task<string?> LineAsync()
    {
        using var late = new CancellationTokenSource(Patience);
        return await process.StandardOutput.ReadLineAsync(late.Token);
    }

    /// <summary>Ends the input and waits for the end of the program.</summary>
    public async Task<Outcome> FinishAsync()
    {
        using var late = new CancellationTokenSource(Patience);
        process.StandardInput.Close();
        var output = await process.StandardOutput.ReadToEndAsync(late.Token);
        await process.WaitForExitAsync(late.Token);
        return new Outcome(process.ExitCode, output, await errors);
    }

    /// <summary>Waits for the end of the program, its input still open.</summary>
    public async Task<int> ExitAsync()
    {
        using var late = new CancellationTokenSource(Patience);
        await process.WaitForExitAsync(late.Token);
        return process.ExitCode;
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        process.Dispose();
    }

    private static bool IsDotnet(string host) => Path.GetFileNameWithoutExtension(host) == "dotnet";

    internal sealed record Outcome(int ExitCode, string Output, string Errors)
    {
        public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
