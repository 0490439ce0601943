using System.Text.Json;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Functions.Adapters.GitHub;
using Devflow.ChatOps.Functions.GitHubHook;
using Devflow.ChatOps.Functions.Hosting;
using Devflow.ChatOps.Tests.Functions.Support;
using Devflow.ChatOps.Tests.Sandbox.GitHub;
using Microsoft.AspNetCore.Http;

namespace Devflow.ChatOps.Tests.Functions.GitHub.Stands;

/// <summary>
/// The events of <c>emulate</c>, and what it does not have of what the service asks (CONTRIBUTING.md says the same): whatever
/// fails here once it is there can be tested against it too.
/// </summary>
public sealed class EmulateLimitTests(GitHubStands stands)
{
    private const string Secret = "a secret of the test";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Its_events_are_signed_and_read()
    {
        await using var stand = await stands.StartAsync(GitHubMaker.Emulate);
        await using var receiver = await HookReceiver.StartAsync();
        var hook = await HookAsync(stand, receiver);
        await stand.AskAsync(HttpMethod.Post, $"/hooks/{hook!.Value.GetProperty("id")}/pings");
        Read(await receiver.NextAsync()).ShouldBeOfType<GitHubEvent.Ping>();

        await stand.BranchAsync("topic");
        await stand.CommitAsync("Better", [new("a.txt", "a\n")], "topic");
        var pull = await stand.OpenPullAsync("topic", "Better");
        Read(await receiver.NextAsync()).ShouldBe(new GitHubEvent.Ignored("pull_request opened"));
        var merge = await stand.MergeAsync(pull);

        var merged = Read(await receiver.NextAsync()).ShouldBeOfType<GitHubEvent.Merged>();
        (merged.Repository.Name, merged.Commit, merged.By).ShouldBe((stand.Repository, merge, "alice-gh"));
        (merged.Pull.Number, merged.Pull.Title, merged.Pull.MergedBy).ShouldBe((pull, "Better", "alice-gh"));
    }

    [Fact]
    public async Task It_has_no_deployments_and_does_not_know_the_pull_requests_of_a_commit()
    {
        await using var stand = await stands.StartAsync(GitHubMaker.Emulate);
        var head = await stand.HeadAsync();
        var deployments = new GitHubDeployments(stand.Access());
        var reader = new GitHubReader(stand.Access(), stand.Time, new ListLogger<GitHubReader>());

        (await deployments.CreateAsync(stand.Repository, head, "production", "v2", "job", Stop))
            .Why()
            .Kind.ShouldBe(GitHubFaultKind.NotFound);
        (await deployments.FindAsync(stand.Repository, head, "production", "job", Stop))
            .Why()
            .Kind.ShouldBe(GitHubFaultKind.NotFound);
        (await reader.PullsOfAsync(stand.Repository, head, Stop)).Why().Kind.ShouldBe(GitHubFaultKind.NotFound);
    }

    [Fact]
    public async Task Its_check_runs_are_of_no_App_so_that_none_is_found_to_be_ours()
    {
        await using var stand = await stands.StartAsync(GitHubMaker.Emulate);
        var head = await stand.HeadAsync();
        var checks = new GitHubCheckRuns(stand.Access(), "4711");
        var page = new CheckRunPage("a name", "job:1:1", CheckRunState.InProgress)
        {
            Title = "Title",
            Summary = "Summary",
            Text = "Text",
        };
        var id = (await checks.CreateAsync(stand.Repository, head, page, Stop)).Value();

        var made = await stand.GetAsync($"/check-runs/{id}");
        (made.GetProperty("external_id").GetString(), made.GetProperty("app").ValueKind).ShouldBe(
            ("job:1:1", JsonValueKind.Null)
        );
        (await checks.FindAsync(stand.Repository, head, page.Name, "job:1:1", Stop)).Value().ShouldBeNull();
    }

    [Fact]
    public async Task Its_comments_are_of_no_App_so_that_one_whose_id_was_lost_is_written_again()
    {
        await using var stand = await stands.StartAsync(GitHubMaker.Emulate);
        await stand.BranchAsync("topic");
        var pull = await stand.OpenPullAsync("topic", "Better");
        var comments = new GitHubPullComments(stand.Access(), "4711");
        var page = new PullCommentPage("my-app/production", JobId.New(stand.Time.GetUtcNow()), "Live.");

        await comments.WriteAsync(stand.Repository, pull, null, page, Stop);
        await comments.WriteAsync(stand.Repository, pull, null, page, Stop);

        (await stand.GetAsync($"/issues/{pull}/comments")).GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public async Task Its_events_of_check_runs_name_no_App_and_are_refused()
    {
        await using var stand = await stands.StartAsync(GitHubMaker.Emulate);
        await using var receiver = await HookReceiver.StartAsync();
        await HookAsync(stand, receiver);
        var run = new JsonObject { ["name"] = "a name", ["head_sha"] = await stand.HeadAsync() };
        var made = await stand.AskAsync(HttpMethod.Post, "/check-runs", run);
        Read(await receiver.NextAsync()).ShouldBe(new GitHubEvent.Ignored("check_run created"));
        await stand.AskAsync(HttpMethod.Post, $"/check-runs/{made!.Value.GetProperty("id")}/rerequest");

        var asked = await receiver.NextAsync();
        Should.Throw<HookFormatException>(() => Read(asked)).Message.ShouldStartWith("app:");
    }

    private static Task<JsonElement?> HookAsync(GitHubStand stand, HookReceiver receiver) =>
        stand.AskAsync(
            HttpMethod.Post,
            "/hooks",
            new JsonObject
            {
                ["config"] = new JsonObject
                {
                    ["url"] = receiver.Address.AbsoluteUri,
                    ["content_type"] = "json",
                    ["secret"] = Secret,
                },
                ["events"] = new JsonArray("ping", "pull_request", "check_run"),
            }
        );

    private static GitHubEvent Read(ReceivedEvent arrived)
    {
        var headers = new HeaderDictionary { [GitHubSignature.Header] = arrived.Headers[GitHubSignature.Header] };
        GitHubSignature.Verify(headers, arrived.Body, [Secret]).ShouldBe(GitHubSignatureAnswer.Valid);
        using var payload = RequestJson.Parse(arrived.Body, 64);
        return GitHubPayloads.Read(arrived.Headers["X-GitHub-Event"], payload.RootElement);
    }
}
