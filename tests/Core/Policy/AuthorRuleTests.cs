using Devflow.ChatOps.Core.Policy;
using static Devflow.ChatOps.Tests.Core.Policy.PolicyWorld;

namespace Devflow.ChatOps.Tests.Core.Policy;

/// <summary>Nobody approves their own work.</summary>
public sealed class AuthorRuleTests
{
    private static string Promote(Actor actor, params AuthorIdentity[] authors) =>
        Show(PromotePolicy.Evaluate(Ask(actor) with { Authors = new(authors) }));

    private static string PromoteLeniently(Actor actor, params AuthorIdentity[] authors) =>
        Show(
            PromotePolicy.Evaluate(
                (Ask(actor) with { Authors = new(authors) }).With(rules => rules with { AllowUnknownAuthor = true })
            )
        );

    [Theory]
    [InlineData(AuthorRole.Author)]
    [InlineData(AuthorRole.Committer)]
    [InlineData(AuthorRole.CoAuthor)]
    [InlineData(AuthorRole.Merger)]
    [InlineData(AuthorRole.Requester)]
    public void Whatever_they_did_for_it_whichever_account_they_use(AuthorRole role)
    {
        var dave = new AuthorIdentity(AuthorRole.Author, "dave-gh", null, "Dave");

        Promote(Slack("U01"), dave, new(role, "ALICE-gh", null, "Alice")).ShouldBe("self_approval");
        Promote(GitHub("alice-gh"), dave, new(role, null, "U01", "Alice")).ShouldBe("self_approval");
        Promote(Slack("U02"), dave, new(role, "alice-gh", null, "Alice")).ShouldBe("allowed [bob]");
    }

    [Fact]
    public void Authors_may_where_the_catalog_says_so()
    {
        var question = Ask(Person("alice")) with { Authors = new([new(AuthorRole.Author, "alice-gh", null, null)]) };

        Show(PromotePolicy.Evaluate(question.With(rules => rules with { AllowAuthor = true })))
            .ShouldBe("allowed [alice]");
        Show(PromotePolicy.Evaluate(question.With(rules => rules with { AllowUnknownAuthor = true })))
            .ShouldBe("self_approval");
    }

    [Fact]
    public void An_unknown_author_is_refused_unless_the_catalog_says_otherwise()
    {
        var dave = new AuthorIdentity(AuthorRole.Author, "dave-gh", null, "Dave");
        AuthorIdentity[][] unknown =
        [
            [],
            [dave, new(AuthorRole.CoAuthor, null, null, "someone@example.com")],
            [dave, new(AuthorRole.Author, "stranger", null, "A stranger")],
            [
                new(AuthorRole.Author, "renovate[bot]", null, "Renovate"),
                new(AuthorRole.Committer, "web-flow", null, "GitHub"),
            ],
        ];
        foreach (var authors in unknown)
        {
            Promote(Person("alice"), authors).ShouldBe("author_unknown");
            PromoteLeniently(Person("alice"), authors).ShouldBe("allowed [alice]");
        }
    }

    [Fact]
    public void Machines_are_nobody_next_to_a_known_author() =>
        Promote(
                Person("alice"),
                new(AuthorRole.Author, "renovate[bot]", null, "Renovate"),
                new(AuthorRole.Merger, "dave-gh", null, "Dave")
            )
            .ShouldBe("allowed [alice]");

    [Fact]
    public void Somebody_the_catalog_does_not_know_is_still_caught_by_the_account_they_used() =>
        Promote(GitHub("eve-gh"), new AuthorIdentity(AuthorRole.Author, "Eve-GH", null, "Eve"))
            .ShouldBe("self_approval");

    [Fact]
    public void An_approver_who_cannot_be_told_from_the_author_is_refused()
    {
        // The catalog has no GitHub login for Carol, so eve-gh may be hers.
        var byCarol = new AuthorIdentity(AuthorRole.Requester, null, "U03", "Carol");

        Promote(GitHub("eve-gh"), byCarol).ShouldBe("author_unknown");
        Promote(Slack("U20"), byCarol).ShouldBe("allowed [U20]");
        PromoteLeniently(GitHub("eve-gh"), byCarol).ShouldBe("allowed [eve-gh]");
    }

    [Theory]
    [InlineData("123+alice-gh@users.noreply.github.com", "alice-gh")]
    [InlineData("alice-gh@users.noreply.github.com", "alice-gh")]
    [InlineData("49699333+dependabot[bot]@users.noreply.github.com", "dependabot[bot]")]
    [InlineData("noreply@github.com", "web-flow")]
    [InlineData("alice@example.com", null)]
    [InlineData("alice-gh@users.noreply.github.com.evil.example", null)]
    [InlineData("alice-gh@users.noreply.github.com\n", null)]
    public void Addresses_that_carry_a_login_give_it(string email, string? login) =>
        AuthorIdentity.FromCommit(AuthorRole.CoAuthor, "A", email).GitHubLogin.ShouldBe(login);

    [Theory]
    [InlineData(AuthorRole.Author, "1+release[bot]@users.noreply.github.com")]
    [InlineData(AuthorRole.Committer, "release[bot]@users.noreply.github.com")]
    [InlineData(AuthorRole.Author, "noreply@github.com")]
    [InlineData(AuthorRole.Committer, "noreply@github.com")]
    public void Nobody_hides_behind_the_address_of_a_machine(AuthorRole role, string email)
    {
        var author = AuthorIdentity.FromCommit(role, "A", email);

        author.IsMachine.ShouldBeFalse();
        Promote(Person("alice"), author).ShouldBe("author_unknown");
    }
}
