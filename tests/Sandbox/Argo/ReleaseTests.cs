using Devflow.ChatOps.Sandbox.Argo;
using Devflow.ChatOps.Sandbox.Kubernetes;

namespace Devflow.ChatOps.Tests.Sandbox.Argo;

/// <summary>What the recordings do not show, or show only in passing.</summary>
public sealed class ReleaseTests
{
    [Fact]
    public async Task A_newer_version_during_a_pause_is_for_a_moment_served_as_observed_with_the_old_hash_and_pause()
    {
        await using var world = new ControllerWorld();
        await world.InstallAsync();
        await world.ReleaseAsync("storefront:1.1.0");
        var superseded = world.CurrentHash;
        var before = world.States.Count;

        await world.ReleaseAsync("storefront:1.2.0");

        world
            .States.Skip(before)
            .ShouldContain(state =>
                state["metadata"]!["generation"]!.ToString() == state["status"]!["observedGeneration"]!.ToString()
                && state["spec"]!["template"]!["spec"]!["containers"]![0]!["image"]!.ToString() == "storefront:1.2.0"
                && state["status"]!["phase"]!.ToString() == "Paused"
                && state["status"]!["currentPodHash"]!.ToString() == superseded
                && state["status"]!["pauseConditions"] != null
            );
        world.PreviewHash.ShouldBe(world.CurrentHash);
        world.CurrentHash.ShouldNotBe(superseded);
        world.ReplicaSet(superseded)["metadata"]!["annotations"]!["scale-down-deadline"].ShouldNotBeNull();
    }

    [Fact]
    public async Task Releasing_a_superseded_version_again_within_its_delay_goes_live_without_a_pause()
    {
        await using var world = new ControllerWorld();
        await world.InstallAsync();
        await world.ReleaseAsync("storefront:1.1.0");
        await world.ReleaseAsync("storefront:1.2.0");

        await world.SetImageAsync("storefront:1.1.0");
        await world.UntilAsync(() => world.Phase == "Healthy");

        world.CurrentImage().ShouldBe("storefront:1.1.0");
        world.ActiveHash.ShouldBe(world.CurrentHash);
        world.Triggers.Count(trigger => trigger == "on-rollout-paused").ShouldBe(2);
    }

    [Theory]
    [InlineData("storefront:1.1.0-broken", "ImagePullBackOff")]
    [InlineData("storefront:1.1.0-crash", "CrashLoopBackOff")]
    public async Task Pods_say_why_they_never_become_ready(string image, string reason)
    {
        await using var world = new ControllerWorld();
        await world.InstallAsync();
        await world.SetImageAsync(image);
        await world.PassSecondsAsync(5);

        var pods = world
            .Items(Resources.Pod)
            .Where(pod => pod["metadata"]!["labels"]!["rollouts-pod-template-hash"]!.ToString() == world.CurrentHash);
        pods.Select(pod => pod["status"]!["containerStatuses"]![0]!["state"]!["waiting"]!["reason"]!.ToString())
            .ShouldBe([reason, reason]);
        world.Phase.ShouldBe("Progressing");
    }

    [Fact]
    public async Task A_slow_image_is_paused_later()
    {
        await using var world = new ControllerWorld(
            new ControllerOptions { SlowPodReadyAfter = TimeSpan.FromSeconds(12) }
        );
        await world.InstallAsync();
        await world.SetImageAsync("storefront:1.1.0-slow");
        await world.PassSecondsAsync(11);
        world.Phase.ShouldBe("Progressing");

        await world.PassSecondsAsync(2);

        world.IsPaused.ShouldBeTrue();
    }

    [Fact]
    public async Task Pods_that_start_to_crash_during_a_pause_hold_the_switch_until_they_recover()
    {
        await using var world = new ControllerWorld();
        await world.InstallAsync();
        await world.ReleaseAsync("storefront:1.1.0");

        world.Controller.BreakPods(ControllerWorld.Namespace, world.CurrentHash);
        await world.PassSecondsAsync(1);
        world.IsPaused.ShouldBeTrue();
        world.ReplicaSet(world.CurrentHash)["status"]!["readyReplicas"].ShouldBeNull();
        await world.PromoteAsync();
        await world.PassSecondsAsync(1);
        world.ActiveHash.ShouldBe(world.StableHash);

        world.Controller.HealPods(ControllerWorld.Namespace, world.CurrentHash);
        await world.PassSecondsAsync(5);
        world.ReplicaSet(world.CurrentHash)["status"]!["readyReplicas"]!.GetValue<int>().ShouldBe(2);
    }

    [Fact]
    public async Task Without_the_fault_a_promote_just_after_the_pause_is_heard()
    {
        await using var world = new ControllerWorld();
        await world.InstallAsync();
        await world.ReleaseAsync("storefront:1.1.0");

        await world.PromoteAsync();

        world.Phase.ShouldBe("Healthy");
    }

    [Fact]
    public async Task With_the_fault_switched_on_for_it_a_Rollout_loses_only_promotes_that_come_at_once()
    {
        await using var world = new ControllerWorld();
        world.Controller.SwallowPromotes(ControllerWorld.Namespace, ControllerWorld.Name);
        await world.InstallAsync();
        await world.ReleaseAsync("storefront:1.1.0");
        await world.PromoteAsync();
        await world.PassSecondsAsync(60);
        world.Phase.ShouldBe("Paused");
        world.IsPaused.ShouldBeFalse();

        await world.AnnotateAsync("example.com/touched", "1");
        world.Phase.ShouldBe("Healthy");
        await world.ReleaseAsync("storefront:1.2.0");
        await world.PassSecondsAsync(1);
        await world.PromoteAsync();

        world.Phase.ShouldBe("Healthy");
    }

    [Fact]
    public async Task A_deleted_Rollout_takes_its_ReplicaSets_and_Pods_with_it()
    {
        await using var world = new ControllerWorld();
        await world.InstallAsync();

        world.Store.Delete(Resources.Rollout, ControllerWorld.Namespace, ControllerWorld.Name);
        await world.PassSecondsAsync(3);

        world.Items(Resources.ReplicaSet).ShouldBeEmpty();
        world.Items(Resources.Pod).ShouldBeEmpty();
        world.Items(Resources.Service).Count.ShouldBe(2);
        foreach (var service in world.Items(Resources.Service))
        {
            // As in recording 14.
            service["spec"]!["selector"]!.ToJsonString().ShouldBe("{\"app\":\"storefront\"}");
            service["metadata"]!["annotations"]?["argo-rollouts.argoproj.io/managed-by-rollouts"].ShouldBeNull();
        }
    }

    [Fact]
    public async Task A_Rollout_that_is_made_again_is_a_first_install()
    {
        await using var world = new ControllerWorld();
        await world.InstallAsync();
        world.Store.Delete(Resources.Rollout, ControllerWorld.Namespace, ControllerWorld.Name);
        await world.PassSecondsAsync(3);
        var seen = world.States.Count;

        await world.InstallAsync(ControllerWorld.App() with { Image = "storefront:2.0.0" });

        world.States.Skip(seen).Count(state => state["status"]?["pauseConditions"] is not null).ShouldBe(0);
        world.ActiveHash.ShouldBe(world.CurrentHash);
        await world.ReleaseAsync("storefront:2.1.0");
        world.IsPaused.ShouldBeTrue();
    }

    [Fact]
    public async Task A_Rollout_that_is_made_again_at_once_keeps_its_Services()
    {
        await using var world = new ControllerWorld();
        await world.InstallAsync();
        await world.Controller.DisposeAsync();
        world.Store.Delete(Resources.Rollout, ControllerWorld.Namespace, ControllerWorld.Name);
        var (active, app) = (world.ActiveHash, ControllerWorld.App() with { Image = "storefront:2.0.0" });
        app.CreateIn(world.Store);

        await using var second = new RolloutsController(world.Store, world.Clock);
        await second.WhenIdleAsync();

        world.ActiveHash.ShouldBe(active);
    }

    [Fact]
    public async Task A_Service_that_a_Rollout_leaves_for_another_is_cleaned()
    {
        await using var world = new ControllerWorld();
        await world.InstallAsync();

        await world.ChangeAsync(json => json["spec"]!["strategy"]!["blueGreen"]!.AsObject().Remove("previewService"));

        world.PreviewHash.ShouldBe("");
        world.ActiveHash.ShouldBe(world.CurrentHash);
    }

    [Fact]
    public async Task A_controller_that_starts_on_a_filled_store_goes_on_where_the_last_one_stopped()
    {
        await using var world = new ControllerWorld();
        await world.InstallAsync();
        await world.ReleaseAsync("storefront:1.1.0");
        await world.Controller.DisposeAsync();
        await world.PromoteAsync();

        await using var second = new RolloutsController(world.Store, world.Clock);
        await second.WhenIdleAsync();

        world.Phase.ShouldBe("Healthy");
        world.ActiveHash.ShouldBe(world.CurrentHash);
    }

    [Fact]
    public async Task Pods_that_are_ready_stay_so_when_the_next_controller_takes_them_over()
    {
        await using var world = new ControllerWorld();
        await world.InstallAsync();
        await world.ReleaseAsync("storefront:1.1.0");
        await world.Controller.DisposeAsync();
        var seen = world.States.Count;

        await using var second = new RolloutsController(world.Store, world.Clock);
        foreach (var _ in Enumerable.Range(0, 100))
        {
            await second.WhenIdleAsync();
            world.Clock.Advance(TimeSpan.FromMilliseconds(50));
        }

        world.States.Count.ShouldBe(seen, "a preview that is ready is left alone");
        await world.PromoteAsync();
        await second.WhenIdleAsync();
        world.Phase.ShouldBe("Healthy");
    }

    [Fact]
    public async Task With_a_step_delay_the_small_states_stay_visible_for_that_long()
    {
        await using var world = new ControllerWorld(
            new ControllerOptions { StepDelay = TimeSpan.FromMilliseconds(100) }
        );
        await world.InstallAsync();
        await world.ReleaseAsync("storefront:1.1.0");
        await world.PassSecondsAsync(1);

        await world.PromoteAsync();

        world.Phase.ShouldBe("Paused");
        world.IsPaused.ShouldBeFalse();
        await world.PassAsync(TimeSpan.FromMilliseconds(110));
        world.Message.ShouldBe("active service cutover pending");
        await world.PassAsync(TimeSpan.FromMilliseconds(110));
        world.Phase.ShouldBe("Healthy");
    }
}
