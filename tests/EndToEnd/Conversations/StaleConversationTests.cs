using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages.Slack;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Tests.EndToEnd.World;
using static Devflow.ChatOps.Tests.EndToEnd.World.WorldCatalog;

namespace Devflow.ChatOps.Tests.EndToEnd.Conversations;

/// <summary>People who speak of something that has passed, and people who speak at the same time.</summary>
public sealed class StaleConversationTests
{
    private const string Stale = "This button is from an earlier state of the release";

    [Fact]
    public async Task A_button_of_a_release_that_was_superseded_is_stale_and_its_card_points_to_the_newer_one()
    {
        await using var world = await ReleaseWorld.StartAsync();
        await world.ReadyAsync();
        await world.WhenToldAsync();
        var card = world.Card()!;
        await world.ReadyAsync("v3");
        await world.WhenToldAsync();

        await world.PressAsync(Alice, CardActions.Promote, card.Versions[^1], card: card);

        await world.WhenWhisperedAsync(Alice, Stale);
        (await world.LastOutcomeAsync()).ShouldBe("stale");
        world.Patches().ShouldBeEmpty();
        var former = await world.WhenAsync(
            () =>
                Task.FromResult(
                    world.Cards() is [var first, var second]
                    && SlackTexts.Of(first.Content) is var text
                    && text.Contains("superseded", StringComparison.Ordinal)
                    && text.Contains($"*Look at* <{LinkOf(second)}|the card of Job", StringComparison.Ordinal)
                        ? first
                        : null
                ),
            "the former card saying that it is superseded, with a link to the newer one"
        );
        Sandbox.Slack.SlackButton.In(former.Content).ShouldNotContain(button => button.ActionId == CardActions.Promote);
        world.Cards().Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_button_of_an_earlier_attempt_is_stale()
    {
        await using var world = await ReleaseWorld.StartAsync();
        await world.ReadyAsync();
        await world.WhenToldAsync();
        var seen = world.Card()!.Versions[^1];
        world.Abort();
        await world.WhenJobAsync(
            job => job is { Status: JobStatus.Failed, RetryGoesLiveUntil: not null },
            "the aborted ReplicaSet with its deadline"
        );
        await world.TypeAsync(Bob, "/devflow retry my-app");
        await world.WhenJobAsync(job => job.Release!.Attempt == 2, "the second attempt");
        var patches = world.Patches().Count;

        await world.PressAsync(Alice, CardActions.RollBack, seen);

        await world.WhenWhisperedAsync(Alice, Stale);
        world.Patches().Count.ShouldBe(patches);
    }

    [Fact]
    public async Task A_button_of_a_former_pause_of_the_same_attempt_is_stale()
    {
        await using var world = await ReleaseWorld.StartAsync();
        var job = await world.ReadyAsync();
        await world.WhenToldAsync();
        var seen = world.Card()!.Versions[^1];
        var pause = job.Release!.PauseStart!.Value.AddSeconds(1);
        world.ChangeRollout(rollout =>
            rollout["status"]!["pauseConditions"]![0]!["startTime"] = $"{pause.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}"
        );
        await world.HintAsync();
        await world.WhenJobAsync(it => it.Release!.PauseStart == pause, "the next pause");

        await world.PressAsync(Alice, CardActions.Promote, seen);

        await world.WhenWhisperedAsync(Alice, Stale);
        world.Patches().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_typed_promote_just_after_a_newer_release_took_the_place_is_refused_and_a_later_one_is_not()
    {
        await using var world = await ReleaseWorld.StartAsync();
        await world.ReadyAsync();
        await world.ReadyAsync("v3");

        var reply = await world.TypeAsync(Alice, "/promote my-app");

        reply.Text.ShouldBe("A newer release, v3, has taken its place; look at that one, then decide again.");
        (await world.LastOutcomeAsync()).ShouldBe("superseded");
        world.Patches().ShouldBeEmpty();

        world.Clock.Skip(TimeSpan.FromSeconds(11));
        (await world.TypeAsync(Alice, "/promote my-app")).Text.ShouldBe("alice promoted v3.");
        await world.WhenAsync("v3", JobStatus.Succeeded);
    }

    [Theory]
    [InlineData("promote")]
    [InlineData("rollback")]
    public async Task What_a_crash_left_undone_for_minutes_is_refused_and_told(string verb)
    {
        await using var world = await ReleaseWorld.StartAsync();
        var job = await world.ReadyAsync();
        var at = world.Clock.GetUtcNow() - TimeSpan.FromHours(2);
        var command = new Command(
            $"slack:before-the-crash-{verb}",
            verb == "promote" ? new Wish.Promote() : new Wish.RollBack(),
            new Actor("alice", Alice, "alice-gh", "alice"),
            new Origin("slack", world.App.Channel),
            "my-app",
            "production",
            job.Rollout,
            at
        )
        {
            Saw = new Sight(job.Id, 1, job.Release!.Hash, FromButton: false),
        };

        await world.Store.AddAsync(command, null, CancellationToken.None);

        await world.WhenWhisperedAsync(Alice, "I could not get to this in time, so nothing was done;");
        (await world.LastOutcomeAsync()).ShouldBe("stale");
        world.Patches().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_button_and_a_slash_command_at_the_same_time_are_one_patch()
    {
        await using var world = await ReleaseWorld.StartAsync();
        await world.ReadyAsync();
        await world.WhenToldAsync();

        var typed = world.TypeAsync(Alice, "/promote my-app");
        var pressed = world.PressAsync(Bob, CardActions.Promote);
        await Task.WhenAll(typed, pressed);

        await world.WhenAsync("v2", JobStatus.Succeeded);
        world.Patches().ShouldHaveSingleItem().Status.ShouldBe(200);
        var outcomes = (await world.AuditAsync())
            .Where(entry => entry is { From: "slack", Action: "promote" })
            .Select(entry => entry.Outcome)
            .ToList();
        outcomes.Count.ShouldBe(2);
        outcomes.Count(outcome => outcome == "ok").ShouldBe(1);
        outcomes.Single(outcome => outcome != "ok").ShouldBeOneOf("already_done", "nothing_to_promote");
    }

    [Fact]
    public async Task Two_votes_at_the_same_time_both_count()
    {
        var two = new WorldApp { Promote = "{ by: [platform], votes: 2 }" };
        await using var world = await ReleaseWorld.StartAsync(new WorldOptions { Apps = [two] });
        await world.ReadyAsync();

        var replies = await Task.WhenAll(
            world.TypeAsync(Alice, "/promote my-app"),
            world.TypeAsync(Bob, "/promote my-app")
        );

        replies.Count(reply => reply.Text.StartsWith("1 of 2 approvals are in;", StringComparison.Ordinal)).ShouldBe(1);
        replies.Count(reply => reply.Text.EndsWith(" promoted v2.", StringComparison.Ordinal)).ShouldBe(1);
        await world.WhenAsync("v2", JobStatus.Succeeded);
        world.Patches().Count.ShouldBe(1);
    }

    private static string LinkOf(Sandbox.Slack.SlackMessage card) =>
        $"https://slack.com/archives/{card.ChannelId}/p{card.Ts.Replace(".", "", StringComparison.Ordinal)}";
}
