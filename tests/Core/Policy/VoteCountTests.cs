using Devflow.ChatOps.Core.Policy;
using static Devflow.ChatOps.Tests.Core.Policy.PolicyWorld;

namespace Devflow.ChatOps.Tests.Core.Policy;

/// <summary>Which votes count.</summary>
public sealed class VoteCountTests
{
    private static string Two(PromoteQuestion question) =>
        Show(PromotePolicy.Evaluate(question.With(rules => rules with { Votes = 2 })));

    [Fact]
    public void The_press_is_a_vote_and_two_different_people_make_two()
    {
        Two(Ask(Person("alice"))).ShouldBe("1 of 2 [alice]");
        Two(Ask(Person("alice"), VoteOf(Person("bob")))).ShouldBe("allowed [bob alice]");
    }

    [Fact]
    public void Nobody_votes_twice_whichever_account_they_use()
    {
        Two(Ask(GitHub("Alice-GH"), VoteOf(Slack("U01")))).ShouldBe("1 of 2 [alice] again");
        Two(Ask(Slack("U20"), VoteOf(Slack("U20")), VoteOf(Slack("U20"), 9))).ShouldBe("1 of 2 [U20] again");
        Two(Ask(Slack("U20"), VoteOf(Slack("U21")))).ShouldBe("allowed [U21 U20]");
    }

    [Fact]
    public void Two_accounts_that_may_be_one_person_are_one_vote()
    {
        Two(Ask(GitHub("eve-gh"), VoteOf(Slack("U20")))).ShouldBe("1 of 2 [eve-gh]");
        Two(Ask(GitHub("eve-gh"), VoteOf(Person("bob")))).ShouldBe("allowed [bob eve-gh]");
        // Nobody has entered a GitHub login for Carol, so eve-gh may be hers.
        var carolMay = Ask(GitHub("eve-gh"), VoteOf(Person("carol")))
            .With(rules => rules with { By = ["platform", "carol"] });
        Two(carolMay).ShouldBe("1 of 2 [eve-gh]");
    }

    [Fact]
    public void An_account_that_could_be_anybodys_does_not_push_out_one_that_is_somebodys()
    {
        var question = Ask(
            Person("bob"),
            VoteOf(GitHub("eve-gh"), 9),
            VoteOf(Slack("U20"), 8),
            VoteOf(Person("alice"))
        );

        Show(PromotePolicy.Evaluate(question.With(rules => rules with { Votes = 3 })))
            .ShouldBe("allowed [eve-gh alice bob]");
    }

    [Fact]
    public void Votes_for_anything_else_are_void()
    {
        ApprovalSubject[] others =
        [
            Subject with
            {
                JobId = "job-2",
            },
            Subject with
            {
                Attempt = 2,
            },
            Subject with
            {
                PodHash = "77f9",
            },
            Subject with
            {
                PauseStartTime = Now,
            },
            Subject with
            {
                PauseStartTime = null,
            },
        ];
        foreach (var other in others)
        {
            Two(Ask(Person("alice"), VoteOf(Person("bob")) with { Subject = other })).ShouldBe("1 of 2 [alice]");
        }
    }

    [Fact]
    public void The_same_pause_written_with_another_offset_is_the_same_pause()
    {
        var same = Subject with { PauseStartTime = Subject.PauseStartTime!.Value.ToOffset(TimeSpan.FromHours(1)) };

        Two(Ask(Person("alice"), VoteOf(Person("bob")) with { Subject = same })).ShouldBe("allowed [bob alice]");
    }

    [Fact]
    public void Votes_expire_and_releases_do_not()
    {
        var question = Ask(Person("alice"), VoteOf(Person("bob"), minutesAgo: 60));

        Two(question).ShouldBe("allowed [bob alice]");
        Two(question.With(rules => rules with { ExpireAfter = TimeSpan.FromMinutes(61) }))
            .ShouldBe("allowed [bob alice]");
        Two(question.With(rules => rules with { ExpireAfter = TimeSpan.FromMinutes(60) })).ShouldBe("1 of 2 [alice]");
    }

    [Fact]
    public void The_vote_of_somebody_who_lost_the_right_does_not_count()
    {
        Two(Ask(Person("alice"), VoteOf(Slack("U20")))).ShouldBe("allowed [U20 alice]");
        Two(Ask(Person("alice"), VoteOf(Slack("U20"))) with { Groups = Groups.None }).ShouldBe("1 of 2 [alice]");
        Two(Ask(Person("alice"), VoteOf(Person("dave")))).ShouldBe("1 of 2 [alice]");
    }

    [Fact]
    public void The_vote_of_an_author_does_not_count_unless_authors_may()
    {
        var question = Ask(Person("alice"), VoteOf(Person("bob"))) with
        {
            Authors = new([new(AuthorRole.CoAuthor, "bob-gh", null, "Bob")]),
        };

        Two(question).ShouldBe("1 of 2 [alice]");
        Two(question.With(rules => rules with { AllowAuthor = true })).ShouldBe("allowed [bob alice]");
    }

    [Fact]
    public void More_votes_never_turn_an_allowed_release_into_a_refused_one()
    {
        Actor[] all =
        [
            Person("alice"),
            Person("bob"),
            Slack("U20"),
            Slack("U21"),
            GitHub("eve-gh"),
            Person("dave"),
            Slack("U99"),
        ];
        var random = new Random(7);
        for (var round = 0; round < 300; round++)
        {
            var votes = all.Where(_ => random.Next(2) == 0).Select((actor, i) => VoteOf(actor, i + 1)).ToArray();
            var more = votes.Append(VoteOf(all[random.Next(all.Length)], 30)).ToArray();
            var need = random.Next(1, 5);

            int Have(Vote[] given) =>
                PromotePolicy.Evaluate(Ask(Person("alice"), given).With(rules => rules with { Votes = need })) switch
                {
                    PolicyAnswer.Allowed allowed => allowed.Votes.Count,
                    PolicyAnswer.NeedsVotes needs => needs.Have,
                    _ => -1,
                };

            Have(more).ShouldBeGreaterThanOrEqualTo(Have(votes));
            Have([.. more.Reverse()]).ShouldBe(Have(more));
        }
    }
}
