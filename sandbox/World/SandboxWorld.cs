using Devflow.ChatOps.Sandbox.Argo;
using Devflow.ChatOps.Sandbox.GitHub;
using Devflow.ChatOps.Sandbox.GitHub.People;
using Devflow.ChatOps.Sandbox.Kubernetes;
using Devflow.ChatOps.Sandbox.Slack;

namespace Devflow.ChatOps.Sandbox.World;

/// <summary>
/// The whole world on loopback ports: a Kubernetes API server with the controllers, GitHub with the repositories, Slack, the
/// service, and the merges that start releases. Everything that the service knows of it comes by HTTP.
/// </summary>
public sealed class SandboxWorld : IAsyncDisposable
{
    private readonly Stack<IAsyncDisposable> parts = new();
    private readonly HttpClient notifier = new(new SocketsHttpHandler { UseProxy = false });
    private SandboxService? service;

    private SandboxWorld(SandboxFolder folder) => Folder = folder;

    /// <summary>Where it is kept.</summary>
    public SandboxFolder Folder { get; }

    /// <summary>Whether it goes on where an earlier run stopped.</summary>
    public bool IsContinued { get; private init; }

    /// <summary>The objects of the cluster.</summary>
    public ObjectStore Cluster { get; } = new(TimeProvider.System);

    /// <summary>What people see in Slack.</summary>
    public SlackWorkspace Slack { get; private set; } = null!;

    /// <summary>The people at their Slack clients.</summary>
    public SlackClientSimulator People { get; private set; } = null!;

    /// <summary>What GitHub knows.</summary>
    public GitHubWorld GitHub { get; private set; } = null!;

    /// <summary>The people at GitHub's pages.</summary>
    public GitHubPeople GitHubPeople { get; private set; } = null!;

    /// <summary>Releases new versions.</summary>
    public SandboxMerges Merges { get; private set; } = null!;

    /// <summary>Where the service listens.</summary>
    public Uri ServiceAddress => service!.Address;

    /// <summary>Where the API server listens.</summary>
    public Uri ClusterAddress { get; private set; } = null!;

    /// <summary>What the service is put together from, for looking at its store.</summary>
    public IServiceProvider Service => service!.Services;

    /// <summary>Starts everything.</summary>
    /// <exception cref="InvalidDataException">What an earlier run left cannot be read.</exception>
    public static async Task<SandboxWorld> StartAsync(
        SandboxFolder folder,
        SandboxPace pace,
        bool isVerbose,
        CancellationToken stop
    )
    {
        ArgumentNullException.ThrowIfNull(folder);
        var world = new SandboxWorld(folder) { IsContinued = folder.HasWorld };
        try
        {
            await world.StartPartsAsync(pace, isVerbose, stop);
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops everything, last started first, and keeps what is there.</summary>
    public async ValueTask DisposeAsync()
    {
        while (parts.TryPop(out var part))
        {
            await part.DisposeAsync();
        }

        notifier.Dispose();
    }

    private async Task StartPartsAsync(SandboxPace pace, bool isVerbose, CancellationToken stop)
    {
        var clock = TimeProvider.System;
        var secrets = SandboxSecrets.LoadOrCreate(Folder);
        LoadOrCreateState(secrets, clock, pace);
        var git = Started(await SandboxGit.StartAsync(Folder, pace, stop));
        if (!File.Exists(Folder.Catalog))
        {
            await File.WriteAllTextAsync(Folder.Catalog, SandboxCatalog.Text(Folder, git.FirstCommit), stop);
        }

        GitHub = git.Api.World;
        GitHubPeople = new GitHubPeople(GitHub);
        Started(new SandboxKeeper(Folder, Cluster, Slack, GitHub));
        await StartApiServerAsync(secrets, stop);
        var slackApi = Started(await SlackApi.StartAsync(Slack, clock, 0, stop));
        var issuer = Started(await StandInIssuer.StartAsync());
        ArgoCdGit? argoCdGit = null;
        var argoCdServer = Started(
            await ArgoCdServer.StartAsync(Cluster, app => argoCdGit?.RefreshAsync(app) ?? Task.CompletedTask, stop)
        );
        service = Started(
            await SandboxService.StartAsync(Folder, secrets, slackApi, issuer, git, argoCdServer, isVerbose, stop)
        );
        git.SendEventsTo(ServiceAddress);
        People = new SlackClientSimulator(
            slackApi,
            new SlackRequestUrls(
                new Uri(ServiceAddress, "slack/commands"),
                new Uri(ServiceAddress, "slack/interactions")
            ),
            clock
        );
        parts.Push(new Disposal(People));

        var sender = Started(
            new NotificationSender(notifier, ServiceAddress, SandboxCatalog.Cluster, secrets.HookToken, clock)
        );
        Started(new RolloutsController(Cluster, clock, pace.ToController(), sender.Send));
        var argoCd = Started(
            new ArgoCd(
                Cluster,
                clock,
                new ArgoCdOptions { SyncTakes = pace.SyncTakes, SelfHealAfter = pace.SelfHealAfter },
                (trigger, application) => sender.SendArgoCd(trigger, ArgoCd.ApplicationNamespace, application)
            )
        );
        argoCdGit = Started(new ArgoCdGit(argoCd, git.GitOps, SandboxGit.Branch, clock, pace.GitPollEvery));
        foreach (var app in SandboxApp.All)
        {
            argoCdGit.Follow(app.ForArgoCd, app.Path);
        }

        Merges = Started(new SandboxMerges(git, issuer, ServiceAddress));
    }

    private void LoadOrCreateState(SandboxSecrets secrets, TimeProvider clock, SandboxPace pace)
    {
        if (IsContinued)
        {
            Cluster.LoadFrom(Folder.Cluster);
            Slack = SlackWorkspaceFile.Load(Folder.Slack, secrets.SlackInstallation, clock);
        }
        else
        {
            Slack = new SlackWorkspace(secrets.SlackInstallation, clock);
            foreach (var app in SandboxApp.All)
            {
                app.Installed(pace).CreateIn(Cluster);
            }
        }

        SandboxTeam.JoinSlack(Slack);
    }

    private async Task StartApiServerAsync(SandboxSecrets secrets, CancellationToken stop)
    {
        var options = new ApiServerOptions
        {
            // kubectl sends tokens over TLS only.
            UseTls = true,
            Tokens = new Dictionary<string, ApiUser>
            {
                [secrets.AdminToken] = ApiUser.Admin(),
                [secrets.ObserverToken] = ApiUser.Observer("system:serviceaccount:devflow:observer"),
                [secrets.ExecutorToken] = ApiUser.Executor("system:serviceaccount:devflow:executor"),
            },
        };
        var server = Started(await ApiServer.StartAsync(Cluster, options, stop));
        ClusterAddress = server.Address;
        server.WriteKubeconfig(Folder.Kubeconfig, secrets.AdminToken, SandboxApp.MyApp.Environment);
        server.WriteKubeconfig(Folder.ObserverKubeconfig, secrets.ObserverToken);
        server.WriteKubeconfig(Folder.ExecutorKubeconfig, secrets.ExecutorToken);
    }

    private T Started<T>(T part)
        where T : IAsyncDisposable
    {
        parts.Push(part);
        return part;
    }

    private sealed class Disposal(IDisposable part) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            part.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
