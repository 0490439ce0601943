using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;

namespace Devflow.ChatOps.Functions.Hosting;

/// <summary>How much is taken at once; generous, for what they keep out is a flood.</summary>
public sealed class LimitSettings
{
    /// <summary>Requests per second and remote address to the API, and as many to the endpoints of Slack, of GitHub and of the console.</summary>
    public int PerSecond { get; set; } = 50;

    /// <summary>How many of these may come at once after a quiet time.</summary>
    public int Burst { get; set; } = 200;

    /// <summary>Hooks that are worked on at the same time; as many as eight times this number wait for their turn.</summary>
    public int HooksAtOnce { get; set; } = 64;
}

/// <summary>
/// Limits at the edge. The API, Slack, GitHub and the console have a rate per remote address. Hooks come from few senders in bursts, and the
/// sender waits for us in its own work: they have a cap of how many run at once, and what is over it is refused without
/// <c>Retry-After</c>, for Argo's notification engine would sleep that long inside the controller.
/// </summary>
internal static class RateLimits
{
    private const string Hooks = "hooks";

    public static void Add(IServiceCollection services, LimitSettings limits, HostEnvironment host) =>
        services.AddRateLimiter(options =>
        {
            options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(http =>
                Edge(http.Request.Path) switch
                {
                    null => RateLimitPartition.GetNoLimiter(""),
                    Hooks => RateLimitPartition.GetConcurrencyLimiter(
                        Hooks,
                        _ => new ConcurrencyLimiterOptions
                        {
                            PermitLimit = limits.HooksAtOnce,
                            QueueLimit = limits.HooksAtOnce * 8,
                            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
                        }
                    ),
                    var edge => RateLimitPartition.GetTokenBucketLimiter(
                        $"{edge} {AddressOf(http, host)}",
                        _ => new TokenBucketRateLimiterOptions
                        {
                            TokenLimit = limits.Burst,
                            TokensPerPeriod = limits.PerSecond,
                            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                            QueueLimit = 0,
                        }
                    ),
                }
            );
            options.OnRejected = (rejected, _) => new ValueTask(RefuseAsync(rejected.HttpContext));
        });

    private static Task RefuseAsync(HttpContext http)
    {
        if (Edge(http.Request.Path) != Hooks)
        {
            http.Response.Headers.RetryAfter = "1";
        }

        return Problems.Of(429, "too_many_requests", "Too many requests at once. Nothing was done.").ExecuteAsync(http);
    }

    private static string? Edge(PathString path) =>
        path.StartsWithSegments("/hooks") ? Hooks
        : path.StartsWithSegments("/api") ? "api"
        : path.StartsWithSegments("/slack") ? "slack"
        : path.StartsWithSegments("/github") ? "github"
        : path.StartsWithSegments("/console") ? "console"
        : null;

    /// <summary>Whom a rate is counted for.</summary>
    internal static string AddressOf(HttpContext http, HostEnvironment host)
    {
        var address = CallerAddress.Of(http, host);
        if (address is not { AddressFamily: AddressFamily.InterNetworkV6 })
        {
            return address?.ToString() ?? "unknown";
        }

        // Whoever has one address of a /64 has all of them.
        var network = address.GetAddressBytes();
        network.AsSpan(8).Clear();
        return new IPAddress(network).ToString();
    }
}
