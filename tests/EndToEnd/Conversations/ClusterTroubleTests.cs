using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Sandbox.Kubernetes;
using Devflow.ChatOps.Tests.EndToEnd.World;
using Microsoft.AspNetCore.Http;
using static Devflow.ChatOps.Tests.EndToEnd.World.WorldCatalog;

namespace Devflow.ChatOps.Tests.EndToEnd.Conversations;

/// <summary>A cluster that is away, refuses, changes under the hand or loses its answers.</summary>
public sealed class ClusterTroubleTests
{
    [Fact]
    public async Task A_cluster_that_is_down_is_named_and_once_it_is_back_the_release_goes_on()
    {
        await using var world = await ReleaseWorld.StartAsync();
        await world.ReadyAsync();
        world.Cluster.Fault = _ => new Fault.Cut();

        var reply = await world.TypeAsync(Alice, "/promote my-app");

        reply.Status.ShouldBe(200);
        reply.Text.ShouldBe("The cluster prod does not answer, so nothing was changed; try again in a minute.");
        (await world.LastOutcomeAsync()).ShouldBe("cluster_unreachable");
        world.Cluster.Fault = null;
        (await world.TypeAsync(Alice, "/promote my-app")).Text.ShouldBe("alice promoted v2.");
        await world.WhenAsync("v2", JobStatus.Succeeded);
        world.Patches().Count(patch => patch.Status == 200).ShouldBe(1);
    }

    [Fact]
    public async Task A_cluster_that_hangs_holds_up_no_release_in_another()
    {
        var lost = Enumerable
            .Range(1, 40)
            .Select(number => new WorldApp($"lost-{number}") { Cluster = "lost" })
            .ToList();
        await using var world = await ReleaseWorld.StartAsync(new WorldOptions { Apps = [new WorldApp(), .. lost] });

        await world.ReadyAsync();

        // One round would have asked for all of them first, and waited for each.
        world.HangingRequests.ShouldBeInRange(1, lost.Count - 1);
    }

    [Fact]
    public async Task A_cluster_that_hangs_is_answered_for_in_time_and_told_of_later()
    {
        await using var world = await ReleaseWorld.StartAsync();
        await world.ReadyAsync();
        world.Cluster.Fault = _ => new Fault.Hang();

        var reply = await world.TypeAndReadAtOnceAsync(Alice, "/promote my-app");

        reply.Text.ShouldBe("On it. I'll tell you here what came of it.");
        await world.WhenWhisperedAsync(Alice, "The cluster prod does not answer, so nothing was changed");
        world.Cluster.Fault = null;
        world.Patches().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_service_that_is_told_to_stop_acknowledges_what_it_works_on_and_the_next_one_does_it()
    {
        await using var world = await ReleaseWorld.StartAsync();
        await world.ReadyAsync();
        world.Cluster.Fault = _ => new Fault.Hang();
        var reply = world.TypeAndReadAtOnceAsync(Alice, "/promote my-app");
        await world.WhenAsync(
            async () =>
                (await world.Store.OpenCommandsAsync(ReleaseWorld.RefOf(world.App), default)).Count == 1 ? "" : null,
            "the command is written down"
        );

        world.BeginToStopService();

        (await reply).Text.ShouldBe("On it. I'll tell you here what came of it.");
        await world.StopServiceAsync();
        world.Cluster.Fault = null;
        await world.StartServiceAsync();
        await world.WhenWhisperedAsync(Alice, "alice promoted v2.");
        await world.WhenAsync("v2", JobStatus.Succeeded);
        world.Patches().Count(patch => patch.Status == 200).ShouldBe(1);
    }

    [Fact]
    public async Task What_was_asked_of_an_app_that_the_catalog_forgets_is_refused_once_and_told()
    {
        await using var world = await ReleaseWorld.StartAsync();
        await world.ReadyAsync();
        world.Cluster.Fault = _ => new Fault.Hang();
        (await world.TypeAndReadAtOnceAsync(Alice, "/promote my-app")).Text.ShouldStartWith("On it.");
        await world.StopServiceAsync();
        world.WriteCatalog([new WorldApp("other-app")]);
        world.Cluster.Fault = null;

        await world.StartServiceAsync();

        await world.WhenWhisperedAsync(Alice, "I know no “my-app production”");
        world.Patches().ShouldBeEmpty();
        await world.WhenAsync(
            async () =>
                (await world.Store.OpenCommandsAsync(ReleaseWorld.RefOf(world.App), default)).Count == 0 ? "" : null,
            "the command is at its end"
        );
    }

    [Fact]
    public async Task Every_read_answered_500_is_a_cluster_that_does_not_answer()
    {
        await using var world = await ReleaseWorld.StartAsync();
        await world.ReadyAsync();
        world.Cluster.Fault = _ => new Fault.Answer(500);

        (await world.TypeAsync(Alice, "/promote my-app")).Text.ShouldStartWith("The cluster prod does not answer");

        world.Cluster.Fault = null;
        world.Patches().ShouldBeEmpty();
    }

    [Theory]
    [InlineData(409)]
    [InlineData(500)]
    public async Task A_patch_that_is_refused_once_is_decided_again(int status)
    {
        await using var world = await ReleaseWorld.StartAsync();
        await world.ReadyAsync();
        world.Cluster.Fault = Patches(count => count == 1 ? new Fault.Answer(status) : null);

        (await world.TypeAsync(Alice, "/promote my-app")).Text.ShouldBe("alice promoted v2.");

        await world.WhenAsync("v2", JobStatus.Succeeded);
        world.Patches().Select(patch => patch.Status).ShouldBe([status, 200]);
        world.Thread().Count(text => text.Contains("alice promoted v2.", StringComparison.Ordinal)).ShouldBeLessThan(2);
    }

    [Fact]
    public async Task A_Rollout_that_changes_between_read_and_patch_is_read_again()
    {
        await using var world = await ReleaseWorld.StartAsync();
        await world.ReadyAsync();
        world.Cluster.Fault = Patches(count =>
        {
            if (count == 1)
            {
                world.ChangeRollout(rollout => rollout["metadata"]!["annotations"]!["touched"] = "by somebody");
            }

            return null;
        });

        (await world.TypeAsync(Alice, "/promote my-app")).Text.ShouldBe("alice promoted v2.");

        await world.WhenAsync("v2", JobStatus.Succeeded);
        world.Patches().Select(patch => patch.Status).ShouldBe([409, 200]);
        world.Patches().Select(patch => patch.Body).ShouldBeUnique();
    }

    [Fact]
    public async Task A_newer_version_that_arrives_between_read_and_patch_is_not_promoted()
    {
        await using var world = await ReleaseWorld.StartAsync();
        await world.ReadyAsync();
        world.Cluster.Fault = Patches(count =>
        {
            if (count == 1)
            {
                world.Release("v3");
            }

            return null;
        });

        var reply = await world.TypeAsync(Alice, "/promote my-app");

        reply.Text.ShouldStartWith("A newer release, v3, has taken its place;");
        world.Patches().ShouldAllBe(patch => patch.Status == 409);
        await world.WhenAsync("v3", JobStatus.AwaitingApproval);
        world.LiveImage().ShouldBe("registry.example.com/my-app:v1");
    }

    [Fact]
    public async Task A_Rollout_that_changes_under_every_try_is_left_alone()
    {
        await using var world = await ReleaseWorld.StartAsync();
        await world.ReadyAsync();
        world.Cluster.Fault = Patches(_ => new Fault.Answer(409));

        var reply = await world.TypeAsync(Alice, "/promote my-app");

        reply.Text.ShouldBe(
            "The Rollout kept changing while I tried, so nothing was changed; look at the card and try again."
        );
        (await world.LastOutcomeAsync()).ShouldBe("conflict");
        world.Patches().Count.ShouldBe(5);
        world.Cluster.Fault = null;
        (await world.TypeAsync(Alice, "/promote my-app")).Text.ShouldBe("alice promoted v2.");
        await world.WhenAsync("v2", JobStatus.Succeeded);
    }

    [Fact]
    public async Task A_patch_whose_answer_was_lost_is_looked_for_and_not_sent_again()
    {
        await using var world = await ReleaseWorld.StartAsync();
        await world.ReadyAsync();
        world.Cluster.Fault = Patches(count => count == 1 ? new Fault.LoseAnswer() : null);

        var reply = await world.TypeAsync(Alice, "/promote my-app");

        reply.Text.ShouldBe("alice promoted v2.");
        await world.WhenAsync("v2", JobStatus.Succeeded);
        world.Patches().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task What_the_cluster_forbids_is_said_with_the_right_that_is_missing()
    {
        await using var world = await ReleaseWorld.StartAsync();
        await world.ReadyAsync();
        world.Cluster.Fault = Patches(_ => new Fault.Answer(403));

        var reply = await world.TypeAsync(Alice, "/promote my-app");

        reply.Text.ShouldStartWith("The cluster prod does not let me ");
        reply.Text.ShouldContain("rollouts/status");
        (await world.LastOutcomeAsync()).ShouldBe("forbidden_by_cluster");
        var job = await world.JobAsync();
        job!.Status.ShouldBe(JobStatus.AwaitingApproval);
        job.Promotion.ShouldBeNull("nothing was promoted");
        job.Outbox.ShouldAllBe(entry => entry.Effect is Effect.AppendAudit);
    }

    [Fact]
    public async Task A_deleted_Rollout_is_said_to_be_gone_and_its_release_ends_after_two_minutes()
    {
        await using var world = await ReleaseWorld.StartAsync();
        await world.ReadyAsync();
        world.Objects.Delete(Resources.Rollout, Namespace, "my-app").ShouldBeTrue();

        foreach (var line in new[] { "/promote my-app", "/rollback my-app", "/devflow retry my-app" })
        {
            var reply = await world.TypeAsync(Alice, line);
            reply.Text.ShouldBe(
                "The Rollout shop/my-app is gone from prod; restore it from Git, or take it out of the catalog."
            );
            (await world.LastOutcomeAsync()).ShouldBe("rollout_gone");
        }

        await world.HintAsync();
        await world.WhenJobAsync(job => job.GoneSince is not null, "the Rollout being missed");
        world.Clock.Skip(TimeSpan.FromMinutes(2));
        await world.HintAsync();
        var ended = await world.WhenAsync("v2", JobStatus.Cancelled);
        ended.Message.ShouldContain("is not in cluster prod any more");
        await world.WhenCardAsync("cancelled");
    }

    /// <summary>A fault for each patch, by its number.</summary>
    private static Func<HttpRequest, Fault?> Patches(Func<int, Fault?> fault)
    {
        var count = 0;
        return request => request.Method == "PATCH" ? fault(Interlocked.Increment(ref count)) : null;
    }
}
