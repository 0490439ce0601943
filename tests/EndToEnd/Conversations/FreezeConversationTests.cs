using System.Globalization;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Tests.EndToEnd.World;
using static Devflow.ChatOps.Tests.EndToEnd.World.WorldCatalog;

namespace Devflow.ChatOps.Tests.EndToEnd.Conversations;

/// <summary>A card that waits says of a freeze when it begins and when it ends, though nothing happens to the release.</summary>
public sealed class FreezeConversationTests
{
    [Fact]
    public async Task A_card_that_waits_begins_and_ends_to_warn_with_the_freeze()
    {
        var app = new WorldApp { More = $"freeze: [{Window(from: 2, to: 4)}]" };
        await using var world = await ReleaseWorld.StartAsync(new WorldOptions { Apps = [app] });
        await world.ReadyAsync();
        await world.WhenToldAsync();
        SlackTexts.Of(world.Card()!.Content).ShouldNotContain("Frozen");

        world.Clock.Skip(TimeSpan.FromHours(3));
        await world.WhenCardAsync("Frozen");
        (await world.TypeAsync(Alice, "/promote my-app")).Text.ShouldStartWith("Frozen until ");

        world.Clock.Skip(TimeSpan.FromHours(2));
        await world.WhenJobAsync(job => job.Freeze is null, "the freeze is over");
        await world.WhenToldAsync();
        SlackTexts.Of(world.Card()!.Content).ShouldNotContain("Frozen");
        (await world.TypeAsync(Alice, "/promote my-app")).Text.ShouldBe("alice promoted v2.");
        await world.WhenAsync("v2", JobStatus.Succeeded);
    }

    private static string Window(int from, int to) =>
        $"{{ from: {At(from)}, to: {At(to)}, timeZone: Etc/UTC, reason: the sale }}";

    private static string At(int hours) =>
        $"\"{DateTime.UtcNow.AddHours(hours).ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture)}\"";
}
