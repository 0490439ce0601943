using Devflow.ChatOps.Core.Policy;
using static Devflow.ChatOps.Tests.Core.Policy.PolicyWorld;

namespace Devflow.ChatOps.Tests.Core.Policy;

/// <summary>Who may let a release go live.</summary>
public sealed class PromotePolicyTests
{
    [Theory]
    [InlineData("alice", "allowed [alice]")]
    [InlineData("bob", "allowed [bob]")]
    [InlineData("carol", "not_allowed")]
    [InlineData("dave", "not_allowed")]
    [InlineData("root", "not_allowed")]
    public void One_person_with_the_right_is_enough_by_default(string person, string expected) =>
        Show(PromotePolicy.Evaluate(Ask(Person(person)))).ShouldBe(expected);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void No_vote_and_one_vote_mean_the_same(int votes) =>
        Show(PromotePolicy.Evaluate(Ask(Person("alice")).With(rules => rules with { Votes = votes })))
            .ShouldBe("allowed [alice]");

    [Fact]
    public void A_refusal_names_those_who_may() =>
        PromotePolicy
            .Evaluate(Ask(Person("carol")))
            .ShouldBeOfType<PolicyAnswer.Refused>()
            .Refusal.ShouldBeOfType<Refusal.NotAllowed>()
            .By.ShouldBe(["platform"]);

    [Fact]
    public void A_full_promote_is_a_right_of_its_own()
    {
        Show(PromotePolicy.Evaluate(Ask(Person("alice")) with { Full = true })).ShouldBe("not_allowed");
        Show(PromotePolicy.Evaluate(Ask(Person("root")) with { Full = true })).ShouldBe("allowed [root]");
        var nobody = Ask(Person("root")).With(rules => rules with { FullBy = [] }) with { Full = true };
        Show(PromotePolicy.Evaluate(nobody)).ShouldBe("not_allowed");
    }

    [Fact]
    public void A_full_promote_counts_the_votes_of_those_who_may_promote()
    {
        var question = Ask(Person("root"), VoteOf(Person("alice"))).With(rules => rules with { Votes = 2 });

        Show(PromotePolicy.Evaluate(question with { Full = true })).ShouldBe("allowed [alice root]");
    }

    [Fact]
    public void A_lock_stops_promoting_until_it_ends()
    {
        Show(PromotePolicy.Evaluate(Ask(Person("alice")) with { Lock = LockOf(Person("bob")) })).ShouldBe("locked");
        Show(PromotePolicy.Evaluate(Ask(Person("bob")) with { Lock = LockOf(Person("bob")) })).ShouldBe("locked");
        Show(PromotePolicy.Evaluate(Ask(Person("alice")) with { Lock = LockOf(Person("bob"), Now.AddTicks(1)) }))
            .ShouldBe("locked");
        Show(PromotePolicy.Evaluate(Ask(Person("alice")) with { Lock = LockOf(Person("bob"), Now) }))
            .ShouldBe("allowed [alice]");
    }

    [Theory]
    [InlineData("alice", null, "frozen_until")]
    [InlineData("bob", null, "frozen_until")]
    [InlineData("bob", "  ", "frozen_until")]
    [InlineData("alice", "fire", "not_allowed")]
    [InlineData("bob", "fire", "allowed [bob] over stocktaking: fire")]
    public void A_freeze_stops_promoting_unless_it_is_overridden_with_a_reason(
        string person,
        string? reason,
        string expected
    ) =>
        Show(PromotePolicy.Evaluate(Ask(Person(person)).Frozen() with { FreezeOverrideReason = reason }))
            .ShouldBe(expected);

    [Fact]
    public void The_end_of_the_freeze_and_who_may_override_it_are_told()
    {
        var refusal = PromotePolicy
            .Evaluate(Ask(Person("alice")).Frozen())
            .ShouldBeOfType<PolicyAnswer.Refused>()
            .Refusal.ShouldBeOfType<Refusal.FrozenUntil>();

        refusal.Freeze.Until.ShouldBe(new DateTimeOffset(2026, 11, 26, 8, 0, 0, TimeSpan.FromHours(1)));
        refusal.Freeze.TimeZone.ShouldBe("Europe/Berlin");
        refusal.OverrideBy.ShouldBe(["admins", "bob"]);
    }

    [Fact]
    public void An_override_reason_outside_of_a_freeze_means_nothing() =>
        Show(PromotePolicy.Evaluate(Ask(Person("alice")) with { FreezeOverrideReason = "fire" }))
            .ShouldBe("allowed [alice]");

    [Fact]
    public void Reasons_come_in_the_order_in_which_something_can_be_done_about_them()
    {
        var everything = (Ask(Person("carol")) with { Lock = LockOf(Person("bob")) })
            .Frozen()
            .With(rules => rules with { Votes = 2 });
        Show(PromotePolicy.Evaluate(everything)).ShouldBe("not_allowed");

        var alice = everything with { Actor = Person("alice") };
        var own = new Authors([new(AuthorRole.Merger, "alice-gh", null, "Alice")]);
        Show(PromotePolicy.Evaluate(alice with { Authors = own })).ShouldBe("self_approval");
        Show(PromotePolicy.Evaluate(alice with { Authors = Authors.Unknown })).ShouldBe("author_unknown");
        Show(PromotePolicy.Evaluate(alice)).ShouldBe("locked");
        Show(PromotePolicy.Evaluate(alice with { Lock = null })).ShouldBe("frozen_until");
        Show(PromotePolicy.Evaluate(alice with { Lock = null, Now = Now.AddDays(2) })).ShouldBe("1 of 2 [alice]");
    }

    [Fact]
    public void A_release_of_the_old_version_is_promoted_by_those_who_may_roll_back_whatever_else_holds()
    {
        var question = (Ask(Person("dave")) with { Lock = LockOf(Person("bob")), IsRollback = true })
            .Frozen()
            .With(rules => rules with { Votes = 3 });

        Show(PromotePolicy.Evaluate(question)).ShouldBe("allowed [dave]");
        Show(PromotePolicy.Evaluate(question with { Actor = Slack("U99") })).ShouldBe("not_allowed");
        Show(PromotePolicy.Evaluate(question with { Full = true })).ShouldBe("not_allowed");
    }
}
