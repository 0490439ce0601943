using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.Argo.Rollouts;
using Devflow.ChatOps.Sandbox.Kubernetes;

namespace Devflow.ChatOps.Sandbox.Argo;

/// <summary>Runs AnalysisRuns: nothing is measured, the outcome is agreed on beforehand.</summary>
internal sealed class AnalysisRunner(
    ObjectStore store,
    TimeProvider clock,
    ControllerOptions options,
    Action<string, string, DateTimeOffset> lookAgainAt,
    Action<string, JsonObject> emit
)
{
    private readonly ConcurrentDictionary<string, (AnalysisOutcome Outcome, DateTimeOffset EndsAt)> plans = new();

    public void Reconcile(string ns, string name)
    {
        if (store.Get(Resources.AnalysisRun, ns, name) is not { } run)
        {
            return;
        }

        var uid = run.Text("metadata", "uid") ?? "";
        if (AnalysisPhase.IsFinal(run.Text("status", "phase")))
        {
            plans.TryRemove(uid, out _);
            return;
        }

        var now = clock.GetUtcNow();
        if (run.Flag("spec", "terminate") == true)
        {
            // A run that is stopped counts as a success, also when somebody did it by hand (facts of v1.9.1).
            Write(run, AnalysisPhase.Successful, "Run Terminated", now);
            return;
        }

        var (outcome, endsAt) = plans.GetOrAdd(uid, _ => Plan(run, now));
        if (now >= endsAt)
        {
            Write(run, outcome.Phase, MessageOf(run, outcome.Phase), now);
            return;
        }

        lookAgainAt(ns, name, endsAt);
        if (run.Text("status", "phase") is null)
        {
            Write(run, AnalysisPhase.Running, "", now);
        }
    }

    private (AnalysisOutcome, DateTimeOffset) Plan(JsonObject run, DateTimeOffset now)
    {
        var outcome = options.Analysis(run);
        if (Argument(run, "result") is { } phase && AnalysisPhase.IsFinal(phase))
        {
            outcome = outcome with { Phase = phase };
        }

        if (double.TryParse(Argument(run, "duration-seconds"), CultureInfo.InvariantCulture, out var seconds))
        {
            outcome = outcome with { After = TimeSpan.FromSeconds(seconds) };
        }

        return (outcome, now + outcome.After);
    }

    private void Write(JsonObject run, string phase, string message, DateTimeOffset now)
    {
        var isFinal = AnalysisPhase.IsFinal(phase);
        var status = new JsonObject
        {
            ["phase"] = phase,
            ["startedAt"] = run.Text("status", "startedAt") ?? JsonPath.Stamp(now),
            ["metricResults"] = new JsonArray([.. Metrics(run).Select(metric => Result(metric, phase, now))]),
            ["runSummary"] = Count(phase, Metrics(run).Count()),
        };
        if (message.Length > 0)
        {
            status["message"] = message;
        }

        if (isFinal)
        {
            status["completedAt"] = JsonPath.Stamp(now);
        }

        store.Update(
            Resources.AnalysisRun,
            run.Text("metadata", "namespace") ?? "",
            run.Text("metadata", "name") ?? "",
            json =>
            {
                json["status"] = status;
                return json;
            }
        );
        if (phase is AnalysisPhase.Failed or AnalysisPhase.Error)
        {
            // Told here with the run itself and once more by the Rollout's pass.
            emit("AnalysisRun" + phase, run);
        }
    }

    private static JsonObject Result(string metric, string phase, DateTimeOffset now)
    {
        var result = new JsonObject { ["name"] = metric, ["phase"] = phase };
        if (AnalysisPhase.IsFinal(phase))
        {
            result["count"] = 1;
            result[CounterOf(phase)] = 1;
            result["measurements"] = new JsonArray(
                new JsonObject
                {
                    ["phase"] = phase,
                    ["startedAt"] = JsonPath.Stamp(now),
                    ["finishedAt"] = JsonPath.Stamp(now),
                    ["value"] = phase == AnalysisPhase.Successful ? "1" : "0",
                }
            );
        }

        return result;
    }

    private static JsonObject Count(string phase, int metrics)
    {
        var summary = new JsonObject { ["count"] = metrics };
        if (AnalysisPhase.IsFinal(phase))
        {
            summary[CounterOf(phase)] = metrics;
        }

        return summary;
    }

    private static string CounterOf(string phase) => phase.ToLowerInvariant();

    private static string MessageOf(JsonObject run, string phase) =>
        phase switch
        {
            AnalysisPhase.Failed => Assessed(run, phase, "failed (1) > failureLimit (0)"),
            AnalysisPhase.Error => Assessed(run, phase, "consecutiveErrors (5) > consecutiveErrorLimit (4)"),
            AnalysisPhase.Inconclusive => Assessed(run, phase, "inconclusive (1) > inconclusiveLimit (0)"),
            _ => "",
        };

    private static string Assessed(JsonObject run, string phase, string reason) =>
        $"Metric \"{Metrics(run).FirstOrDefault()}\" assessed {phase} due to {reason}";

    private static IEnumerable<string> Metrics(JsonObject run) =>
        (run.At("spec", "metrics") as JsonArray ?? []).Select(metric => metric.Text("name") ?? "");

    private static string? Argument(JsonObject run, string name) =>
        (run.At("spec", "args") as JsonArray ?? [])
            .FirstOrDefault(argument => argument.Text("name") == name)
            .Text("value");
}
