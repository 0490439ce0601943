using Devflow.ChatOps.Core.Policy;
using static Devflow.ChatOps.Tests.Core.Policy.PolicyWorld;

namespace Devflow.ChatOps.Tests.Core.Policy;

/// <summary>The gates of a promote one by one, and who else could approve.</summary>
public sealed class GateTests
{
    [Fact]
    public void All_gates_are_told_also_those_behind_a_closed_one()
    {
        var question = Ask(Person("dave")).Frozen() with { Lock = LockOf(Person("bob")) };

        Shown(question.With(rules => rules with { By = ["platform", "oncall"], Votes = 2 }))
            .ShouldBe("Right ok, Author self_approval, Lock locked, Freeze frozen_until, Votes needs_votes");
    }

    [Fact]
    public void The_own_vote_counts_where_the_person_may_vote_and_nowhere_else()
    {
        var question = Ask(Person("alice"), VoteOf(Person("bob"))).With(rules => rules with { Votes = 2 });

        Shown(question).ShouldBe("Right ok, Author ok, Lock ok, Freeze ok, Votes ok");
        Shown(question with { Actor = Person("carol") })
            .ShouldBe("Right not_allowed, Author ok, Lock ok, Freeze ok, Votes needs_votes");
        PromotePolicy
            .Gates(question with { Actor = Person("carol") })[^1]
            .Refusal.ShouldBe(new Refusal.NeedsVotes(1, 2, question.Environment.Promote.By));
    }

    [Fact]
    public void A_way_back_has_one_gate()
    {
        var question = (Ask(Person("dave")).Frozen() with { Lock = LockOf(Person("bob")) }) with { IsRollback = true };

        Shown(question).ShouldBe("Right ok");
    }

    [Theory]
    [InlineData("alice", false, false, 1)]
    [InlineData("dave", true, true, 2)]
    [InlineData("carol", false, true, 2)]
    [InlineData("bob", true, false, 2)]
    public void The_first_closed_gate_is_what_a_promote_is_refused_with(string who, bool locked, bool frozen, int votes)
    {
        var question = Ask(Person(who)).With(rules => rules with { Votes = votes });
        question = frozen ? question.Frozen() : question;
        question = question with { Lock = locked ? LockOf(Person("root")) : null };

        var first = PromotePolicy.Gates(question).Select(gate => gate.Refusal).FirstOrDefault(why => why is not null);

        switch (PromotePolicy.Evaluate(question))
        {
            case PolicyAnswer.Allowed:
                first.ShouldBeNull();
                break;
            case PolicyAnswer.NeedsVotes needs:
                first.ShouldBe(needs.ToRefusal());
                break;
            case PolicyAnswer.Refused refused:
                first!.Code.ShouldBe(refused.Refusal.Code);
                break;
        }
    }

    [Fact]
    public void Those_can_still_approve_who_may_and_did_not_make_it_and_have_not_yet()
    {
        var question = Ask(Person("root"), VoteOf(GitHub("bob-gh")))
            .With(rules => rules with { By = ["platform", "oncall"], Votes = 3 });

        // Dave wrote it, Bob has approved, by GitHub; the others of the groups are not in the catalog.
        Names(question).ShouldBe(["alice", "carol", "U20", "U21", "eve-gh"]);
    }

    [Fact]
    public void Whoever_cannot_be_told_from_the_author_is_not_named()
    {
        Names(Ask(Person("root")) with { Authors = Authors.Unknown }).ShouldBeEmpty();
        Names(Ask(Person("root")) with { Authors = DavesWork with { Gap = AuthorGap.NotTold } }).ShouldBeEmpty();
    }

    [Fact]
    public void Of_groups_that_are_not_resolved_nobody_is_named()
    {
        Names(Ask(Person("root")) with { Groups = Groups.Unresolved }).ShouldBe(["alice", "bob"]);
    }

    [Fact]
    public void One_person_with_a_vote_from_Slack_and_one_from_GitHub_counts_once()
    {
        var question = Ask(Person("alice"), VoteOf(Slack("U02")), VoteOf(GitHub("BOB-gh"), 3))
            .With(rules => rules with { Votes = 3 });

        Show(PromotePolicy.Evaluate(question)).ShouldBe("2 of 3 [bob alice]");
    }

    private static string[] Names(PromoteQuestion question) =>
        [.. Approvers.Of(question).Select(actor => actor.PersonName ?? actor.DisplayName)];

    private static string Shown(PromoteQuestion question) =>
        string.Join(", ", PromotePolicy.Gates(question).Select(gate => $"{gate.Name} {gate.Refusal?.Code ?? "ok"}"));
}
