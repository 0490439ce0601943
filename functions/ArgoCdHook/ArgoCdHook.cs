using System.Text.Json;
using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Functions.Hosting;
using Devflow.ChatOps.Functions.Processing;

namespace Devflow.ChatOps.Functions.ArgoCdHook;

/// <summary>Notifications of Argo CD: hints about the Rollouts of an Application.</summary>
public static class ArgoCdHook
{
    public const string Route = "hooks/argocd/{cluster}";

    public static void Map(IEndpointRouteBuilder app) => app.MapPost(Route, HandleAsync);

    private static Task<IResult> HandleAsync(
        string cluster,
        HttpRequest request,
        HookTokens tokens,
        CatalogSource catalogs,
        Inbox inbox,
        CancellationToken stop
    ) =>
        HookRequest.HandleAsync(
            cluster,
            request,
            tokens,
            (body, catalog) => Parse(body, catalog, cluster),
            catalogs,
            inbox,
            stop
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
