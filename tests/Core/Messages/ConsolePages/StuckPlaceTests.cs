using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages.Console;
using Devflow.ChatOps.Core.Rollouts;
using static Devflow.ChatOps.Tests.Core.Messages.CardWorld;

namespace Devflow.ChatOps.Tests.Core.Messages.ConsolePages;

/// <summary>What is stuck, by environment, with what can be done about it.</summary>
public sealed class StuckPlaceTests
{
    private static readonly RolloutRef rollout = new("prod", "shop", "my-app");

    [Fact]
    public void Commands_effects_and_unreadable_releases_of_an_environment_are_one_place_oldest_first()
    {
        var places = StuckPlace.Of(
            [Given("promote-1", Now.AddMinutes(-5))],
            [WithStuckAbort(Now.AddHours(-30))],
            [new UnreadableJob("0f", rollout, "my-app", "production", "a newer version wrote it.")],
            Company
        );

        var place = places.ShouldHaveSingleItem();
        place.Target.ShouldBe(Target);
        place.CanResume.ShouldBeTrue();
        place
            .Things.Select(thing => (thing.What, thing.Detail, thing.CanResume))
            .ShouldBe([
                ("release that cannot be read", "Job 0f", false),
                ("abort", "of v2", true),
                ("promote", "asked for by alice", true),
            ]);
        place.Things[1].Job.ShouldBe(Id);
        place.Things[0].Reason.ShouldStartWith("a newer version wrote it. Run the version that wrote it");
    }

    [Fact]
    public void Environments_come_by_name()
    {
        var places = StuckPlace.Of(
            [
                Given("1", Now) with
                {
                    App = "zoo",
                },
                Given("2", Now) with
                {
                    App = "ant",
                    Environment = "staging",
                },
                Given("3", Now) with
                {
                    App = "ant",
                    Environment = "production",
                },
            ],
            [],
            [],
            Company
        );

        places
            .Select(place => $"{place.App} {place.Environment}")
            .ShouldBe(["ant production", "ant staging", "zoo production"]);
        places.ShouldAllBe(place => place.Target == null && !place.CanResume);
    }

    [Fact]
    public void Where_nothing_can_be_read_there_is_nothing_to_resume()
    {
        var unreadable = Given("1", Now) with { Wish = new Wish.Unreadable() };

        var place = StuckPlace.Of([unreadable], [], [], Company).ShouldHaveSingleItem();

        place.CanResume.ShouldBeFalse();
    }

    [Fact]
    public void What_comes_from_outside_is_one_short_line()
    {
        var given = Given("1", Now) with { Stuck = "first\nsecond\u202E" + new string('x', 1_000) };

        var thing = StuckPlace.Of([given], [], [], Company).Single().Things.Single();

        thing.Reason.ShouldStartWith("first secondx");
        thing.Reason.Length.ShouldBeLessThanOrEqualTo(300);
    }

    private static Command Given(string key, DateTimeOffset at) =>
        new(key, new Wish.Promote(), Person("alice"), new Origin("slack"), "my-app", "production", rollout, at)
        {
            Stuck = "InvalidOperationException, see the log",
        };

    private static Job WithStuckAbort(DateTimeOffset since)
    {
        var abort = new RolloutPatch.Abort("uid-1", "7", new PodHash("6d4b"));
        return RollingBack(Awaiting, RollbackPath.Abort) with
        {
            Outbox =
            [
                new OutboxEntry(new Effect.PatchRollout("patch-1", abort))
                {
                    IsStuck = true,
                    Parked = true,
                    FailingSince = since,
                    LastError = "503",
                },
            ],
        };
    }
}
