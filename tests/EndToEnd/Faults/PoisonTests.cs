using System.Collections.Concurrent;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Tests.EndToEnd.World;
using static Devflow.ChatOps.Tests.EndToEnd.World.WorldCatalog;

namespace Devflow.ChatOps.Tests.EndToEnd.Faults;

/// <summary>One Rollout on which the loop cannot work, for a reason that nobody foresaw, holds up no other.</summary>
public sealed class PoisonTests
{
    private const int Poisoned = 20;

    [Fact]
    public async Task Rollouts_that_cannot_be_worked_on_hold_up_no_other_and_are_told_ever_more_seldom()
    {
        var poison = Enumerable.Range(1, Poisoned).Select(number => new WorldApp($"poison-{number}")).ToList();
        var names = poison.Select(app => ReleaseWorld.RefOf(app).ToString()).ToHashSet();
        var isHealed = false;
        var looks = new ConcurrentQueue<string>();
        await using var world = await ReleaseWorld.StartAsync(
            new WorldOptions
            {
                Apps = [new WorldApp(), .. poison],
                RunsLoop = false,
                Expects = error => error.Contains("Working on prod/shop/poison-", StringComparison.Ordinal),
                Store = inner =>
                    OddStore.Around(
                        inner,
                        (verb, rollout) =>
                        {
                            var isPoison =
                                verb == nameof(IJobs.JobsOfAsync) && rollout is not null && names.Contains(rollout);
                            if (isPoison && !isHealed)
                            {
                                looks.Enqueue(rollout!);
                                return Failing.Before;
                            }

                            return Failing.Not;
                        },
                        _ => new InvalidOperationException("A Rollout that the mapper does not understand.")
                    ),
            }
        );
        await SweepAsync(world);
        looks.Count.ShouldBe(Poisoned, "each was looked at once, and then waits");

        // More of them than one round takes, and each hinted at again and again, as a controller in distress does.
        for (var round = 2; round <= 8; round++)
        {
            foreach (var app in poison)
            {
                await world.HintAsync(app);
            }

            await SweepAsync(world);
            looks.Count.ShouldBe(Poisoned * round);
        }

        await world.ShipAsync("v2");
        await world.WhenPausedAsync("v2");
        await SweepAsync(world);
        (await world.JobAsync())!.Status.ShouldBe(JobStatus.AwaitingApproval);
        (await world.TypeAsync(Alice, "/promote my-app")).Text.ShouldBe("alice promoted v2.");

        var told = world.Log.Where(line =>
            line.Contains("Working on prod/shop/poison-1 failed", StringComparison.Ordinal)
        );
        told.Count().ShouldBe(4, "of eight failures the 1st, 2nd, 4th and 8th are told");
        var before = looks.Count;
        world.Clock.Skip(TimeSpan.FromMinutes(4));
        await SweepAsync(world);
        looks.Count.ShouldBeLessThanOrEqualTo(
            before + Poisoned,
            "what was never seen is looked at with every sweep, once"
        );

        isHealed = true;
        world.Clock.Skip(TimeSpan.FromMinutes(2));
        await SweepAsync(world);
        foreach (var app in poison)
        {
            (await world.JobAsync(app))!.Source.ShouldBe(JobSource.Baseline);
        }
    }

    [Fact]
    public async Task A_round_that_fails_for_a_reason_that_nobody_foresaw_is_told_and_the_loop_goes_on()
    {
        var rounds = 0;
        await using var world = await ReleaseWorld.StartAsync(
            new WorldOptions
            {
                Expects = error => error.Contains("A round of the loop failed", StringComparison.Ordinal),
                Store = inner =>
                    OddStore.Around(
                        inner,
                        (verb, _) =>
                            verb == nameof(IWork.DueAsync) && Interlocked.Increment(ref rounds) is 1 or 3
                                ? Failing.Before
                                : Failing.Not,
                        _ => new FormatException("A row that nobody can read.")
                    ),
            }
        );

        await world.ReadyAsync();
        (await world.TypeAsync(Alice, "/promote my-app")).Text.ShouldBe("alice promoted v2.");
        await world.WhenAsync("v2", JobStatus.Succeeded);

        world.Log.Count(line => line.Contains("A round of the loop failed", StringComparison.Ordinal)).ShouldBe(2);
    }

    [Fact]
    public async Task A_row_that_is_due_whatever_is_left_out_holds_up_no_round()
    {
        await using var world = await ReleaseWorld.StartAsync(
            new WorldOptions { RunsLoop = false, Store = StubbornStore.Around }
        );
        await world.ShipAsync("v2");
        await world.WhenPausedAsync("v2");

        // Each ends, although there is always something due.
        for (var round = 0; round < 3; round++)
        {
            await world.SweepAsync().WaitAsync(ReleaseWorld.Limit, TestContext.Current.CancellationToken);
        }

        (await world.JobAsync())!.DisplayVersion.ShouldBe("v2");
    }

    private static async Task SweepAsync(ReleaseWorld world)
    {
        while (await world.SweepAsync())
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }
    }
}
