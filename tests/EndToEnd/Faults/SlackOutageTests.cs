using System.Net;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Sandbox.Slack;
using Devflow.ChatOps.Tests.EndToEnd.World;
using static Devflow.ChatOps.Tests.EndToEnd.World.WorldCatalog;

namespace Devflow.ChatOps.Tests.EndToEnd.Faults;

/// <summary>Slack is away for an hour in the middle of some releases.</summary>
public sealed class SlackOutageTests
{
    private static readonly TimeSpan step = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task After_an_hour_without_Slack_every_card_and_its_thread_catch_up_in_one_go_within_a_minute()
    {
        WorldApp[] apps = [new("one"), new("two"), new("three"), new("four")];
        await using var world = await ReleaseWorld.StartAsync(
            new WorldOptions
            {
                Apps = apps,
                RunsLoop = false,
                Notifies = false,
            }
        );
        await SweepAsync(world);
        foreach (var app in apps)
        {
            await world.ShipAsync("v2", app: app);
            await world.WhenPausedAsync("v2", app);
            await world.HintAsync(app);
        }

        await PassAsync(world, TimeSpan.FromMinutes(2));
        var told = apps.Select(app => world.Thread(app).Count).ToArray();
        apps.ShouldAllBe(app => SlackTexts.Of(world.Card(app)!.Content).Contains("waiting for approval"));
        var callsBefore = world.Slack.Log.Calls.Count;
        world.Slack.Faults = _ => new SlackFault.Status(HttpStatusCode.ServiceUnavailable);

        foreach (var app in apps)
        {
            // What Slack sends still arrives, and the answer goes out with the response.
            (await world.TypeAsync(Alice, $"/promote {app.Name}", app: app)).Text.ShouldBe("alice promoted v2.");
        }

        await PassAsync(world, TimeSpan.FromHours(1));
        foreach (var app in apps)
        {
            (await world.JobAsync(app))!.Status.ShouldBe(JobStatus.Succeeded, "releases go on without Slack");
            SlackTexts.Of(world.Card(app)!.Content).ShouldNotContain("live");
        }

        var calls = world.Slack.Log.Calls.Count - callsBefore;
        calls.ShouldBeInRange(60, 60 * 4 + 20, "a probe every quarter of a minute, not each card by itself");

        world.Slack.Faults = null;
        await PassAsync(world, TimeSpan.FromMinutes(1) + step);
        foreach (var (index, app) in apps.Index())
        {
            world.Cards(app).ShouldHaveSingleItem();
            SlackTexts.Of(world.Card(app)!.Content).ShouldContain($"{app.Name} · production · v2 · live");
            (world.Thread(app).Count - told[index]).ShouldBeInRange(1, 2, string.Join('\n', world.Thread(app)));
            world.Thread(app).ShouldBeUnique();
        }
    }

    private static async Task PassAsync(ReleaseWorld world, TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += step)
        {
            world.Clock.Skip(step);
            await SweepAsync(world);
        }
    }

    private static async Task SweepAsync(ReleaseWorld world)
    {
        while (await world.SweepAsync())
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }
    }
}
