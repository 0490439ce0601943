using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Functions.Processing;

namespace Devflow.ChatOps.Functions.Health;

/// <summary>Liveness and readiness. <c>/</c> answers cheaply: the Functions host polls it.</summary>
public static class Health
{
    public const string Route = "health/{probe}";

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/", () => Results.Text("Devflow ChatOps\n"));
        app.MapGet(Route, HandleAsync);
    }

    private static async Task<IResult> HandleAsync(
        string probe,
        IStore store,
        CatalogSource catalogs,
        CancellationToken stop
    )
    {
        switch (probe)
        {
            case "live":
                return Results.Json(new { status = "live" });

            case "ready":
                try
                {
                    await store.PingAsync(stop);
                }
                catch (StoreUnavailableException)
                {
                    return Results.Json(
                        new { status = "not ready", reason = "The store does not answer." },
                        statusCode: 503
                    );
                }

                return catalogs.Current is null
                    ? Results.Json(new { status = "not ready", reason = "No catalog is loaded." }, statusCode: 503)
                    : Results.Json(
                        new { status = "ready", catalog = catalogs.Problem is null ? "current" : "last good one" }
                    );

            default:
                return Results.NotFound();
        }
    }
}
