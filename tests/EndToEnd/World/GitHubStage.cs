using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Sandbox.GitHub;
using Devflow.ChatOps.Sandbox.GitHub.Checks;
using Devflow.ChatOps.Sandbox.GitHub.Hooks;
using Devflow.ChatOps.Sandbox.GitHub.People;

namespace Devflow.ChatOps.Tests.EndToEnd.World;

/// <summary>A GitHub with the source of <c>my-app</c> and the service's App on it, whose events reach the service.</summary>
internal sealed class GitHubStage : IAsyncDisposable
{
    public const string CheckName = "Devflow / my-app / production";

    private readonly GitHubApp app = new(4711, "devflow[bot]", "acme/my-app") { Permissions = GitHubPermissions.All };

    private readonly string begin;

    private GitHubStage(GitHubWorld gitHub, GitHubRepository source)
    {
        (GitHub, Source, begin) = (gitHub, source, source.Git.Head("main")!);
        People = new GitHubPeople(gitHub);
    }

    public GitHubWorld GitHub { get; }

    public GitHubRepository Source { get; }

    public GitHubPeople People { get; }

    public GitHubApi Api { get; private set; } = null!;

    public GitHubApp App => app;

    /// <summary>The check runs of the head, oldest first.</summary>
    public IReadOnlyList<GitHubCheckRun> Runs => [.. Source.Checks.Of(Source.Git.Head("main")!).Reverse()];

    /// <summary>The one that people see.</summary>
    public GitHubCheckRun Newest => Runs[^1];

    public static async Task<GitHubStage> StartAsync()
    {
        var gitHub = new GitHubWorld(TimeProvider.System);
        gitHub.Directory.PutEmail("alice@example.com", "alice-gh");
        var source = gitHub.AddRepository("acme/my-app");
        source.Commit("main", "Begin", [new("app.txt", "1\n")], by: "Alice");
        var stage = new GitHubStage(gitHub, source);
        gitHub.AddApp(stage.app);
        stage.Api = await GitHubApi.StartAsync(gitHub, cancellation: TestContext.Current.CancellationToken);
        return stage;
    }

    /// <summary>A world whose service is the App's.</summary>
    public async Task<ReleaseWorld> StartWorldAsync(bool runsLoop = true, string more = "")
    {
        var world = await ReleaseWorld.StartAsync(
            new WorldOptions
            {
                RunsLoop = runsLoop,
                Apps = [new WorldApp { More = $"baseline: {begin}\n{more}" }],
                Settings = new Dictionary<string, string?>
                {
                    ["Devflow:GitHub:AppId"] = "4711",
                    ["Devflow:GitHub:PrivateKey"] = app.PrivateKey,
                    ["Devflow:GitHub:ApiAddress"] = Api.Address.ToString(),
                    ["Devflow:GitHub:GraphQlAddress"] = Api.GraphQlAddress.ToString(),
                    ["Devflow:GitHub:WebhookSecrets:0"] = app.WebhookSecret,
                },
            }
        );
        Listen(world);
        return world;
    }

    /// <summary>Events are sent to the service where it listens now.</summary>
    public void Listen(ReleaseWorld world) => app.WebhookAddress = new Uri(world.ServiceAddress, "github/webhooks");

    /// <summary>Alice's pull request is merged by herself; its number.</summary>
    public int Merge()
    {
        Source.Branch("topic", "main");
        Source.Commit("topic", "Sell more", [new("app.txt", "2\n")], by: "Alice");
        var pull = Source.Pulls.Open("topic", "main", "Sell more", "", "alice-gh");
        return Source.Pulls.Merge(pull.Number, "alice-gh").Number;
    }

    /// <summary>Announces the head of main as v2 and releases it; until it waits for approval and everything is known of it.</summary>
    public async Task<Job> ReadyAsync(ReleaseWorld world)
    {
        await ShipAsync(world);
        await world.WhenAsync("v2", JobStatus.AwaitingApproval);
        return await world.WhenJobAsync(
            job =>
                job is { Status: JobStatus.AwaitingApproval, Contents.IsComplete: true, IsOnGitHub: true }
                && Newest.Conclusion == "action_required",
            "a check run that waits for somebody"
        );
    }

    /// <summary>Announces the head of main as v2, and releases it.</summary>
    public async Task ShipAsync(ReleaseWorld world)
    {
        await world.WhenSeenAsync();
        var body = new JsonObject
        {
            ["app"] = "my-app",
            ["environment"] = "production",
            ["image"] = "registry.example.com/my-app",
            ["tag"] = "v2",
            ["sourceCommit"] = Source.Git.Head("main"),
        };
        using var response = await world.CallApiAsync(HttpMethod.Post, "api/jobs", "carol", body.ToJsonString());
        ((int)response.StatusCode).ShouldBe(201);
        world.Release("v2");
    }

    /// <summary>Somebody presses a button of a run, the newest one unless another is on their screen.</summary>
    public Task<GitHubDelivery> PressAsync(
        string login,
        string identifier,
        GitHubCheckRun? seen = null,
        GitHubForgery? forgery = null
    ) => People.PressAsync(login, seen ?? Newest, identifier, forgery);

    public async ValueTask DisposeAsync()
    {
        await Api.DisposeAsync();
        app.Dispose();
    }
}
