using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Jobs.Deciding;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Ports;
using static Devflow.ChatOps.Tests.Core.Jobs.ContentsAnswers;

namespace Devflow.ChatOps.Tests.Core.Jobs;

/// <summary>
/// Which commits of the GitOps repository belong to a release: Argo CD syncs whatever is on the branch, and whoever made any
/// of it is an author.
/// </summary>
public sealed class GitOpsRangeTests
{
    private static readonly string first = JobWorld.GitOpsOf(1);
    private static readonly string second = JobWorld.GitOpsOf(2);

    private readonly JobWorld world = JobWorld.WithBaseline(first);

    [Fact]
    public void It_reaches_from_what_was_synced_for_the_version_before_to_what_is_synced_now()
    {
        world.AsksGitHub = true;
        world.AnnounceSource(2);
        Syncing(second);
        world.Release(2);

        world.Due()!.Value.Question.NeedsConfig.ShouldBeFalse("the sync is not over");

        Synced(second);
        world.Look();
        var question = world.Due()!.Value.Question;
        question.NeedsConfig.ShouldBeTrue();
        question.Range.ShouldBe(new GitOpsRange("apps/shop", "main", second, first));
    }

    [Fact]
    public void What_Argo_CD_says_at_the_look_that_finds_the_release_may_be_older_than_the_release()
    {
        world.AsksGitHub = true;
        world.AnnounceSource(2);
        world.Release(2);
        world.Current.SyncedRevision.ShouldBeNull();

        Synced(second);
        world.Look();
        world.Current.SyncedRevision.ShouldBe(second);
    }

    [Fact]
    public void An_Argo_CD_that_tells_no_commit_for_a_minute_is_not_waited_for_and_the_branch_counts()
    {
        world.AsksGitHub = true;
        world.AnnounceSource(2);
        world.Rollout.Application = null;
        world.Release(2);
        world.Due()!.Value.Question.NeedsConfig.ShouldBeFalse();

        world.LookAfter(60);

        var question = world.Due()!.Value.Question;
        question.NeedsConfig.ShouldBeTrue();
        question.Range!.Synced.ShouldBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("1.2.0")]
    public void Where_Argo_CD_syncs_something_else_than_one_commit_the_branch_counts_at_once(string revision)
    {
        world.AsksGitHub = true;
        world.AnnounceSource(2);
        Synced(revision);
        world.Release(2);
        world.Look();

        var question = world.Due()!.Value.Question;
        (question.NeedsConfig, question.Range!.Synced).ShouldBe((true, null));
    }

    [Theory]
    [InlineData("git@github.com:Acme/GitOps.git", "refs/heads/main", true)]
    [InlineData("https://github.com/acme/gitops/", "", true)]
    [InlineData("https://github.com/acme/gitops", "HEAD", true)]
    [InlineData("https://github.com/acme/charts.git", "main", false)]
    [InlineData("https://github.com/acme/other-gitops", "main", false)]
    [InlineData("https://github.com/other-acme/gitops", "main", false)]
    [InlineData("https://github.com/acme/gitops", "rendered/production", false)]
    [InlineData("", "main", false)]
    public void A_revision_counts_where_the_Application_follows_the_branch_of_the_catalog(
        string url,
        string target,
        bool counts
    )
    {
        world.AsksGitHub = true;
        world.AnnounceSource(2);
        world.Rollout.Application = FakeRollout.Synced(second) with { RepoUrl = url, TargetRevision = target };
        world.Release(2);
        world.Look();

        var question = world.Due()!.Value.Question;
        (question.NeedsConfig, question.Range!.Synced).ShouldBe((true, counts ? second : null));
    }

    [Fact]
    public void What_has_just_been_synced_may_be_the_next_releases_and_is_not_taken_for_what_is_live()
    {
        var live = JobWorld.WithBaseline("");
        live.Put(live.Current with { SyncedRevision = null });
        live.Rollout.Application = FakeRollout.Synced(second) with { SyncedAt = live.Now.AddSeconds(-5) };
        live.Look();
        live.Current.SyncedRevision.ShouldBeNull();

        live.LookAfter(60);

        live.Current.SyncedRevision.ShouldBe(second);
    }

    [Fact]
    public void A_sync_of_what_was_synced_before_is_not_the_releases_and_the_branch_counts()
    {
        world.AsksGitHub = true;
        world.AnnounceSource(2);
        world.Release(2);
        world.Look();

        world.Due()!.Value.Question.Range.ShouldBe(new GitOpsRange("apps/shop", "main", null, first));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Without_an_Application_what_was_announced_is_the_next_base_if_the_branch_has_it(bool hasIt)
    {
        var world = JobWorld.WithBaseline();
        world.Environment = world.Environment with { Application = null };
        world.Rollout.Application = null;
        world.AsksGitHub = true;
        world.AnnounceSource(2);
        world.Release(2);
        Told(world, By("bot") with { HasAnnounced = hasIt });
        world.Pause();
        world.Promote().IsOk.ShouldBeTrue();
        world.GoLive();
        world.AnnounceSource(3);
        world.Release(3);

        world.Due()!.Value.Question.Range!.Base.ShouldBe(hasIt ? second : null);
    }

    [Fact]
    public void An_announcement_that_names_another_repository_is_not_followed_there()
    {
        world.AsksGitHub = true;
        world.AnnounceSource(2, gitOpsRepository: "mallory/elsewhere");
        world.Release(2);

        world.Due()!.Value.Question.GitOpsRepository.ShouldBe("acme/gitops");
    }

    [Fact]
    public void Whoever_made_a_commit_that_was_synced_with_the_release_does_not_approve_it()
    {
        world.WaitsFor(2);
        world.Look();
        Told(By("bot", "alice"));

        world.Promote("alice").Code.ShouldBe("self_approval");
        world.Promote("bob").IsOk.ShouldBeTrue();
    }

    [Fact]
    public void Where_one_of_them_is_by_somebody_unknown_nobody_approves()
    {
        world.WaitsFor(2);
        world.Look();
        Told(By("bot", "stranger"));

        world.Promote("alice").Text.ShouldBe(RefusalTexts.Sentence(new Refusal.AuthorUnknown("Mallory")));
    }

    [Fact]
    public void Where_they_are_more_than_are_read_nobody_approves()
    {
        world.WaitsFor(2);
        world.Look();
        Told(By("bot") with { IsCut = true });

        world.Promote("alice").Text.ShouldStartWith("This release brings more commits than I read");
    }

    [Fact]
    public void They_are_kept_with_the_files_that_they_changed_each_file_once()
    {
        world.WaitsFor(2);
        world.Look();
        var asking = new GitChange(
            Commit("bot", second),
            [new GitFile("apps/shop/values.yaml", "modified", 1, 1, "-replicas: 2\n+replicas: 3")],
            IsCut: false
        );
        var other = new GitChange(
            Commit("alice", JobWorld.GitOpsOf(7)),
            [
                new GitFile("apps/shop/values.yaml", "modified", 1, 0, "+debug: true"),
                new GitFile("apps/shop/role.yaml", "added", 1, 0, "+kind: Role"),
            ],
            IsCut: false
        );

        Told(JobWorld.GitOpsTold(other, asking));

        var contents = world.Current.Contents!;
        contents.GitOpsCommits.ShouldHaveSingleItem().Sha.ShouldBe(JobWorld.GitOpsOf(7));
        contents.Files.Select(file => file.Path).ShouldBe(["apps/shop/values.yaml", "apps/shop/role.yaml"]);
        contents.Files[0].Lines.ShouldBe(["- replicas: 2", "+ replicas: 3", "+ debug: true"]);
        ContentsTexts
            .Config(contents)
            .ShouldBe("2 files beside the image; 1 commit came with the one that asks for it");
    }

    private static GitOpsChanges By(params string[] people) =>
        JobWorld.GitOpsTold([.. people.Select((who, at) => new GitChange(Commit(who, $"g{at}"), [], IsCut: false))]);

    private static GitCommit Commit(string who, string sha) => new(sha, "A change", Of(who), WebFlow);

    private void Told(GitOpsChanges changes) => Told(world, changes);

    private static void Told(JobWorld world, GitOpsChanges changes) =>
        world.Tell(
            new ContentsAnswer(
                new GitHubAnswer<Contributions>.Ok(ContentsAnswers.Told("c1")),
                new GitHubAnswer<GitOpsChanges>.Ok(changes)
            )
        );

    private void Synced(string commit) => world.Rollout.Application = FakeRollout.Synced(commit);

    private void Syncing(string commit) =>
        world.Rollout.Application = FakeRollout.Synced(commit) with { OperationPhase = "Running" };
}
