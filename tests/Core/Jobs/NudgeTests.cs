using Devflow.ChatOps.Core.Jobs;

namespace Devflow.ChatOps.Tests.Core.Jobs;

/// <summary>A promote that Argo Rollouts swallowed (recordings 15a, 15b) is noticed, got moving, and told.</summary>
public sealed class NudgeTests
{
    private readonly JobWorld world = JobWorld.Waiting();

    public NudgeTests()
    {
        world.Promote();
        world.Sent.Clear();
        world.Rollout.Unpause();
    }

    private int Nudges => world.Sent.OfType<RolloutPatch.Nudge>().Count();

    [Fact]
    public void It_is_given_three_seconds()
    {
        world.LookAfter(0.2);
        var look = world.LookAfter(2.5);

        Nudges.ShouldBe(0);
        look.LookAgainAt!.Value.ShouldBeLessThanOrEqualTo(world.Now.AddSeconds(0.5));
    }

    [Fact]
    public void Then_an_annotation_gets_it_moving_and_that_is_told_once()
    {
        world.LookAfter(0.2);

        world.LookAfter(3);
        world.LookAfter(6);

        Nudges.ShouldBe(2);
        world.Sent.OfType<RolloutPatch.Nudge>().Select(nudge => nudge.Value).Distinct().Count().ShouldBe(2);
        world.Current.Timeline.Count(entry => entry.Text.Contains("an annotation on the Rollout")).ShouldBe(1);
    }

    [Fact]
    public void Nudging_ends_and_calls_for_somebody_once()
    {
        for (var i = 0; i < 20; i++)
        {
            world.LookAfter(6);
        }

        Nudges.ShouldBe(5);
        world
            .Current.Timeline.Count(entry => entry.NeedsAttention && entry.Text.Contains("several nudges"))
            .ShouldBe(1);
    }

    [Fact]
    public void What_moves_by_itself_is_left_alone()
    {
        world.LookAfter(0.2);
        world.Rollout.Switch();
        world.LookAfter(4);

        Nudges.ShouldBe(0);
        world.Current.UnpausingSince.ShouldBeNull();
    }

    [Fact]
    public void A_promote_by_kubectl_that_was_swallowed_is_got_moving_too()
    {
        var kubectl = JobWorld.Waiting();
        kubectl.Rollout.Unpause();
        kubectl.LookAfter(1);
        kubectl.LookAfter(4);

        kubectl.Sent.ShouldHaveSingleItem().ShouldBeOfType<RolloutPatch.Nudge>();
    }

    [Fact]
    public void What_Git_has_paused_is_not_nudged()
    {
        world.Rollout.Change(view => view with { SpecPaused = true });
        world.LookAfter(1);
        world.LookAfter(10);

        Nudges.ShouldBe(0);
    }

    [Fact]
    public void A_clock_that_was_set_back_does_not_stop_the_nudges()
    {
        world.LookAfter(1);
        world.Now = world.Now.AddHours(-2);
        world.Look();

        world.LookAfter(3);

        Nudges.ShouldBe(1);
    }

    [Fact]
    public void A_nudge_that_waits_for_its_answer_is_replaced_by_the_next()
    {
        world.HoldsPatches = true;
        world.LookAfter(1);
        world.LookAfter(4);
        world.LookAfter(6);

        world
            .Current.Outbox.Count(entry => entry.Effect is Effect.PatchRollout { Patch: RolloutPatch.Nudge })
            .ShouldBe(1);
    }
}
