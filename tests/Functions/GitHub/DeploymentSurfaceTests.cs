using System.Text.Json;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Sandbox.GitHub;

namespace Devflow.ChatOps.Tests.Functions.GitHub;

/// <summary>The deployment of a release and its statuses, at the stand-in.</summary>
public sealed class DeploymentSurfaceTests
{
    [Fact]
    public async Task A_release_is_one_deployment_whose_statuses_follow_it()
    {
        await using var scene = await GitHubScene.StartAsync();
        await scene.CreateAsync();
        await scene.SettleAsync();
        foreach (
            var status in new[]
            {
                JobStatus.Syncing,
                JobStatus.Running,
                JobStatus.AwaitingApproval,
                JobStatus.Running,
                JobStatus.Succeeded,
            }
        )
        {
            await scene.ChangeAsync(status, job => GitHubScene.Bound(job));
            await scene.SettleAsync();
        }

        await scene.ChangeAsync(JobStatus.Succeeded, job => job with { HasLeft = true });
        await scene.SettleAsync();

        var deployment = scene.Deployments.ShouldHaveSingleItem();
        deployment.Statuses.Select(status => status.State).ShouldBe(["queued", "in_progress", "success", "inactive"]);
        (deployment.Sha, deployment.Environment).ShouldBe((scene.Commit, "production"));
        deployment.Statuses.ShouldAllBe(status => status.EnvironmentUrl == "https://my-app.example.com/");
        deployment.Statuses[2].Description.ShouldBe("v2: live");
        var asked = scene.Api.Log.Calls.First(call =>
            call is { Method: "POST", Path: "/repos/acme/my-app/deployments" }
        );
        using var body = JsonDocument.Parse(asked.Body);
        body.RootElement.GetProperty("auto_merge").GetBoolean().ShouldBeFalse();
        body.RootElement.GetProperty("required_contexts").GetArrayLength().ShouldBe(0);
    }

    [Theory]
    [InlineData(JobStatus.Failed, "failure")]
    [InlineData(JobStatus.RolledBack, "inactive")]
    [InlineData(JobStatus.Superseded, "inactive")]
    [InlineData(JobStatus.NoChange, "inactive")]
    public async Task Each_end_has_its_state(JobStatus status, string state)
    {
        await using var scene = await GitHubScene.StartAsync();
        await scene.CreateAsync(status, job => GitHubScene.Bound(job));
        await scene.SettleAsync();

        scene.Deployments.ShouldHaveSingleItem().State.ShouldBe(state);
    }

    [Fact]
    public async Task What_was_made_and_not_answered_is_found_again()
    {
        await using var scene = await GitHubScene.StartAsync();
        await scene.CreateAsync(JobStatus.Running, job => GitHubScene.Bound(job));
        var cuts = new HashSet<string>();
        // Every kind of request that writes is carried out once without an answer.
        scene.Api.Faults = call =>
            call.Method == "POST"
            && call.Path.Contains("/deployments", StringComparison.Ordinal)
            && cuts.Add(call.Path.EndsWith("/statuses", StringComparison.Ordinal) ? "status" : "deployment")
                ? new GitHubFault.CutAfterWork()
                : null;

        await scene.SettleAsync();

        cuts.Count.ShouldBe(2);
        scene.Deployments.ShouldHaveSingleItem().Statuses.ShouldHaveSingleItem().State.ShouldBe("in_progress");
        scene.Job.IsOnGitHub.ShouldBeTrue();
    }

    [Fact]
    public async Task What_was_not_made_is_made_once_GitHub_answers()
    {
        await using var scene = await GitHubScene.StartAsync();
        await scene.CreateAsync(JobStatus.Running, job => GitHubScene.Bound(job));
        var cuts = new HashSet<string>();
        scene.Api.Faults = call =>
            call.Method == "POST" && call.Path.StartsWith("/repos/", StringComparison.Ordinal) && cuts.Add(call.Path)
                ? new GitHubFault.Cut()
                : null;

        await scene.SettleAsync();

        scene.Runs.ShouldHaveSingleItem();
        scene.Deployments.ShouldHaveSingleItem().Statuses.ShouldHaveSingleItem();
    }
}
