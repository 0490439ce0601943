using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Devflow.ChatOps.Sandbox.World;

/// <summary>How a run of the Action ended.</summary>
/// <param name="Log">Everything that it wrote, as the runner sees it.</param>
/// <param name="Result">Its output <c>result</c>; null when it did not get there.</param>
public sealed record ActionEnd(int ExitCode, string Log, JsonObject? Result)
{
    /// <summary>The sentence that it ended with.</summary>
    public string Message =>
        Result?["message"]?.GetValue<string>()
        ?? Log.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault()
        ?? "It said nothing.";
}

/// <summary>
/// The built Action, started as the runner starts it: nothing but the runner's variables in its environment, files for
/// outputs and summary, both streams one log.
/// </summary>
public static class ActionProgram
{
    private static readonly string[] runners = ["INPUT_", "GITHUB_", "ACTIONS_", "RUNNER_"];

    /// <summary>The executable that was built together with the sandbox, in a folder beside it.</summary>
    public static string Executable { get; } =
        Path.Combine(
            AppContext.BaseDirectory,
            "action",
            OperatingSystem.IsWindows() ? "devflow-action.exe" : "devflow-action"
        );

    /// <summary>Runs it to its end.</summary>
    /// <param name="variables">What the workflow and the runner say; the files are added here.</param>
    /// <param name="payload">The event that the run is about.</param>
    /// <param name="stop">Kills it.</param>
    /// <param name="executable">Another build of it.</param>
    public static async Task<ActionEnd> RunAsync(
        IReadOnlyDictionary<string, string> variables,
        JsonObject payload,
        CancellationToken stop,
        string? executable = null
    )
    {
        ArgumentNullException.ThrowIfNull(variables);
        ArgumentNullException.ThrowIfNull(payload);
        var folder = Directory.CreateTempSubdirectory("devflow-run-");
        try
        {
            string Made(string name, string text)
            {
                var path = Path.Combine(folder.FullName, name);
                File.WriteAllText(path, text);
                return path;
            }

            var output = Made("output", "");
            var start = StartOf(executable ?? Executable, variables);
            start.WorkingDirectory = folder.FullName;
            start.Environment["GITHUB_OUTPUT"] = output;
            start.Environment["GITHUB_STEP_SUMMARY"] = Made("summary.md", "");
            start.Environment["GITHUB_EVENT_PATH"] = Made("event.json", payload.ToJsonString());
            var (code, log) = await RunAsync(start, stop);
            return new ActionEnd(code, log, ResultOf(await File.ReadAllLinesAsync(output, stop)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static ProcessStartInfo StartOf(string executable, IReadOnlyDictionary<string, string> variables)
    {
        var start = new ProcessStartInfo(executable) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(IsRunners).ToList())
        {
            start.Environment.Remove(name);
        }

        // The built executable is not self-contained: it runs on the runtime that runs this.
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(
            Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../..")
        );
        // As in the image.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    private static async Task<(int Code, string Log)> RunAsync(ProcessStartInfo start, CancellationToken stop)
    {
        var lines = new ConcurrentQueue<string>();
        void Keep(string? line)
        {
            if (line is not null)
            {
                lines.Enqueue(line);
            }
        }

        using var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await process.WaitForExitAsync(stop);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }

        return (process.ExitCode, string.Join('\n', lines));
    }

    // What a runner that runs this very sandbox says is about another run.
    private static bool IsRunners(string name) =>
        runners.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    // name<<delimiter, the value, delimiter: FileCommandManager.cs of https://github.com/actions/runner.
    private static JsonObject? ResultOf(string[] lines)
    {
        var start = Array.FindIndex(lines, line => line.StartsWith("result<<", StringComparison.Ordinal));
        try
        {
            return start < 0 || start + 1 == lines.Length ? null : JsonNode.Parse(lines[start + 1]) as JsonObject;
        }
        catch (JsonException)
        {
            // It was cut off while it wrote; its log says the rest.
            return null;
        }
    }
}
