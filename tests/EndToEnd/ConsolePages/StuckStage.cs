using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Sandbox.Kubernetes;
using Devflow.ChatOps.Tests.EndToEnd.Faults;
using Devflow.ChatOps.Tests.EndToEnd.World;
using static Devflow.ChatOps.Tests.EndToEnd.World.WorldCatalog;

namespace Devflow.ChatOps.Tests.EndToEnd.ConsolePages;

/// <summary>A world in which a command, or a patch, has been given up.</summary>
internal sealed class StuckStage : IAsyncDisposable
{
    private bool isBroken;

    private StuckStage() { }

    public ReleaseWorld World { get; private set; } = null!;

    /// <summary>alice's promote of v2 failed seven times; what made it fail is mended.</summary>
    public static async Task<StuckStage> WithCommandAsync()
    {
        var stage = await StartAsync();
        stage.isBroken = true;
        await stage.World.TypeAndReadAtOnceAsync(Alice, "/promote my-app");
        for (var minutes = 0; minutes < 8; minutes++)
        {
            await stage.PassAsync(TimeSpan.FromMinutes(1));
        }

        stage.isBroken = false;
        await stage.PassAsync(TimeSpan.FromMinutes(1));
        (await stage.World.Store.StuckCommandsAsync(null, 10, CancellationToken.None)).ShouldHaveSingleItem();
        return stage;
    }

    /// <summary>The abort of v2 was not taken for a day; the cluster takes patches again.</summary>
    public static async Task<StuckStage> WithPatchAsync()
    {
        var stage = await StartAsync();
        stage.World.Cluster.Fault = request => request.Method == "PATCH" ? new Fault.Answer(503) : null;
        await stage.World.TypeAndReadAtOnceAsync(Alice, "/rollback my-app errors");
        for (var hours = 0; hours < 27; hours++)
        {
            await stage.PassAsync(TimeSpan.FromHours(1));
        }

        stage.World.Cluster.Fault = null;
        (await stage.World.JobAsync())!.Outbox.ShouldContain(entry => entry.IsStuck);
        return stage;
    }

    /// <summary>Time passes, and the service does what is due.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        World.Clock.Skip(time);
        while (await World.SweepAsync())
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }
    }

    public ValueTask DisposeAsync() => World.DisposeAsync();

    private static async Task<StuckStage> StartAsync()
    {
        var stage = new StuckStage();
        stage.World = await ReleaseWorld.StartAsync(
            new WorldOptions
            {
                RunsLoop = false,
                Expects = error =>
                    error.Contains("stuck", StringComparison.Ordinal)
                    || error.Contains("Working on prod/shop/my-app failed", StringComparison.Ordinal),
                Store = inner =>
                    OddStore.Around(
                        inner,
                        (verb, _) =>
                            stage.isBroken && verb == nameof(ILocks.FindLockAsync) ? Failing.Before : Failing.Not,
                        _ => new InvalidOperationException("A defect; password=hunter2")
                    ),
            }
        );
        await stage.PassAsync(TimeSpan.FromMinutes(1));
        await stage.World.ShipAsync("v2");
        await stage.World.WhenPausedAsync("v2");
        await stage.World.HintAsync();
        await stage.PassAsync(TimeSpan.FromMinutes(1));
        (await stage.World.JobAsync())!.Status.ShouldBe(JobStatus.AwaitingApproval);
        return stage;
    }
}
