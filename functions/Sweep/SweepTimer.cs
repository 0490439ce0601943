using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Functions.Processing;

namespace Devflow.ChatOps.Functions.Sweep;

/// <summary>
/// The timer of Azure Functions. The host always calls non-HTTP triggers with <c>POST /{FunctionName}</c> and needs a JSON
/// body in the answer. Mapped only under that host: no HTTP route of ours leads to it.
/// </summary>
public static class SweepTimer
{
    /// <summary>The function's name, which is its folder's.</summary>
    public const string Function = "Sweep";

    /// <summary>Work stops well before the next tick, so that ticks do not pile up.</summary>
    private static readonly TimeSpan budget = TimeSpan.FromSeconds(20);

    /// <summary>A release that moves wants a look within seconds, long before the next tick.</summary>
    private static readonly TimeSpan lookAgainAfter = TimeSpan.FromSeconds(1);

    public static void Map(IEndpointRouteBuilder app) => app.MapPost("/" + Function, HandleAsync);

    private static async Task<IResult> HandleAsync(
        Sweeper sweeper,
        ContentsReader contents,
        IWork work,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        var end = clock.GetUtcNow() + budget;
        var rounds = 0;
        while (clock.GetUtcNow() + lookAgainAfter < end)
        {
            var reading = contents.IdleAsync();
            if (await sweeper.SweepAsync(stop))
            {
                rounds++;
            }
            else if (reading.IsCompleted && (await work.DueAsync(end, [], 1, stop)).Count == 0)
            {
                break;
            }
            else
            {
                await Task.Delay(lookAgainAfter, clock, stop);
            }
        }

        return Results.Json(new { Outputs = new { }, Logs = new[] { $"{rounds} rounds" } });
    }
}
