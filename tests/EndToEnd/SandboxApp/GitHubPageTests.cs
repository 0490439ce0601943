using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.GitHub;
using Devflow.ChatOps.Sandbox.Page;
using Devflow.ChatOps.Sandbox.World;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;
using ReleasedApp = Devflow.ChatOps.Sandbox.World.SandboxApp;

namespace Devflow.ChatOps.Tests.EndToEnd.SandboxApp;

/// <summary>
/// GitHub in the sandbox: a merge is a pull request that was merged, and the page shows check runs with buttons that are
/// pressed as the person who was picked. The check runs here are another App's, so that nothing depends on what the service does.
/// </summary>
[Collection(OneAtATime.Name)]
public sealed class GitHubPageTests
{
    private static readonly LocatorAssertionsToBeVisibleOptions soon = new() { Timeout = 60_000 };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_merge_is_a_merged_pull_request_whose_commit_is_the_releases()
    {
        using var data = new DataFolder();
        string commit;
        using (var folder = new SandboxFolder(data.Path))
        {
            await using var world = await SandboxWorld.StartAsync(folder, SandboxPace.ForDemo, false, Stop);
            await world.Merges.MergeAsync(ReleasedApp.MyApp, ReleaseKind.Good);
            var source = world.GitHub.Repository("acme/my-app")!;
            var pull = source.Pulls.All.ShouldHaveSingleItem();
            (pull.Number, pull.State, pull.By, pull.MergedBy).ShouldBe((1, "closed", "bob-gh", "bob-gh"));
            commit = source.Git.Head("main")!;
            pull.MergeCommit.ShouldBe(commit);
            source.Git.References().Keys.ShouldBe(["refs/heads/main"]);
            world.GitHub.Directory.ByEmail(source.Git.Commit(commit)!.Author.Email)!.Login.ShouldBe("bob-gh");
            var released = world.GitHub.Repository("acme/gitops")!.Log("main")[0];
            released.Message.ShouldContain($"\nSource-Commit: {commit}");
        }

        // What GitHub knows beside Git is still there.
        using var again = new SandboxFolder(data.Path);
        await using var second = await SandboxWorld.StartAsync(again, SandboxPace.ForDemo, false, Stop);
        await second.Merges.MergeAsync(ReleasedApp.MyApp, ReleaseKind.Good);
        var pulls = second.GitHub.Repository("acme/my-app")!.Pulls.All;
        pulls.Select(pull => pull.Number).ShouldBe([2, 1]);
        pulls[1].MergeCommit.ShouldBe(commit);
        pulls.Select(pull => pull.Id).Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public async Task A_button_of_a_check_run_is_pressed_as_the_person_who_was_picked()
    {
        await using var browser = await Browser.StartAsync();
        using var data = new DataFolder();
        using var folder = new SandboxFolder(data.Path);
        await using var server = await PageServer.StartAsync(0, Stop);
        await using var world = await SandboxWorld.StartAsync(folder, SandboxPace.ForDemo, false, Stop);
        server.Show(world);
        await using var receiver = await StartReceiverAsync();
        using var app = world.GitHub.AddApp(
            new GitHubApp(9, "gate[bot]", "acme/my-app")
            {
                Permissions = GitHubPermissions.All,
                WebhookAddress = new Uri(new Uri(receiver.Urls.Single()), "hook"),
            }
        );
        var source = world.GitHub.Repository("acme/my-app")!;
        source.Branch("topic", "main");
        source.Commit("topic", "Sell more", [new("sell.txt", "more\n")]);
        var pull = source.Pulls.Open("topic", "main", "Sell more", "", "bob-gh").Number;
        source.Pulls.Merge(pull, "bob-gh");
        source.Comments.Add(
            pull,
            "<!-- hidden -->\nIt is <b>live</b>\n\n**now** [here](https://example.com) [there](javascript:alert(1))",
            "gate[bot]"
        );
        await CreateRunAsync(world, app);

        var page = await browser.OpenAsync(server.Address, 1440, 900);
        var gitHub = page.GetByRole(AriaRole.Article, new() { Name = "GitHub" });
        await Expect(gitHub.GetByText("Gate / production")).ToBeVisibleAsync(soon);
        await Expect(gitHub.GetByText("action required")).ToBeVisibleAsync(soon);
        await Expect(gitHub.GetByText($"Pull request #{pull}", new() { Exact = true })).ToBeVisibleAsync(soon);
        await Expect(gitHub.GetByText("It is <b>live</b>", new() { Exact = true })).ToBeVisibleAsync(soon);
        (await gitHub.Locator("strong").InnerTextAsync()).ShouldBe("now", "Markdown is drawn as GitHub draws it");
        await Expect(gitHub.GetByRole(AriaRole.Link, new() { Name = "here", Exact = true })).ToBeVisibleAsync();
        await Expect(gitHub.GetByRole(AriaRole.Link, new() { Name = "there" })).ToHaveCountAsync(0);
        await gitHub.GetByText("Details").ClickAsync();
        await Expect(gitHub.GetByText("<img src=x onerror=alert(1)>")).ToBeVisibleAsync(soon);
        await page.GetByRole(AriaRole.Radio, new() { Name = "carol" }).CheckAsync(new() { Force = true });
        await gitHub.GetByRole(AriaRole.Button, new() { Name = "Let it through at GitHub" }).ClickAsync();

        var sent = await world.GitHub.Hooks.WaitAsync(one => one.Request.Action == "requested_action", Stop);
        var payload = JsonNode.Parse(sent.Request.Body.Span)!;
        (sent.IsOk, (string?)payload["sender"]!["login"], (string?)payload["requested_action"]!["identifier"]).ShouldBe(
            (true, "carol-gh", "through")
        );
        await gitHub.GetByRole(AriaRole.Button, new() { Name = "Re-run Gate / production" }).ClickAsync();
        await world.GitHub.Hooks.WaitAsync(one => one.Request.Action == "rerequested", Stop);
        browser.Complaints.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"person":"U09NOBODY","repository":"acme/my-app","run":1,"identifier":null}""")]
    [InlineData("""{"person":"U01ALICE","repository":"acme/my-app","run":1,"identifier":null}""")]
    [InlineData("""{"person":"U01ALICE","repository":"acme/none","run":1,"identifier":"x"}""")]
    public async Task A_press_of_what_is_not_there_is_refused(string press)
    {
        using var data = new DataFolder();
        using var folder = new SandboxFolder(data.Path);
        await using var server = await PageServer.StartAsync(0, Stop);
        await using var world = await SandboxWorld.StartAsync(folder, SandboxPace.ForDemo, false, Stop);
        server.Show(world);
        using var page = new PageClient(server.Address);
        using var answer = await page.Http.PostAsJsonAsync("act/check", JsonNode.Parse(press), Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    private static async Task<WebApplication> StartReceiverAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var receiver = builder.Build();
        receiver.Urls.Add("http://127.0.0.1:0");
        receiver.MapPost("/hook", () => Results.Accepted());
        await receiver.StartAsync(Stop);
        return receiver;
    }

    private static async Task CreateRunAsync(SandboxWorld world, GitHubApp app)
    {
        var token = world.GitHub.AddToken(
            new GitHubToken("gate", app.Login) { App = app, Repositories = app.Repositories }
        );
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false })
        {
            BaseAddress = world.GitHub.Address,
        };
        http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("gate", "1"));
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.Value);
        var run = new JsonObject
        {
            ["name"] = "Gate / production",
            ["head_sha"] = world.GitHub.Repository("acme/my-app")!.Git.Head("main"),
            ["conclusion"] = "action_required",
            ["output"] = new JsonObject { ["title"] = "Waiting", ["summary"] = "<img src=x onerror=alert(1)>" },
            ["actions"] = new JsonArray(
                new JsonObject
                {
                    ["label"] = "Let it through",
                    ["description"] = "Opens the gate",
                    ["identifier"] = "through",
                }
            ),
        };
        using var answer = await http.PostAsJsonAsync("repos/acme/my-app/check-runs", run, Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync(Stop));
    }
}
