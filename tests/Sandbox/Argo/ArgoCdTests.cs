using System.Text.Json.Nodes;
using Devflow.ChatOps.Sandbox.Argo;
using Devflow.ChatOps.Sandbox.Kubernetes;

namespace Devflow.ChatOps.Tests.Sandbox.Argo;

/// <summary>The Application beside the Rollout.</summary>
public sealed class ArgoCdTests
{
    private const string First = "1111111111111111111111111111111111111111";
    private const string Second = "2222222222222222222222222222222222222222";

    [Fact]
    public async Task A_sync_runs_applies_the_image_and_succeeds_and_the_pause_is_Suspended()
    {
        await using var setup = await Setup.InstalledAsync();
        setup.Text("status", "health", "status").ShouldBe("Healthy");

        var sync = setup.ArgoCd.SyncAsync("my-app-production", "storefront:1.1.0", Second);
        setup.Text("status", "operationState", "phase").ShouldBe("Running");
        setup.World.CurrentImage().ShouldBe("storefront:1.0.0");
        await setup.FinishAsync(sync);
        await setup.UntilAsync(() => setup.World.IsPaused);

        setup.Text("status", "operationState", "phase").ShouldBe("Succeeded");
        setup.Text("status", "operationState", "syncResult", "revision").ShouldBe(Second);
        setup.Text("status", "operationState", "finishedAt").ShouldNotBeEmpty();
        setup.Text("status", "sync", "status").ShouldBe("Synced");
        setup.Text("status", "sync", "revision").ShouldBe(Second);
        setup.Text("status", "health", "status").ShouldBe("Suspended");
        await setup.World.PromoteAsync();
        await setup.ArgoCd.WhenIdleAsync();

        setup.Text("status", "health", "status").ShouldBe("Healthy");
        setup.Told.ShouldBe([
            "on-sync-running my-app-production",
            "on-sync-succeeded my-app-production",
            "on-deployed my-app-production",
        ]);
    }

    [Fact]
    public async Task An_abort_is_Degraded_but_stays_Synced()
    {
        await using var setup = await Setup.InstalledAsync();
        await setup.FinishAsync(setup.ArgoCd.SyncAsync("my-app-production", "storefront:1.1.0", Second));
        await setup.UntilAsync(() => setup.World.IsPaused);

        await setup.World.AbortAsync();
        await setup.ArgoCd.WhenIdleAsync();

        setup.Text("status", "health", "status").ShouldBe("Degraded");
        setup.Text("status", "sync", "status").ShouldBe("Synced");
        setup.Told.ShouldContain("on-health-degraded my-app-production");
    }

    [Fact]
    public async Task A_failed_sync_says_why_and_applies_nothing()
    {
        await using var setup = await Setup.InstalledAsync();
        setup.ArgoCd.FailNextSync("my-app-production", "one or more objects failed to apply");

        await setup.FinishAsync(setup.ArgoCd.SyncAsync("my-app-production", "storefront:1.1.0", Second));

        setup.Text("status", "operationState", "phase").ShouldBe("Failed");
        setup.Text("status", "operationState", "message").ShouldBe("one or more objects failed to apply");
        setup.Text("status", "sync", "status").ShouldBe("OutOfSync");
        setup.World.Rollout.ToJsonString().ShouldNotContain("storefront:1.1.0");
        setup.Told.ShouldBe(["on-sync-running my-app-production", "on-sync-failed my-app-production"]);
    }

    [Fact]
    public async Task A_sync_of_a_Rollout_that_is_gone_fails()
    {
        await using var setup = await Setup.InstalledAsync();
        setup.World.Store.Delete(Resources.Rollout, ControllerWorld.Namespace, ControllerWorld.Name);

        await setup.FinishAsync(setup.ArgoCd.SyncAsync("my-app-production", "storefront:1.1.0", Second));

        setup.Text("status", "operationState", "phase").ShouldBe("Failed");
        setup.Text("status", "operationState", "message")!.ShouldContain("not found");
        setup.ArgoCd.LastSynced("my-app-production").ShouldBe(Second);
    }

    [Fact]
    public async Task Without_self_heal_an_undo_stays_and_is_OutOfSync()
    {
        await using var setup = await Setup.InstalledAsync();
        await setup.World.SetImageAsync("storefront:0.9.0");
        await setup.UntilAsync(() => setup.World.IsPaused);

        await setup.World.PassSecondsAsync(30);
        await setup.ArgoCd.WhenIdleAsync();

        setup.Text("status", "sync", "status").ShouldBe("OutOfSync");
        setup.World.CurrentImage().ShouldBe("storefront:0.9.0");
    }

    [Fact]
    public async Task Self_heal_takes_a_change_back_that_Git_does_not_know()
    {
        await using var setup = await Setup.InstalledAsync(TimeSpan.FromSeconds(5));
        await setup.World.SetImageAsync("storefront:0.9.0");
        await setup.ArgoCd.WhenIdleAsync();
        await setup.World.PassSecondsAsync(4.5);
        setup.World.Rollout.ToJsonString().ShouldContain("storefront:0.9.0");

        await setup.World.PassSecondsAsync(1);
        await setup.UntilAsync(() =>
            setup.World.Phase == "Healthy" && setup.World.CurrentImage() == "storefront:1.0.0"
        );

        setup.Text("status", "sync", "status").ShouldBe("Synced");
    }

    private sealed class Setup : IAsyncDisposable
    {
        private readonly List<string> told = [];

        private Setup(TimeSpan? selfHealAfter)
        {
            World = new ControllerWorld();
            ArgoCd = new ArgoCd(
                World.Store,
                World.Clock,
                new ArgoCdOptions { SelfHealAfter = selfHealAfter },
                (trigger, application) =>
                {
                    lock (told)
                    {
                        told.Add($"{trigger} {application}");
                    }
                }
            );
        }

        public ControllerWorld World { get; }

        public ArgoCd ArgoCd { get; }

        public IReadOnlyList<string> Told
        {
            get
            {
                lock (told)
                {
                    return [.. told];
                }
            }
        }

        public static async Task<Setup> InstalledAsync(TimeSpan? selfHealAfter = null)
        {
            var setup = new Setup(selfHealAfter);
            await setup.World.InstallAsync();
            setup.ArgoCd.Add(
                new ArgoCdApp("my-app-production", ControllerWorld.Namespace, ControllerWorld.Name),
                First
            );
            await setup.ArgoCd.WhenIdleAsync();
            return setup;
        }

        public async Task FinishAsync(Task sync)
        {
            World.Clock.Advance(TimeSpan.FromSeconds(1));
            await sync;
            await World.Controller.WhenIdleAsync();
            await ArgoCd.WhenIdleAsync();
        }

        public async Task UntilAsync(Func<bool> holds)
        {
            await World.UntilAsync(holds);
            await ArgoCd.WhenIdleAsync();
        }

        public string Text(params string[] path)
        {
            JsonNode? node = World.Store.Get(Resources.Application, ArgoCd.ApplicationNamespace, "my-app-production");
            foreach (var key in path)
            {
                node = (node as JsonObject)?[key];
            }

            return node?.ToString() ?? "";
        }

        public async ValueTask DisposeAsync()
        {
            await ArgoCd.DisposeAsync();
            await World.DisposeAsync();
        }
    }
}
