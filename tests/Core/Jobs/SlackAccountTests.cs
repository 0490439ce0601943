using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Policy;

namespace Devflow.ChatOps.Tests.Core.Jobs;

/// <summary>What kind of Slack account gives a command matters before every right.</summary>
public sealed class SlackAccountTests
{
    private readonly JobWorld world = JobWorld.Waiting();

    public static TheoryData<Wish, string> Wishes =>
        new()
        {
            { new Wish.Promote(), "promote" },
            { new Wish.RollBack(), "roll back" },
            { new Wish.Retry(), "retry" },
            { new Wish.TakeLock("mine", null), "lock" },
            { new Wish.Unlock(), "unlock" },
        };

    [Theory]
    [MemberData(nameof(Wishes), DisableDiscoveryEnumeration = true)]
    public void A_guest_may_nothing(Wish wish, string verb)
    {
        world.Account = SlackAccount.Guest;

        var outcome = world.Do(wish);

        outcome.Code.ShouldBe("not_allowed");
        outcome.Text.ShouldBe(
            $"You may not {verb} with a guest's Slack account; ask a member of this workspace who may."
        );
        world.Sent.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(SlackAccount.Bot)]
    [InlineData(SlackAccount.Deactivated)]
    [InlineData(SlackAccount.Stranger)]
    public void Nor_does_anybody_else_who_is_no_member(SlackAccount account)
    {
        world.Account = account;
        world.Promote().Code.ShouldBe("not_allowed");
    }

    [Fact]
    public void What_was_carried_out_stays_so_when_it_is_asked_for_again_with_an_account_that_has_ended()
    {
        world.Do(new Wish.Promote(), key: "once").IsOk.ShouldBeTrue();
        world.Account = SlackAccount.Deactivated;

        world.Do(new Wish.Promote(), key: "once").IsOk.ShouldBeTrue();
        world.Sent.Count.ShouldBe(1);
    }

    [Fact]
    public void Somebody_of_whose_account_nothing_is_known_is_in_no_Slack_group_and_others_still_are()
    {
        var groups = new Groups(
            new Dictionary<string, IReadOnlyCollection<string>> { ["S1"] = ["U1", "U2"] },
            new Dictionary<string, IReadOnlyCollection<string>>()
        );

        var after = groups.WithUnvouched("U1");

        after.InSlackGroup("S1", "U1").ShouldBeFalse();
        after.InSlackGroup("S1", "U2").ShouldBeTrue();
        after.IsComplete.ShouldBeFalse();
        groups.InSlackGroup("S1", "U1").ShouldBeTrue();
    }
}
