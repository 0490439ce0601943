using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Devflow.ChatOps.Tests.Support;

namespace Devflow.ChatOps.Bench;

/// <summary>
/// Notifications of many Rollouts over many connections, each answered when it is on the disk. Under the Functions host
/// nothing else runs; alone, the loop works them off meanwhile. The store is counted afterwards; one that is missing is a fault.
/// </summary>
internal static class Hints
{
    private const int Connections = 64;
    private const int Apps = 200;

    public static async Task RunAsync(Options options)
    {
        var count = options.Count ?? 50_000;
        await MeasureAsync(options, count, underFunctions: true);
        await MeasureAsync(options, count, underFunctions: false);
    }

    private static async Task MeasureAsync(Options options, int count, bool underFunctions)
    {
        string[] apps = [.. Enumerable.Range(1, Apps).Select(number => $"app-{number}")];
        await using var outside = await StandIns.StartAsync(apps);
        await using var store = BenchStore.Open(options.Store, outside.Folder);
        var settings = store.In(outside.Settings());
        await using var service = underFunctions
            ? ServiceProcess.StartUnderFunctions(options.Service, options.Folder, settings)
            : ServiceProcess.StartAlone(options.Service, options.Folder, settings);
        await service.WhenReadyAsync(CancellationToken.None);
        using var http = new HttpClient(
            new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = Connections }
        );
        var url = new Uri(service.Address, $"hooks/rollouts/{StandIns.Cluster}");
        await SendAsync(http, url, outside.HookToken, apps, count / 10, null);
        var before = await store.HintsAsync();
        var figures = new Figures();
        var began = Stopwatch.GetTimestamp();
        var cpu = Processor(service.Id);
        await SendAsync(http, url, outside.HookToken, apps, count, figures);
        var elapsed = Stopwatch.GetElapsedTime(began);
        cpu = Processor(service.Id) - cpu;
        var written = await store.HintsAsync() - before;

        if (written < count)
        {
            throw new InvalidOperationException($"{count} were accepted, {written} are in the store.");
        }

        var where = underFunctions
            ? $"hints, {options.Store}, under the Functions host"
            : $"hints, {options.Store}, alone with the loop at work";
        figures.Print(where);
        Figures.Line(
            where,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{count / elapsed.TotalSeconds:0}/s, none lost; the service used {cpu / elapsed:0.0} of {Environment.ProcessorCount} processors"
            )
        );
    }

    private static Task SendAsync(HttpClient http, Uri url, string token, string[] apps, int count, Figures? figures)
    {
        var gate = new Lock();
        return Parallel.ForEachAsync(
            Enumerable.Range(0, count),
            new ParallelOptions { MaxDegreeOfParallelism = Connections },
            async (number, stop) =>
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, url);
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
                request.Content = new StringContent(
                    $$"""{"event":"on-rollout-paused","namespace":"shop","name":"{{apps[number % apps.Length]}}"}""",
                    Encoding.UTF8,
                    "application/json"
                );
                var began = Stopwatch.GetTimestamp();
                using var answer = await http.SendAsync(request, stop);
                if (answer.StatusCode != HttpStatusCode.Accepted)
                {
                    throw new InvalidOperationException(
                        $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(stop)}"
                    );
                }

                lock (gate)
                {
                    figures?.Add(Stopwatch.GetElapsedTime(began));
                }
            }
        );
    }

    private static TimeSpan Processor(int processId)
    {
        using var process = Process.GetProcessById(processId);
        return process.TotalProcessorTime;
    }
}
