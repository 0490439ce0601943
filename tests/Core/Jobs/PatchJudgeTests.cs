using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Jobs.Deciding;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Tests.Core.Jobs;

/// <summary>What a fresh read says about a patch whose answer was never seen, or that was refused with 409.</summary>
public sealed class PatchJudgeTests
{
    private readonly JobWorld world = JobWorld.Waiting();

    public PatchJudgeTests() => world.HoldsPatches = true;

    [Fact]
    public void A_promote_whose_pause_is_there_still_is_sent_again_under_the_new_resourceVersion()
    {
        world.Promote();
        world.Rollout.Change(view => view with { Message = "something else" });

        var again = Judged().ShouldBeOfType<PatchVerdict.SendAgain>();

        again.Patch.ResourceVersion.ShouldBe(world.Seen.Rollout!.ResourceVersion);
    }

    [Fact]
    public void A_promote_whose_pause_is_gone_happened()
    {
        world.Promote();
        world.Rollout.Unpause();

        Judged().ShouldBeOfType<PatchVerdict.Happened>();
    }

    [Fact]
    public void A_promote_whose_pause_began_anew_happened_and_the_new_pause_stays()
    {
        world.Promote();
        world.Rollout.Pause(world.Now.AddSeconds(1));

        Judged().ShouldBeOfType<PatchVerdict.Happened>();
    }

    [Theory]
    [InlineData("template", "superseded")]
    [InlineData("hash", "superseded")]
    [InlineData("uid", "superseded")]
    [InlineData("abort", "aborted")]
    [InlineData("paused", "paused_by_hand")]
    [InlineData("gone", "rollout_gone")]
    [InlineData("rolled back", "aborted")]
    public void A_promote_that_is_not_possible_any_more_is_void(string change, string code)
    {
        world.Promote();
        switch (change)
        {
            case "template":
                world.Rollout.Template(3);
                break;
            case "hash":
                world.Rollout.Release(3);
                break;
            case "uid":
                world.Rollout.Change(view => view with { Uid = "uid-2" });
                break;
            case "abort":
                world.Rollout.Abort(world.Now);
                break;
            case "paused":
                world.Rollout.Change(view => view with { SpecPaused = true });
                break;
            case "gone":
                world.IsGone = true;
                break;
        }

        var job = world.Current;
        if (change == "rolled back")
        {
            job = job with
            {
                Status = JobStatus.RollingBack,
                Rollback = new Rollback(
                    JobWorld.Person("olga"),
                    world.Now,
                    "",
                    RollbackPath.Abort,
                    FakeRollout.Hash(1)
                ),
            };
        }

        PatchJudge.Judge(Patch, job, world.Seen.Rollout).ShouldBeOfType<PatchVerdict.Void>().Why.Code.ShouldBe(code);
    }

    [Fact]
    public void A_full_promote_is_sent_until_the_status_says_so()
    {
        world.Promote("root", full: true);
        Judged().ShouldBeOfType<PatchVerdict.SendAgain>();

        world.Rollout.Change(view => view with { PromoteFull = true });
        Judged().ShouldBeOfType<PatchVerdict.Happened>();

        world.Rollout.Change(view => view with { PromoteFull = false });
        world.Rollout.Complete(world.Now);
        Judged().ShouldBeOfType<PatchVerdict.Happened>();
    }

    [Fact]
    public void An_abort_is_sent_until_the_status_says_so()
    {
        world.RollBack();
        Judged().ShouldBeOfType<PatchVerdict.SendAgain>();

        world.Rollout.Abort(world.Now);
        Judged().ShouldBeOfType<PatchVerdict.Happened>();
    }

    [Fact]
    public void An_abort_of_what_has_become_stable_is_void()
    {
        world.RollBack();
        world.Rollout.Complete(world.Now);

        Judged().ShouldBeOfType<PatchVerdict.Void>().Why.Code.ShouldBe("stale");
    }

    [Fact]
    public void An_abort_would_hit_a_newer_release()
    {
        world.RollBack();
        world.Rollout.Template(3);

        Judged().ShouldBeOfType<PatchVerdict.Void>().Why.Code.ShouldBe("superseded");
    }

    [Fact]
    public void A_retry_lifts_the_abort_that_it_was_about_and_no_later_one()
    {
        world.Rollout.Abort(world.Now);
        world.LookAfter(60);
        world.Rollout.ScaledDown(2);
        world.Retry();
        Judged().ShouldBeOfType<PatchVerdict.SendAgain>();

        world.Rollout.Change(view => view with { AbortedAt = world.Now.AddSeconds(1) });
        Judged().ShouldBeOfType<PatchVerdict.Happened>();

        world.Rollout.Retry();
        Judged().ShouldBeOfType<PatchVerdict.Happened>();
    }

    [Fact]
    public void An_undo_that_was_accepted_and_not_taken_up_happened()
    {
        var live = JobWorld.Live();
        live.HoldsPatches = true;
        live.RollBack();
        var undo = live.Current.Outbox.Select(entry => entry.Effect).OfType<Effect.PatchRollout>().Single().Patch;
        PatchJudge.Judge(undo, live.Current, live.Seen.Rollout).ShouldBeOfType<PatchVerdict.SendAgain>();

        live.Rollout.Template(1);
        PatchJudge.Judge(undo, live.Current, live.Seen.Rollout).ShouldBeOfType<PatchVerdict.Happened>();

        live.Rollout.BackTo(1);
        PatchJudge.Judge(undo, live.Current, live.Seen.Rollout).ShouldBeOfType<PatchVerdict.Happened>();

        live.Rollout.Release(3);
        PatchJudge.Judge(undo, live.Current, live.Seen.Rollout).ShouldBeOfType<PatchVerdict.Void>();
    }

    [Fact]
    public void A_nudge_is_sent_until_it_is_there_or_the_Rollout_moves()
    {
        world.Rollout.Unpause();
        world.LookAfter(1);
        world.LookAfter(4);
        var nudge = (RolloutPatch.Nudge)Patch;
        Judged().ShouldBeOfType<PatchVerdict.SendAgain>();

        world.Rollout.Change(view => view with { Nudge = nudge.Value });
        Judged().ShouldBeOfType<PatchVerdict.Happened>();

        world.Rollout.Change(view => view with { Nudge = null });
        world.Rollout.Switch();
        Judged().ShouldBeOfType<PatchVerdict.Happened>();
    }

    private RolloutPatch Patch =>
        world.Current.Outbox.Select(entry => entry.Effect).OfType<Effect.PatchRollout>().Single().Patch;

    private PatchVerdict Judged() => PatchJudge.Judge(Patch, world.Current, world.Seen.Rollout);
}
