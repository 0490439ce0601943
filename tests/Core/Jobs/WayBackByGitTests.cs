using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Tests.Core.Jobs;

/// <summary>
/// What comes while a rollback is under way is the way back, which passes without the author rule, only where it cannot be
/// anything else.
/// </summary>
public sealed class WayBackByGitTests
{
    [Fact]
    public void Where_all_files_went_back_another_pod_hash_with_the_old_image_is_a_release_of_its_own()
    {
        var world = RolledBackInGit(imageOnly: null);

        Comes(world, FakeRollout.Image(1));

        world.Current.RollbackOf.ShouldBeNull();
        world.Current.Source.ShouldBe(JobSource.External);
    }

    [Fact]
    public void Another_container_beside_the_old_image_is_a_release_of_its_own()
    {
        var world = RolledBackInGit("somebody has changed its files since");

        Comes(world, FakeRollout.Image(1), "registry.example.com/sidecar:1");

        world.Current.RollbackOf.ShouldBeNull();
        world.Current.Source.ShouldBe(JobSource.External);
    }

    [Fact]
    public void Later_the_target_with_configuration_that_was_approved_with_the_release_is_the_way_back_once_Argo_CD_says_so()
    {
        var world = Later(isOnSynced: true);
        var bad = world.Current.Id;

        Comes(world, FakeRollout.Image(1));
        world.Current.RollbackOf.ShouldBeNull("Argo CD may speak of an earlier sync");
        world.Told.ShouldContain("stays in Git");
        Pauses(world);
        world.Promote("olga").Code.ShouldBe("not_allowed");

        world.Rollout.Application = FakeRollout.Synced("commit-3");
        world.LookAfter(5);

        (world.Current.RollbackOf, world.Current.Source).ShouldBe((bad, JobSource.Rollback));
        world.Told.ShouldContain("this is the way back, and those in rollback.by may promote it");
        world.Promote("carol").Code.ShouldBe("not_allowed");
        world.Promote("olga").IsOk.ShouldBeTrue();
    }

    [Theory]
    [InlineData("commit-4", "Succeeded")]
    [InlineData("", "Succeeded")]
    [InlineData("commit-3", "")]
    public void It_is_not_where_Argo_CD_synced_something_else_or_does_not_tell(string synced, string phase)
    {
        var world = Later(isOnSynced: true);
        Comes(world, FakeRollout.Image(1));
        Pauses(world);

        world.Rollout.Application = FakeRollout.Synced(synced) with { OperationPhase = phase };
        world.LookAfter(5);
        world.Rollout.Application = FakeRollout.Synced("commit-3");
        world.LookAfter(5);

        IsOfItsOwn(world);
        world.Told.ShouldContain("did not sync exactly the rollback's commit");
    }

    [Fact]
    public void Nor_while_the_sync_is_not_over()
    {
        var world = Later(isOnSynced: true);
        Comes(world, FakeRollout.Image(1));
        Pauses(world);

        world.Rollout.Application = FakeRollout.Synced("commit-3") with { OperationPhase = "Running" };
        world.LookAfter(5);

        IsOfItsOwn(world);
    }

    [Fact]
    public void Nor_where_something_came_into_Git_in_between_and_that_is_told()
    {
        var world = Later(isOnSynced: false);

        Comes(world, FakeRollout.Image(1));
        Pauses(world);
        world.Rollout.Application = FakeRollout.Synced("commit-3");
        world.LookAfter(5);

        IsOfItsOwn(world);
        world.Told.ShouldContain("or since, stays in Git");
        world.Told.ShouldContain("nobody may promote it (author_unknown");
    }

    [Fact]
    public void Nor_with_another_container()
    {
        var world = Later(isOnSynced: true);

        Comes(world, FakeRollout.Image(1), "registry.example.com/sidecar:1");
        Pauses(world);
        world.Rollout.Application = FakeRollout.Synced("commit-3");
        world.LookAfter(5);

        IsOfItsOwn(world);
    }

    [Fact]
    public void What_came_with_a_release_that_nobody_had_approved_is_not_asked_for()
    {
        var world = GitWorld.Waiting();
        world.Current.SyncedRevision.ShouldBe("commit-1");

        world.RollBack();

        world.Revert.ShouldNotBeNull().Synced.ShouldBeNull();
    }

    [Fact]
    public void A_version_whose_ReplicaSet_is_deleted_comes_back_by_Git_alone()
    {
        var world = GitWorld.Live();
        var bad = world.Current.Id;
        Forget(world, 1);
        world.Current.WayBack.ShouldBe(RollbackPath.Release);
        var sent = world.Sent.Count;

        world.RollBack("olga").Text.ShouldContain("to 1.1.0: release the old version again");

        (world.Sent.Count, world.Current.Rollback!.ByGit).ShouldBe((sent, true));
        world.Revert.ShouldNotBeNull().TargetImages.ShouldBe([FakeRollout.Image(1)]);
        world.Git(GitWorld.Written);
        world.Rollout.Release(1);
        world.LookAfter(1);
        world.Current.RollbackOf.ShouldBe(bad);
    }

    [Fact]
    public void Nor_does_a_second_rollback_in_a_row_need_a_ReplicaSet()
    {
        var world = GitWorld.RolledBackToTheSecond();
        Forget(world, 1);

        world.RollBack().IsOk.ShouldBeTrue();

        world.Current.Rollback!.Target.ShouldBe(FakeRollout.Hash(1));
        world.Revert!.TargetImages.ShouldBe([FakeRollout.Image(1)]);
    }

    [Fact]
    public void A_second_rollback_in_a_row_takes_the_version_away_that_Git_asks_for_by_the_first()
    {
        var world = GitWorld.RolledBackToTheSecond();

        world.RollBack().IsOk.ShouldBeTrue();

        var revert = world.Revert.ShouldNotBeNull();
        revert.BadImages.ShouldBe([FakeRollout.Image(2)]);
        revert.Commit.ShouldBe("commit-2");
    }

    [Theory]
    [InlineData(true, "git_not_set_up", "I have no GitHub App that may write acme/gitops")]
    [InlineData(false, "nothing_to_roll_back", "revisionHistoryLimit")]
    public void Where_Git_cannot_bring_it_the_refusal_says_why(bool isInGit, string code, string why)
    {
        var world = JobWorld.Live();
        world.Environment = isInGit ? world.Environment : world.Environment with { GitOps = null };
        Forget(world, 1);
        world.Current.WayBack.ShouldBeNull();

        var outcome = world.RollBack();

        outcome.Code.ShouldBe(code);
        outcome.Text.ShouldContain(why);
    }

    /// <summary>As the controller does with <c>revisionHistoryLimit: 0</c>.</summary>
    private static void Forget(JobWorld world, int version)
    {
        world.Rollout.Sets.Remove(FakeRollout.Hash(version));
        world.LookAfter(60);
    }

    /// <summary>A live release is rolled back by Git alone, long after it went live.</summary>
    private static JobWorld Later(bool isOnSynced)
    {
        var world = GitWorld.Live();
        world.Rollout.ScaledDown(1);
        world.LookAfter(60);
        world.RollBack("olga").IsOk.ShouldBeTrue();
        world.Revert.ShouldNotBeNull().Synced.ShouldBe("commit-1");
        world.Git(new GitAnswer.Written("commit-3", null) { IsOnSynced = isOnSynced });
        // Argo CD is at it.
        world.Rollout.Application = FakeRollout.Synced("commit-1") with
        {
            OperationPhase = "Running",
        };
        return world;
    }

    private static void Pauses(JobWorld world)
    {
        world.Rollout.Ready();
        world.Rollout.Pause(world.Now);
        // What is typed at once is meant for what was there before.
        world.LookAfter(15);
    }

    private static void IsOfItsOwn(JobWorld world)
    {
        (world.Current.RollbackOf, world.Current.Source).ShouldBe((null, JobSource.External));
        world.Promote("olga").Code.ShouldBe("not_allowed");
        world.Promote("alice").Code.ShouldBe("author_unknown");
    }

    private static JobWorld RolledBackInGit(string? imageOnly)
    {
        var world = JobWorld.Waiting();
        world.WritesGit = true;
        world.Look();
        world.RollBack();
        world.Rollout.Abort(world.Now);
        world.LookAfter(1);
        world.Git(new GitAnswer.Written("commit-3", imageOnly));
        return world;
    }

    private static void Comes(JobWorld world, params string[] images)
    {
        world.Rollout.Release(4);
        var hash = FakeRollout.Hash(4);
        world.Rollout.Sets[hash] = world.Rollout.Sets[hash] with { Images = [.. images] };
        world.Rollout.Change(view => view with { TemplateImages = [.. images] });
        world.LookAfter(1);
    }
}
