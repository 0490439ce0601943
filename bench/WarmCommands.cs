using System.Diagnostics;
using Devflow.ChatOps.Tests.Support;

namespace Devflow.ChatOps.Bench;

/// <summary>
/// Slash commands one after the other, to a service that is warm: one that only reads, one that is refused as it is
/// parsed (one durable write before the answer), and a promote that is refused by the live state (written down, the
/// Rollout read, decided, written down). Each has its turn in every round, and so has the peer.
/// </summary>
internal static class WarmCommands
{
    private const int WarmUp = 500;

    public static async Task RunAsync(Options options)
    {
        await using var outside = await StandIns.StartAsync([SlashClient.App]);
        await using var store = BenchStore.Open(options.Store, outside.Folder);
        await using var service = ServiceProcess.StartAlone(
            options.Service,
            options.Folder,
            store.In(Unlimited(outside))
        );
        await service.WhenReadyAsync(CancellationToken.None);
        using var client = SlashClient.Of(outside, service.Address);
        using var peer = options.Peer is { } command ? Peer.Start(command) : null;
        if (peer is not null)
        {
            await peer.Client.TypeWhenUpAsync("/devflow", "help", () => peer.HasExited);
        }

        Figures.Memory("idle: resident memory after the start", service.Id);
        var (help, written, decided, others) = (new Figures(), new Figures(), new Figures(), new Figures());
        for (var number = -WarmUp; number < (options.Count ?? 3_000); number++)
        {
            var counts = number >= 0;
            await TimeAsync(client, "/devflow", "help", counts ? help : null);
            await TimeAsync(client, "/promote", "no-such-app", counts ? written : null);
            await TimeAsync(client, "/promote", SlashClient.App, counts ? decided : null);
            if (peer is not null)
            {
                await TimeAsync(peer.Client, "/devflow", "help", counts ? others : null);
            }
        }

        help.Print("warm: /devflow help");
        written.Print("warm: refused as typed, after 1 durable write");
        decided.Print("warm: /promote, written, decided, written");
        Figures.Memory("warm: resident memory after that", service.Id);
        if (peer is not null)
        {
            others.Print("warm: the peer's answer");
            Figures.Memory("warm: the peer's resident memory", peer.Id);
        }
    }

    /// <summary>Each address has a rate; a bench is one address.</summary>
    internal static Dictionary<string, string> Unlimited(StandIns outside) =>
        new(outside.Settings()) { ["Devflow__Limits__PerSecond"] = "100000", ["Devflow__Limits__Burst"] = "100000" };

    private static async Task TimeAsync(SlashClient client, string command, string text, Figures? figures)
    {
        var began = Stopwatch.GetTimestamp();
        await client.TypeAsync(command, text);
        figures?.Add(Stopwatch.GetElapsedTime(began));
    }
}
