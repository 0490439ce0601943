using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Sandbox.GitHub;

namespace Devflow.ChatOps.Tests.Functions.GitHub;

/// <summary>What becomes of check runs when GitHub does not answer, refuses, or was asked too much.</summary>
public sealed class CheckRunFaultTests
{
    [Fact]
    public async Task A_run_whose_answer_was_lost_is_found_by_its_external_id_and_not_made_twice()
    {
        await using var scene = await GitHubScene.StartAsync();
        await scene.CreateAsync();
        scene.FailOnce("POST", "/check-runs", new GitHubFault.CutAfterWork());

        await scene.DrawAsync();
        scene.Job.Check!.Creating.ShouldNotBeNull();
        scene.Pass(TimeSpan.FromSeconds(3));
        await scene.DrawAsync();
        Lookups(scene).ShouldBe(0, "whoever was creating it may still be at it");
        await scene.SettleAsync();

        scene.Runs.ShouldHaveSingleItem();
        Lookups(scene).ShouldBe(1);
        scene.Job.IsOnGitHub.ShouldBeTrue();
    }

    [Fact]
    public async Task A_run_that_was_not_made_is_looked_up_and_made()
    {
        await using var scene = await GitHubScene.StartAsync();
        await scene.CreateAsync();
        scene.FailOnce("POST", "/check-runs", new GitHubFault.Cut());

        await scene.SettleAsync();

        scene.Runs.ShouldHaveSingleItem().ExternalId.ShouldBe($"{scene.Id}:1:1");
        Lookups(scene).ShouldBe(1);
    }

    [Fact]
    public async Task A_lost_run_that_the_release_has_left_behind_goes_on_as_another()
    {
        await using var scene = await GitHubScene.StartAsync();
        await scene.CreateAsync();
        await scene.WaitForApprovalAsync(scene.Now);
        scene.FailOnce("POST", "/check-runs", new GitHubFault.AnswerAfterWork(502));

        await scene.DrawAsync();
        await scene.ChangeAsync(JobStatus.Succeeded);
        await scene.SettleAsync();

        scene.Runs.Select(run => run.Conclusion).ShouldBe(["action_required", "success"]);
        scene.Runs.Select(run => run.ExternalId).ShouldBe([$"{scene.Id}:1:1", $"{scene.Id}:1:2"]);
    }

    [Fact]
    public async Task After_an_outage_there_is_one_catch_up_and_meanwhile_few_calls()
    {
        await using var scene = await GitHubScene.StartAsync();
        await scene.CreateAsync(JobStatus.Running, job => GitHubScene.Bound(job));
        await scene.SettleAsync();
        scene.Api.Log.Clear();
        scene.Api.Faults = _ => new GitHubFault.Answer(503, "Unicorn");
        for (var minute = 0; minute < 20; minute++)
        {
            await scene.ChangeAsync(minute % 2 == 0 ? JobStatus.Syncing : JobStatus.Running);
            await scene.DrawAsync();
            scene.Pass(TimeSpan.FromMinutes(1));
        }

        scene.Api.Log.Calls.Count.ShouldBeLessThan(15, "less and less often");
        scene.Api.Log.Clear();
        scene.Api.Faults = null;
        await scene.ChangeAsync(JobStatus.Succeeded);
        await scene.SettleAsync();

        scene.Writes().ShouldBe(["PATCH 200"]);
        scene.Newest.Conclusion.ShouldBe("success");
        scene.Job.Check!.Trouble.Failures.ShouldBe(0);
    }

    [Fact]
    public async Task While_GitHub_is_down_one_release_asks_for_all()
    {
        await using var scene = await GitHubScene.StartAsync();
        await scene.CreateAsync(JobStatus.Running, job => GitHubScene.Bound(job));
        scene.Api.Faults = call =>
            call.Path.EndsWith("/check-runs", StringComparison.Ordinal) ? new GitHubFault.Cut() : null;
        var surface = scene.Surface();

        var first = await scene.DrawAsync(surface, scene.Job);
        var calls = scene.Api.Log.Calls.Count;
        var second = await scene.DrawAsync(surface, GitHubScene.Anew(scene.Job, JobId.New(scene.Now)));

        first.LookAgainAt.ShouldNotBeNull();
        scene.Api.Log.Calls.Count.ShouldBe(calls);
        second.LookAgainAt!.Value.ShouldBeGreaterThan(scene.Now);
        second.Job.IsOnGitHub.ShouldBeFalse("it is not forgotten");
    }

    [Fact]
    public async Task GitHubs_wish_to_wait_is_kept_even_by_those_who_are_waited_for()
    {
        await using var scene = await GitHubScene.StartAsync();
        await scene.CreateAsync(JobStatus.Running, job => GitHubScene.Bound(job));
        await scene.SettleAsync();
        scene.FailOnce("PATCH", "/check-runs", new GitHubFault.TooFast(TimeSpan.FromSeconds(90)));
        await scene.WaitForApprovalAsync(scene.Now);
        var asked = scene.Now;

        await scene.DrawAsync();
        var calls = scene.Api.Log.Calls.Count;
        scene.Pass(TimeSpan.FromSeconds(89));
        (await scene.DrawAsync()).LookAgainAt.ShouldBe(asked.AddSeconds(90));
        scene.Api.Log.Calls.Count.ShouldBe(calls);
        await scene.SettleAsync();

        scene.Newest.Conclusion.ShouldBe("action_required");
    }

    [Fact]
    public async Task An_App_that_is_not_installed_is_told_once_and_asked_for_seldom()
    {
        await using var scene = await GitHubScene.StartAsync(installedOn: ["acme/other"]);
        await scene.CreateAsync(JobStatus.Running, job => GitHubScene.Bound(job));
        await scene.DrawForAnHourAsync();

        scene.Log.Lines.Count(line => line.StartsWith("Warning", StringComparison.Ordinal)).ShouldBe(1);
        scene.Api.Log.Calls.Count.ShouldBeLessThan(20);
        scene.Job.Check!.Trouble.Problem.ShouldContain("not installed");
    }

    [Fact]
    public async Task A_release_that_is_over_is_not_asked_about_for_ever_where_an_administrator_must_act()
    {
        await using var scene = await GitHubScene.StartAsync(installedOn: ["acme/other"]);
        await scene.CreateAsync(JobStatus.Running, job => GitHubScene.Bound(job));
        await scene.DrawAsync();
        scene.Job.IsOnGitHub.ShouldBeFalse();

        await scene.ChangeAsync(JobStatus.Superseded);
        scene.Pass(TimeSpan.FromMinutes(11));
        await scene.SettleAsync();

        scene.Job.IsOnGitHub.ShouldBeTrue();
        scene.Job.Check!.Trouble.Problem.ShouldContain("not installed");
    }

    [Fact]
    public async Task Without_the_right_to_write_checks_the_deployment_is_told_all_the_same()
    {
        await using var scene = await GitHubScene.StartAsync(GitHubPermissions.All with { Checks = GitHubAccess.Read });
        await scene.CreateAsync(JobStatus.Running, job => GitHubScene.Bound(job));

        await scene.DrawAsync();

        scene.Job.Check!.Trouble.Problem.ShouldNotBeEmpty();
        scene.Deployments.ShouldHaveSingleItem().State.ShouldBe("in_progress");
    }

    [Fact]
    public async Task A_commit_that_GitHub_does_not_know_is_given_up_until_the_release_changes()
    {
        await using var scene = await GitHubScene.StartAsync();
        scene.Commit = new string('a', 40);
        await scene.CreateAsync();
        await scene.SettleAsync();

        scene.Job.IsOnGitHub.ShouldBeTrue("nothing more can be done about it");
        scene.Job.Check!.Trouble.Problem.ShouldContain("No commit found");
        scene.Writes().ShouldBe(["POST 422"]);

        await scene.ChangeAsync(JobStatus.Running);
        await scene.SettleAsync();
        scene.Writes().ShouldBe(["POST 422", "POST 422"]);
    }

    [Fact]
    public async Task A_run_that_is_gone_or_was_completed_by_somebody_else_is_replaced_a_few_times()
    {
        await using var scene = await GitHubScene.StartAsync();
        await scene.CreateAsync(JobStatus.Running, job => GitHubScene.Bound(job));
        await scene.SettleAsync();
        scene.FailOnce("PATCH", "/check-runs", new GitHubFault.Answer(404, "Not Found"));
        scene.Pass(TimeSpan.FromMinutes(1));
        await scene.ChangeAsync(JobStatus.Running);
        await scene.SettleAsync();
        scene.Newest.ExternalId.ShouldBe($"{scene.Id}:1:2");

        scene.Api.Faults = call => call.Method == "PATCH" ? new GitHubFault.Answer(404, "Not Found") : null;
        for (var times = 0; times < 6; times++)
        {
            scene.Pass(TimeSpan.FromMinutes(1));
            await scene.ChangeAsync(JobStatus.Running);
            await scene.SettleAsync();
        }

        scene.Runs.Count.ShouldBeLessThanOrEqualTo(4);
        scene.Job.IsOnGitHub.ShouldBeTrue();
    }

    [Fact]
    public async Task Another_holder_of_the_lease_ends_the_drawing_without_a_call()
    {
        await using var scene = await GitHubScene.StartAsync();
        await scene.CreateAsync();
        scene.Store.LeaseIsLost = true;

        (await scene.DrawAsync()).LookAgainAt.ShouldBeNull();

        scene.Api.Log.Calls.ShouldBeEmpty();
    }

    private static int Lookups(GitHubScene scene) =>
        scene.Api.Log.Calls.Count(call =>
            call.Method == "GET" && call.Path.EndsWith("/check-runs", StringComparison.Ordinal)
        );
}
