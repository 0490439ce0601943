using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Jobs.Deciding;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Ports;
using static Devflow.ChatOps.Tests.Core.Jobs.ContentsAnswers;

namespace Devflow.ChatOps.Tests.Core.Jobs;

/// <summary>What a release brings: when GitHub is asked for it, and what is kept of the answer.</summary>
public sealed class ContentsTests
{
    private readonly JobWorld world = JobWorld.WithBaseline();

    [Fact]
    public void A_release_is_asked_about_once_it_is_bound()
    {
        world.AsksGitHub = true;
        world.AnnounceSource(2);
        world.Due().ShouldBeNull();
        world.Release(2);

        var question = world.Due().ShouldNotBeNull().Question;

        question.ShouldBe(
            new ContentsQuestion(
                world.Current.Id,
                world.Current.Rollout,
                "acme/shop",
                JobWorld.SourceOf(2),
                JobWorld.SourceOf(1),
                "acme/gitops",
                JobWorld.GitOpsOf(2),
                NeedsCommits: true,
                NeedsConfig: false
            )
            {
                Range = new GitOpsRange("apps/shop", "main", null, null),
            }
        );
    }

    [Fact]
    public void What_was_live_is_the_base_and_the_pair_is_asked_about_once()
    {
        world.ToldAndLive(2);
        world.AnnounceSource(3);
        world.Release(3);

        world.Due()!.Value.Question.Base.ShouldBe(JobWorld.SourceOf(2));
        world.Tell(Told("c2"));

        world.Due().ShouldBeNull();
        world.Current.Contents!.Commits.ShouldHaveSingleItem().Sha.ShouldBe("c2");
    }

    [Fact]
    public void After_a_release_that_nobody_announced_all_counts_since_the_last_that_was_live_and_known()
    {
        world.AsksGitHub = true;
        world.ToldAndLive(2);
        world.Release(3);
        world.Pause();
        world.GoLive();
        world.AnnounceSource(4);
        world.Release(4);

        world.Due()!.Value.Question.Base.ShouldBe(JobWorld.SourceOf(2));
    }

    [Fact]
    public void A_release_that_nobody_announced_or_that_names_no_commit_is_not_asked_about()
    {
        world.Release(2);
        world.Due().ShouldBeNull();

        world.Announce(3);
        world.Release(3);
        world.Due().ShouldBeNull();
    }

    [Fact]
    public void A_fault_is_told_and_asked_again_later_each_time_after_longer()
    {
        world.AnnounceSource(2);
        world.Release(2);
        var revision = world.Current.Revision;
        var fault = new GitHubFault(GitHubFaultKind.Unavailable, "GitHub did not answer in time.");

        world.Tell(new ContentsAnswer(new GitHubAnswer<Contributions>.Fault(fault), null));
        var first = world.Due()!.Value.NotBefore!.Value - world.Now;
        world.Current.Revision.ShouldBeGreaterThan(revision);
        world.Tell(new ContentsAnswer(new GitHubAnswer<Contributions>.Fault(fault), null));

        (world.Due()!.Value.NotBefore!.Value - world.Now).ShouldBeGreaterThan(first);
        ContentsTexts.Problem(world.Current.Contents!)!.ShouldContain("did not answer in time");
        world.Tell(Told("c1"));
        ContentsTexts.Problem(world.Current.Contents!).ShouldBeNull();
    }

    [Fact]
    public void As_long_as_GitHub_asks_to_wait_it_is_not_asked()
    {
        world.AnnounceSource(2);
        world.Release(2);
        var fault = new GitHubFault(GitHubFaultKind.RateLimited, "wait", TimeSpan.FromHours(1));

        world.Tell(new ContentsAnswer(new GitHubAnswer<Contributions>.Fault(fault), null));

        world.Due()!.Value.NotBefore.ShouldBe(world.Now.AddHours(1));
    }

    [Fact]
    public void An_answer_to_a_question_that_is_not_asked_any_more_is_dropped()
    {
        world.AnnounceSource(2);
        world.Release(2);
        var question = world.Due()!.Value.Question with { Head = JobWorld.SourceOf(9) };

        world
            .Current.WithContents(
                question,
                new ContentsAnswer(new GitHubAnswer<Contributions>.Ok(Told("c1")), null),
                world.Now
            )
            .ShouldBeNull();
    }

    [Fact]
    public void A_look_that_finds_nothing_new_writes_nothing()
    {
        world.AnnounceSource(2);
        world.Release(2);
        world.Pause();
        world.Tell(Told("c1"));
        world.Look();
        var writes = world.Writes;

        world.LookAfter(1);

        world.Writes.ShouldBe(writes);
    }
}
