using System.Collections.Immutable;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Jobs.Deciding;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Ports;
using static Devflow.ChatOps.Tests.Core.Jobs.ContentsAnswers;

namespace Devflow.ChatOps.Tests.Core.Jobs;

/// <summary>Who may approve a release because of the commits that it brings.</summary>
public sealed class ContentsApprovalTests
{
    private readonly JobWorld world = JobWorld.WithBaseline();

    [Fact]
    public void Where_no_Job_tells_what_was_live_the_catalog_does_and_else_nobody_approves()
    {
        world.AsksGitHub = true;
        world.Environment = world.Environment with { Baseline = null };
        world.AnnounceSource(2);
        world.Release(2);
        world.Pause();
        world.Due()!.Value.Question.Base.ShouldBeNull();
        world.Tell(Told("c1"));

        var outcome = world.Promote("alice");
        outcome.Code.ShouldBe("author_unknown");
        outcome.Text.ShouldStartWith("I do not know which commit was live before");
        world.Sent.ShouldBeEmpty();

        world.Environment = world.Environment with { Baseline = JobWorld.SourceOf(1) };
        world.Due()!.Value.Question.Base.ShouldBe(JobWorld.SourceOf(1));
        world.Tell(Told("c1"));
        world.Promote("alice").IsOk.ShouldBeTrue();
    }

    [Fact]
    public void A_release_that_was_announced_without_its_commit_is_approved_by_nobody_where_GitHub_could_tell()
    {
        world.AsksGitHub = true;
        world.Announce(2);
        world.Release(2);
        world.Pause();

        var outcome = world.Promote("alice");
        outcome.Code.ShouldBe("author_unknown");
        outcome.Text.ShouldContain("without its source commit");

        world.AsksGitHub = false;
        world.Promote("alice").IsOk.ShouldBeTrue();
    }

    [Fact]
    public void Whoever_merged_it_as_an_event_told_does_not_approve_it_though_the_commit_names_no_pull_request_yet()
    {
        world.WaitsFor(2);
        world.Tell(Told("c1"));
        world.Put(
            (world.Current with { Check = new GitHubCheck("acme/shop", JobWorld.SourceOf(2)) }).MergedBy(
                new ReleasedPull(7, "Sell more", "dave-gh", "alice-gh")
            )
        );

        world.Promote("alice").Code.ShouldBe("self_approval");
        world.Promote("bob").IsOk.ShouldBeTrue();
    }

    [Fact]
    public void Until_GitHub_has_told_nobody_approves_and_the_refusal_says_why()
    {
        world.WaitsFor(2);

        var outcome = world.Promote("alice");

        outcome.Code.ShouldBe("author_unknown");
        outcome.Text.ShouldStartWith("GitHub did not tell me yet who made this release");
        world.Sent.ShouldBeEmpty();
        world.Tell(Told("c1"));
        world.Promote("alice").IsOk.ShouldBeTrue();
    }

    [Fact]
    public void Where_GitHub_is_not_set_up_the_requester_is_the_author_that_is_known()
    {
        world.AnnounceSource(2);
        world.Release(2);
        world.Pause();

        world.Promote("root").Code.ShouldBe("not_allowed");
        world.Promote("alice").IsOk.ShouldBeTrue();
    }

    [Theory]
    [InlineData("dave", AuthorRole.Author)]
    [InlineData("bob", AuthorRole.CoAuthor)]
    [InlineData("alice", AuthorRole.Merger)]
    public void Whoever_wrote_co_authored_or_merged_it_does_not_approve_it(string who, AuthorRole role)
    {
        world.AsksGitHub = true;
        world.Environment = world.Environment with
        {
            Promote = world.Environment.Promote with { By = ["platform", "olga"] },
        };
        world.AnnounceSource(2);
        world.Release(2);
        world.Pause();
        world.Tell(
            new Contributions(
                new GitComparison(
                    [new("c1", "Fix\n\nCo-authored-by: Bob <bob-gh@users.noreply.github.com>", Dave, WebFlow)],
                    1,
                    0
                ),
                new Dictionary<string, ImmutableArray<int>> { ["c1"] = [7] },
                new Dictionary<int, GitPull> { [7] = new(7, "Fix", "dave-gh", "alice-gh") }
            )
        );

        var outcome = world.Promote(who);

        outcome.Code.ShouldBe("self_approval");
        outcome.Text.ShouldBe(RefusalTexts.Sentence(new Refusal.SelfApproval(role, ["platform", "olga"])));
        world.Promote("olga").IsOk.ShouldBeTrue();
    }

    [Fact]
    public void Whoever_made_the_commit_of_the_workflow_is_an_author_as_well_and_until_it_is_told_nobody_approves()
    {
        world.WaitsFor(2, JobWorld.SourceOf(7));
        var question = world.Due()!.Value.Question;
        (question.Head, question.WorkflowCommit).ShouldBe((JobWorld.SourceOf(2), JobWorld.SourceOf(7)));
        var fault = new GitHubFault(GitHubFaultKind.Unavailable, "gone");
        var answer = new ContentsAnswer(
            new GitHubAnswer<Contributions>.Ok(Told("c1")),
            Asked(new GitCommit("g1", "Release", Of("bot"), WebFlow))
        );

        world.Tell(answer with { Workflow = new GitHubAnswer<Contributions>.Fault(fault) });
        world.Current.Contents!.Problem.ShouldBe("gone");
        world.Promote("alice").Text.ShouldStartWith("GitHub did not tell me yet who made this release");

        var hidden = Told("c7") with
        {
            Comparison = new GitComparison([new("c7", "Hidden", Of("alice"), WebFlow)], 1, 0),
        };
        world.Tell(answer with { Workflow = new GitHubAnswer<Contributions>.Ok(hidden) });
        world.Due().ShouldBeNull();
        world.Current.Contents!.Commits.ShouldHaveSingleItem().Sha.ShouldBe("c1");
        world.Promote("alice").Code.ShouldBe("self_approval");
        world.Promote("bob").IsOk.ShouldBeTrue();
    }

    [Fact]
    public void Where_the_commits_of_the_workflow_are_more_than_are_read_nobody_approves()
    {
        world.WaitsFor(2, JobWorld.SourceOf(7));
        var many = Told("c7") with { Comparison = new GitComparison([Commit("c7")], 1_000, 0) };

        world.Tell(
            new ContentsAnswer(
                new GitHubAnswer<Contributions>.Ok(Told("c1")),
                Asked(new GitCommit("g1", "Release", Of("bot"), WebFlow))
            )
            {
                Workflow = new GitHubAnswer<Contributions>.Ok(many),
            }
        );

        world.Promote("alice").Text.ShouldStartWith("This release brings more commits than I read");
    }

    [Fact]
    public void Where_GitHub_does_not_know_what_was_live_the_catalogs_commit_is_the_base_and_all_is_read_once()
    {
        world.AsksGitHub = true;
        world.ToldAndLive(2);
        world.AnnounceSource(3);
        world.Release(3);
        world.Pause();
        var question = world.Due()!.Value.Question;
        (question.Base, question.Baseline).ShouldBe((JobWorld.SourceOf(2), JobWorld.SourceOf(1)));

        world.Tell(
            new ContentsAnswer(
                new GitHubAnswer<Contributions>.Ok(Told("c2")),
                Asked(new GitCommit("g1", "Release", Of("bot"), WebFlow))
            )
            {
                IsFromBaseline = true,
            }
        );

        world.Due().ShouldBeNull();
        var contents = world.Current.Contents!;
        (contents.Base, contents.UnknownBase).ShouldBe((JobWorld.SourceOf(1), JobWorld.SourceOf(2)));
        world.Promote("alice").IsOk.ShouldBeTrue();
    }

    [Fact]
    public void More_commits_than_are_read_leave_the_authors_unknown()
    {
        world.WaitsFor(2);
        world.Tell(Told("c1") with { Comparison = new GitComparison([Commit("c1")], 1_000, 0) });

        world.Promote("alice").Text.ShouldStartWith("This release brings more commits than I read");
    }
}
