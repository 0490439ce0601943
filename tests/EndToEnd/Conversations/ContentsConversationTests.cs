using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Sandbox.GitHub;
using Devflow.ChatOps.Tests.EndToEnd.World;
using static Devflow.ChatOps.Tests.EndToEnd.World.WorldCatalog;

namespace Devflow.ChatOps.Tests.EndToEnd.Conversations;

/// <summary>What a release brings is read from GitHub, and whoever made it does not let it go live.</summary>
public sealed class ContentsConversationTests : IAsyncLifetime
{
    private readonly GitHubApp app = new(4711, "devflow[bot]", "acme/my-app", "acme/gitops")
    {
        Permissions = GitHubPermissions.All,
    };
    private GitHubWorld gitHub = null!;
    private GitHubApi api = null!;
    private GitHubRepository source = null!;
    private GitHubRepository gitOps = null!;
    private string begin = "";

    public async ValueTask InitializeAsync()
    {
        gitHub = new GitHubWorld(TimeProvider.System);
        gitHub.AddApp(app);
        gitHub.Directory.PutEmail("alice@example.com", "alice-gh");
        gitHub.Directory.PutEmail("carol@example.com", "carol-gh");
        source = gitHub.AddRepository("acme/my-app");
        gitOps = gitHub.AddRepository("acme/gitops");
        begin = source.Commit("main", "Begin", [new("app.txt", "1\n")], by: "Alice");
        gitOps.Commit("main", "Begin", [new("values.yaml", "tag: v1\nreplicas: 1\n")]);
        api = await GitHubApi.StartAsync(gitHub, cancellation: TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await api.DisposeAsync();
        app.Dispose();
    }

    [Fact]
    public async Task Whoever_wrote_it_is_refused_and_the_card_lists_what_goes_live()
    {
        await using var world = await StartAsync();
        var (commit, pull) = Merge();
        await ShipAsync(world, commit);
        await world.WhenJobAsync(job => job.Contents?.IsComplete == true, "the contents");
        await world.WhenAsync("v2", JobStatus.AwaitingApproval);

        (await world.TypeAsync(Alice, "/promote my-app")).Text.ShouldStartWith("You wrote this release");
        var card = SlackTexts.Of((await world.WhenCardAsync("Sell more")).Content);
        card.ShouldContain($"#{pull}");
        card.ShouldContain("alice-gh");
        card.ShouldContain("+ replicas: 2");
        world.Patches().ShouldBeEmpty();
        await ShouldBeToldByTheApiAsync(world, commit, pull);

        (await world.TypeAsync(Bob, "/promote my-app")).Text.ShouldBe("bob promoted v2.");
        await world.WhenAsync("v2", JobStatus.Succeeded);
    }

    private static async Task ShouldBeToldByTheApiAsync(ReleaseWorld world, string commit, int pull)
    {
        var id = (await world.JobAsync())!.Id;
        using var answer = await world.CallApiAsync(HttpMethod.Get, $"api/jobs/{id}", "bob");
        var job = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        var contents = job["contents"]!;
        contents["head"]!.GetValue<string>().ShouldBe(commit);
        contents["commits"]!.AsArray().ShouldNotBeEmpty();
        contents["gitopsFiles"]![0]!["lines"]!
            .AsArray()
            .Select(line => line!.GetValue<string>())
            .ShouldContain("+ replicas: 2");
        var authors = job["authors"]!
            .AsArray()
            .Select(author => $"{author!["role"]} {author["github"]} {author["ofGitops"]}")
            .ToList();
        authors.ShouldContain("Requester carol-gh false");
        authors.ShouldContain("Author alice-gh false");
        authors.ShouldContain("Author carol-gh true");
        contents["pullRequests"]!
            .AsArray()
            .Select(it => it!["url"]!.GetValue<string>())
            .ShouldBe([$"https://github.com/acme/my-app/pull/{pull}"]);
    }

    [Fact]
    public async Task While_GitHub_does_not_tell_nobody_promotes_and_the_release_goes_on_otherwise()
    {
        api.Faults = _ => new GitHubFault.Answer(503, "Unavailable");
        await using var world = await StartAsync();
        var (commit, _) = Merge();
        await ShipAsync(world, commit);
        await world.WhenAsync("v2", JobStatus.AwaitingApproval);

        (await world.TypeAsync(Bob, "/promote my-app")).Text.ShouldStartWith("GitHub did not tell me yet");
        await world.WhenCardAsync("GitHub did not tell yet what this release brings");
        world.Patches().ShouldBeEmpty();

        api.Faults = null;
        world.Clock.Skip(TimeSpan.FromMinutes(1));
        await world.HintAsync();
        await world.WhenJobAsync(job => job.Contents?.ReadAt is not null, "the contents");
        (await world.TypeAsync(Bob, "/promote my-app")).Text.ShouldBe("bob promoted v2.");
    }

    [Fact]
    public async Task Whoever_committed_to_the_GitOps_repository_is_refused()
    {
        await using var world = await StartAsync();
        gitHub.Directory.PutEmail("bob@example.com", "bob-gh");
        var (commit, _) = Merge();
        await ShipAsync(world, commit, gitOpsBy: "Bob");
        await world.WhenJobAsync(job => job.Contents?.IsComplete == true, "the contents");
        await world.WhenAsync("v2", JobStatus.AwaitingApproval);

        (await world.TypeAsync(Bob, "/promote my-app")).Text.ShouldStartWith("You wrote this release");
        world.Patches().ShouldBeEmpty();
    }

    [Fact]
    public async Task What_a_stranger_committed_to_the_GitOps_repository_nobody_approves()
    {
        await using var world = await StartAsync();
        var (commit, _) = Merge();
        await ShipAsync(world, commit, gitOpsBy: "Mallory");
        await world.WhenJobAsync(job => job.Contents?.IsComplete == true, "the contents");
        await world.WhenAsync("v2", JobStatus.AwaitingApproval);

        var answer = (await world.TypeAsync(Bob, "/promote my-app")).Text;

        answer.ShouldStartWith("I cannot tell whether you and the author Mallory are the same person");
        world.Patches().ShouldBeEmpty();
    }

    private Task<ReleaseWorld> StartAsync() =>
        ReleaseWorld.StartAsync(
            new WorldOptions
            {
                Apps = [new WorldApp { More = $"baseline: {begin}" }],
                Settings = new Dictionary<string, string?>
                {
                    ["Devflow:GitHub:AppId"] = "4711",
                    ["Devflow:GitHub:PrivateKey"] = app.PrivateKey,
                    ["Devflow:GitHub:ApiAddress"] = api.Address.ToString(),
                    ["Devflow:GitHub:GraphQlAddress"] = api.GraphQlAddress.ToString(),
                },
            }
        );

    private (string Commit, int Pull) Merge()
    {
        source.Branch("topic", "main");
        source.Commit("topic", "Sell more", [new("app.txt", "2\n")], by: "Alice");
        var pull = source.Pulls.Open("topic", "main", "Sell more", "", "alice-gh");
        source.Pulls.Merge(pull.Number, "alice-gh");
        return (source.Git.Head("main")!, pull.Number);
    }

    private async Task ShipAsync(ReleaseWorld world, string commit, string gitOpsBy = "Carol")
    {
        await world.WhenSeenAsync();
        var body = new JsonObject
        {
            ["app"] = "my-app",
            ["environment"] = "production",
            ["image"] = "registry.example.com/my-app",
            ["tag"] = "v2",
            ["sourceCommit"] = commit,
            ["gitopsRepository"] = "acme/gitops",
            ["gitopsCommit"] = gitOps.Commit(
                "main",
                "Release",
                [new("values.yaml", "tag: v2\nreplicas: 2\n")],
                by: gitOpsBy
            ),
        };
        using var response = await world.CallApiAsync(HttpMethod.Post, "api/jobs", "carol", body.ToJsonString());
        ((int)response.StatusCode).ShouldBe(201);
        world.Release("v2");
    }
}
