using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Sandbox.Argo;
using Devflow.ChatOps.Sandbox.Kubernetes;
using Devflow.ChatOps.Sandbox.Slack;
using Devflow.ChatOps.Tests.EndToEnd.ConsolePages;

namespace Devflow.ChatOps.Tests.EndToEnd.World;

/// <summary>
/// A cluster with a controller, a Slack workspace, and the service between them, which all talk HTTP. Tests do what
/// people and machines do, and look at what these would see. Nothing else can be reached.
/// </summary>
internal sealed partial class ReleaseWorld : IAsyncDisposable
{
    /// <summary>How long anything may take on a machine that has other things to do.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly WorldOptions options;
    private readonly string folder;
    private readonly Signal signal = new();
    private readonly CapturedLog log = new();
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly string hookToken = NewToken();
    private readonly Dictionary<string, string> tokens = WorldCatalog.People.Keys.ToDictionary(
        name => name,
        _ => NewToken()
    );
    private readonly int strangersBefore;
    private readonly ConcurrentQueue<string> templates = new();
    private int hangingRequests;
    private RunningService? service;
    private WorldGit? git;
    private NotificationSender? sender;
    private SlackClientSimulator? clients;

    private ReleaseWorld(WorldOptions options)
    {
        OutgoingCalls.Watch();
        strangersBefore = OutgoingCalls.Strangers.Count;
        this.options = options;
        folder = Directory.CreateTempSubdirectory("devflow-world-").FullName;
        Workspace = new SlackWorkspace(SlackInstallation.Generate(), Clock);
        Objects = new ObjectStore(TimeProvider.System);
    }

    /// <summary>The service's clock and Slack's; the cluster's is the real one.</summary>
    public ShiftedClock Clock { get; } = new();

    public SlackWorkspace Workspace { get; }
    public ObjectStore Objects { get; }
    public ApiServer Cluster { get; private set; } = null!;

    /// <summary>The API server of every other cluster: it takes requests and never answers.</summary>
    private ApiServer Hanging { get; set; } = null!;

    /// <summary>How many requests wait for that one, or have given up.</summary>
    public int HangingRequests => Volatile.Read(ref hangingRequests);

    public RolloutsController Controller { get; private set; } = null!;
    public SlackApi Slack { get; private set; } = null!;

    /// <summary>Git and Argo CD, in worlds that have them.</summary>
    public WorldGit Git => git ?? throw new InvalidOperationException("This world has no Git.");

    /// <summary>The app of worlds that have one.</summary>
    public WorldApp App => options.Apps[0];

    /// <summary>What the service logged.</summary>
    public IReadOnlyList<string> Log => log.Lines;

    /// <summary>Where the service listens, with a final slash.</summary>
    public Uri ServiceAddress => Service.Address;

    private RunningService Service => service ?? throw new InvalidOperationException("The service is stopped.");

    public static async Task<ReleaseWorld> StartAsync(WorldOptions? options = null)
    {
        var world = new ReleaseWorld(options ?? new WorldOptions());
        try
        {
            await world.StartStandInsAsync();
            await world.StartServiceAsync();
            return world;
        }
        catch
        {
            await world.StopAsync();
            throw;
        }
    }

    /// <summary>Starts the service, on another port than before; what it had written down is still there.</summary>
    public async Task StartServiceAsync()
    {
        service = await RunningService.StartAsync(
            Settings(),
            options.RunsLoop,
            options.Sweeps,
            Clock,
            signal,
            log,
            options.Store,
            options.MostSkew
        );
        clients = new SlackClientSimulator(
            Slack,
            new SlackRequestUrls(
                new Uri(service.Address, "slack/commands"),
                new Uri(service.Address, "slack/interactions")
            )
            {
                // A machine under load is slow; what the service promises Slack is tested by itself.
                AckTimeout = TimeSpan.FromSeconds(30),
            },
            Clock
        );
        sender = new NotificationSender(
            http,
            service.Address,
            WorldCatalog.Cluster,
            hookToken,
            TimeProvider.System,
            new RetryRule(3, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1))
        );
    }

    /// <summary>
    /// Starts another instance of the service on the same store, which people and machines do not talk to; the caller ends
    /// it. What it logs is not judged.
    /// </summary>
    public Task<RunningService> StartAnotherAsync(TimeProvider clock, Func<IStore, IStore> store, CapturedLog itsLog) =>
        RunningService.StartAsync(
            Settings(),
            runsLoop: true,
            sweeps: true,
            clock,
            signal,
            itsLog,
            store,
            options.MostSkew
        );

    /// <summary>What a signal to stop does first; the service still answers.</summary>
    public void BeginToStopService() => Service.BeginToStop();

    /// <summary>Stops the service; the cluster and Slack go on.</summary>
    public async Task StopServiceAsync()
    {
        if (sender is not null)
        {
            await sender.DisposeAsync();
            sender = null;
        }

        clients?.Dispose();
        clients = null;
        if (service is not null)
        {
            await service.DisposeAsync();
            service = null;
        }
    }

    /// <summary>Replaces the catalog's file, for the next start.</summary>
    public void WriteCatalog(IEnumerable<WorldApp> apps) =>
        File.WriteAllText(CatalogPath, WorldCatalog.Write(apps, KubeconfigPath, options.Viewers));

    /// <summary>One round of the loop, for worlds in which it does not run.</summary>
    public Task<bool> SweepAsync() => Service.SweepAsync();

    /// <summary>Waits until something is so, looking again after every change anywhere in the world.</summary>
    public async Task<T> WhenAsync<T>(Func<Task<T?>> look, string what, TimeSpan? limit = null)
        where T : class
    {
        var patience = limit ?? Limit;
        try
        {
            return await signal.WhenAsync(look, patience);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Not within {patience.TotalSeconds:0} s: {what}\n{await DescribeAsync()}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        log.Errors.Where(error => !options.Expects(error)).ShouldBeEmpty();
        OutgoingCalls.Strangers.Skip(strangersBefore).ShouldBeEmpty();
    }

    private string CatalogPath => Path.Combine(folder, "catalog.yaml");

    private string KubeconfigPath(string cluster) => Path.Combine(folder, $"{cluster}.kubeconfig");

    private async Task StartStandInsAsync()
    {
        foreach (var (name, id) in WorldCatalog.People)
        {
            Workspace.Put(new SlackUser(id, name));
        }

        Workspace.Put(new SlackUser(WorldCatalog.Dora, "dora"));
        Workspace.Put(new SlackUserGroup(WorldCatalog.OnCall, "oncall", [WorldCatalog.Dora]));
        foreach (var app in options.Apps)
        {
            Workspace.Put(new SlackChannel(app.Channel, app.Name));
        }

        var cluster = new ControllerOptions
        {
            PodStartsAfter = TimeSpan.FromMilliseconds(10),
            PodReadyAfter = TimeSpan.FromMilliseconds(50),
            PodGoneAfter = TimeSpan.FromMilliseconds(10),
        };
        options.Cluster(cluster);
        Controller = new RolloutsController(
            Objects,
            TimeProvider.System,
            cluster,
            notification =>
            {
                if (options.Notifies)
                {
                    sender?.Send(notification);
                }
            }
        );
        Objects.Changed += change =>
        {
            KeepTemplate(change);
            signal.Raise();
        };
        Workspace.Changed += _ => signal.Raise();
        foreach (var app in options.Apps.Where(app => app.IsInstalled && app.Cluster == WorldCatalog.Cluster))
        {
            Install(app);
        }

        Cluster = await ApiServer.StartAsync(Objects);
        Hanging = await ApiServer.StartAsync(new ObjectStore(TimeProvider.System));
        Cluster.WriteKubeconfig(KubeconfigPath(WorldCatalog.Cluster));
        Hanging.Fault = _ =>
        {
            Interlocked.Increment(ref hangingRequests);
            return new Fault.Hang();
        };
        foreach (var other in WorldCatalog.Clusters(options.Apps).Skip(1))
        {
            Hanging.WriteKubeconfig(KubeconfigPath(other));
        }

        Slack = await SlackApi.StartAsync(Workspace, Clock);
        if (options.Git is { } wanted)
        {
            git = await WorldGit.StartAsync(Objects, [.. options.Apps.Where(app => app.IsInGit)], wanted, Clock);
        }

        WriteCatalog(options.Apps);
        foreach (var app in options.Apps.Where(app => app.IsInstalled && app.Cluster == WorldCatalog.Cluster))
        {
            // A version that comes before the first one has the traffic goes live without a pause.
            await WhenInstalledAsync(app);
        }

        await Controller.WhenIdleAsync();
    }

    private Dictionary<string, string?> Settings()
    {
        var settings = new Dictionary<string, string?>
        {
            ["Devflow:Catalog"] = CatalogPath,
            ["Devflow:Store"] = $"sqlite:{Path.Combine(folder, "devflow.db")}",
            ["Devflow:Holder"] = "world",
            ["Devflow:Slack:ApiAddress"] = Slack.ApiAddress.ToString(),
            ["Devflow:Slack:ResponseAddress"] = Slack.Address.ToString(),
            ["Devflow:Slack:BotToken"] = Workspace.Installation.BotToken,
            ["Devflow:Slack:SigningSecrets:0"] = Workspace.Installation.SigningSecret,
            ["Devflow:Slack:Teams:0"] = Workspace.Installation.TeamId,
            ["Devflow:Slack:Apps:0"] = Workspace.Installation.AppId,
            [$"Devflow:Hooks:{WorldCatalog.Cluster}:0"] = hookToken,
            ["Devflow:Console:IdentityHeader"] = ConsoleVisitor.IdentityHeader,
            ["Devflow:Console:Proxies:0"] = "127.0.0.1",
        };
        foreach (var (key, value) in git?.Settings() ?? [])
        {
            settings[key] = value;
        }

        foreach (var (index, (person, token)) in tokens.Index())
        {
            var at = $"Devflow:Api:Tokens:{index}";
            settings[$"{at}:Name"] = person;
            settings[$"{at}:Person"] = person;
            settings[$"{at}:Sha256"] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
            settings[$"{at}:Expires"] = Clock.GetUtcNow().AddDays(7).ToString("O");
            foreach (var (number, scope) in new[] { "read", "create", "promote", "rollback", "retry" }.Index())
            {
                settings[$"{at}:Scopes:{number}"] = scope;
            }
        }

        foreach (var (key, value) in options.Settings)
        {
            settings.Remove(key);
            if (value is not null)
            {
                settings[key] = value;
            }
        }

        return settings;
    }

    private async Task StopAsync()
    {
        await StopServiceAsync();
        if (git is not null)
        {
            await git.DisposeAsync();
        }

        if (Slack is not null)
        {
            await Slack.DisposeAsync();
        }

        if (Controller is not null)
        {
            await Controller.DisposeAsync();
        }

        if (Cluster is not null)
        {
            await Cluster.DisposeAsync();
        }

        if (Hanging is not null)
        {
            await Hanging.DisposeAsync();
        }

        http.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static string NewToken() => RandomNumberGenerator.GetHexString(40, lowercase: true);
}
