using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Functions.Adapters.Mongo;
using Devflow.ChatOps.Functions.Adapters.Sqlite;

namespace Devflow.ChatOps.Functions.Hosting;

/// <summary>The store that the settings name, behind each of its ports.</summary>
internal static class StoreSetup
{
    public static void Add(IServiceCollection services, DevflowOptions options)
    {
        services.AddSingleton(new ClockLimit(ServerClock.MostSkew));
        services.AddSingleton(provider => Open(options, provider));
        services.AddSingleton<IJobs>(provider => provider.GetRequiredService<IStore>());
        services.AddSingleton<IWork>(provider => provider.GetRequiredService<IStore>());
        services.AddSingleton<IRoles>(provider => provider.GetRequiredService<IStore>());
        services.AddSingleton<ICommands>(provider => provider.GetRequiredService<IStore>());
        services.AddSingleton<IRetention>(provider => provider.GetRequiredService<IStore>());
    }

    private static IStore Open(DevflowOptions options, IServiceProvider provider)
    {
        var clock = provider.GetRequiredService<TimeProvider>();
        return MongoAddress.IsOne(options.Store)
            ? MongoStore.Open(
                options.Store,
                options.Holder,
                clock,
                provider.GetRequiredService<ILogger<MongoStore>>(),
                provider.GetRequiredService<ClockLimit>().MostSkew
            )
            : SqliteStore.Open(
                options.Store["sqlite:".Length..],
                options.Holder,
                clock,
                provider.GetRequiredService<ILogger<SqliteStore>>()
            );
    }
}

/// <summary>How far the clocks of this instance and of the store may be apart; <c>null</c>: they are not compared.</summary>
public sealed record ClockLimit(TimeSpan? MostSkew);
