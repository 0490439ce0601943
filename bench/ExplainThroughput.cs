using System.Diagnostics;
using System.Globalization;
using Devflow.ChatOps.Tests.Support;

namespace Devflow.ChatOps.Bench;

/// <summary>The recorded watch events, many times over, through <c>explain --json</c> as a process.</summary>
internal static class ExplainThroughput
{
    public static async Task RunAsync(Options options)
    {
        var repeats = options.Count ?? 20;
        var recordings = Path.Combine(BuiltService.Repository, "tests", "Core", "Fixtures", "recordings");
        var lines = Directory
            .EnumerateFiles(recordings, "*-watch.jsonl", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .SelectMany(File.ReadLines)
            .ToList();
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "");
            await OnceAsync(options, file, 0, "explain, nothing");
            await File.WriteAllLinesAsync(file, Enumerable.Repeat(lines, repeats).SelectMany(it => it));
            await OnceAsync(options, file, lines.Count * repeats, "explain --json");
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task OnceAsync(Options options, string file, int events, string what)
    {
        var start = new ProcessStartInfo(options.Service, ["explain", "--json", file])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var began = Stopwatch.GetTimestamp();
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        var elapsed = Stopwatch.GetElapsedTime(began);
        var said = (await errors).Trim();
        var megabytes = new FileInfo(file).Length / 1024d / 1024d;
        Figures.Line(
            what,
            string.Create(
                CultureInfo.InvariantCulture,
                $"exit {process.ExitCode}, {events} events, {megabytes:0.0} MB, {elapsed.TotalMilliseconds:0} ms, {events / elapsed.TotalSeconds:0} events/s, {output.Count(it => it == '\n')} lines out {said}"
            )
        );
    }
}
