using Devflow.ChatOps.Core.Policy;
using static Devflow.ChatOps.Tests.Core.Policy.PolicyWorld;

namespace Devflow.ChatOps.Tests.Core.Policy;

/// <summary>Who may roll back, retry, lock and unlock.</summary>
public sealed class OtherPoliciesTests
{
    [Theory]
    [InlineData("alice", "allowed []")]
    [InlineData("dave", "allowed []")]
    [InlineData("root", "not_allowed")]
    public void Rolling_back_needs_only_the_right(string person, string expected)
    {
        var frozen = Production with { Freeze = [AllWednesday] };

        Show(RollbackPolicy.Evaluate(new(Company, frozen, Person(person), Resolved))).ShouldBe(expected);
    }

    [Fact]
    public void Retrying_needs_the_right_and_an_open_environment()
    {
        static string Retry(PromoteQuestion question) => Show(RetryPolicy.Evaluate(new(question, null)));

        Retry(Ask(Person("alice"))).ShouldBe("allowed []");
        Retry(Ask(Person("dave"))).ShouldBe("not_allowed");
        Retry(Ask(Person("alice")) with { Lock = LockOf(Person("bob")) }).ShouldBe("locked");
        Retry(Ask(Person("alice")).Frozen()).ShouldBe("frozen_until");
        Retry(Ask(Person("bob")).Frozen() with { FreezeOverrideReason = "fire" })
            .ShouldBe("allowed [] over stocktaking: fire");
        Retry(Ask(Person("alice")) with { Authors = Authors.Unknown }).ShouldBe("allowed []");
    }

    [Fact]
    public void A_retry_that_goes_live_at_once_passes_the_whole_promote_policy_or_waits()
    {
        var deadline = Now.AddSeconds(12.2);
        var two = Ask(Person("alice")).With(rules => rules with { Votes = 2 });

        Show(RetryPolicy.Evaluate(new(Ask(Person("alice")), deadline))).ShouldBe("allowed [alice]");
        Show(RetryPolicy.Evaluate(new(Ask(Person("dave")), deadline))).ShouldBe("not_allowed");
        Show(RetryPolicy.Evaluate(new(two, Now))).ShouldBe("allowed []");
        RetryPolicy
            .Evaluate(new(two, deadline))
            .ShouldBeOfType<PolicyAnswer.Refused>()
            .Refusal.ShouldBe(new Refusal.RetryTooSoon(13));
    }

    [Theory]
    [InlineData("alice", true, null, "allowed []")]
    [InlineData("alice", true, "alice", "already_done")]
    [InlineData("alice", true, "bob", "locked")]
    [InlineData("alice", false, "bob", "allowed []")]
    [InlineData("alice", false, null, "already_done")]
    [InlineData("dave", true, null, "not_allowed")]
    [InlineData("dave", false, "bob", "not_allowed")]
    public void Locks_are_taken_once_and_released_by_anyone_with_the_right(
        string person,
        bool take,
        string? owner,
        string expected
    )
    {
        var held = owner is null ? null : LockOf(Person(owner));

        Show(LockPolicy.Evaluate(new(Company, Production, Person(person), Resolved, held, take, Now)))
            .ShouldBe(expected);
    }

    [Fact]
    public void An_expired_lock_is_none()
    {
        var expired = LockOf(Person("bob"), Now);

        Show(LockPolicy.Evaluate(new(Company, Production, Person("alice"), Resolved, expired, true, Now)))
            .ShouldBe("allowed []");
    }
}
