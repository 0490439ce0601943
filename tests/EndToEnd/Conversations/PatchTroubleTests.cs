using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Sandbox.Kubernetes;
using Devflow.ChatOps.Tests.EndToEnd.World;
using Microsoft.AspNetCore.Http;
using static Devflow.ChatOps.Tests.EndToEnd.World.WorldCatalog;

namespace Devflow.ChatOps.Tests.EndToEnd.Conversations;

/// <summary>An API server that reads well and takes no patches: for whom that is told, and what becomes of the patch.</summary>
public sealed class PatchTroubleTests
{
    private const string Unconfirmed = "Cluster prod did not confirm in time";

    [Fact]
    public async Task Somebody_elses_command_is_not_answered_with_the_fate_of_an_unanswered_promote()
    {
        await using var world = await ReleaseWorld.StartAsync();
        await world.ReadyAsync();
        world.Cluster.Fault = Patches(_ => new Fault.Answer(503));
        (await world.TypeAsync(Alice, "/promote my-app")).Text.ShouldStartWith(Unconfirmed);

        var reply = await world.TypeAsync(Bob, "/devflow lock my-app incident");

        reply.Text.ShouldBe("bob locked my-app production: incident");
        (await world.LastOutcomeAsync()).ShouldBe("ok");
    }

    [Fact]
    public async Task A_promote_that_was_not_confirmed_does_not_go_live_under_a_lock_that_was_taken_since()
    {
        await using var world = await ReleaseWorld.StartAsync();
        await world.ReadyAsync();
        world.Cluster.Fault = Patches(_ => new Fault.Answer(503));
        (await world.TypeAsync(Alice, "/promote my-app")).Text.ShouldStartWith(Unconfirmed);
        await world.TypeAsync(Bob, "/devflow lock my-app incident");

        world.Cluster.Fault = null;
        world.Clock.Skip(TimeSpan.FromSeconds(20));
        await world.HintAsync();

        var job = await world.WhenJobAsync(HasNoPatch, "the end of the promote");
        job.Timeline.ShouldContain(entry => entry.Text == "Not done: Locked by bob (incident); ask them to unlock it.");
        job.Promotion.ShouldBeNull();
        world.Patches().ShouldAllBe(patch => patch.Status == 503);
        world.LiveImage().ShouldBe("registry.example.com/my-app:v1");
        await world.TypeAsync(Bob, "/devflow unlock my-app");
        (await world.TypeAsync(Alice, "/promote my-app")).Text.ShouldBe("alice promoted v2.");
    }

    [Fact]
    public async Task A_lock_drops_a_promote_at_once_that_the_cluster_has_put_off()
    {
        await using var world = await ReleaseWorld.StartAsync();
        await world.ReadyAsync();
        world.Cluster.Fault = Patches(_ => new Fault.Answer(429, TimeSpan.FromSeconds(30)));
        await world.TypeAsync(Alice, "/promote my-app");

        await world.TypeAsync(Bob, "/devflow lock my-app incident");

        var job = (await world.JobAsync())!;
        HasNoPatch(job).ShouldBeTrue();
        job.Timeline[^1].Text.ShouldBe("Not done: Locked by bob (incident); ask them to unlock it.");
        world.Patches().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_cluster_that_asks_to_wait_is_left_alone_for_that_long()
    {
        await using var world = await ReleaseWorld.StartAsync();
        await world.ReadyAsync();
        world.Cluster.Fault = Patches(count => count == 1 ? new Fault.Answer(429, TimeSpan.FromSeconds(30)) : null);

        var reply = await world.TypeAsync(Alice, "/promote my-app");

        reply.Text.ShouldBe(
            "Cluster prod asks to wait, so it has not happened yet; I keep trying and the card will tell."
        );
        for (var look = 0; look < 3; look++)
        {
            await LookAsync(world);
        }

        (await world.TypeAsync(Bob, "/promote my-app")).Text.ShouldBe("Nothing to do: v2 is being promoted already.");
        world.Patches().ShouldHaveSingleItem("30 s have not passed");
        world.Clock.Skip(TimeSpan.FromSeconds(31));
        await world.HintAsync();
        await world.WhenAsync("v2", JobStatus.Succeeded);
        world.Patches().Select(patch => patch.Status).ShouldBe([429, 200]);
    }

    [Fact]
    public async Task A_cluster_that_goes_on_failing_is_asked_ever_more_seldom_and_then_no_more()
    {
        await using var world = await ReleaseWorld.StartAsync();
        await world.ReadyAsync();
        world.Cluster.Fault = Patches(_ => new Fault.Answer(503));

        (await world.TypeAsync(Alice, "/promote my-app")).Text.ShouldStartWith(Unconfirmed);

        // One immediate second try, then at most one with each backoff.
        world.Patches().Count.ShouldBe(2);
        foreach (var failures in new[] { 3, 4, 5 })
        {
            world.Clock.Skip(TimeSpan.FromSeconds(8));
            await world.HintAsync();
            await world.WhenJobAsync(
                job => job.Outbox.Any(entry => entry.Attempts == failures && entry.NotBefore is not null),
                $"failure {failures}"
            );
            world.Patches().Count.ShouldBe(failures);
        }

        world.Clock.Skip(TimeSpan.FromMinutes(3));
        await world.HintAsync();
        var job = await world.WhenJobAsync(HasNoPatch, "the end of the promote");
        job.Timeline[^1].Text.ShouldStartWith("Not done: The cluster did not take it in time, so I gave it up;");
        job.Status.ShouldBe(JobStatus.AwaitingApproval);
        world.Patches().Count.ShouldBe(5);
    }

    [Fact]
    public async Task The_audit_says_what_was_patched_also_when_that_is_known_late()
    {
        await using var world = await ReleaseWorld.StartAsync();
        await world.ReadyAsync();
        world.Cluster.Fault = Patches(count => count <= 2 ? new Fault.Answer(503) : null);
        (await world.TypeAsync(Alice, "/promote my-app")).Text.ShouldStartWith(Unconfirmed);

        world.Clock.Skip(TimeSpan.FromSeconds(2));
        await world.HintAsync();
        await world.WhenAsync("v2", JobStatus.Succeeded);
        var entry = await world.WhenAsync(
            async () => (await world.AuditAsync()).FirstOrDefault(entry => entry.Action == "patch promote"),
            "the audit of the patch"
        );

        (entry.Who, entry.Outcome).ShouldBe(("alice", "ok"));
        entry.Patch.ShouldStartWith("rollouts/status shop/my-app: pauseConditions=null");
        entry.Patch.ShouldContain($"pod hash {entry.PodHash}, resourceVersion ");
        (await world.LastOutcomeAsync()).ShouldBe("cluster_unreachable", "that is what alice was told");
    }

    private static bool HasNoPatch(Job job) => job.Outbox.All(entry => entry.Effect is not Effect.PatchRollout);

    /// <summary>Hints, and waits until the service has read the Rollout again.</summary>
    private static async Task LookAsync(ReleaseWorld world)
    {
        var reads = world.Reads();
        await world.HintAsync();
        await world.WhenJobAsync(_ => world.Reads() > reads, "a look at the Rollout");
    }

    /// <summary>A fault for each patch, by its number.</summary>
    private static Func<HttpRequest, Fault?> Patches(Func<int, Fault?> fault)
    {
        var count = 0;
        return request => request.Method == "PATCH" ? fault(Interlocked.Increment(ref count)) : null;
    }
}
