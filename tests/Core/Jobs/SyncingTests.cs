using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Tests.Core.Jobs;

/// <summary>What an announced release says until the cluster has it.</summary>
public sealed class SyncingTests
{
    private readonly JobWorld world = JobWorld.WithBaseline();
    private readonly JobId id;

    public SyncingTests() => id = world.Announce(2);

    private Job Job => world[id];

    [Fact]
    public void It_waits_for_Argo_CD_to_see_the_commit()
    {
        Job.Status.ShouldBe(JobStatus.Pending);
        Job.Message.ShouldBe("Waiting for Argo CD to see the commit.");
    }

    [Fact]
    public void A_sync_that_runs_is_shown()
    {
        Argo(app => app with { OperationPhase = "Running" });

        world.LookAfter(1);

        Job.Status.ShouldBe(JobStatus.Syncing);
        Job.Steps[0].Status.ShouldBe(StepStatus.Running);
    }

    [Fact]
    public void Applied_does_not_go_back_when_the_sync_is_over_and_the_Rollout_is_about_to_change()
    {
        List<StepStatus> applied = [];
        foreach (
            var application in new ApplicationView[]
            {
                FakeRollout.Synced("commit-1") with
                {
                    ComparedRevision = "commit-2",
                    SyncStatus = "OutOfSync",
                },
                FakeRollout.Synced("commit-1") with
                {
                    ComparedRevision = "commit-2",
                    OperationPhase = "Running",
                },
                FakeRollout.Synced("commit-2") with
                {
                    SyncStatus = "OutOfSync",
                },
                FakeRollout.Synced("commit-2"),
            }
        )
        {
            world.Rollout.Application = application;
            world.LookAfter(1);
            applied.Add(Job.Steps[0].Status);
        }

        applied.ShouldAllBe(status => status == StepStatus.Running);
        Job.Timeline[^1].Text.ShouldBe("Argo CD sees the commit and has not synced it yet.");
        Job.Message.ShouldBe("Argo CD has synced the commit; the Rollout has not taken it up yet.");
    }

    [Fact]
    public void A_sync_that_failed_calls_for_somebody_once()
    {
        for (var i = 0; i < 3; i++)
        {
            Argo(app =>
                app with
                {
                    OperationPhase = "Failed",
                    OperationMessage = "one or more objects failed",
                    ComparedRevision = "commit-2",
                }
            );
            world.LookAfter(5);
            Job.Status.ShouldBe(JobStatus.SyncFailed);
            Argo(app => app with { OperationPhase = "Running" });
            world.LookAfter(5);
        }

        Job.Timeline.Count(entry => entry.NeedsAttention).ShouldBe(1);
    }

    [Fact]
    public void A_failed_sync_of_another_commit_is_not_ours()
    {
        Argo(app => app with { OperationPhase = "Failed", OperationMessage = "no" });

        world.LookAfter(5);

        Job.Status.ShouldBe(JobStatus.Pending);
    }

    [Fact]
    public void Nothing_within_the_deadline_is_told_and_a_late_sync_reopens_it()
    {
        world.LookAfter(14 * 60);
        Job.Status.ShouldBe(JobStatus.Pending);
        world.LookAfter(60);
        Job.Status.ShouldBe(JobStatus.SyncFailed);
        Job.Message.ShouldContain("15 min");

        world.Rollout.Release(2);
        world.LookAfter(3600);

        world.Current.Id.ShouldBe(id);
        Job.Status.ShouldBe(JobStatus.Running);
    }

    [Fact]
    public void Without_automated_sync_there_is_no_deadline()
    {
        Argo(app => app with { AutomatedSync = false, SyncStatus = "OutOfSync" });

        world.LookAfter(3600);

        Job.Status.ShouldBe(JobStatus.Syncing);
        Job.Message.ShouldContain("sync the Application");
    }

    [Fact]
    public void Synced_and_the_same_hash_is_NoChange()
    {
        world.Rollout.Application = FakeRollout.Synced("commit-2");
        world.LookAfter(1);
        Job.Status.ShouldBe(JobStatus.Syncing);

        world.LookAfter(5);

        Job.Status.ShouldBe(JobStatus.NoChange);
        Job.IsFinal.ShouldBeTrue();
    }

    [Fact]
    public void A_later_commit_that_is_synced_without_a_change_is_NoChange_too()
    {
        world.Rollout.Application = FakeRollout.Synced("commit-9");
        world.LookAfter(1);
        world.LookAfter(30);
        Job.Status.ShouldBe(JobStatus.Pending);

        world.LookAfter(30);

        Job.Status.ShouldBe(JobStatus.NoChange);
    }

    [Fact]
    public void Synced_while_the_generation_is_not_observed_is_not_NoChange()
    {
        world.Rollout.Application = FakeRollout.Synced("commit-2");
        world.Rollout.Change(view => view with { Generation = view.Generation + 1 });
        world.LookAfter(1);
        world.LookAfter(60);

        Job.Status.ShouldBe(JobStatus.Syncing);
        Job.Message.ShouldContain("the Rollout has not taken it up yet");
    }

    [Fact]
    public void What_was_announced_while_the_cluster_could_not_be_read_is_bound_all_the_same()
    {
        JobWorld blind = JobWorld.WithBaseline();
        var request = new ReleaseRequest(FakeRollout.Repository) { Tag = "1.2.0", GitOpsCommit = "commit-2" };
        var created = blind.Do(
            new Wish.Create(blind.NextId(), request, ChatOps.Core.Policy.Authors.Unknown, "hash"),
            "root",
            look: false,
            readable: false
        );
        blind.Rollout.Release(2);
        blind.LookAfter(5);

        blind.Current.Id.ShouldBe(created.Job!.Value);
    }

    [Fact]
    public void While_there_is_no_Rollout_it_waits()
    {
        world.IsGone = true;
        world.LookAfter(1);

        Job.Status.ShouldBe(JobStatus.Pending);
    }

    private void Argo(Func<ApplicationView, ApplicationView> change) =>
        world.Rollout.Application = change(world.Rollout.Application!);
}
