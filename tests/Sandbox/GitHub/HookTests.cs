using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.GitHub;
using Devflow.ChatOps.Sandbox.GitHub.Hooks;
using Devflow.ChatOps.Sandbox.GitHub.People;

namespace Devflow.ChatOps.Tests.Sandbox.GitHub;

/// <summary>Webhooks: who is told of what, how it is signed, and what becomes of events that do not arrive.</summary>
public sealed class HookTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_signature_is_that_of_GitHubs_own_example()
    {
        // https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries#testing-the-webhook-payload-validation
        GitHubSignature
            .Compute("It's a Secret to Everybody", "Hello, World!"u8)
            .ShouldBe("sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17");
        await using var receiver = await HookReceiver.StartAsync();
        await using var gitHub = await StartAsync(receiver);

        (await gitHub.World.Hooks.PingAsync(gitHub.App)).StatusCode.ShouldBe(202);

        var (headers, body) = receiver.Events.ShouldHaveSingleItem();
        var expected = HMACSHA256.HashData(Encoding.UTF8.GetBytes(gitHub.App.WebhookSecret!), body);
        headers["X-Hub-Signature-256"].ShouldBe("sha256=" + Convert.ToHexStringLower(expected));
        headers["X-GitHub-Event"].ShouldBe("ping");
        Guid.TryParse(headers["X-GitHub-Delivery"], out _).ShouldBeTrue();
        headers["Content-Type"].ShouldBe("application/json");
        headers["User-Agent"].ShouldStartWith("GitHub-Hookshot/");
    }

    [Fact]
    public async Task A_run_that_is_made_and_completed_is_told_to_those_who_listen()
    {
        await using var receiver = await HookReceiver.StartAsync();
        await using var gitHub = await StartAsync(receiver);
        using var deaf = gitHub.World.AddApp(
            new GitHubApp(9, "deaf[bot]", "acme/gitops")
            {
                Events = new HashSet<string>(),
                WebhookAddress = receiver.Address,
            }
        );

        await CheckRunTests.CreateAsync(gitHub, CheckRunTests.Run(gitHub, "completed"));
        await gitHub.World.Hooks.WaitAsync(sent => sent.Request.Action == "created", Cancellation);
        await gitHub.World.Hooks.WaitAsync(sent => sent.Request.Action == "completed", Cancellation);

        await gitHub.World.Hooks.SettledAsync();
        gitHub.World.Hooks.Deliveries.Select(sent => sent.App.Id).Distinct().ShouldBe([4711]);
        receiver.Events.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_press_says_who_pressed_which_button_and_goes_to_the_App_of_the_run_only()
    {
        await using var receiver = await HookReceiver.StartAsync();
        await using var gitHub = await StartAsync(receiver);
        using var other = gitHub.World.AddApp(
            new GitHubApp(9, "other[bot]", "acme/gitops")
            {
                Permissions = GitHubPermissions.All,
                WebhookAddress = receiver.Address,
            }
        );
        var id = await CheckRunTests.CreateAsync(gitHub, CheckRunTests.Run(gitHub, "completed"));
        await gitHub.World.Hooks.SettledAsync();
        var before = receiver.Events.Count;

        var people = new GitHubPeople(gitHub.World);
        var delivery = await people.PressAsync("alice-gh", gitHub.Repository.Checks.Find(id)!, "promote");

        (receiver.Events.Count - before).ShouldBe(1);
        delivery.App.ShouldBe(gitHub.App);
        var payload = JsonNode.Parse(delivery.Request.Body.Span)!;
        ((string?)payload["action"]).ShouldBe("requested_action");
        ((string?)payload["requested_action"]!["identifier"]).ShouldBe("promote");
        ((string?)payload["sender"]!["login"], (string?)payload["sender"]!["type"]).ShouldBe(("alice-gh", "User"));
        ((string?)payload["check_run"]!["external_id"]).ShouldBe("job:1:1");
        ((string?)payload["check_run"]!["check_suite"]!["head_branch"]).ShouldBe("main");
        ((long?)payload["installation"]!["id"]).ShouldBe(gitHub.App.InstallationId);
    }

    [Fact]
    public async Task What_is_not_on_the_screen_cannot_be_pressed()
    {
        await using var receiver = await HookReceiver.StartAsync();
        await using var gitHub = await StartAsync(receiver);
        var people = new GitHubPeople(gitHub.World);
        var open = gitHub.Repository.Checks.Find(await CheckRunTests.CreateAsync(gitHub, CheckRunTests.Run(gitHub)))!;
        await Should.ThrowAsync<InvalidOperationException>(() => people.PressAsync("alice-gh", open, "promote"));
        await Should.ThrowAsync<InvalidOperationException>(() => people.RerequestAsync("alice-gh", open));
    }

    [Fact]
    public async Task Asking_for_a_run_again_leaves_it_as_it_is()
    {
        await using var receiver = await HookReceiver.StartAsync();
        await using var gitHub = await StartAsync(receiver);
        var id = await CheckRunTests.CreateAsync(gitHub, CheckRunTests.Run(gitHub, "completed"));
        var run = gitHub.Repository.Checks.Find(id)!;

        var delivery = await new GitHubPeople(gitHub.World).RerequestAsync("alice-gh", run);
        var (status, _) = await gitHub.RestAsync(HttpMethod.Post, $"/check-runs/{id}/rerequest", token: "app");

        delivery.Request.Action.ShouldBe("rerequested");
        status.ShouldBe(HttpStatusCode.Created);
        gitHub.Repository.Checks.Find(id).ShouldBe(run);
        await gitHub.World.Hooks.WaitAsync(
            sent => sent != delivery && sent.Request.Action == "rerequested",
            Cancellation
        );
    }

    [Fact]
    public async Task An_answer_that_takes_more_than_ten_seconds_counts_as_none()
    {
        await using var receiver = await HookReceiver.StartAsync();
        await using var gitHub = await StartAsync(receiver);
        var never = new TaskCompletionSource();
        receiver.Until = never.Task;

        var ping = gitHub.World.Hooks.PingAsync(gitHub.App);
        while (receiver.Events.Count == 0)
        {
            await Task.Yield();
        }

        gitHub.Time.Advance(TimeSpan.FromSeconds(10));
        var delivery = await ping;
        never.SetResult();

        (delivery.IsOk, delivery.StatusCode, delivery.Status).ShouldBe((false, 504, "timed out"));
        delivery.Duration.ShouldBe(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Nothing_is_sent_again_by_itself_and_again_it_is_the_same_delivery()
    {
        await using var receiver = await HookReceiver.StartAsync();
        await using var gitHub = await StartAsync(receiver);
        receiver.Status = 500;
        var failed = await gitHub.World.Hooks.PingAsync(gitHub.App);
        gitHub.Time.Advance(TimeSpan.FromDays(1));
        await gitHub.World.Hooks.SettledAsync();
        receiver.Events.Count.ShouldBe(1);
        (failed.IsOk, failed.Status).ShouldBe((false, "Invalid HTTP Response: 500"));

        receiver.Status = 202;
        var again = await gitHub.World.Hooks.RedeliverAsync(failed);

        again.Request.ShouldBe(failed.Request);
        (again.IsOk, again.IsRedelivery, again.Id == failed.Id).ShouldBe((true, true, false));
        receiver.Events.Select(sent => sent.Headers["X-GitHub-Delivery"]).Distinct().Count().ShouldBe(1);
        receiver.Events.Select(sent => Encoding.UTF8.GetString(sent.Body)).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task The_App_reads_its_deliveries_and_has_them_sent_again()
    {
        await using var receiver = await HookReceiver.StartAsync();
        await using var gitHub = await StartAsync(receiver);
        gitHub.World.Hooks.Faults = _ => new GitHubHookFault.Lose();
        var lost = await gitHub.World.Hooks.PingAsync(gitHub.App);
        receiver.Events.ShouldBeEmpty();
        var jwt = TestJwt.Of(gitHub.App, gitHub.Time.GetUtcNow());

        var (status, failures) = await gitHub.SendAsync(
            HttpMethod.Get,
            "app/hook/deliveries?status=failure",
            null,
            jwt
        );
        status.ShouldBe(HttpStatusCode.OK);
        ((long)failures!.AsArray().ShouldHaveSingleItem()!["id"]!).ShouldBe(lost.Id);
        (status, _) = await gitHub.SendAsync(HttpMethod.Post, $"app/hook/deliveries/{lost.Id}/attempts", null, jwt);
        status.ShouldBe(HttpStatusCode.Accepted);

        await gitHub.World.Hooks.WaitAsync(sent => sent.IsOk && sent.Request.Guid == lost.Request.Guid, Cancellation);
        (status, _) = await gitHub.SendAsync(HttpMethod.Get, "app/hook/deliveries", null, "app");
        status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Events_are_forged_lost_held_and_doubled_on_purpose()
    {
        await using var receiver = await HookReceiver.StartAsync();
        await using var gitHub = await StartAsync(receiver);
        var hooks = gitHub.World.Hooks;
        var forgery = new GitHubForgery { Secret = "wrong", Guid = "same" };
        await hooks.SendAsync(gitHub.App, "ping", [], forgery);
        await hooks.SendAsync(gitHub.App, "ping", [], new GitHubForgery { OmitSignature = true });
        await hooks.SendAsync(gitHub.App, "ping", [], new GitHubForgery { TamperBody = true });
        var events = receiver.Events.ToList();
        events[0].Headers["X-GitHub-Delivery"].ShouldBe("same");
        events[0].Headers["X-Hub-Signature-256"].ShouldBe(GitHubSignature.Compute("wrong", "{}"u8));
        events[1].Headers.ContainsKey("X-Hub-Signature-256").ShouldBeFalse();
        events[2]
            .Headers["X-Hub-Signature-256"]
            .ShouldNotBe(GitHubSignature.Compute(gitHub.App.WebhookSecret!, events[2].Body));

        hooks.Faults = _ => new GitHubHookFault.Twice();
        await hooks.PingAsync(gitHub.App);
        receiver.Events.Count.ShouldBe(5);
        var signal = new TaskCompletionSource();
        hooks.Faults = _ => new GitHubHookFault.Hold(signal.Task);
        var held = hooks.PingAsync(gitHub.App);
        receiver.Events.Count.ShouldBe(5);
        signal.SetResult();
        (await held).IsOk.ShouldBeTrue();
    }

    [Fact]
    public async Task A_merged_pull_request_is_told_with_who_merged_it()
    {
        await using var receiver = await HookReceiver.StartAsync();
        await using var gitHub = await StartAsync(receiver);
        gitHub.Repository.Branch("topic", "main");
        gitHub.Repository.Commit("topic", "Better", [new("a.yaml", "a: 2\n")], by: "bob");
        var pull = gitHub.Repository.Pulls.Open("topic", "main", "Better", "Why", "bob-gh");

        var merged = gitHub.Repository.Pulls.Merge(pull.Number, "alice-gh", GitHubMergeMethod.Squash);

        var sent = await gitHub.World.Hooks.WaitAsync(sent => sent.Request.Action == "closed", Cancellation);
        var payload = JsonNode.Parse(sent.Request.Body.Span)!;
        ((bool?)payload["pull_request"]!["merged"]).ShouldBe(true);
        ((string?)payload["pull_request"]!["merged_by"]!["login"]).ShouldBe("alice-gh");
        ((string?)payload["pull_request"]!["merge_commit_sha"]).ShouldBe(gitHub.Head);
        merged.MergeCommit.ShouldBe(gitHub.Head);
        gitHub.Repository.Read("main", "a.yaml").ShouldBe("a: 2\n");
    }

    internal static async Task<GitHubUnderTest> StartAsync(HookReceiver receiver)
    {
        var gitHub = await GitHubUnderTest.StartAsync();
        gitHub.App.WebhookAddress = receiver.Address;
        return gitHub;
    }
}
