using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Sandbox.GitHub;
using Devflow.ChatOps.Sandbox.GitHub.Hooks;
using Devflow.ChatOps.Tests.EndToEnd.World;
using static Devflow.ChatOps.Tests.EndToEnd.World.WorldCatalog;

namespace Devflow.ChatOps.Tests.EndToEnd.Conversations;

/// <summary>A release as people on GitHub follow it, and what they do there.</summary>
public sealed class CheckRunConversationTests
{
    [Fact]
    public async Task A_merge_waits_on_its_commit_and_the_button_there_promotes_it()
    {
        await using var stage = await GitHubStage.StartAsync();
        var pull = stage.Merge();
        await using var world = await stage.StartWorldAsync(more: "pullRequestComment: true");
        var job = await stage.ReadyAsync(world);
        var waiting = stage.Newest;
        (waiting.Name, waiting.ExternalId).ShouldBe(
            (GitHubStage.CheckName, job.Check!.Run is { } run ? $"{job.Id}:1:{run.Number}" : "")
        );
        waiting.Buttons.Select(button => button.Label).ShouldBe(["Promote", "Roll back"]);
        waiting.Output.Text!.ShouldContain("Sell more");
        waiting.DetailsUrl.ShouldBe(job.Card.Link!.AbsoluteUri);

        var delivery = await stage.PressAsync("bob-gh", "promote");

        (delivery.StatusCode, delivery.Body).ShouldBe((200, "ok: bob promoted v2."));
        var patch = world.Patches().ShouldHaveSingleItem();
        patch.Status.ShouldBe(200);
        await world.WhenJobAsync(
            it => it is { Status: JobStatus.Succeeded, IsOnGitHub: true },
            "the end of the release on GitHub"
        );
        stage.Runs.Select(it => it.Conclusion).Distinct().ShouldBe(["action_required", "success"]);
        stage.Newest.Id.ShouldNotBe(waiting.Id);
        stage.Newest.Buttons.Select(button => button.Label).ShouldBe(["Roll back"]);
        var deployment = stage.Source.Deployments.All.ShouldHaveSingleItem();
        deployment.State.ShouldBe("success");
        deployment.Environment.ShouldBe("production");
        stage.Source.Comments.Of(pull).ShouldHaveSingleItem().Body.ShouldContain("v2\\: live");
        (await world.AuditAsync()).ShouldContain(entry =>
            entry.From == "github" && entry.Who == "bob" && entry.Action == "promote" && entry.Outcome == "ok"
        );
    }

    [Fact]
    public async Task Who_has_no_right_is_refused_and_told_on_the_run()
    {
        await using var stage = await GitHubStage.StartAsync();
        stage.Merge();
        await using var world = await stage.StartWorldAsync();
        await stage.ReadyAsync(world);
        var seen = stage.Newest;

        var delivery = await stage.PressAsync("mallory", "promote");

        delivery.StatusCode.ShouldBe(200);
        delivery.Body.ShouldStartWith("not_allowed: ");
        await world.WhenJobAsync(job => job is { IsOnGitHub: true, Check.Answer: not null }, "the answer on GitHub");
        stage.Newest.Id.ShouldBe(seen.Id, "it still waits");
        stage.Newest.Output.Summary!.ShouldContain("> 💬 mallory at ");
        stage.Newest.Buttons.Count.ShouldBe(2);
        world.Patches().ShouldBeEmpty();

        // Whoever wrote it has the right, and is an author.
        (await stage.PressAsync("alice-gh", "promote")).Body.ShouldStartWith("self_approval: ");
        world.Patches().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_button_of_an_older_run_is_stale_and_the_same_delivery_counts_once()
    {
        await using var stage = await GitHubStage.StartAsync();
        stage.Merge();
        await using var world = await stage.StartWorldAsync();
        await stage.ReadyAsync(world);
        var older = stage.Newest;
        (await stage.People.RerequestAsync("carol-gh", older)).StatusCode.ShouldBe(200);
        await world.WhenJobAsync(
            job => job is { IsOnGitHub: true, Check.IsAskedAgain: false } && stage.Newest.Id != older.Id,
            "another run"
        );
        (stage.Newest.Conclusion, stage.Newest.Buttons.Count).ShouldBe(("action_required", 2));

        var stale = await stage.PressAsync("bob-gh", "promote", older);

        stale.Body.ShouldStartWith("stale: ");
        world.Patches().ShouldBeEmpty();
        await world.WhenJobAsync(job => job is { IsOnGitHub: true, Check.Answer.Who: "bob" }, "the answer on GitHub");

        var pressed = await stage.PressAsync("bob-gh", "promote");
        var again = await stage.GitHub.Hooks.RedeliverAsync(pressed);

        (pressed.Body, again.Body).ShouldBe(("ok: bob promoted v2.", "ok: bob promoted v2."));
        await world.WhenAsync("v2", JobStatus.Succeeded);
        world.Patches().Count.ShouldBe(1);
        (await world.AuditAsync())
            .Count(entry => entry is { From: "github", Action: "promote", Outcome: "ok" })
            .ShouldBe(1);
    }

    [Fact]
    public async Task Where_nothing_runs_in_the_background_the_press_itself_shows_what_came_of_it()
    {
        await using var stage = await GitHubStage.StartAsync();
        stage.Merge();
        await using var world = await stage.StartWorldAsync(runsLoop: false);
        await SweepUntilAsync(world, job => job is not null);
        await stage.ShipAsync(world);
        await SweepUntilAsync(
            world,
            job => job is { Status: JobStatus.AwaitingApproval, Contents.IsComplete: true, IsOnGitHub: true }
        );

        (await stage.PressAsync("mallory", "promote")).Body.ShouldStartWith("not_allowed: ");

        stage.Newest.Output.Summary!.ShouldContain("> 💬 mallory at ");
    }

    [Fact]
    public async Task The_button_to_roll_back_takes_the_way_that_it_names()
    {
        await using var stage = await GitHubStage.StartAsync();
        stage.Merge();
        await using var world = await stage.StartWorldAsync();
        await stage.ReadyAsync(world);

        (await stage.PressAsync("alice-gh", "rollback:Abort")).Body.ShouldStartWith("ok: ");

        await world.WhenJobAsync(job => job.Rollback is not null && job.IsOnGitHub, "the rollback on GitHub");
        world.Patches().ShouldHaveSingleItem().Body.ShouldContain("\"abort\":true");
        world.LiveImage().ShouldBe("registry.example.com/my-app:v1");
    }

    [Fact]
    public async Task With_GitHub_down_the_release_goes_on_and_is_caught_up_with_by_one_update()
    {
        await using var stage = await GitHubStage.StartAsync();
        stage.Merge();
        await using var world = await stage.StartWorldAsync();
        await stage.ReadyAsync(world);
        stage.Api.Faults = _ => new GitHubFault.Answer(503, "Unavailable");

        (await world.TypeAsync(Bob, "/promote my-app")).Text.ShouldBe("bob promoted v2.");
        await world.WhenAsync("v2", JobStatus.Succeeded);
        await world.WhenCardAsync("my-app · production · v2 · live");
        stage.Newest.Conclusion.ShouldBe("action_required");
        stage.Api.Faults = null;
        var before = stage.Runs.Count;
        world.Clock.Skip(TimeSpan.FromMinutes(1));
        await world.HintAsync();

        await world.WhenJobAsync(job => job.IsOnGitHub, "GitHub caught up");
        stage.Newest.Conclusion.ShouldBe("success");
        stage.Runs.Count.ShouldBe(before + 1);
        stage.Source.Deployments.All.ShouldHaveSingleItem().State.ShouldBe("success");
    }

    [Fact]
    public async Task A_merged_pull_request_is_noted_of_its_release_once_there_is_one()
    {
        await using var stage = await GitHubStage.StartAsync();
        await using var world = await stage.StartWorldAsync();
        var pull = stage.Merge();
        var merged = await stage.GitHub.Hooks.WaitAsync(
            sent => sent.Request is { Event: "pull_request", Action: "closed" },
            TestContext.Current.CancellationToken
        );
        (merged.StatusCode, merged.Body).ShouldBe((202, "ignored: no release of this commit yet"));
        await stage.ReadyAsync(world);

        (await stage.GitHub.Hooks.RedeliverAsync(merged)).StatusCode.ShouldBe(202);

        var job = await world.WhenJobAsync(it => it.Check?.Pull is not null, "the pull request");
        job.Check!.Pull.ShouldBe(new ReleasedPull(pull, "Sell more", "alice-gh", "alice-gh"));
    }

    [Fact]
    public async Task Pings_installations_and_events_of_no_use_are_taken()
    {
        await using var stage = await GitHubStage.StartAsync();
        await using var world = await stage.StartWorldAsync();
        var hooks = stage.GitHub.Hooks;

        (await hooks.PingAsync(stage.App)).StatusCode.ShouldBe(200);
        (await hooks.InstallationAsync(stage.App, "created", "alice-gh")).StatusCode.ShouldBe(200);
        (await hooks.SendAsync(stage.App, "push", new() { ["ref"] = "refs/heads/main" })).StatusCode.ShouldBe(202);
        world.Log.ShouldContain(line => line.Contains("GitHub reaches the webhook", StringComparison.Ordinal));
        world.Log.ShouldContain(line => line.Contains("installation created by acme", StringComparison.Ordinal));
    }

    private static async Task SweepUntilAsync(ReleaseWorld world, Func<Job?, bool> condition)
    {
        using var limit = new CancellationTokenSource(ReleaseWorld.Limit);
        while (!condition(await world.JobAsync()))
        {
            limit.Token.ThrowIfCancellationRequested();
            await world.HintAsync();
            await world.SweepAsync();
        }
    }
}
