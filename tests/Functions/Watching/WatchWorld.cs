using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Functions.Adapters.Kubernetes;
using Devflow.ChatOps.Functions.Processing;
using Devflow.ChatOps.Functions.Processing.Verifying;
using Devflow.ChatOps.Functions.Processing.Watching;
using Devflow.ChatOps.Sandbox.Kubernetes;
using Devflow.ChatOps.Tests.Functions.Kubernetes;
using Devflow.ChatOps.Tests.Functions.Support;

namespace Devflow.ChatOps.Tests.Functions.Watching;

/// <summary>A cluster stand-in, a catalog that can be changed, and instances of the service that watch.</summary>
internal sealed class WatchWorld : IAsyncDisposable
{
    private readonly List<(Watcher Watcher, string Name)> running = [];

    private WatchWorld(ApiServer server)
    {
        Server = server;
        Paces = new ClusterPaces(Clock);
        Clusters = Clusters.At(server.Address, clock: TimeProvider.System);
        Changes = new KubernetesChanges(
            Clusters.Connections,
            new KubernetesOptions { RequestTimeout = TimeSpan.FromSeconds(30), ListTimeout = TimeSpan.FromSeconds(60) },
            TimeProvider.System
        );
    }

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>The instances' time: it stands until a test moves it on. The cluster's is the real one.</summary>
    public JumpingClock Clock { get; } = new(new DateTimeOffset(2026, 3, 4, 12, 0, 0, TimeSpan.Zero));

    public InMemoryWork Work { get; } = new();

    /// <summary>Of each cluster, for lists, looks and watches alike.</summary>
    public ClusterPaces Paces { get; }

    public ApiServer Server { get; }

    public ObjectStore Objects => Server.Store;

    public Clusters Clusters { get; }

    public CatalogSource Catalogs { get; } = new();

    public Support.ListLogger<Watcher> Log { get; } = new();

    public KubernetesChanges Changes { get; }

    /// <param name="bookmarked">Told the version of each bookmark that was sent.</param>
    public static async Task<WatchWorld> StartAsync(Action<long>? bookmarked = null) =>
        new(
            await ApiServer.StartAsync(
                new ObjectStore(TimeProvider.System),
                new ApiServerOptions { BookmarkInterval = TimeSpan.FromMilliseconds(100), Bookmarked = bookmarked },
                Stop
            )
        );

    public static RolloutRef Ref(string name, string ns = "shop") => new("prod", ns, name);

    /// <summary>A catalog of these environments in the one cluster; a name with a slash is in another namespace.</summary>
    public void Catalog(params string[] rollouts) => Catalog(rollouts, clusterNames: ["prod"]);

    public void Catalog(string[] rollouts, string[] clusterNames, ApplicationRef? application = null)
    {
        Clusters.Catalog = new ReleaseCatalog(
            [.. clusterNames.Select(name => new Cluster(name, Clusters.Kubeconfig(name, Server.Address)))],
            [],
            [],
            [],
            new Viewers.Everyone(),
            [
                .. rollouts.Select(
                    (rollout, index) =>
                    {
                        var (ns, name) = rollout.Split('/') is [var first, var second]
                            ? (first, second)
                            : ("shop", rollout);
                        return new App(
                            $"app-{index}",
                            "acme/app",
                            null,
                            null,
                            "C0APP",
                            [
                                new AppEnvironment(
                                    "production",
                                    clusterNames[0],
                                    ns,
                                    name,
                                    new PromoteRules([]),
                                    new RollbackRules([])
                                )
                                {
                                    Application = application,
                                },
                            ]
                        );
                    }
                ),
            ]
        );
        Catalogs.Use(Clusters.Catalog);
    }

    public WatchState StartInstance(string name = "one", IRoles? roles = null)
    {
        var state = new WatchState();
        var watcher = new Watcher(
            Work,
            roles ?? Work.RolesOf(name),
            Changes,
            Catalogs,
            new WakeUp(),
            state,
            Paces,
            Clock,
            Log
        );
        _ = watcher.StartAsync(CancellationToken.None);
        running.Add((watcher, name));
        return state;
    }

    public async Task StopInstanceAsync(string name)
    {
        var (watcher, _) = running.Single(it => it.Name == name);
        running.RemoveAll(it => it.Name == name);
        await watcher.StopAsync(Stop);
        watcher.Dispose();
    }

    public void Create(string name, string ns = "shop") =>
        Objects.Create(Resources.Rollout, Kubernetes.Objects.Rollout(name, ns));

    public void Touch(string name, string value, string ns = "shop") =>
        Objects.Update(
            Resources.Rollout,
            ns,
            name,
            item =>
            {
                item["status"]!["message"] = value;
                return item;
            }
        );

    /// <summary>The mark of the Rollout as it is, and of the ReplicaSet of its preview, where there is one.</summary>
    public string Mark(string name, string ns = "shop")
    {
        var rollout = Objects.Get(Resources.Rollout, ns, name)!;
        var hash = rollout["status"]!["currentPodHash"]!.GetValue<string>();
        var set = Objects.Get(Resources.ReplicaSet, ns, $"{name}-{hash}");
        return ChangeMark.WithReplicaSet(
            ChangeMark.OfRollout(rollout["metadata"]!["uid"]!.GetValue<string>(), VersionOf(rollout)),
            new PodHash(hash),
            set is null ? "" : VersionOf(set)
        );
    }

    private static string VersionOf(System.Text.Json.Nodes.JsonObject item) =>
        item["metadata"]!["resourceVersion"]!.GetValue<string>();

    /// <summary>A look at the Rollout as it is was finished.</summary>
    public void Looked(string name, string ns = "shop", bool waits = false) =>
        Work.Saw(Ref(name, ns), new LastLook(Mark(name, ns), Clock.GetUtcNow(), waits));

    /// <summary>Waits for a request, moving the instances' time on: whatever they wait for comes.</summary>
    public Task WhenAskedAsync(Func<LoggedRequest, bool> fits, int times = 1) =>
        WhenAsync(() => Server.Requests.Entries.Count(fits) >= times);

    public Task WhenWatchedAsync(string ns = "shop", string kind = "rollouts", int times = 1) =>
        WhenAskedAsync(request => IsWatch(request) && request.Path.Contains($"/{ns}/{kind}?"), times);

    public static bool IsWatch(LoggedRequest request) => request.Path.Contains("watch=true");

    /// <summary>Moves the instances' time on in small steps until it holds.</summary>
    public async Task WhenAsync(Func<bool> holds)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (!holds())
        {
            limit.Token.ThrowIfCancellationRequested();
            Clock.Advance(TimeSpan.FromMilliseconds(250));
            await Task.Delay(TimeSpan.FromMilliseconds(5), limit.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (watcher, _) in running)
        {
            await watcher.StopAsync(CancellationToken.None);
            watcher.Dispose();
        }

        Clusters.Dispose();
        await Server.DisposeAsync();
    }
}
