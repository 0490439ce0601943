using System.Text.Json;
using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Functions.Hosting;

namespace Devflow.ChatOps.Functions.ArgoCdHook;

/// <summary>Notifications of Argo CD: hints about the Rollouts of an Application.</summary>
public static class ArgoCdHook
{
    public const string Route = "hooks/argocd/{cluster}";

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost(
            Route,
            (string cluster, HttpRequest request, HookRequest hook, CancellationToken stop) =>
                hook.HandleAsync(cluster, request, Parse, stop)
        );

    internal static IReadOnlyList<InboundEvent> Parse(JsonElement body, ReleaseCatalog catalog, string cluster)
    {
        HookRequest.Text(body, "event");
        var targets = catalog.FindApplication(
            cluster,
            HookRequest.Text(body, "namespace"),
            HookRequest.Text(body, "name")
        );
        return targets.Count == 0
            ? [new InboundEvent.Ignored("not in the catalog")]
            :
            [
                .. targets.Select(target => new InboundEvent.RolloutSeen(
                    new RolloutRef(target.Environment.Cluster, target.Environment.Namespace, target.Environment.Rollout)
                )),
            ];
    }
}
