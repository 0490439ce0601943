using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Jobs.Deciding;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Ports;
using static Devflow.ChatOps.Tests.Core.Jobs.ContentsAnswers;

namespace Devflow.ChatOps.Tests.Core.Jobs;

/// <summary>Who may approve a release because of the commit that asks for it in the GitOps repository.</summary>
public sealed class GitOpsAuthorTests
{
    private readonly JobWorld world = JobWorld.WithBaseline();

    [Fact]
    public void Nobody_approves_a_release_that_was_announced_without_its_commit_in_the_GitOps_repository()
    {
        world.WaitsFor(2, withGitOps: false);

        var outcome = world.Promote("alice");

        outcome.Code.ShouldBe("author_unknown");
        outcome.Text.ShouldContain("without its commit in the GitOps repository");
    }

    [Fact]
    public void A_GitOps_commit_that_cannot_be_read_may_be_anybodys()
    {
        world.WaitsFor(2);
        var fault = new GitHubFault(GitHubFaultKind.NotAuthorized, "not installed");

        world.Tell(
            new ContentsAnswer(
                new GitHubAnswer<Contributions>.Ok(Told("c1")),
                new GitHubAnswer<GitOpsChanges>.Fault(fault)
            )
        );

        world.Promote("alice").Text.ShouldStartWith("GitHub did not tell me yet who made this release");
        ContentsTexts.Problem(world.Current.Contents!)!.ShouldContain("what changed in the GitOps repository");
        var again = world.Due()!.Value.Question;
        (again.NeedsCommits, again.NeedsConfig).ShouldBe((false, true));
        world.Tell(new ContentsAnswer(null, Asked(new GitCommit("g1", "Release", Dave, WebFlow))));
        world.Promote("alice").IsOk.ShouldBeTrue();
    }

    [Theory]
    [InlineData("alice", "webFlow", "", AuthorRole.Author)]
    [InlineData("bot", "alice", "", AuthorRole.Committer)]
    [InlineData("bot", "webFlow", "Co-authored-by: Alice <1+alice-gh@users.noreply.github.com>", AuthorRole.CoAuthor)]
    public void Whoever_made_the_GitOps_commit_does_not_approve_it(
        string author,
        string committer,
        string trailer,
        AuthorRole role
    )
    {
        world.WaitsWithGitOpsBy(new GitCommit("g1", $"Release\n\n{trailer}", Of(author), Of(committer)));

        var outcome = world.Promote("alice");

        outcome.Code.ShouldBe("self_approval");
        outcome.Text.ShouldBe(RefusalTexts.Sentence(new Refusal.SelfApproval(role, ["platform"])));
        world.Promote("bob").IsOk.ShouldBeTrue();
    }

    [Theory]
    [InlineData("stranger", "webFlow", "", "Mallory")]
    [InlineData("bot", "stranger", "", "Mallory")]
    [InlineData("bot", "webFlow", "Co-authored-by: Eve <eve@example.com>", "Eve")]
    [InlineData("dave", "webFlow", "Co-authored-by: <eve@example.com>", "eve@example.com")]
    public void Where_it_is_not_known_who_made_the_GitOps_commit_nobody_approves_and_the_name_is_told(
        string author,
        string committer,
        string trailer,
        string name
    )
    {
        world.WaitsWithGitOpsBy(new GitCommit("g1", $"Release\n\n{trailer}", Of(author), Of(committer)));

        var outcome = world.Promote("alice");

        outcome.Code.ShouldBe("author_unknown");
        outcome.Text.ShouldBe(RefusalTexts.Sentence(new Refusal.AuthorUnknown(name)));
        world.Sent.ShouldBeEmpty();
    }

    [Fact]
    public void A_GitOps_commit_by_an_App_is_nobodys_and_it_does_not_matter_which_answer_comes_first()
    {
        world.WaitsWithGitOpsBy(new GitCommit("g1", "Release", Of("bot"), Of("webFlow")), commitsFirst: false);
        world.Promote("alice").IsOk.ShouldBeTrue();
    }

    [Fact]
    public void The_makers_of_the_GitOps_commit_stay_known_when_the_commits_are_told_after_it()
    {
        world.WaitsWithGitOpsBy(new GitCommit("g1", "Release", Of("alice"), Of("webFlow")), commitsFirst: false);
        world.Promote("alice").Code.ShouldBe("self_approval");
    }
}
