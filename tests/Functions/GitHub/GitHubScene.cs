using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Sandbox.GitHub;
using Devflow.ChatOps.Sandbox.GitHub.Checks;
using Microsoft.Extensions.Time.Testing;
using StandInDeployment = Devflow.ChatOps.Sandbox.GitHub.Deployments.GitHubDeployment;

namespace Devflow.ChatOps.Tests.Functions.GitHub;

/// <summary>A release of <c>acme/my-app</c> that is drawn into the GitHub stand-in, which is looked into from behind.</summary>
internal sealed class GitHubScene : ReleaseScene, IAsyncDisposable
{
    private GitHubScene(GitHubApi api, GitHubRepository repository, GitHubApp app, FakeTimeProvider time)
        : base(api.AccessOf(app, time), time, repository.FullName, repository.Git.Head("main")!) =>
        (Api, Repository, App) = (api, repository, app);

    public GitHubApi Api { get; }

    public GitHubRepository Repository { get; }

    public GitHubApp App { get; }

    /// <summary>The App's check runs of the commit, oldest first.</summary>
    public IReadOnlyList<GitHubCheckRun> Runs => [.. Repository.Checks.Of(Commit).Reverse()];

    public GitHubCheckRun Newest => Repository.Checks.Latest(Commit, Name).ShouldNotBeNull();

    public IReadOnlyList<StandInDeployment> Deployments => Repository.Deployments.All;

    public static async Task<GitHubScene> StartAsync(
        GitHubPermissions? permissions = null,
        IReadOnlyList<string>? installedOn = null
    )
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        var world = new GitHubWorld(time);
        var repository = world.AddRepository("acme/my-app", id: 123456);
        repository.Commit("main", "Begin", [new("a.txt", "a\n")]);
        var app = world.AddApp(
            new GitHubApp(4711, "devflow[bot]", installedOn ?? ["acme/my-app"])
            {
                Permissions = permissions ?? GitHubPermissions.All,
            }
        );
        return new GitHubScene(
            await GitHubApi.StartAsync(world, cancellation: TestContext.Current.CancellationToken),
            repository,
            app,
            time
        );
    }

    /// <summary>Bob's pull request is merged, which makes the commit that is released; its number.</summary>
    public int Merge()
    {
        var topic = $"topic-{Repository.Pulls.All.Count}";
        Repository.Branch(topic, "main");
        Repository.Commit(topic, "Sell more", [new("a.txt", topic)]);
        var pull = Repository.Pulls.Open(topic, "main", "Sell more", "", "bob-gh").Number;
        Repository.Pulls.Merge(pull, "alice-gh");
        Commit = Repository.Git.Head("main")!;
        return pull;
    }

    /// <summary>A release in progress whose pull requests have their comments.</summary>
    public static async Task<GitHubScene> CommentedAsync(int pulls = 1)
    {
        var scene = await StartAsync();
        await scene.ReleaseAsync([.. Enumerable.Range(0, pulls).Select(_ => scene.Merge())]);
        scene.Repository.Comments.All.Count.ShouldBe(pulls);
        return scene;
    }

    /// <summary>A release with comments is in progress, and brings these pull requests, or one.</summary>
    public async Task ReleaseAsync(params IReadOnlyList<int> pulls)
    {
        WantComments();
        IReadOnlyList<int> brought = pulls is [] ? [Merge()] : pulls;
        await CreateAsync(JobStatus.Running, job => Brings(job, brought));
        await SettleAsync();
    }

    /// <summary>Somebody begins a comment.</summary>
    public static bool IsComment(GitHubCall call) =>
        call.Method == "POST" && call.Path.EndsWith("/comments", StringComparison.Ordinal);

    /// <summary>The first of such requests fails.</summary>
    public void FailOnce(string method, string path, GitHubFault fault)
    {
        var isDone = false;
        Api.Faults = call =>
            !isDone && call.Method == method && call.Path.Contains(path, StringComparison.Ordinal) && (isDone = true)
                ? fault
                : null;
    }

    /// <summary>Requests that wrote a check run, a deployment or a comment, such as <c>POST /check-runs 201</c>.</summary>
    public IReadOnlyList<string> Writes(string of = "/check-runs") =>
        [
            .. Api
                .Log.Ends.Where(end => end.Call.Method != "GET" && end.Call.Path.Contains(of, StringComparison.Ordinal))
                .Select(end => $"{end.Call.Method} {end.Status}"),
        ];

    public ValueTask DisposeAsync()
    {
        App.Dispose();
        return Api.DisposeAsync();
    }
}
