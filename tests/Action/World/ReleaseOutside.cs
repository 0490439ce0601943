using Devflow.ChatOps.Sandbox.Argo;
using Devflow.ChatOps.Sandbox.GitHub;
using Devflow.ChatOps.Sandbox.Slack;
using Devflow.ChatOps.Tests.Support;

namespace Devflow.ChatOps.Tests.Action.World;

/// <summary>
/// What comes after the commit: a cluster, Slack, an issuer of workflow tokens, and the built service between them. Argo CD is
/// the test: it decides when the commit arrives in the cluster.
/// </summary>
internal sealed class ReleaseOutside : IAsyncDisposable
{
    public const string App = "my-app";

    private const string Catalog = """
        clusters: [{ name: prod, kubeconfig: KUBECONFIG }]
        people:
          - { name: alice, github: alice-gh, slack: U01ALICE }
          - { name: bob, github: bob-gh, slack: U02BOB }
        teams: [{ name: platform, members: [alice, bob] }]
        apps:
          - name: my-app
            repository: acme/my-app
            repositoryId: 123456
            release: { refs: [refs/heads/main], workflows: [.github/workflows/release.yml] }
            slackChannel: C0MYAPP
            environments:
              - name: production
                cluster: prod
                namespace: shop
                rollout: my-app
                promote: { by: [platform], allowUnknownAuthor: true }
                rollback: { by: [platform] }
        """;

    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false });
    private NotificationSender? sender;
    private SlackClientSimulator people = null!;

    public StandIns Outside { get; private set; } = null!;

    public StandInIssuer Issuer { get; private set; } = null!;

    public ServiceProcess Service { get; private set; } = null!;

    public static async Task<ReleaseOutside> StartAsync(CancellationToken stop)
    {
        var world = new ReleaseOutside();
        world.Issuer = await StandInIssuer.StartAsync();
        world.Outside = await StandIns.StartAsync([App], Catalog, notification => world.sender?.Send(notification));
        var settings = world.Outside.Settings();
        settings["Devflow__Api__Issuer"] = world.Issuer.Address;
        settings["Devflow__Api__Audience"] = StandInIssuer.Audience;
        world.Service = ServiceProcess.StartAlone(BuiltService.Executable, world.Outside.Folder, settings);
        await world.Service.WhenReadyAsync(stop);
        world.people = world.Outside.People(world.Service.Address);
        world.sender = new NotificationSender(
            world.http,
            world.Service.Address,
            StandIns.Cluster,
            world.Outside.HookToken,
            TimeProvider.System,
            new RetryRule(100, TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(500))
        );
        await world.WhenSeenAsync(stop);
        return world;
    }

    /// <summary>The variables of a run that announces its release here.</summary>
    public Dictionary<string, string> Announcing(Dictionary<string, string> variables)
    {
        variables["INPUT_DEVFLOW-URL"] = Service.Address.ToString();
        variables["ACTIONS_ID_TOKEN_REQUEST_URL"] = Issuer.RequestUrl;
        variables["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = Issuer.RequestToken;
        return variables;
    }

    /// <summary>Argo CD syncs.</summary>
    public void Sync(string version) => Outside.Release(App, version);

    /// <summary>Bob promotes when the card asks for it.</summary>
    public async Task PromoteAsync(string version, CancellationToken stop)
    {
        await Outside.WhenPausedAsync(App, version, stop);
        await Outside.WhenCardAsync(App, "waiting for approval", stop);
        await TypeAsync($"/promote {App}", "promoted", stop);
    }

    /// <summary>Bob takes the release back.</summary>
    public Task RollBackAsync(CancellationToken stop) => TypeAsync($"/rollback {App} too slow", "oll", stop);

    public async ValueTask DisposeAsync()
    {
        await (sender?.DisposeAsync() ?? ValueTask.CompletedTask);
        people.Dispose();
        await Service.DisposeAsync();
        await Outside.DisposeAsync();
        await Issuer.DisposeAsync();
        http.Dispose();
    }

    // What runs at first sight is the baseline: a version that is released before would be taken for it.
    private Task WhenSeenAsync(CancellationToken stop) => TypeAsync($"/promote {App}", "othing", stop);

    private async Task TypeAsync(string command, string expected, CancellationToken stop)
    {
        SlackDelivery delivery;
        do
        {
            delivery = await people.TypeCommandAsync(
                StandIns.Bob,
                StandIns.ChannelOf(App),
                command,
                cancellation: stop
            );
            delivery.Status.ShouldBe(200, delivery.Body);
        } while (delivery.Body.Contains("On it.", StringComparison.Ordinal));

        delivery.Body.ShouldContain(expected);
    }
}
