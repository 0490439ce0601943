using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Jobs.Deciding;
using Devflow.ChatOps.Core.Messages.Slack;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Tests.Core.Messages;
using Devflow.ChatOps.Tests.Core.Rollouts;

namespace Devflow.ChatOps.Tests.Core.Jobs;

/// <summary>The button "Roll back" names the path that the rollback would take: a click on it is not refused as stale.</summary>
public sealed class WayBackTests
{
    public static TheoryData<string> BlueGreen => RecordingReplayTests.BlueGreen;

    [Theory]
    [InlineData("pods are unready right after the switch")]
    [InlineData("more replicas are wanted")]
    public void Live_and_stable_and_not_Healthy_the_button_names_the_way_that_a_click_takes(string why)
    {
        var world = JobWorld.Waiting();
        world.Promote();
        world.Rollout.Switch();
        world.LookAfter(1);
        ButtonOf(world).ShouldBe(RollbackPath.Abort);

        world.Rollout.Complete(world.Now);
        world.Rollout.Change(view => view with { Phase = "Progressing", Message = "more replicas need to be updated" });
        if (why == "more replicas are wanted")
        {
            world.Rollout.Change(view => view with { Replicas = 6 });
        }

        world.LookAfter(1);

        world.Current.Release![StepName.Completed].Status.ShouldBe(StepStatus.Running);
        var path = ButtonOf(world).ShouldNotBeNull();
        path.ShouldBe(why == "more replicas are wanted" ? RollbackPath.Release : RollbackPath.Undo);
        world.RollBack(announced: path).IsOk.ShouldBeTrue();
    }

    [Fact]
    public void Until_the_old_ReplicaSet_is_marked_it_is_looked_at_soon()
    {
        var world = JobWorld.Waiting();
        world.Promote();
        world.Rollout.Switch();
        world.Rollout.Complete(world.Now);
        var old = world.Rollout.Sets[FakeRollout.Hash(1)];
        world.Rollout.Sets[FakeRollout.Hash(1)] = old with { ScaleDownDeadline = null };

        world.LookAfter(1).LookAgainAt.ShouldBe(world.Now.AddSeconds(2));
        world.Rollout.Sets[FakeRollout.Hash(1)] = old;
        world.LookAfter(2);

        ButtonOf(world).ShouldBe(RollbackPath.Undo);
        world.Current.InstantRollbackUntil.ShouldBe(old.ScaleDownDeadline);
    }

    [Theory]
    [MemberData(nameof(BlueGreen))]
    public void The_button_names_what_a_rollback_would_do_at_every_moment_that_was_recorded(string recording)
    {
        var run = Recording.Of(recording);
        var world = new RecordedWorld();
        foreach (var moment in run.Moments(run.Storefront))
        {
            world.Look(moment.Seen);
            if (
                moment.Seen.Rollout is not { IsObserved: true } rollout
                || world.Current is not { HasLeft: false, IsFinal: false } job
                || job.Release!.Hash != rollout.CurrentPodHash
                || job.Release.Base.IsNone
            )
            {
                continue;
            }

            var button = PathOf(MessageText.FindButton(Card(job, moment.At), "Roll back"));
            button.ShouldBe(WaysBack.PlanFor(world.Jobs, moment.Seen, rollout)?.Path, $"{moment.At:O} {job.Message}");
        }
    }

    private static RollbackPath? ButtonOf(JobWorld world) =>
        PathOf(
            MessageText.FindButton(
                ReleaseCard.Build(world.Current, null, world.Here.Target, world.Here.Catalog, world.Now),
                "Roll back"
            )
        );

    private static SlackMessage Card(Job job, DateTimeOffset now) =>
        ReleaseCard.Build(job, null, RecordedWorld.Target, RecordedWorld.Company, now);

    private static RollbackPath? PathOf(System.Text.Json.Nodes.JsonObject? button) =>
        button is null ? null : CardActions.Read((string?)button["value"])!.Value.Path;
}
