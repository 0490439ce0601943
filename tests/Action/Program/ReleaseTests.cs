using System.Text.Json.Nodes;
using Devflow.ChatOps.Tests.Action.World;

namespace Devflow.ChatOps.Tests.Action.Program;

/// <summary>The built Action and the built service: announced, followed, ended.</summary>
public sealed class ReleaseTests : IAsyncLifetime
{
    private ActionWorld world = null!;
    private ReleaseOutside release = null!;

    public async ValueTask InitializeAsync()
    {
        world = await ActionWorld.StartAsync();
        release = await ReleaseOutside.StartAsync(world.Stop);
    }

    public async ValueTask DisposeAsync()
    {
        await release.DisposeAsync();
        await world.DisposeAsync();
    }

    [Fact]
    public async Task A_release_is_followed_until_it_is_completed()
    {
        var variables = release.Announcing(world.Variables(("wait", "completed"), ("timeout", "4m")));
        await using var process = ActionProcess.Start(variables);
        await process.WhenSaysAsync("Announced", world.Stop);
        world.Read()!.ShouldContain("newTag: v2");
        release.Sync("v2");
        await process.WhenSaysAsync("AwaitingApproval", world.Stop);
        await release.PromoteAsync("v2", world.Stop);
        var end = await world.EndAsync(process, variables);
        end.ExitCode.ShouldBe(0, end.Log);
        end.Outputs["job-id"].ShouldNotBeEmpty();
        end.Outputs["decision"].ShouldBe("committed");
        end.Result["job"]!["status"]!.GetValue<string>().ShouldBe("Succeeded");
        end.Log.ShouldContain("Applied: Succeeded");
        end.Log.ShouldContain("Completed: Succeeded");
        end.Summary.ShouldContain("| PromoteSwitch | Succeeded |");
        end.Summary.ShouldContain(
            "| Environment | [production](https://github.com/acme/my-app/deployments/production) |"
        );
        end.Log.ShouldContain($"::add-mask::{release.Issuer.Given.First()}");
        end.Log.Split(release.Issuer.Given.First()).Length.ShouldBe(2);
    }

    [Fact]
    public async Task A_workflow_that_is_run_again_follows_the_Job_that_it_announced()
    {
        var first = await world.RunAsync(release.Announcing(world.Variables()));
        first.ExitCode.ShouldBe(0, first.Log);
        var variables = release.Announcing(world.Variables(("wait", "preview"), ("timeout", "4m")));
        variables["GITHUB_RUN_ATTEMPT"] = "2";
        await using var process = ActionProcess.Start(variables);
        await process.WhenSaysAsync("announced before", world.Stop);
        release.Sync("v2");
        var second = await world.EndAsync(process, variables);
        second.ExitCode.ShouldBe(0, second.Log);
        (second.Outputs["decision"], second.Outputs["changed"]).ShouldBe(("unchanged", "false"));
        second.Outputs["job-id"].ShouldBe(first.Outputs["job-id"]);
    }

    [Fact]
    public async Task Waiting_ends_where_it_was_told_to()
    {
        var variables = release.Announcing(world.Variables(("wait", "preview"), ("timeout", "4m")));
        await using var process = ActionProcess.Start(variables);
        await process.WhenSaysAsync("Announced", world.Stop);
        release.Sync("v2");
        var end = await world.EndAsync(process, variables);
        end.ExitCode.ShouldBe(0, end.Log);
        end.Result["job"]!["steps"]!.AsArray().Single(step => (string?)step!["name"] == "PreviewReady")!["status"]!
            .GetValue<string>()
            .ShouldBe("Succeeded");
    }

    [Fact]
    public async Task A_release_that_is_rolled_back_fails_the_run()
    {
        var variables = release.Announcing(world.Variables(("wait", "completed"), ("timeout", "4m")));
        await using var process = ActionProcess.Start(variables);
        await process.WhenSaysAsync("Announced", world.Stop);
        release.Sync("v2");
        await process.WhenSaysAsync("AwaitingApproval", world.Stop);
        await release.RollBackAsync(world.Stop);
        var end = await world.EndAsync(process, variables);
        end.ExitCode.ShouldBe(6, end.Log);
        end.Outputs["reason-code"].ShouldBe("release_rolled_back");
        (end.Outputs["decision"], end.Outputs["changed"]).ShouldBe(("committed", "true"));
    }

    [Fact]
    public async Task When_the_time_is_up_the_release_goes_on()
    {
        var end = await world.RunAsync(release.Announcing(world.Variables(("wait", "synced"), ("timeout", "1s"))));
        end.ExitCode.ShouldBe(7, end.Log);
        end.Outputs["reason-code"].ShouldBe("timed_out");
        end.Outputs["job-id"].ShouldNotBeEmpty();
        end.Annotations("error").ShouldHaveSingleItem().ShouldContain("goes on");
    }

    [Fact]
    public async Task Cancelling_ends_the_waiting()
    {
        var variables = release.Announcing(world.Variables(("wait", "completed")));
        await using var process = ActionProcess.Start(variables);
        await process.WhenSaysAsync("Waiting for", world.Stop);
        await process.InterruptAsync();
        var end = await world.EndAsync(process, variables);
        end.ExitCode.ShouldBe(130, end.Log);
        end.Outputs["job-id"].ShouldNotBeEmpty();
        end.Outputs["commit-sha"].ShouldBe(world.Repository.Git.Head("main"));
    }

    [Fact]
    public async Task A_service_that_says_no_leaves_the_commit_and_fails_the_run()
    {
        var end = await world.RunAsync(release.Announcing(world.Variables(("environment", "staging"))));
        end.ExitCode.ShouldBe(5, end.Log);
        end.Outputs["reason-code"].ShouldBe("not_allowed");
        (end.Outputs["decision"], end.Outputs["changed"]).ShouldBe(("committed", "true"));
        end.Outputs["commit-sha"].ShouldBe(world.Repository.Git.Head("main"));
        end.Annotations("error").ShouldHaveSingleItem().ShouldContain("run this job again");
    }

    [Fact]
    public async Task A_token_for_somebody_else_is_not_taken()
    {
        var end = await world.RunAsync(release.Announcing(world.Variables(("audience", "another"))));
        end.ExitCode.ShouldBe(5, end.Log);
        end.Outputs["reason-code"].ShouldBe("unauthorized");
    }

    [Fact]
    public async Task The_Job_knows_what_the_run_knew()
    {
        var end = await world.RunAsync(release.Announcing(world.Variables(("digest", RunVariables.Digest))));
        end.ExitCode.ShouldBe(0, end.Log);
        var token = release.Issuer.Given.Last();
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        var job = JsonNode.Parse(
            await http.GetStringAsync(new Uri(release.Service.Address, $"api/jobs/{end.Outputs["job-id"]}"), world.Stop)
        )!;
        job["gitopsCommit"]!.GetValue<string>().ShouldBe(end.Outputs["commit-sha"]);
        job["sourceCommit"]!.GetValue<string>().ShouldBe(RunVariables.Source);
        job["source"]!.GetValue<string>().ShouldBe("Action");
    }
}
