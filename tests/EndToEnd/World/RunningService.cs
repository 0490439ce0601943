using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Functions.Adapters.Kubernetes;
using Devflow.ChatOps.Functions.Hosting;
using Devflow.ChatOps.Functions.Processing;
using Devflow.ChatOps.Functions.Processing.Verifying;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Devflow.ChatOps.Tests.EndToEnd.World;

/// <summary>
/// The service as it is put together for production, in this process and on a port of its own. Only what a test must
/// hold in its hands is replaced: the clock, the log, the cluster's time limits; and the store is watched.
/// </summary>
internal sealed class RunningService : IAsyncDisposable
{
    private readonly WebApplication app;

    private RunningService(WebApplication app)
    {
        this.app = app;
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        Address = new Uri(addresses.Addresses.Single().TrimEnd('/') + "/");
    }

    /// <summary>Where it listens, with a final slash.</summary>
    public Uri Address { get; }

    public IStore Store => app.Services.GetRequiredService<IStore>();

    /// <summary>One round of the loop, for services that run without it in the background; verified for as long as it takes.</summary>
    public async Task<bool> SweepAsync()
    {
        var stop = TestContext.Current.CancellationToken;
        await app.Services.GetRequiredService<Verifier>().RunAsync(stop);
        return await app.Services.GetRequiredService<Sweeper>().SweepAsync(stop);
    }

    public static async Task<RunningService> StartAsync(
        IReadOnlyDictionary<string, string?> settings,
        bool runsLoop,
        bool sweeps,
        TimeProvider clock,
        Signal signal,
        CapturedLog log,
        Func<IStore, IStore> wrap,
        TimeSpan? mostSkew
    )
    {
        var app = await ServiceHost.BuildAsync(
            [],
            builder =>
            {
                builder.Configuration.AddInMemoryCollection(settings);
                builder.WebHost.UseUrls("http://127.0.0.1:0");
                builder.Host.ConfigureContainer<IServiceCollection>(
                    (_, services) => Replace(services, runsLoop, sweeps, clock, signal, log, wrap, mostSkew)
                );
            }
        );
        await app.StartAsync();
        return new RunningService(app);
    }

    /// <summary>What a signal to stop does first: work is called back, and requests under way are still answered.</summary>
    public void BeginToStop() => app.Lifetime.StopApplication();

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }

    private static void Replace(
        IServiceCollection services,
        bool runsLoop,
        bool sweeps,
        TimeProvider clock,
        Signal signal,
        CapturedLog log,
        Func<IStore, IStore> wrap,
        TimeSpan? mostSkew
    )
    {
        services.AddSingleton(clock);
        services.AddSingleton(new ClockLimit(mostSkew));
        services.AddSingleton(
            new KubernetesOptions
            {
                ConnectTimeout = TimeSpan.FromSeconds(2),
                RequestTimeout = TimeSpan.FromSeconds(3),
                TotalTimeout = TimeSpan.FromSeconds(4),
            }
        );
        services.AddLogging(logging => logging.ClearProviders().AddProvider(log));
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        var store = services.Last(service => service.ServiceType == typeof(IStore));
        services.Remove(store);
        services.AddSingleton<IStore>(provider => new ObservedStore(
            wrap((IStore)store.ImplementationFactory!(provider)),
            signal
        ));
        if (!runsLoop)
        {
            services.Remove(services.Single(service => service.ImplementationType == typeof(BackgroundLoop)));
        }

        if (!runsLoop || !sweeps)
        {
            services.Remove(services.Single(service => service.ImplementationType == typeof(SweepLoop)));
        }
    }
}
