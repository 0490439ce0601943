using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Jobs.Deciding;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Tests.Core.Jobs;

/// <summary>
/// A Rollout that was deleted and made again before the controller had cleaned the active Service, which kept the hash of
/// its predecessor: its first version is stable at once, takes no traffic, and pauses for approval.
/// </summary>
public sealed class RecreatedRolloutTests
{
    private readonly JobWorld world = JobWorld.WithBaseline();

    public RecreatedRolloutTests()
    {
        world.Environment = world.Environment with
        {
            Promote = world.Environment.Promote with { AllowUnknownAuthor = true },
        };
        world.Rollout = new FakeRollout { Application = FakeRollout.Synced("commit-2") };
        world.Rollout.Settle(2);
        world.Rollout.Change(view => view with { Uid = "uid-2", Revision = 1, ActiveSelector = FakeRollout.Hash(1) });
        world.Rollout.Pause(world.Now);
        world.Look();
        world.Now = world.Now.AddSeconds(15);
    }

    [Fact]
    public void It_waits_for_approval() => world.Current.Status.ShouldBe(JobStatus.AwaitingApproval);

    [Fact]
    public void A_promote_lifts_its_pause_and_it_completes()
    {
        world.Promote().Text.ShouldBe("alice promoted 1.2.0.");
        world.Sent.ShouldHaveSingleItem().ShouldBeOfType<RolloutPatch.Promote>();

        world.GoLive();

        world.Current.Status.ShouldBe(JobStatus.Succeeded);
        world.Current.LiveWithoutApproval.ShouldBeFalse();
    }

    [Fact]
    public void A_full_promote_is_sent_and_sent_again_while_the_Service_has_not_moved()
    {
        world.HoldsPatches = true;
        world.Promote("root", full: true).IsOk.ShouldBeTrue();

        Judged().ShouldBeOfType<PatchVerdict.SendAgain>();
        world.Rollout.Switch();
        Judged().ShouldBeOfType<PatchVerdict.Happened>();
    }

    [Fact]
    public void A_full_promote_without_a_pause_would_be_forgotten_and_is_refused()
    {
        world.Rollout.Change(view => view with { PauseConditions = [], ControllerPause = false });

        world.Promote("root", full: true).Code.ShouldBe("nothing_to_promote");
    }

    [Fact]
    public void A_first_install_without_a_hash_at_its_Service_has_nothing_to_promote()
    {
        world.Rollout.Change(view =>
            view with
            {
                ActiveSelector = PodHash.None,
                PauseConditions = [],
                ControllerPause = false,
            }
        );

        world.Promote().Code.ShouldBe("nothing_to_promote");
        world.Promote("root", full: true).Code.ShouldBe("nothing_to_promote");
    }

    private PatchVerdict Judged() =>
        PatchJudge.Judge(
            world.Current.Outbox.Select(entry => entry.Effect).OfType<Effect.PatchRollout>().Single().Patch,
            world.Current,
            world.Seen.Rollout
        );
}
