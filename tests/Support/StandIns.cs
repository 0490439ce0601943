using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.Argo;
using Devflow.ChatOps.Sandbox.Kubernetes;
using Devflow.ChatOps.Sandbox.Slack;
using SandboxSlack = Devflow.ChatOps.Sandbox.Slack;

namespace Devflow.ChatOps.Tests.Support;

/// <summary>
/// The outside of the service: a cluster with a controller and a Slack workspace, both over HTTP, and a folder with the
/// catalog, the kubeconfig and room for the store. The service itself is started by the test, in whatever way it tests.
/// </summary>
public sealed class StandIns : IAsyncDisposable
{
    public const string Cluster = "prod";
    public const string Namespace = "shop";
    public const string Alice = "U01ALICE";
    public const string Bob = "U02BOB";
    public const string Carol = "U03CAROL";

    private readonly IReadOnlyList<string> apps;
    private readonly Func<BlueGreenApp, BlueGreenApp> shape;

    private StandIns(
        IReadOnlyList<string> apps,
        Action<RolloutNotification>? notify,
        Func<BlueGreenApp, BlueGreenApp> shape
    )
    {
        this.apps = apps;
        this.shape = shape;
        Folder = Directory.CreateTempSubdirectory("devflow-").FullName;
        Objects = new ObjectStore(TimeProvider.System);
        Workspace = new SlackWorkspace(SlackInstallation.Generate(), TimeProvider.System);
        Controller = new RolloutsController(
            Objects,
            TimeProvider.System,
            new ControllerOptions
            {
                PodStartsAfter = TimeSpan.FromMilliseconds(10),
                PodReadyAfter = TimeSpan.FromMilliseconds(50),
                PodGoneAfter = TimeSpan.FromMilliseconds(10),
            },
            notification => notify?.Invoke(notification)
        );
    }

    public string Folder { get; }
    public ObjectStore Objects { get; }
    public RolloutsController Controller { get; }
    public ApiServer Kubernetes { get; private set; } = null!;
    public SlackWorkspace Workspace { get; }
    public SlackApi Slack { get; private set; } = null!;

    /// <summary>The bearer token of the hooks.</summary>
    public string HookToken { get; } = RandomNumberGenerator.GetHexString(40, lowercase: true);

    public string CatalogPath => Path.Combine(Folder, "catalog.yaml");

    public string StorePath => Path.Combine(Folder, "devflow.db");

    /// <summary>Starts them with these apps installed as version v1.</summary>
    /// <param name="apps">Names; each app has the environment production and a channel of its own.</param>
    /// <param name="catalog">Another catalog than the usual one; the path of the kubeconfig is put in for <c>KUBECONFIG</c>.</param>
    /// <param name="notify">Gets what the controller tells.</param>
    /// <param name="shape">How a Rollout differs from one that waits for a person.</param>
    public static async Task<StandIns> StartAsync(
        IReadOnlyList<string> apps,
        string? catalog = null,
        Action<RolloutNotification>? notify = null,
        Func<BlueGreenApp, BlueGreenApp>? shape = null
    )
    {
        var outside = new StandIns(apps, notify, shape ?? (app => app));
        await outside.StartAsync(catalog);
        return outside;
    }

    /// <summary>Channel of an app.</summary>
    public static string ChannelOf(string app) =>
        "C0" + app.ToUpperInvariant().Replace("-", "", StringComparison.Ordinal);

    /// <summary>The service's settings, as environment variables.</summary>
    public Dictionary<string, string> Settings() =>
        new()
        {
            ["Devflow__Catalog"] = CatalogPath,
            ["Devflow__Store"] = $"sqlite:{StorePath}",
            ["Devflow__Holder"] = "test",
            ["Devflow__Slack__ApiAddress"] = Slack.ApiAddress.ToString(),
            ["Devflow__Slack__ResponseAddress"] = Slack.Address.ToString(),
            ["Devflow__Slack__BotToken"] = Workspace.Installation.BotToken,
            ["Devflow__Slack__SigningSecrets__0"] = Workspace.Installation.SigningSecret,
            ["Devflow__Slack__Teams__0"] = Workspace.Installation.TeamId,
            ["Devflow__Slack__Apps__0"] = Workspace.Installation.AppId,
            [$"Devflow__Hooks__{Cluster}__0"] = HookToken,
        };

    /// <summary>The people of the workspace, whose requests go to the service at this address.</summary>
    public SlackClientSimulator People(Uri service) =>
        new(
            Slack,
            new SlackRequestUrls(new Uri(service, "slack/commands"), new Uri(service, "slack/interactions"))
            {
                // A machine under load is slow; the budgets are tested by what happens within them.
                AckTimeout = TimeSpan.FromSeconds(60),
            },
            TimeProvider.System
        );

    /// <summary>What Argo CD does after a merge: the Rollout's template gets another image.</summary>
    public void Release(string app, string version) =>
        Objects.Update(
            Resources.Rollout,
            Namespace,
            app,
            rollout =>
            {
                rollout["spec"]!["template"]!["spec"]!["containers"]![0]!["image"] = Image(app, version);
                return rollout;
            }
        );

    public static string Image(string app, string version) => $"registry.example.com/{app}:{version}";

    public JsonObject Rollout(string app) => Objects.Get(Resources.Rollout, Namespace, app)!;

    /// <summary>Waits until the Rollout of an app is so.</summary>
    public async Task<JsonObject> WhenRolloutAsync(string app, Func<JsonObject, bool> condition, CancellationToken stop)
    {
        await foreach (var change in Objects.Watch(Resources.Rollout, Namespace, null, stop))
        {
            if (change.Object["metadata"]!["name"]!.GetValue<string>() == app && condition(change.Object))
            {
                return change.Object;
            }
        }

        throw new InvalidOperationException("The watch ended.");
    }

    /// <summary>Waits until a version of an app waits for a person.</summary>
    public Task<JsonObject> WhenPausedAsync(string app, string version, CancellationToken stop) =>
        WhenRolloutAsync(
            app,
            rollout =>
                Runs(rollout, app, version)
                && rollout["status"]?["pauseConditions"] is JsonArray { Count: > 0 }
                && rollout["status"]!["observedGeneration"]!.GetValue<string>()
                    == rollout["metadata"]!["generation"]!.GetValue<long>().ToString(CultureInfo.InvariantCulture),
            stop
        );

    /// <summary>Waits until a version of an app is what the Rollout calls stable.</summary>
    public Task<JsonObject> WhenStableAsync(string app, string version, CancellationToken stop) =>
        WhenRolloutAsync(
            app,
            rollout =>
                Runs(rollout, app, version)
                && rollout["status"]?["phase"]?.GetValue<string>() == "Healthy"
                && rollout["status"]!["stableRS"]?.GetValue<string>()
                    == rollout["status"]!["currentPodHash"]?.GetValue<string>(),
            stop
        );

    private static bool Runs(JsonObject rollout, string app, string version) =>
        rollout["spec"]!["template"]!["spec"]!["containers"]![0]!["image"]!.GetValue<string>() == Image(app, version);

    /// <summary>Cards of an app: the messages of its channel that are no replies.</summary>
    public IReadOnlyList<SandboxSlack.SlackMessage> Cards(string app) =>
        [.. Workspace.Messages(ChannelOf(app)).Where(message => message.ThreadTs is null)];

    /// <summary>Waits for a card of an app that says this.</summary>
    public Task<SandboxSlack.SlackMessage> WhenCardAsync(string app, string text, CancellationToken stop) =>
        Workspace.WhenAsync(
            workspace =>
                workspace
                    .Messages(ChannelOf(app))
                    .LastOrDefault(message => message.ThreadTs is null && Says(message.Content, text)),
            stop
        );

    /// <summary>Whether a message says this anywhere.</summary>
    public static bool Says(SlackContent content, string text) =>
        content.Text.Contains(text, StringComparison.Ordinal)
        || content.Blocks?.GetRawText().Contains(text, StringComparison.Ordinal) == true;

    /// <summary>Patches of an app's Rollout as they were answered.</summary>
    public IReadOnlyList<LoggedRequest> Patches(string app) =>
        [
            .. Kubernetes.Requests.Entries.Where(request =>
                request.Method == "PATCH"
                && (request.Path.Split('?')[0] + "/").Contains($"/rollouts/{app}/", StringComparison.Ordinal)
            ),
        ];

    public async ValueTask DisposeAsync()
    {
        await Slack.DisposeAsync();
        await Controller.DisposeAsync();
        await Kubernetes.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private async Task StartAsync(string? catalog)
    {
        foreach (var (id, name) in new[] { (Alice, "alice"), (Bob, "bob"), (Carol, "carol") })
        {
            Workspace.Put(new SlackUser(id, name));
        }

        foreach (var app in apps)
        {
            Workspace.Put(new SlackChannel(ChannelOf(app), app));
            shape(new BlueGreenApp(Namespace, app, Image(app, "v1")) { Replicas = 1 }).CreateIn(Objects);
        }

        Kubernetes = await ApiServer.StartAsync(Objects, new ApiServerOptions { RequestLogCapacity = 200_000 });
        Slack = await SlackApi.StartAsync(Workspace, TimeProvider.System);
        var kubeconfig = Path.Combine(Folder, "kubeconfig");
        Kubernetes.WriteKubeconfig(kubeconfig);
        var text = (catalog ?? Catalog(apps)).Replace("KUBECONFIG", kubeconfig, StringComparison.Ordinal);
        await File.WriteAllTextAsync(CatalogPath, text);
        await Controller.WhenIdleAsync();
    }

    private static string Catalog(IEnumerable<string> apps) =>
        """
            clusters: [{ name: prod, kubeconfig: KUBECONFIG }]
            people:
              - { name: alice, github: alice-gh, slack: U01ALICE }
              - { name: bob, github: bob-gh, slack: U02BOB }
              - { name: carol, github: carol-gh, slack: U03CAROL }
            teams:
              - { name: platform, members: [alice, bob] }
            admins: [platform]
            apps:

            """
        + string.Join(
            '\n',
            apps.Select(app =>
                $"""
                      - name: {app}
                        repository: acme/{app}
                        slackChannel: {ChannelOf(app)}
                        environments:
                          - name: production
                            cluster: {Cluster}
                            namespace: {Namespace}
                            rollout: {app}
                            promote: {"{"} by: [platform], allowUnknownAuthor: true {"}"}
                            rollback: {"{"} by: [platform] {"}"}
                    """
            )
        );
}
