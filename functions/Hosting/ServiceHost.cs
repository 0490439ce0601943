using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages.Slack;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Functions.Adapters.ArgoCd;
using Devflow.ChatOps.Functions.Adapters.GitHub;
using Devflow.ChatOps.Functions.Adapters.Kubernetes;
using Devflow.ChatOps.Functions.Adapters.Slack;
using Devflow.ChatOps.Functions.Api;
using Devflow.ChatOps.Functions.Console;
using Devflow.ChatOps.Functions.GitHubHook;
using Devflow.ChatOps.Functions.Processing;
using Devflow.ChatOps.Functions.Processing.GitHub;
using Devflow.ChatOps.Functions.Processing.Verifying;
using Devflow.ChatOps.Functions.Processing.Watching;
using Devflow.ChatOps.Functions.SlackCommands;
using Devflow.ChatOps.Functions.SlackInteractions;
using Devflow.ChatOps.GitOps.GitHub;

namespace Devflow.ChatOps.Functions.Hosting;

/// <summary>Puts the service together: the one place where adapters meet ports.</summary>
public static class ServiceHost
{
    /// <summary>Runs until it is stopped. The exit code: never 0 for a fault, after which the Functions host would not restart it.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        WebApplication app;
        try
        {
            app = await BuildAsync(args);
        }
        catch (ConfigurationFaultException fault)
        {
            await System.Console.Error.WriteLineAsync(fault.Message);
            return 2;
        }
        catch (StoreUnavailableException fault)
        {
            await System.Console.Error.WriteLineAsync(fault.Message);
            return 3;
        }
        catch (StoredStateException fault)
        {
            await System.Console.Error.WriteLineAsync(fault.Message);
            return 3;
        }

        // A background service that fails stops the host in an orderly way, which must not look like a wish to stop.
        var background = app.Services.GetServices<IHostedService>().OfType<BackgroundService>().ToList();
        await app.RunAsync();
        var failed = background
            .Select(service => service.ExecuteTask?.Exception)
            .FirstOrDefault(fault => fault is not null);
        if (failed is not null)
        {
            await System.Console.Error.WriteLineAsync($"Devflow ended by itself: {failed.GetBaseException().Message}");
        }

        return failed is null ? 0 : 4;
    }

    /// <summary>The service, ready to be started.</summary>
    /// <exception cref="ConfigurationFaultException">The configuration or the catalog has faults; all are named.</exception>
    /// <exception cref="StoreUnavailableException">The store cannot be opened.</exception>
    public static Task<WebApplication> BuildAsync(string[] args, Action<WebApplicationBuilder>? configure = null) =>
        BuildAsync(args, configure, HostEnvironment.Read(Environment.GetEnvironmentVariable));

    /// <inheritdoc cref="BuildAsync(string[], Action{WebApplicationBuilder}?)" />
    internal static async Task<WebApplication> BuildAsync(
        string[] args,
        Action<WebApplicationBuilder>? configure,
        HostEnvironment host
    )
    {
        // Settings are read once. Watching for changes would mean every folder below the working directory, which is / in
        // many containers.
        var builder = WebApplication.CreateSlimBuilder([.. args, "--hostBuilder:reloadConfigOnChange=false"]);
        configure?.Invoke(builder);
        var options = ReadOptions(builder.Configuration, host);
        Listen(builder, host);
        Log(builder.Logging);
        AddServices(builder.Services, options, host);

        var app = builder.Build();
        var faults = app.Services.GetRequiredService<CatalogLoader>().Load();
        if (faults.Count > 0)
        {
            throw new ConfigurationFaultException(faults);
        }

        await app.Services.GetRequiredService<IStore>().PrepareAsync(CancellationToken.None);
        MapEndpoints(app, host);
        return app;
    }

    private static DevflowOptions ReadOptions(IConfiguration configuration, HostEnvironment host)
    {
        var section = configuration.GetSection(DevflowOptions.Section);
        var options = new DevflowOptions();
        var faults = ConfigurationCheck.Faults(section, typeof(DevflowOptions));
        if (faults.Count == 0)
        {
            section.Bind(options);
            faults = OptionsCheck.Faults(options, host);
        }

        // Whoever has to mend the settings wants to hear of the catalog's faults in the same go.
        return faults.Count == 0
            ? options
            : throw new ConfigurationFaultException([
                .. faults,
                .. CatalogLoader.FaultsOf(section[nameof(options.Catalog)] ?? options.Catalog),
            ]);
    }

    private static void Listen(WebApplicationBuilder builder, HostEnvironment host)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 2 * 1024 * 1024;
            kestrel.Limits.MaxConcurrentConnections = 2_000;
        });
        if (host.FunctionsPort is { } port)
        {
            builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        }
    }

    // Under the Functions host every line on stderr is an error, so everything goes to stdout.
    private static void Log(ILoggingBuilder logging)
    {
        logging.ClearProviders();
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.IncludeScopes = true;
            console.TimestampFormat = "HH:mm:ss.fff ";
            console.UseUtcTimestamp = true;
        });
        logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information);
    }

    private static void AddServices(IServiceCollection services, DevflowOptions options, HostEnvironment host)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton(options.Slack);
        services.AddSingleton(host);
        services.AddSingleton(new HookTokens(options.Hooks));
        services.AddSingleton(SealingBox(options, "devflow response_url"));
        services.AddSingleton<CatalogSource>();
        services.AddSingleton<CatalogLoader>();
        services.AddHostedService(provider => provider.GetRequiredService<CatalogLoader>());

        StoreSetup.Add(services, options);
        services.AddSingleton(new KubernetesOptions());
        services.AddSingleton(provider => new ClusterConnections(
            () => provider.GetRequiredService<CatalogSource>().Current!,
            provider.GetRequiredService<KubernetesOptions>(),
            provider.GetRequiredService<ILogger<ClusterConnections>>()
        ));
        services.AddSingleton<IRollouts, KubernetesRollouts>();
        services.AddSingleton<IChanges, KubernetesChanges>();

        services.AddSingleton(options.Slack.ToOptions());
        services.AddSingleton<SlackGovernor>();
        services.AddSingleton<ISlack, SlackClient>();
        services.AddSingleton(new SlackDrawing(ReleaseCard.Build, ThreadReply.Build));
        services.AddSingleton<SlackSurface>();

        services.AddSingleton(options.GitHub);
        AddGitHub(services, options.GitHub);
        services.AddSingleton<GitHubSurface>();
        services.AddSingleton<GitHubEvents>();
        AddArgoCd(services, options.ArgoCd);

        services.AddSingleton<Leases>();
        services.AddSingleton<GroupDirectory>();
        services.AddSingleton<SlackAccounts>();
        services.AddSingleton<PatchSender>();
        services.AddSingleton<GitWriter>();
        services.AddSingleton<CommandRunner>();
        services.AddSingleton<Answers>();
        services.AddSingleton<Failures>();
        services.AddSingleton<ContentsReader>();
        services.AddSingleton<RolloutWorker>();
        services.AddSingleton<WakeUp>();
        services.AddSingleton<Inbox>();
        services.AddSingleton<ClusterPaces>();
        services.AddSingleton<Verifier>();
        services.AddSingleton(options.Retention);
        services.AddSingleton<Retention>();
        services.AddSingleton<Sweeper>();
        services.AddSingleton<WatchState>();
        services.AddSingleton<HookRequest>();
        services.AddSingleton<SlackRequest>();
        services.AddSingleton<SlackViewers>();
        services.AddSingleton<PromotePlanner>();
        services.AddSingleton<SlashHandler>();
        services.AddSingleton<ButtonHandler>();
        AddApi(services, options);
        AddConsole(services, options);
        RateLimits.Add(services, options.Limits, host);
        if (!host.UnderFunctions)
        {
            services.AddHostedService<BackgroundLoop>();
            services.AddHostedService<SweepLoop>();
        }

        if (options.Watch)
        {
            services.AddHostedService<Watcher>();
        }
    }

    private static void AddGitHub(IServiceCollection services, GitHubSettings settings)
    {
        if (!settings.IsSetUp)
        {
            services.AddSingleton<IGitHub, NoGitHub>();
            services.AddSingleton<IDesiredState, NoDesiredState>();
            services.AddSingleton<ICheckRuns, NoCheckRuns>();
            services.AddSingleton<IDeployments, NoDeployments>();
            services.AddSingleton<IPullComments, NoPullComments>();
            return;
        }

        services.AddSingleton(provider => new InstallationTokens(
            settings.ToCredentials(),
            settings.ApiAddress,
            settings.GraphQlAddress,
            provider.GetRequiredService<TimeProvider>()
        ));
        services.AddSingleton<GitHubLimits>();
        services.AddSingleton<IGitHub, GitHubReader>();
        services.AddSingleton<IDesiredState, GitHubDesiredState>();
        services.AddSingleton(provider => new GitHubAppAccess(
            provider.GetRequiredService<InstallationTokens>,
            provider.GetRequiredService<GitHubLimits>(),
            provider.GetRequiredService<TimeProvider>()
        ));
        services.AddSingleton<ICheckRuns>(provider => new GitHubCheckRuns(
            provider.GetRequiredService<GitHubAppAccess>(),
            settings.AppId
        ));
        services.AddSingleton<IDeployments, GitHubDeployments>();
        services.AddSingleton<IPullComments>(provider => new GitHubPullComments(
            provider.GetRequiredService<GitHubAppAccess>(),
            settings.AppId
        ));
    }

    private static void AddArgoCd(IServiceCollection services, Dictionary<string, ArgoCdSettings> settings)
    {
        services.AddSingleton<IApplicationRefresh>(provider => new ArgoCdApi(
            settings
                .Where(argo => argo.Value.Address is not null)
                .ToDictionary(argo => argo.Key, argo => new ArgoCdServer(argo.Value.Address!, argo.Value.Token)),
            provider.GetRequiredService<TimeProvider>()
        ));
        // Asked in this order: the annotation needs a right that the API does not.
        services.AddSingleton<IApplicationRefresh>(provider => new ApplicationAnnotation(
            provider.GetRequiredService<ClusterConnections>(),
            provider.GetRequiredService<KubernetesOptions>(),
            provider.GetRequiredService<TimeProvider>(),
            settings.Where(argo => argo.Value.Annotate).Select(argo => argo.Key).ToHashSet(StringComparer.Ordinal)
        ));
    }

    private static void AddApi(IServiceCollection services, DevflowOptions options)
    {
        services.AddSingleton(provider => new IssuerKeys(
            options.Api.Issuer,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<IssuerKeys>>()
        ));
        services.AddSingleton<ApiAuthentication>();
        services.AddSingleton<ApiAccess>();
        services.AddSingleton<JobQueries>();
        services.AddSingleton<StuckQueries>();
        services.AddSingleton<PlanQueries>();
        services.AddSingleton<JobsApi>();
    }

    private static void AddConsole(IServiceCollection services, DevflowOptions options)
    {
        services.AddSingleton(options.Console);
        services.AddSingleton(provider => new FormSeals(
            SealingBox(options, "devflow console form"),
            provider.GetRequiredService<TimeProvider>()
        ));
        services.AddSingleton<SignIn>();
        services.AddSingleton<PageRenderer>();
        services.AddSingleton<ConsolePages>();
    }

    private static SecretBox SealingBox(DevflowOptions options, string purpose)
    {
        var secret =
            options.SealingKey.Length > 0 ? options.SealingKey : options.Slack.SigningSecrets.FirstOrDefault() ?? "";
        // Without any secret nothing can come from Slack, so there is nothing to seal that must survive a restart.
        return secret.Length > 0 ? SecretBox.From(secret, purpose) : SecretBox.Random();
    }

    private static void MapEndpoints(WebApplication app, HostEnvironment host)
    {
        app.Use(next => context => Problems.CatchAsync(context, next));
        app.UseStatusCodePages(context => Problems.OfStatus(context.HttpContext).ExecuteAsync(context.HttpContext));
        app.UseRateLimiter();
        Health.Health.Map(app);
        RolloutsHook.RolloutsHook.Map(app);
        ArgoCdHook.ArgoCdHook.Map(app);
        SlackCommands.SlackCommands.Map(app);
        SlackInteractions.SlackInteractions.Map(app);
        GitHubHook.GitHubHook.Map(app);
        JobsApi.Map(app);
        ConsolePages.Map(app);
        if (host.UnderFunctions)
        {
            Sweep.SweepTimer.Map(app);
            DefaultMode.Map(app);
        }
    }
}

/// <summary>The process cannot start as it is configured; each fault is a line.</summary>
public sealed class ConfigurationFaultException(IReadOnlyList<string> faults)
    : Exception("Devflow cannot start:\n" + string.Join('\n', faults.Select(fault => "  " + fault)))
{
    public IReadOnlyList<string> Faults { get; } = faults;
}
