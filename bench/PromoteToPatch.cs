using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.Argo;
using Devflow.ChatOps.Tests.Support;

namespace Devflow.ChatOps.Bench;

/// <summary>Releases one version after the other, and types /promote as soon as the service waits for it.</summary>
internal static class PromoteToPatch
{
    private const int WarmUp = 5;

    public static async Task RunAsync(Options options)
    {
        NotificationSender? sender = null;
        await using var outside = await StandIns.StartAsync(
            [SlashClient.App],
            notify: notification => sender?.Send(notification)
        );
        outside.Slack.EnforcesRateLimits = false;
        await using var store = BenchStore.Open(options.Store, outside.Folder);
        await using var service = ServiceProcess.StartAlone(
            options.Service,
            options.Folder,
            store.In(WarmCommands.Unlimited(outside))
        );
        await service.WhenReadyAsync(CancellationToken.None);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        await using var sending = sender = new NotificationSender(
            http,
            service.Address,
            StandIns.Cluster,
            outside.HookToken,
            TimeProvider.System
        );
        using var client = SlashClient.Of(outside, service.Address);
        await WhenAsync(client, "v1", "live");

        var (patched, answered, reads) = (new Figures(), new Figures(), new List<int>());
        for (var number = 0; number < (options.Count ?? 100) + WarmUp; number++)
        {
            var promoted = await OnceAsync($"v{number + 2}", outside, client);
            if (number >= WarmUp)
            {
                patched.Add(promoted.Patched);
                answered.Add(promoted.Answered);
                reads.Add(promoted.Reads);
            }
        }

        patched.Print($"{options.Store}: /promote typed -> patch at the API server");
        answered.Print($"{options.Store}: /promote typed -> answered");
        Figures.Line(
            "requests to the API server before the patch",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{reads.Average():0.00} reads on average, at least {reads.Min()}, at most {reads.Max()}"
            )
        );
    }

    private static async Task<(TimeSpan Patched, TimeSpan Answered, int Reads)> OnceAsync(
        string version,
        StandIns outside,
        SlashClient client
    )
    {
        outside.Release(SlashClient.App, version);
        await outside.WhenPausedAsync(SlashClient.App, version, CancellationToken.None);
        await WhenAsync(client, version, "waiting for approval");
        await WhenQuietAsync(outside);

        var (patchedAt, reads) = (0L, 0);
        outside.Kubernetes.Fault = request =>
        {
            if (request.Method == "PATCH")
            {
                Interlocked.CompareExchange(ref patchedAt, Stopwatch.GetTimestamp(), 0);
            }
            else if (Interlocked.Read(ref patchedAt) == 0)
            {
                Interlocked.Increment(ref reads);
            }

            return null;
        };
        var began = Stopwatch.GetTimestamp();
        var answer = await client.TypeAsync("/promote", SlashClient.App);
        var answered = Stopwatch.GetElapsedTime(began);
        outside.Kubernetes.Fault = null;
        if (!answer.Contains("promoted", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"{version}: {answer}");
        }

        await WhenAsync(client, version, "live");
        return (Stopwatch.GetElapsedTime(began, patchedAt), answered, reads);
    }

    /// <summary>What the service still does about the pause would be counted with the promote, and a slow store makes it last.</summary>
    private static async Task WhenQuietAsync(StandIns outside)
    {
        var requests = 0;
        outside.Kubernetes.Fault = _ =>
        {
            Interlocked.Increment(ref requests);
            return null;
        };
        int before;
        do
        {
            before = Volatile.Read(ref requests);
            await Task.Delay(200);
        } while (Volatile.Read(ref requests) != before);
    }

    /// <summary>
    /// Asks until the service knows the environment so. The card would tell too, but it is drawn again every few seconds
    /// only.
    /// </summary>
    private static async Task WhenAsync(SlashClient client, string version, string status)
    {
        while (true)
        {
            var answer = JsonNode.Parse(await client.TypeAsync("/devflow", $"status {SlashClient.App}"));
            if (answer!["text"]!.GetValue<string>().Contains($"`{version}` {status}", StringComparison.Ordinal))
            {
                return;
            }

            await Task.Delay(10);
        }
    }
}
