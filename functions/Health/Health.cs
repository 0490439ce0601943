using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Functions.Processing;
using Devflow.ChatOps.Functions.Processing.Watching;

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
        WatchState watch,
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
                catch (ClockSkewException fault)
                {
                    return Results.Json(new { status = "not ready", reason = fault.Message }, statusCode: 503);
                }
                catch (StoreUnavailableException)
                {
                    return Results.Json(
                        new { status = "not ready", reason = "The store does not answer, or cannot be written." },
                        statusCode: 503
                    );
                }

                return catalogs.Current is null
                    ? Results.Json(new { status = "not ready", reason = "No catalog is loaded." }, statusCode: 503)
                    : Results.Json(
                        new
                        {
                            status = "ready",
                            catalog = catalogs.Problem is null ? "current" : "last good one",
                            watch = Of(watch),
                        }
                    );

            default:
                return Results.NotFound();
        }
    }

    /// <summary>A note, and no reason to be taken out of service: what is not watched is told by notifications and the sweep.</summary>
    private static object Of(WatchState watch) =>
        watch.Role == WatchRole.Watching
            ? new
            {
                role = "watching",
                places = watch.Places,
                notWatched = watch.Problems,
            }
            : new { role = watch.Role == WatchRole.Off ? "off" : "standby" };
}
