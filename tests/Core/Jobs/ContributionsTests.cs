using System.Collections.Immutable;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Tests.Core.Jobs;

/// <summary>Who is behind the commits of a release.</summary>
public sealed class ContributionsTests
{
    private static readonly GitPerson alice = new("alice-gh", "Alice", "alice@example.com");
    private static readonly GitPerson webFlow = new("web-flow", "GitHub", "noreply@github.com");

    [Fact]
    public void Author_committer_proposer_and_merger_are_all_told_each_deed_once()
    {
        var told = Of(
            [Commit("c1", alice, webFlow), Commit("c2", alice, webFlow)],
            new GitPull(7, "A change", "alice-gh", "bob-gh")
        );

        told.Identities()
            .ShouldBe([
                new(AuthorRole.Author, "alice-gh", null, "Alice"),
                new(AuthorRole.Committer, "web-flow", null, "GitHub"),
                new(AuthorRole.Author, "alice-gh", null, "alice-gh"),
                new(AuthorRole.Merger, "bob-gh", null, "bob-gh"),
            ]);
    }

    [Fact]
    public void Co_authors_are_found_wherever_the_trailer_stands()
    {
        var told = Of([
            Commit(
                "c1",
                alice,
                alice,
                "Fix it\n\n* one\n\nCo-authored-by: Bob <12+bob-gh@users.noreply.github.com>\r\n  co-authored-by:Carol <carol@example.com>\n\nSigned-off-by: x <x@y>"
            ),
        ]);

        told.Identities()
            .Where(identity => identity.Role == AuthorRole.CoAuthor)
            .ShouldBe([new(AuthorRole.CoAuthor, "bob-gh", null, "Bob"), new(AuthorRole.CoAuthor, null, null, "Carol")]);
    }

    [Fact]
    public void A_co_author_whose_mail_address_GitHub_has_shown_with_a_login_is_that_login()
    {
        var carol = new GitPerson("carol-gh", "Carol", "Carol@example.com");
        var told = Of([
            Commit("c1", alice, alice, "Fix\n\nCo-authored-by: C. <carol@example.com>"),
            Commit("c2", carol, webFlow),
        ]);

        told.Identities().ShouldContain(new AuthorIdentity(AuthorRole.CoAuthor, "carol-gh", null, "C."));
    }

    [Fact]
    public void A_mail_address_that_no_account_has_is_somebody_unknown()
    {
        Of([Commit("c1", new GitPerson(null, "Mallory", "mallory@example.com"), webFlow)])
            .Identities()
            .ShouldContain(new AuthorIdentity(AuthorRole.Author, null, null, "Mallory"));
    }

    [Fact]
    public void What_is_kept_is_the_newest_and_its_count_is_told()
    {
        var commits = Enumerable
            .Range(1, 60)
            .Select(number => Commit($"c{number}", alice, alice, $"Title {number}\nmore"));

        var kept = Of([.. commits]).KeptCommits();

        kept.Length.ShouldBe(ReleaseContents.MostCommits);
        kept[0].ShouldBe(new ReleasedCommit("c60", "Title 60", "alice-gh", null));
    }

    private static GitCommit Commit(string sha, GitPerson author, GitPerson committer, string message = "A change") =>
        new(sha, message, author, committer);

    private static Contributions Of(ImmutableArray<GitCommit> commits, params GitPull[] pulls) =>
        new(
            new GitComparison(commits, commits.Length, 0),
            new Dictionary<string, ImmutableArray<int>>(),
            pulls.ToDictionary(pull => pull.Number)
        );
}
