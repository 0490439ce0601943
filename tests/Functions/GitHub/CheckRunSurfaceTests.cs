using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Jobs.Deciding;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Sandbox.GitHub;

namespace Devflow.ChatOps.Tests.Functions.GitHub;

/// <summary>
/// A release as the check runs of its commit show it, at the stand-in. Its way from one to the next is in
/// <see cref="Stands.StandCheckRunTests"/>.
/// </summary>
public sealed class CheckRunSurfaceTests
{
    [Fact]
    public async Task Whoever_is_asked_to_act_reads_when_the_cluster_was_read_lately()
    {
        await using var scene = await GitHubScene.StartAsync();
        await scene.CreateAsync();
        await scene.WaitForApprovalAsync(scene.Now);
        await scene.SettleAsync();
        var writes = scene.Writes().Count;

        scene.Pass(TimeSpan.FromMinutes(6));
        await scene.SettleAsync();
        scene.Writes().Count.ShouldBe(writes, "the cluster was not read since");
        await scene.PutAsync(scene.Job with { VerifiedAt = scene.Now });
        await scene.SettleAsync();

        scene.Writes().Count.ShouldBe(writes + 1);
        scene.Runs.ShouldHaveSingleItem().Output.Summary!.ShouldContain("verified against the cluster 12:06:00 UTC");
    }

    [Fact]
    public async Task A_repository_that_was_renamed_is_gone_on_with_under_its_new_name_once_the_catalog_has_it()
    {
        await using var scene = await GitHubScene.StartAsync();
        await scene.CreateAsync(JobStatus.Running, job => GitHubScene.Bound(job));
        await scene.SettleAsync();
        await scene.ChangeAsync(
            JobStatus.Succeeded,
            job => job with { Check = job.Check! with { Repository = "acme/former-name" } }
        );

        await scene.SettleAsync();

        scene.Runs.ShouldHaveSingleItem().Conclusion.ShouldBe("success");
        scene.Job.Check!.Repository.ShouldBe("acme/my-app");
    }

    [Fact]
    public async Task A_release_that_waits_has_buttons_and_what_it_needs_is_written_and_no_more()
    {
        await using var scene = await GitHubScene.StartAsync();
        await scene.CreateAsync();
        await scene.SettleAsync();
        (scene.Newest.Status, scene.Newest.ExternalId).ShouldBe(("queued", $"{scene.Id}:1:1"));
        await scene.ChangeAsync(JobStatus.Running, job => ReleaseScene.Bound(job));
        await scene.SettleAsync();
        await scene.WaitForApprovalAsync(scene.Now);
        await scene.SettleAsync();

        scene.Newest.Buttons.Select(button => button.Label).ShouldBe(["Promote", "Roll back"]);

        await scene.ChangeAsync(JobStatus.Running);
        await scene.SettleAsync();
        await scene.ChangeAsync(JobStatus.Succeeded);
        await scene.SettleAsync();

        scene.Writes().ShouldBe(["POST 201", "PATCH 200", "PATCH 200", "POST 201", "PATCH 200"]);
        scene.Job.IsOnGitHub.ShouldBeTrue();
    }

    [Fact]
    public async Task In_step_there_is_neither_a_call_nor_a_write()
    {
        await using var scene = await GitHubScene.StartAsync();
        await scene.CreateAsync();
        await scene.WaitForApprovalAsync(scene.Now);
        await scene.SettleAsync();
        var (calls, saves) = (scene.Api.Log.Calls.Count, scene.Store.Saves);

        for (var i = 0; i < 20; i++)
        {
            scene.Pass(TimeSpan.FromMinutes(1));
            (await scene.DrawAsync()).LookAgainAt.ShouldBeNull();
        }

        (scene.Api.Log.Calls.Count, scene.Store.Saves).ShouldBe((calls, saves));
    }

    [Fact]
    public async Task Progress_is_told_every_five_seconds_and_what_somebody_waits_for_at_once()
    {
        await using var scene = await GitHubScene.StartAsync();
        await scene.CreateAsync(JobStatus.Running, job => GitHubScene.Bound(job));
        await scene.SettleAsync();
        var drawn = scene.Now;
        scene.Pass(TimeSpan.FromSeconds(1));
        await scene.ChangeAsync(JobStatus.Running);

        (await scene.DrawAsync()).LookAgainAt.ShouldBe(drawn.AddSeconds(5));
        scene.Writes().ShouldBe(["POST 201"]);

        await scene.WaitForApprovalAsync(scene.Now);
        await scene.DrawAsync();
        scene.Newest.Conclusion.ShouldBe("action_required");

        await scene.ChangeAsync(JobStatus.Running);
        await scene.DrawAsync();
        scene.Newest.Status.ShouldBe("in_progress", "whoever pressed wants to see that it goes on");
    }

    [Fact]
    public async Task Votes_are_shown_on_the_same_run_and_another_pause_or_attempt_is_another_run()
    {
        await using var scene = await GitHubScene.StartAsync();
        await scene.CreateAsync(JobStatus.Running, job => GitHubScene.Bound(job));
        var pause = scene.Now;
        await scene.WaitForApprovalAsync(pause);
        await scene.SettleAsync();
        var alice = new Actor("alice", null, "alice-gh", "alice");
        await scene.ChangeAsync(
            JobStatus.AwaitingApproval,
            job => job with { Votes = [new Vote(alice, scene.Now, job.Subject!)] }
        );
        await scene.SettleAsync();

        scene.Runs.ShouldHaveSingleItem().Output.Summary!.ShouldContain("1 of 1: alice");
        scene.Newest.Buttons.Count.ShouldBe(2, "what is not sent again is gone");

        await scene.WaitForApprovalAsync(pause.AddMinutes(1));
        await scene.SettleAsync();
        scene.Newest.ExternalId.ShouldBe($"{scene.Id}:1:2");
        await scene.WaitForApprovalAsync(pause.AddMinutes(1), attempt: 2);
        await scene.SettleAsync();
        scene.Newest.ExternalId.ShouldBe($"{scene.Id}:2:3");
    }

    [Fact]
    public async Task Asked_for_again_it_is_drawn_as_another_run()
    {
        await using var scene = await GitHubScene.StartAsync();
        await scene.CreateAsync();
        await scene.WaitForApprovalAsync(scene.Now);
        await scene.SettleAsync();

        await scene.PutAsync(scene.Job.DrawnAgain());
        scene.Job.IsOnGitHub.ShouldBeFalse();
        await scene.SettleAsync();

        scene.Runs.Select(run => run.Conclusion).ShouldBe(["action_required", "action_required"]);
        scene.Newest.ExternalId.ShouldBe($"{scene.Id}:1:2");
        scene.Job.IsOnGitHub.ShouldBeTrue();
    }

    [Fact]
    public async Task Asked_for_again_and_again_it_makes_few_runs_and_what_changes_is_drawn_at_once()
    {
        await using var scene = await GitHubScene.StartAsync();
        await scene.CreateAsync();
        await scene.WaitForApprovalAsync(scene.Now);
        await scene.SettleAsync();

        for (var second = 0; second < 60; second++)
        {
            await scene.PutAsync(scene.Job.DrawnAgain());
            await scene.DrawAsync();
            scene.Pass(TimeSpan.FromSeconds(1));
        }

        scene.Runs.Count.ShouldBe(3, "the first one, one at once, one half a minute later");
        await scene.PutAsync(scene.Job.DrawnAgain());
        await scene.ChangeAsync(JobStatus.Failed);
        await scene.DrawAsync();
        scene.Newest.Conclusion.ShouldBe("failure");
    }

    [Fact]
    public async Task Asked_for_again_it_does_not_ask_before_GitHub_wants_to_be_asked()
    {
        await using var scene = await GitHubScene.StartAsync();
        await scene.CreateAsync();
        await scene.WaitForApprovalAsync(scene.Now);
        await scene.SettleAsync();
        scene.FailOnce("POST", "/check-runs", new GitHubFault.Answer(503, "Unavailable"));
        await scene.WaitForApprovalAsync(scene.Now.AddSeconds(1));
        await scene.DrawAsync();
        var notBefore = scene.Job.Check!.Trouble.NotBefore.ShouldNotBeNull();

        await scene.PutAsync(scene.Job.DrawnAgain());

        scene.Job.Check!.Trouble.NotBefore.ShouldBe(notBefore);
    }

    [Fact]
    public async Task An_answer_to_a_press_is_shown_until_it_goes_on()
    {
        await using var scene = await GitHubScene.StartAsync();
        await scene.CreateAsync();
        await scene.WaitForApprovalAsync(scene.Now);
        await scene.SettleAsync();
        var command = new Command(
            "github:1",
            new Wish.Promote(),
            new Actor(null, null, "mallory", "mallory"),
            new Origin(Origin.GitHub),
            "my-app",
            "production",
            scene.Job.Rollout,
            scene.Now
        );

        await scene.PutAsync(scene.Job.Answering(command, new CommandOutcome("not_allowed", "Only alice may.")));
        await scene.SettleAsync();
        scene.Runs.ShouldHaveSingleItem().Output.Summary!.ShouldContain("mallory at 12:00:00 UTC: Only alice may");

        await scene.ChangeAsync(JobStatus.Running);
        await scene.SettleAsync();
        scene.Newest.Output.Summary!.ShouldNotContain("mallory");
    }

    [Fact]
    public async Task Hostile_text_becomes_no_markup_and_no_mention()
    {
        await using var scene = await GitHubScene.StartAsync();
        const string hostile = "@everyone | <script>alert(1)</script> [x](https://evil.example) `code` #1 ![i](x)";
        await scene.CreateAsync(
            JobStatus.Failed,
            job => GitHubScene.Bound(job) with { Message = hostile, Images = [.. Enumerable.Repeat(hostile, 400)] }
        );
        await scene.SettleAsync();

        var summary = scene.Newest.Output.Summary!;
        summary.ShouldNotContain("<script>");
        summary.ShouldNotContain("@everyone");
        summary.ShouldNotContain("[x](");
        summary.ShouldContain("\\<script\\>");
        scene.Newest.Output.Text!.ShouldContain("\\|");
    }

    [Fact]
    public async Task Releases_without_a_commit_and_services_without_an_App_have_none()
    {
        await using var scene = await GitHubScene.StartAsync();
        await scene.CreateAsync(change: job => job with { Request = job.Request! with { SourceCommit = "main" } });
        scene.Job.IsOnGitHub.ShouldBeFalse("nobody has looked yet whether there is something to show");

        await scene.SettleAsync();

        scene.Runs.ShouldBeEmpty();
        scene.Job.Check.ShouldBe(GitHubCheck.None);
        scene.Job.IsOnGitHub.ShouldBeTrue();
        scene.Api.Log.Calls.ShouldBeEmpty();
    }
}
