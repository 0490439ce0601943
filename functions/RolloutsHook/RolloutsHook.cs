using System.Text.Json;
using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Functions.Hosting;

namespace Devflow.ChatOps.Functions.RolloutsHook;

/// <summary>Notifications of Argo Rollouts: hints. The controller waits for the answer inside its reconcile loop.</summary>
public static class RolloutsHook
{
    public const string Route = "hooks/rollouts/{cluster}";

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost(
            Route,
            (string cluster, HttpRequest request, HookRequest hook, CancellationToken stop) =>
                hook.HandleAsync(cluster, request, Parse, stop)
        );

    /// <summary>
    /// Which Rollout it is about: the object itself, or the Rollout that owns it (the first on-analysis-run-failed
    /// carries an AnalysisRun, and payloads of Rollouts may lack their kind: facts 7).
    /// </summary>
    internal static IReadOnlyList<InboundEvent> Parse(JsonElement body, ReleaseCatalog catalog, string cluster)
    {
        var ns = HookRequest.Text(body, "namespace");
        var name = OwningRollout(body) ?? HookRequest.Text(body, "name");
        HookRequest.Text(body, "event");
        return catalog.FindEnvironment(cluster, ns, name) is null
            ? [new InboundEvent.Ignored("not in the catalog")]
            : [new InboundEvent.RolloutSeen(new RolloutRef(cluster, ns, name))];
    }

    private static string? OwningRollout(JsonElement body)
    {
        if (!body.TryGetProperty("owners", out var owners) || owners.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (owners.ValueKind != JsonValueKind.Array)
        {
            throw new HookFormatException("owners: expected a list.");
        }

        foreach (var owner in owners.EnumerateArray())
        {
            if (owner.ValueKind == JsonValueKind.Object && HookRequest.Text(owner, "kind") == "Rollout")
            {
                return HookRequest.Text(owner, "name");
            }
        }

        return null;
    }
}
