using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.Kubernetes;
using Devflow.ChatOps.Tests.Support;

namespace Devflow.ChatOps.Bench;

/// <summary>
/// Thousands of Rollouts that wait for a person and do not change: what their first sight costs, and then what it costs to
/// know that they are as they were. The service is a process of its own and alone; nobody notifies and nothing is watched.
/// </summary>
internal static class QuietSweep
{
    private const int PerNamespace = 500;
    private const int EnvironmentsOfApp = 50;

    /// <summary>Each Rollout is looked at once more half a minute after its first sight.</summary>
    private static readonly TimeSpan settles = TimeSpan.FromSeconds(35);

    private static readonly TimeSpan measured = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan poll = TimeSpan.FromSeconds(1);

    public static async Task RunAsync(Options options)
    {
        var count = options.Count ?? 5_000;
        var folder = Directory.CreateTempSubdirectory("devflow-").FullName;
        try
        {
            await using var server = await ApiServer.StartAsync(Cluster(count), new() { RequestLogCapacity = 200_000 });
            server.WriteKubeconfig(Path.Combine(folder, "kubeconfig"));
            await File.WriteAllTextAsync(Path.Combine(folder, "catalog.yaml"), Catalog(folder, count));
            await using var store = BenchStore.Open(options.Store, folder);
            var settings = store.In(
                new Dictionary<string, string> { ["Devflow__Catalog"] = Path.Combine(folder, "catalog.yaml") }
            );
            await using var service = ServiceProcess.StartAlone(options.Service, options.Folder, settings);
            await service.WhenReadyAsync(CancellationToken.None);
            await MeasureAsync(server, service, store, count);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task MeasureAsync(ApiServer server, ServiceProcess service, BenchStore store, int count)
    {
        var began = Stopwatch.GetTimestamp();
        while (await store.LookedAsync() < count)
        {
            await Task.Delay(poll);
        }

        var took = Stopwatch.GetElapsedTime(began).TotalSeconds;
        Print(
            $"first sight of {count}",
            $"{took:0} s, {Processor(service.Id).TotalSeconds:0.0} s of processor time, {server.Requests.Entries.Count} requests"
        );

        // Until only what is renewed in its measure is read by itself.
        for (var quiet = TimeSpan.Zero; quiet < settles; quiet += poll)
        {
            var before = Reads(server);
            await Task.Delay(poll);
            quiet = Reads(server) - before > 25 ? TimeSpan.Zero : quiet;
        }

        server.Requests.Clear();
        var cpu = Processor(service.Id);
        await Task.Delay(measured);
        cpu = Processor(service.Id) - cpu;
        var lists = server.Requests.Entries.Count(request =>
            request.Path.Contains("/rollouts?", StringComparison.Ordinal)
        );
        var sweeps = lists / Math.Ceiling(count / (double)PerNamespace);
        Print(
            $"sweep of {count} that wait",
            $"{cpu.TotalSeconds / sweeps:0.00} s of processor time and {lists / sweeps:0} lists each; {sweeps:0.0} in {measured.TotalSeconds:0} s, with {Reads(server)} full looks"
        );
        Print("verified at the longest ago", $"{(DateTimeOffset.UtcNow - await store.OldestAsync()).TotalSeconds:0} s");
        Figures.Memory("resident memory, sweeping", service.Id);
    }

    private static int Reads(ApiServer server) =>
        server.Requests.Entries.Count(request => request.Path.Contains("/rollouts/", StringComparison.Ordinal));

    private static void Print(string what, FormattableString figures) =>
        Figures.Line(what, figures.ToString(CultureInfo.InvariantCulture));

    private static TimeSpan Processor(int processId)
    {
        using var process = Process.GetProcessById(processId);
        return process.TotalProcessorTime;
    }

    private static string Namespace(int number) => $"team-{number / PerNamespace}";

    private static string Catalog(string folder, int count)
    {
        var text = new StringBuilder(
            $"""
            clusters: [{"{"} name: prod, kubeconfig: {folder}/kubeconfig {"}"}]
            people: [{"{"} name: alice, slack: U01ALICE {"}"}]
            apps:

            """
        );
        for (var number = 0; number < count; number++)
        {
            if (number % EnvironmentsOfApp == 0)
            {
                text.AppendLine(
                    CultureInfo.InvariantCulture,
                    $$"""
                      - name: service-{{number}}
                        repository: acme/service-{{number}}
                        slackChannel: C0APP
                        environments:
                    """
                );
            }

            text.AppendLine(
                CultureInfo.InvariantCulture,
                $$"""
                      - { name: e{{number}}, cluster: prod, namespace: {{Namespace(
                    number
                )}}, rollout: app-{{number}}, promote: { by: [alice] }, rollback: { by: [alice] } }
                """
            );
        }

        return text.ToString();
    }

    /// <summary>Rollouts paused at their second version, each with the ReplicaSets of both.</summary>
    private static ObjectStore Cluster(int count)
    {
        var store = new ObjectStore(TimeProvider.System);
        for (var number = 0; number < count; number++)
        {
            var made = store.Create(Resources.Rollout, Rollout(number));
            var uid = made["metadata"]!["uid"]!.GetValue<string>();
            store.Create(Resources.ReplicaSet, ReplicaSet(number, "aaa", uid));
            store.Create(Resources.ReplicaSet, ReplicaSet(number, "bbb", uid));
        }

        return store;
    }

    private static JsonObject Rollout(int number) =>
        Parse(
            $$"""
            {
              "metadata": {
                "name": "app-{{number}}", "namespace": "{{Namespace(number)}}", "generation": 1,
                "annotations": {
                  "rollout.argoproj.io/revision": "2",
                  "kubectl.kubernetes.io/last-applied-configuration": "{{new string('x', 1_500)}}"
                }
              },
              "spec": {
                "replicas": 2,
                "selector": { "matchLabels": { "app": "app-{{number}}" } },
                "strategy": { "blueGreen": { "activeService": "a", "previewService": "p", "autoPromotionEnabled": false } },
                "template": {
                  "metadata": { "labels": { "app": "app-{{number}}" } },
                  "spec": { "containers": [ { "name": "main", "image": "registry.example.com/app:2" } ] }
                }
              },
              "status": {
                "observedGeneration": "1", "phase": "Paused", "message": "BlueGreenPause",
                "currentPodHash": "bbb", "stableRS": "aaa", "replicas": 4, "readyReplicas": 4, "availableReplicas": 2,
                "pauseConditions": [ { "reason": "BlueGreenPause", "startTime": "2026-01-02T03:04:05Z" } ],
                "controllerPause": true,
                "blueGreen": { "activeSelector": "aaa", "previewSelector": "bbb" }
              }
            }
            """
        );

    private static JsonObject ReplicaSet(int number, string hash, string owner) =>
        Parse(
            $$"""
            {
              "metadata": {
                "name": "app-{{number}}-{{hash}}", "namespace": "{{Namespace(number)}}",
                "labels": { "app": "app-{{number}}", "rollouts-pod-template-hash": "{{hash}}" },
                "ownerReferences": [ { "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "name": "app-{{number}}", "uid": "{{owner}}", "controller": true } ]
              },
              "spec": {
                "replicas": 2,
                "selector": { "matchLabels": { "app": "app-{{number}}", "rollouts-pod-template-hash": "{{hash}}" } },
                "template": {
                  "metadata": { "labels": { "app": "app-{{number}}", "rollouts-pod-template-hash": "{{hash}}" } },
                  "spec": { "containers": [ { "name": "main", "image": "registry.example.com/app:{{hash}}" } ] }
                }
              },
              "status": { "replicas": 2, "readyReplicas": 2, "availableReplicas": 2 }
            }
            """
        );

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();
}
