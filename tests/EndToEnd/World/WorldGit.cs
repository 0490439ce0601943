using System.Globalization;
using Devflow.ChatOps.Core.Images;
using Devflow.ChatOps.GitOps.Releasing;
using Devflow.ChatOps.Sandbox.Argo;
using Devflow.ChatOps.Sandbox.GitHub;
using Devflow.ChatOps.Sandbox.Kubernetes;
using Devflow.ChatOps.Sandbox.World;
using Microsoft.Extensions.Time.Testing;

namespace Devflow.ChatOps.Tests.EndToEnd.World;

/// <summary>How Git and Argo CD are to be, in worlds that have them.</summary>
internal sealed record WorldGitOptions
{
    /// <summary>After how long Argo CD takes back what Git does not ask for, by a clock that the test moves; null: never.</summary>
    public TimeSpan? SelfHealAfter { get; init; }

    /// <summary>How often Argo CD looks into Git by itself.</summary>
    public TimeSpan PollEvery { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Whether the apps have source repositories, to which the service's App may write check runs and deployments.</summary>
    public bool HasSources { get; init; }
}

/// <summary>A GitHub with the GitOps repository, the service's App on it, and an Argo CD that follows it.</summary>
internal sealed class WorldGit : IAsyncDisposable
{
    public const string Repository = "acme/gitops";

    private const string Branch = "main";
    private readonly GitHubApp app;
    private readonly ArgoCd argoCd;
    private readonly ArgoCdGit argoCdGit;
    private GitHubApi api = null!;

    private WorldGit(ObjectStore objects, IReadOnlyList<WorldApp> apps, WorldGitOptions options, TimeProvider time)
    {
        var world = new GitHubWorld(time);
        var sources = options.HasSources ? apps.Select(SourceOf).ToList() : [];
        app = new GitHubApp(4711, "devflow[bot]", [Repository, .. sources])
        {
            Permissions = options.HasSources ? GitHubPermissions.All : GitHubPermissions.OfReleases,
        };
        world.AddApp(app);
        GitHub = world;
        foreach (var source in sources)
        {
            world.AddRepository(source).Commit(Branch, "Begin", [new("app.txt", "1\n")]);
        }

        GitOps = world.AddRepository(Repository);
        foreach (var it in apps)
        {
            Commit("Install it", Manifest(it, "v1"));
        }

        argoCd = new ArgoCd(
            objects,
            Clock,
            new ArgoCdOptions { SyncTakes = TimeSpan.Zero, SelfHealAfter = options.SelfHealAfter }
        );
        argoCdGit = new ArgoCdGit(argoCd, GitOps, Branch, TimeProvider.System, options.PollEvery);
        foreach (var it in apps)
        {
            argoCdGit.Follow(new ArgoCdApp(Application(it), WorldCatalog.Namespace, it.RolloutName), FolderOf(it));
        }
    }

    /// <summary>Argo CD's clock, for its self-heal.</summary>
    public FakeTimeProvider Clock { get; } = new(DateTimeOffset.UtcNow);

    public GitHubWorld GitHub { get; }

    public GitHubRepository GitOps { get; }

    public GitHubApi Api => api;

    /// <summary>The source repository of an app, where apps have them.</summary>
    public GitHubRepository Source(WorldApp app) => GitHub.Repository(SourceOf(app))!;

    public ArgoCdServer Server { get; private set; } = null!;

    /// <summary>What happens when somebody asks Argo CD's API to look into Git for an Application: it looks.</summary>
    public Func<string, Func<Task>, Task> Refreshing { get; set; } = (_, look) => look();

    public static async Task<WorldGit> StartAsync(
        ObjectStore objects,
        IReadOnlyList<WorldApp> apps,
        WorldGitOptions options,
        TimeProvider time
    )
    {
        var git = new WorldGit(objects, apps, options, time);
        git.api = await GitHubApi.StartAsync(git.GitHub);
        git.Server = await ArgoCdServer.StartAsync(
            objects,
            application => git.Refreshing(application, () => git.argoCdGit.RefreshAsync(application))
        );
        return git;
    }

    /// <summary>GitHub's events are sent to the service from now on; before, they are lost.</summary>
    public void Listen(ReleaseWorld world) => app.WebhookAddress = new Uri(world.ServiceAddress, "github/webhooks");

    /// <summary>What of the service's settings leads here.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Settings() =>
        new Dictionary<string, string?>
        {
            ["Devflow:GitHub:ApiAddress"] = api.Address.ToString(),
            ["Devflow:GitHub:GraphQlAddress"] = api.GraphQlAddress.ToString(),
            ["Devflow:GitHub:AppId"] = app.Id.ToString(CultureInfo.InvariantCulture),
            ["Devflow:GitHub:PrivateKey"] = app.PrivateKey,
            ["Devflow:GitHub:WebhookSecrets:0"] = app.WebhookSecret,
            [$"Devflow:ArgoCd:{WorldCatalog.Cluster}:Address"] = Server.Address.ToString(),
            [$"Devflow:ArgoCd:{WorldCatalog.Cluster}:Token"] = Server.Token,
        };

    /// <summary>What an environment's catalog entry says of it.</summary>
    public static string CatalogOf(WorldApp app) =>
        $"application: {{ name: {Application(app)} }}\n"
        + $"gitops: {{ repository: {Repository}, path: {FolderOf(app)}, image: registry.example.com/{app.Name}"
        + (app.ByPullRequest ? ", pullRequest: true }" : " }");

    /// <summary>Commits a version as the Action does; the commit's id.</summary>
    public string Release(WorldApp app, string version)
    {
        var image = ImageReference.TryParse(app.Image(version))!;
        var trailers = new ReleaseTrailers
        {
            App = app.Name,
            Environment = app.Environment,
            Images = [image],
        };
        return Commit(trailers.Below($"{app.Name}: {version}"), Manifest(app, version));
    }

    /// <summary>The image that Git asks for.</summary>
    public string Asked(WorldApp app) =>
        GitOps
            .Read(Branch, PathOf(app))!
            .Split('\n')
            .Single(line => line.Contains("image:", StringComparison.Ordinal))
            .Split("image:")[1]
            .Trim();

    /// <summary>The message of the branch's last commit.</summary>
    public string LastMessage => GitOps.Git.Commit(GitOps.Git.Head(Branch)!)!.Message;

    /// <summary>The branch is put on a commit, as a merge does.</summary>
    public void Merge(string commit)
    {
        var merged = GitOps.Git.Commit(commit)!;
        var files = GitOps
            .Git.Walk(merged.Tree)
            .Where(file => !file.Entry.IsTree)
            .Select(file => KeyValuePair.Create(file.Path, GitOps.Git.Blob(file.Entry.Id)));
        GitOps.CommitBytes(Branch, merged.Message, files);
    }

    /// <summary>Argo CD looks into Git, as somebody asks for in its UI.</summary>
    public Task RefreshAsync(WorldApp app) => argoCdGit.RefreshAsync(Application(app));

    /// <summary>Time passes for Argo CD.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        await argoCd.WhenIdleAsync();
        Clock.Advance(time);
        await argoCd.WhenIdleAsync();
    }

    /// <summary>Every request to GitHub goes wrong in this way, or none does.</summary>
    public void Fail(GitHubFault? fault) => api.Faults = fault is null ? null : _ => fault;

    public async ValueTask DisposeAsync()
    {
        if (Server is not null)
        {
            await Server.DisposeAsync();
        }

        await argoCdGit.DisposeAsync();
        await argoCd.DisposeAsync();
        if (api is not null)
        {
            await api.DisposeAsync();
        }

        app.Dispose();
    }

    private static string SourceOf(WorldApp app) => $"acme/{app.Name}";

    private static string Application(WorldApp app) => $"{app.RolloutName}-{app.Environment}";

    private static string FolderOf(WorldApp app) => $"apps/{app.Name}/{app.Environment}";

    private static string PathOf(WorldApp app) => $"{FolderOf(app)}/rollout.yaml";

    private static KeyValuePair<string, string?> Manifest(WorldApp app, string version) =>
        new(
            PathOf(app),
            SandboxManifests.Text(
                app.Rollout(
                        new BlueGreenApp(WorldCatalog.Namespace, app.RolloutName, app.Image(version)) { Replicas = 1 }
                    )
                    .Rollout()
            )
        );

    private string Commit(string message, KeyValuePair<string, string?> file) => GitOps.Commit(Branch, message, [file]);
}
