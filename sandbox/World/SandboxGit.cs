using System.Globalization;
using System.Security.Cryptography;
using Devflow.ChatOps.Sandbox.GitHub;

namespace Devflow.ChatOps.Sandbox.World;

/// <summary>A pull request that was merged to main of an app's source repository.</summary>
/// <param name="Tag">The tag of the image that its pipeline builds.</param>
/// <param name="Commit">The commit on main.</param>
/// <param name="Number">How many merges there were, this one included.</param>
internal sealed record SourceMerge(string Tag, string Commit, int Number);

/// <summary>
/// The repositories of the sandbox: real bare ones in its folder, which <c>git</c> can clone and push to, and the GitHub
/// that serves them.
/// </summary>
internal sealed class SandboxGit : IAsyncDisposable
{
    /// <summary>The branch that everything follows.</summary>
    public const string Branch = "main";

    /// <summary>What is deployed.</summary>
    public const string GitOpsRepository = "acme/gitops";

    private const long AppId = 424_242;
    private const string VersionFile = "VERSION";
    private readonly Lock gate = new();
    private readonly Dictionary<SandboxApp, GitHubRepository> sources = [];

    private SandboxGit(GitHubWorld world, SandboxFolder folder)
    {
        GitOps = world.AddRepository(GitOpsRepository, folder.Repository("gitops"));
        foreach (var app in SandboxApp.All)
        {
            sources[app] = world.AddRepository(app.Repository, folder.Repository(app.Name), id: app.RepositoryId);
        }

        world.AddToken(new GitHubToken(Token, "devflow-release[bot]"));
        App = world.AddApp(
            new GitHubApp(AppId, "devflow[bot]", [GitOpsRepository, .. SandboxApp.All.Select(app => app.Repository)])
            {
                Permissions = GitHubPermissions.All,
            }
        );
        SandboxTeam.JoinGitHub(world.Directory);
    }

    /// <summary>What is deployed.</summary>
    public GitHubRepository GitOps { get; }

    /// <summary>GitHub's APIs.</summary>
    public GitHubApi Api { get; private set; } = null!;

    /// <summary>The service's own App, with a key of this run.</summary>
    public GitHubApp App { get; }

    /// <summary>A token of this run that may write the GitOps repository.</summary>
    public string Token { get; } = "ghs_" + RandomNumberGenerator.GetHexString(36, lowercase: true);

    /// <summary>From now on the service's App is told what happens, if its events are signed: others the service refuses.</summary>
    public void SendEventsTo(Uri service)
    {
        if (App.WebhookSecret is not null)
        {
            App.WebhookAddress = new Uri(service, "github/webhooks");
        }
    }

    /// <summary>Opens the repositories, with the first versions in them where they are new.</summary>
    public static async Task<SandboxGit> StartAsync(SandboxFolder folder, SandboxPace pace, CancellationToken stop)
    {
        var world = new GitHubWorld(TimeProvider.System);
        var git = new SandboxGit(world, folder);
        git.Begin(pace);
        if (File.Exists(folder.GitHub))
        {
            GitHubWorldFile.Load(world, folder.GitHub);
        }

        git.Api = await GitHubApi.StartAsync(world, cancellation: stop);
        return git;
    }

    /// <summary>The commit with which an app's source begins.</summary>
    public string FirstCommit(SandboxApp app) => sources[app].Git.Log(sources[app].Git.Head(Branch)!, null).Last();

    /// <summary>Somebody proposes the next version of an app and merges it, which takes the checks of a pull request here for done.</summary>
    public SourceMerge Merge(SandboxApp app, ReleaseKind kind, SandboxPerson by)
    {
        lock (gate)
        {
            var source = sources[app];
            var number = source.Log(Branch).Count;
            var tag = SandboxApp.TagOf(LastVersion(source) + 1, kind);
            var topic = $"{by.Name}/{tag}";
            source.Branch(topic, Branch);
            source.Commit(topic, $"Make it {tag}", [new(VersionFile, tag + "\n")], by: by.Name);
            var pull = source.Pulls.Open(topic, Branch, $"Make it {tag}", WordsFor(kind), by.GitHub);
            var commit = source.Pulls.Merge(pull.Number, by.GitHub, GitHubMergeMethod.Squash).MergeCommit!;
            source.RemoveBranch(topic);
            return new SourceMerge(tag, commit, number);
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await Api.DisposeAsync();
        App.Dispose();
    }

    private static string WordsFor(ReleaseKind kind) =>
        kind switch
        {
            ReleaseKind.Good => "All well.",
            ReleaseKind.Slow => "It takes its time to start.",
            ReleaseKind.Broken => "Its image cannot be pulled.",
            _ => "It crashes when it starts.",
        };

    private static int LastVersion(GitHubRepository source) =>
        source.Read(Branch, VersionFile)?.Split('.')[0] is { } text
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : 1;

    private void Begin(SandboxPace pace)
    {
        if (GitOps.Git.Head(Branch) is null)
        {
            var manifests = SandboxApp.All.SelectMany(app => SandboxManifests.Of(app, pace));
            GitOps.Commit(Branch, "Install the apps", manifests, by: SandboxTeam.Alice.Name);
        }

        foreach (var (app, source) in sources)
        {
            if (source.Git.Head(Branch) is null)
            {
                var first = SandboxApp.TagOf(1, ReleaseKind.Good);
                source.Commit(Branch, "Begin", [new(VersionFile, first + "\n")], by: SandboxTeam.Bob.Name);
            }
        }
    }
}
