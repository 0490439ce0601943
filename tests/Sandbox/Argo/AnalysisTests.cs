using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.Argo;
using Devflow.ChatOps.Sandbox.Kubernetes;

namespace Devflow.ChatOps.Tests.Sandbox.Argo;

/// <summary>Analyses before and after the switch; there are no recordings of these.</summary>
public sealed class AnalysisTests
{
    private static readonly TimeSpan Takes = TimeSpan.FromSeconds(4);

    [Fact]
    public async Task The_pause_comes_only_after_the_analysis_before_the_switch_has_succeeded()
    {
        await using var world = await InstalledAsync(pre: "smoke", outcome: "Successful");
        await world.SetImageAsync("storefront:1.1.0");
        await world.UntilAsync(() => Status(world, "pre") == "Running");

        world.Phase.ShouldBe("Progressing");
        world.Message.ShouldBe("active service cutover pending");
        await world.UntilAsync(() => world.IsPaused);

        Status(world, "pre").ShouldBe("Successful");
        var run = world.Items(Resources.AnalysisRun).ShouldHaveSingleItem();
        run["metadata"]!["name"]!.GetValue<string>().ShouldBe($"storefront-{world.CurrentHash}-2-pre");
        run["metadata"]!["labels"]!["rollout-type"]!.GetValue<string>().ShouldBe("PrePromotion");
        run["metadata"]!["labels"]!["rollouts-pod-template-hash"]!.GetValue<string>().ShouldBe(world.CurrentHash);
        run["metadata"]!["ownerReferences"]![0]!["name"]!.GetValue<string>().ShouldBe("storefront");
        run["status"]!["metricResults"]![0]!["name"]!.GetValue<string>().ShouldBe("smoke");
        await world.PromoteAsync();
        world.Phase.ShouldBe("Healthy");
    }

    [Fact]
    public async Task A_promote_during_the_analysis_changes_nothing()
    {
        await using var world = await InstalledAsync(pre: "smoke", outcome: "Successful");
        await world.SetImageAsync("storefront:1.1.0");
        await world.UntilAsync(() => Status(world, "pre") == "Running");

        await world.PromoteAsync();
        await world.UntilAsync(() => world.IsPaused);

        world.ActiveHash.ShouldBe(world.StableHash);
    }

    [Theory]
    [InlineData("Failed", "failed (1) > failureLimit (0)")]
    [InlineData("Error", "consecutiveErrors (5) > consecutiveErrorLimit (4)")]
    public async Task An_analysis_that_fails_before_the_switch_aborts(string outcome, string because)
    {
        await using var world = await InstalledAsync(pre: "smoke", outcome: outcome);
        await world.SetImageAsync("storefront:1.1.0");
        await world.UntilAsync(() => world.Phase == "Degraded");

        world.Message.ShouldBe(
            "RolloutAborted: Rollout aborted update to revision 2: Blue/green pre-promotion analysis phase error/failed: "
                + $"Metric \"smoke\" assessed {outcome} due to {because}"
        );
        world.ActiveHash.ShouldBe(world.StableHash);
        Status(world, "pre").ShouldBe(outcome);
        var told = world
            .Notifications.Where(told => told.Trigger == $"on-analysis-run-{outcome.ToLowerInvariant()}")
            .Select(told => told.Object["kind"]?.GetValue<string>());
        told.ShouldBe(["AnalysisRun", "Rollout"]);
        world.Triggers.Count(trigger => trigger == "on-rollout-aborted").ShouldBe(1);
    }

    [Fact]
    public async Task A_retry_after_a_failed_analysis_and_the_scale_down_runs_the_analysis_again()
    {
        var outcomes = new Queue<string>(["Failed", "Successful"]);
        await using var world = await InstalledAsync(pre: "smoke", outcome: "", outcomes: outcomes);
        await world.SetImageAsync("storefront:1.1.0");
        await world.UntilAsync(() => world.Phase == "Degraded");
        await world.PassSecondsAsync(35);

        await world.RetryAsync();
        await world.UntilAsync(() => world.IsPaused);

        world.Items(Resources.AnalysisRun).Count.ShouldBe(2);
        Status(world, "pre").ShouldBe("Successful");
    }

    [Fact]
    public async Task An_inconclusive_analysis_waits_for_a_person_and_a_promote_only_runs_it_again()
    {
        await using var world = await InstalledAsync(pre: "smoke", outcome: "Inconclusive");
        await world.SetImageAsync("storefront:1.1.0");
        await world.UntilAsync(() => world.Phase == "Paused");

        world.Message.ShouldBe("InconclusiveAnalysisRun");
        await world.PromoteAsync();
        await world.UntilAsync(() => world.Items(Resources.AnalysisRun).Count == 2);
        await world.UntilAsync(() => world.Phase == "Paused" && Status(world, "pre") == "Inconclusive");

        world.ActiveHash.ShouldBe(world.StableHash);
        world.Message.ShouldBe("InconclusiveAnalysisRun");
    }

    [Fact]
    public async Task A_run_that_is_terminated_by_hand_counts_as_successful()
    {
        await using var world = await InstalledAsync(pre: "smoke", outcome: "Failed");
        await world.SetImageAsync("storefront:1.1.0");
        await world.UntilAsync(() => Status(world, "pre") == "Running");

        var name = world.Items(Resources.AnalysisRun).Single()["metadata"]!["name"]!.GetValue<string>();
        world.Store.Update(
            Resources.AnalysisRun,
            ControllerWorld.Namespace,
            name,
            run =>
            {
                run["spec"]!["terminate"] = true;
                return run;
            }
        );
        await world.UntilAsync(() => world.IsPaused);

        Status(world, "pre").ShouldBe("Successful");
        world.Message.ShouldBe("BlueGreenPause");
    }

    [Fact]
    public async Task The_new_version_is_stable_only_after_the_analysis_after_the_switch()
    {
        await using var world = await InstalledAsync(post: "latency", outcome: "Successful");
        var old = world.StableHash;
        await world.ReleaseAsync("storefront:1.1.0");
        await world.PromoteAsync();
        await world.UntilAsync(() => Status(world, "post") == "Running");

        world.ActiveHash.ShouldBe(world.CurrentHash);
        world.StableHash.ShouldBe(old);
        world.Phase.ShouldBe("Progressing");
        world.Message.ShouldBe("waiting for analysis to complete");
        await world.UntilAsync(() => world.Phase == "Healthy");

        world.StableHash.ShouldBe(world.CurrentHash);
        world.Items(Resources.AnalysisRun).Single()["metadata"]!["name"]!.GetValue<string>().ShouldEndWith("-2-post");
    }

    [Fact]
    public async Task A_failure_after_the_switch_aborts_and_switches_back()
    {
        await using var world = await InstalledAsync(post: "latency", outcome: "Failed");
        await world.ReleaseAsync("storefront:1.1.0");
        await world.PromoteAsync();
        await world.UntilAsync(() => world.Phase == "Degraded");
        await world.PassSecondsAsync(1);

        world.Message.ShouldStartWith(
            "RolloutAborted: Rollout aborted update to revision 2: Blue/green post-promotion analysis phase error/failed"
        );
        world.ActiveHash.ShouldBe(world.StableHash);
        world.ActiveHash.ShouldNotBe(world.CurrentHash);
        Status(world, "post").ShouldBe("Failed");
    }

    [Fact]
    public async Task An_abort_during_the_analysis_after_the_switch_switches_back()
    {
        await using var world = await InstalledAsync(post: "latency", outcome: "Successful");
        await world.ReleaseAsync("storefront:1.1.0");
        await world.PromoteAsync();
        await world.UntilAsync(() => Status(world, "post") == "Running");

        await world.AbortAsync();
        await world.PassSecondsAsync(1);

        world.Phase.ShouldBe("Degraded");
        world.ActiveHash.ShouldBe(world.StableHash);
        world.Items(Resources.AnalysisRun).Single()["status"]!["message"]!
            .GetValue<string>()
            .ShouldBe("Run Terminated");
    }

    [Fact]
    public async Task A_full_promotion_skips_both_analyses()
    {
        await using var world = await InstalledAsync(pre: "smoke", post: "latency", outcome: "Failed");
        await world.SetImageAsync("storefront:1.1.0");

        await world.PromoteFullAsync();
        await world.UntilAsync(() => world.Phase == "Healthy");

        world.StableHash.ShouldBe(world.CurrentHash);
        world.Items(Resources.AnalysisRun).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_first_install_runs_no_analysis()
    {
        await using var world = await InstalledAsync(pre: "smoke", post: "latency", outcome: "Failed");

        world.Items(Resources.AnalysisRun).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_arguments_of_a_template_choose_the_outcome()
    {
        await using var world = new ControllerWorld();
        world.Store.Create(Resources.AnalysisTemplate, Template("smoke", "Failed", "2"));
        await world.InstallAsync(ControllerWorld.App() with { PrePromotionTemplate = "smoke" });
        await world.SetImageAsync("storefront:1.1.0");
        await world.UntilAsync(() => world.Phase == "Degraded");

        world.Message.ShouldContain("Metric \"success-rate\" assessed Failed");
    }

    private static JsonObject Template(string name, string result, string seconds) =>
        new()
        {
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = ControllerWorld.Namespace },
            ["spec"] = new JsonObject
            {
                ["args"] = new JsonArray(
                    new JsonObject { ["name"] = "result", ["value"] = result },
                    new JsonObject { ["name"] = "duration-seconds", ["value"] = seconds }
                ),
                ["metrics"] = new JsonArray(new JsonObject { ["name"] = "success-rate" }),
            },
        };

    private static string Status(ControllerWorld world, string when) =>
        world.Text("status", "blueGreen", $"{when}PromotionAnalysisRunStatus", "status");

    private static async Task<ControllerWorld> InstalledAsync(
        string outcome,
        string? pre = null,
        string? post = null,
        Queue<string>? outcomes = null
    )
    {
        var options = new ControllerOptions
        {
            Analysis = _ => new AnalysisOutcome(outcomes?.Dequeue() ?? outcome, Takes),
        };
        var world = new ControllerWorld(options);
        await world.InstallAsync(
            ControllerWorld.App() with
            {
                PrePromotionTemplate = pre,
                PostPromotionTemplate = post,
            }
        );
        return world;
    }
}
