using System.Diagnostics;
using Devflow.ChatOps.Tests.Support;

namespace Devflow.ChatOps.Bench;

/// <summary>
/// From the start of a process to its first answer: of a command that only reads, of one that is refused as typed and
/// written down, and of one that is written down, decided by a live read of the Rollout, and written down again. As under the Functions host, where processes start
/// because of a request. The peer takes its turn in each round.
/// </summary>
internal static class ColdStart
{
    public static async Task RunAsync(Options options)
    {
        await using var outside = await StandIns.StartAsync(["my-app"]);
        var (help, written, promote) = (new ColdFigures(), new ColdFigures(), new ColdFigures());
        var peer = new ColdFigures();
        for (var run = 0; run < (options.Count ?? 10); run++)
        {
            await OnceAsync(outside, options, "/devflow", "help", help);
            await OnceAsync(outside, options, "/promote", "no-such-app", written);
            await OnceAsync(outside, options, "/promote", "my-app", promote);
            if (options.Peer is { } command)
            {
                var began = Stopwatch.GetTimestamp();
                using var other = Peer.Start(command);
                await other.Client.TypeWhenUpAsync("/devflow", "help", () => other.HasExited);
                peer.Add(began, other.Id);
            }
        }

        help.Print("cold: /devflow help");
        written.Print("cold: refused as typed, after 1 durable write");
        promote.Print("cold: /promote, written down and decided");
        if (options.Peer is not null)
        {
            peer.Print("cold: the peer's answer");
        }
    }

    private static async Task OnceAsync(
        StandIns outside,
        Options options,
        string command,
        string text,
        ColdFigures figures
    )
    {
        File.Delete(outside.StorePath);
        var began = Stopwatch.GetTimestamp();
        await using var service = ServiceProcess.StartUnderFunctions(
            options.Service,
            options.Folder,
            outside.Settings()
        );
        using var client = SlashClient.Of(outside, service.Address);
        await client.TypeWhenUpAsync(command, text, () => service.HasExited);
        figures.Add(began, service.Id);
    }

    private sealed class ColdFigures
    {
        private readonly Figures elapsed = new();
        private readonly Figures processor = new();

        public void Add(long began, int processId)
        {
            elapsed.Add(Stopwatch.GetElapsedTime(began));
            using var process = Process.GetProcessById(processId);
            processor.Add(process.TotalProcessorTime);
        }

        public void Print(string what)
        {
            elapsed.Print(what);
            processor.Print("  processor time until then");
        }
    }
}
