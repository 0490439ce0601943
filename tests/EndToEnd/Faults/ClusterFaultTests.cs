using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Sandbox.Kubernetes;
using Devflow.ChatOps.Tests.EndToEnd.World;
using static Devflow.ChatOps.Tests.EndToEnd.World.WorldCatalog;

namespace Devflow.ChatOps.Tests.EndToEnd.Faults;

/// <summary>An API server that throttles, fails, hangs or takes its time; what single requests do is tested at the adapter.</summary>
public sealed class ClusterFaultTests
{
    private static readonly TimeSpan patience = TimeSpan.FromMinutes(4);

    [Fact]
    public async Task A_cluster_that_answers_429_is_not_read_again_before_the_time_that_it_says()
    {
        await using var world = await ReleaseWorld.StartAsync(new WorldOptions { RunsLoop = false, Notifies = false });
        await SweepAsync(world);
        await world.ShipAsync("v2");
        await world.WhenPausedAsync("v2");
        world.Cluster.Fault = _ => new Fault.Answer(429, TimeSpan.FromSeconds(90));
        await world.HintAsync();
        await SweepAsync(world);
        var reads = world.Reads();

        world.Clock.Skip(TimeSpan.FromSeconds(60));
        await SweepAsync(world);
        world.Reads().ShouldBe(reads, "90 s have not passed");
        await world.HintAsync();
        await SweepAsync(world);
        world.Reads().ShouldBe(reads, "a new hint is no reason to ask sooner");

        world.Cluster.Fault = null;
        world.Clock.Skip(TimeSpan.FromSeconds(31));
        await SweepAsync(world);
        (await world.JobAsync())!.Status.ShouldBe(JobStatus.AwaitingApproval);
    }

    [Theory]
    [InlineData("slow")]
    [InlineData("failing")]
    [InlineData("losing answers")]
    [InlineData("all of it")]
    public async Task A_release_ends_the_same_in_a_cluster_that_is(string trouble)
    {
        await using var world = await ReleaseWorld.StartAsync();
        await world.WhenSeenAsync();
        var requests = 0;
        world.Cluster.Fault = _ =>
        {
            var number = Interlocked.Increment(ref requests);
            return (trouble, number % 7) switch
            {
                ("slow", _) => new Fault.Delay(TimeSpan.FromMilliseconds(300)),
                ("failing", 2) => new Fault.Answer(500),
                ("failing", 5) => new Fault.Answer(429, TimeSpan.FromSeconds(1)),
                ("losing answers", 3) => new Fault.LoseAnswer(),
                ("all of it", 1) => new Fault.Answer(503),
                ("all of it", 3) => new Fault.LoseAnswer(),
                ("all of it", 4) => new Fault.Delay(TimeSpan.FromMilliseconds(300)),
                ("all of it", 6) => new Fault.Cut(),
                _ => null,
            };
        };

        await world.ShipAsync("v2");
        await WhenAsync(world, job => job.DisplayVersion == "v2" && job.Status == JobStatus.AwaitingApproval);
        for (var job = await world.JobAsync(); job!.Promotion is null; job = await world.JobAsync())
        {
            var reply = await world.TypeAsync(Alice, "/promote my-app");
            reply.Status.ShouldBe(200);
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }

        var done = await WhenAsync(world, job => job.DisplayVersion == "v2" && job.Status == JobStatus.Succeeded);
        world.Cluster.Fault = null;
        done.Steps.ShouldAllBe(step => step.Status == StepStatus.Succeeded || step.Status == StepStatus.Skipped);
        world.Patches().Count(patch => patch.Status == 200).ShouldBe(1);
        world.LiveImage().ShouldBe(world.App.Image("v2"));
        world.Cards().ShouldHaveSingleItem();
        world.Thread().ShouldBeUnique();
    }

    [Theory]
    [InlineData(-30)]
    [InlineData(30)]
    public async Task A_clock_that_differs_from_the_clusters_by_minutes_changes_nothing(int minutes)
    {
        await using var world = await ReleaseWorld.StartAsync();
        world.Clock.Skip(TimeSpan.FromMinutes(minutes));
        await world.ReadyAsync();
        (await world.TypeAsync(Alice, "/promote my-app")).Text.ShouldBe("alice promoted v2.");

        await world.WhenAsync("v2", JobStatus.Succeeded);
        var done = await world.WhenToldAsync();

        done.Steps.ShouldAllBe(step => step.Status == StepStatus.Succeeded || step.Status == StepStatus.Skipped);
        world.Patches().ShouldHaveSingleItem();
        string[] texts = [SlackTexts.Of(world.Card()!.Content), .. world.Thread()];
        texts.ShouldAllBe(text => !System.Text.RegularExpressions.Regex.IsMatch(text, @"-\d+ ?(s|min|h|d)\b"));
    }

    private static Task<Job> WhenAsync(ReleaseWorld world, Func<Job, bool> isSo) =>
        world.WhenAsync(async () => await world.JobAsync() is { } job && isSo(job) ? job : null, "the Job", patience);

    private static async Task SweepAsync(ReleaseWorld world)
    {
        while (await world.SweepAsync())
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }
    }
}
