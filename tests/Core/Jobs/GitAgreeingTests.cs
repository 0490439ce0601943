using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;
using static Devflow.ChatOps.Tests.Core.Jobs.GitWorld;

namespace Devflow.ChatOps.Tests.Core.Jobs;

/// <summary>Git is made to agree: by a person, or unasked after an abort by the controller.</summary>
public sealed class GitAgreeingTests
{
    [Fact]
    public void Make_Git_agree_puts_Git_back_after_an_abort_by_the_controller()
    {
        var world = Aborted();

        world.Do(new Wish.MakeGitAgree(), "carol").Code.ShouldBe("not_allowed");
        world.Do(new Wish.MakeGitAgree("it crashed"), "olga").IsOk.ShouldBeTrue();

        world.Sent.ShouldBeEmpty();
        world.Current.Rollback!.Path.ShouldBe(RollbackPath.GitOnly);
        world.Revert!.Reason.ShouldBe("it crashed");
    }

    [Theory]
    [InlineData(true, "nothing_to_agree")]
    [InlineData(false, "git_not_set_up")]
    public void Make_Git_agree_has_nothing_to_do_where_nothing_was_rolled_back(bool writes, string code)
    {
        var world = JobWorld.Waiting();
        world.WritesGit = writes;

        world.Do(new Wish.MakeGitAgree()).Code.ShouldBe(code);
    }

    [Fact]
    public void With_onAbort_revertGit_it_is_done_unasked_and_told()
    {
        var world = Waiting();
        world.Environment = world.Environment with { OnAbort = OnAbort.RevertGit };
        world.Rollout.Abort(world.Now);

        world.LookAfter(1);

        world.Current.Status.ShouldBe(JobStatus.RollingBack);
        var revert = world.Revert.ShouldNotBeNull();
        revert.By.ShouldBe("devflow");
        Calls(world, "onAbort: revertGit").ShouldBe(1);
        world.LookAfter(30);
        world.Revert!.Id.ShouldBe(revert.Id);
        world.Git(Written);
        world.Rollout.BackTo(1);
        world.LookAfter(1);
        world.Current.Status.ShouldBe(JobStatus.RolledBack);
    }

    [Theory]
    [InlineData(false, OnAbort.RevertGit)]
    [InlineData(true, OnAbort.Keep)]
    public void Otherwise_an_abort_leaves_Git_as_it_is(bool writes, OnAbort onAbort)
    {
        var world = JobWorld.Waiting();
        world.WritesGit = writes;
        world.Environment = world.Environment with { OnAbort = onAbort };
        world.Rollout.Abort(world.Now);

        world.LookAfter(1);

        world.Current.Status.ShouldBe(JobStatus.Failed);
        world.Revert.ShouldBeNull();
    }
}
