using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Tests.EndToEnd.World;
using static Devflow.ChatOps.Tests.EndToEnd.World.WorldCatalog;

namespace Devflow.ChatOps.Tests.EndToEnd.Conversations;

/// <summary>The verbs of <c>/devflow</c>, along one release.</summary>
public sealed class DevflowCommandTests
{
    private static readonly WorldApp app = new() { More = "retry: { by: [platform] }" };

    [Fact]
    public async Task Help_names_every_command()
    {
        await using var world = await ReleaseWorld.StartAsync();

        foreach (var line in new[] { "/devflow help", "/devflow", "/promote help" })
        {
            var reply = await world.TypeAsync(Carol, line);
            foreach (var verb in new[] { "/promote", "/rollback", "status", "jobs", "retry", "lock", "unlock" })
            {
                reply.Text.ShouldContain(verb);
            }
        }
    }

    [Fact]
    public async Task One_release_is_looked_at_locked_unlocked_rolled_back_retried_and_promoted()
    {
        await using var world = await ReleaseWorld.StartAsync(
            new WorldOptions
            {
                Apps = [app with { Rollout = rollout => rollout with { AbortScaleDownDelaySeconds = 1 } }],
            }
        );
        await world.WhenSeenAsync();
        (await world.TypeAsync(Carol, "/devflow status")).Text.ShouldContain("*my-app production* · ✅ `v1` live");
        (await world.TypeAsync(Carol, "/devflow jobs my-app")).Text.ShouldBe("No releases yet.");
        var ready = await world.ReadyAsync();

        var status = await world.TypeAsync(Carol, "/devflow status my-app");
        status.Text.ShouldContain("*my-app production* · ✋ `v2` waiting for approval");
        status.Text.ShouldContain("✋ *Verify*");
        status.Text.ShouldContain("🗳️ *Approvals* 0 of 1: nobody yet");

        (await world.TypeAsync(Alice, "/devflow lock my-app --for 2h the database moves")).Text.ShouldStartWith(
            "alice locked my-app production until "
        );
        (await world.TypeAsync(Bob, "/devflow status my-app")).Text.ShouldContain("🔒 *Locked* by alice until");
        (await world.TypeAsync(Bob, "/devflow promote my-app")).Text.ShouldStartWith("Locked by alice until ");
        (await world.LastOutcomeAsync()).ShouldBe("locked");
        (await world.TypeAsync(Bob, "/devflow unlock my-app")).Text.ShouldBe("bob unlocked my-app production.");
        (await world.TypeAsync(Bob, "/devflow status my-app")).Text.ShouldNotContain("Locked");

        world.Abort();
        await world.WhenJobAsync(
            job => job is { Status: JobStatus.Failed, RetryGoesLiveUntil: not null },
            "the aborted ReplicaSet with its deadline"
        );
        await world.WhenScaledDownAsync(ready.Release!.Hash);
        (await world.TypeAsync(Carol, "/devflow retry my-app")).Text.ShouldBe(
            "You may not retry here; ask somebody from platform."
        );
        (await world.TypeAsync(Bob, "/devflow retry my-app")).Text.ShouldBe("bob retries v2.");
        await world.WhenJobAsync(
            job => job is { Status: JobStatus.AwaitingApproval, Release.Attempt: 2 },
            "the second attempt waiting"
        );
        (await world.TypeAsync(Alice, "/devflow promote my-app production")).Text.ShouldBe("alice promoted v2.");
        await world.WhenAsync("v2", JobStatus.Succeeded);
        (await world.TypeAsync(Alice, "/devflow rollback my-app it was worse")).Text.ShouldStartWith(
            "alice rolls back v2 to v1: "
        );
        await world.WhenAsync("v2", JobStatus.RolledBack);

        var jobs = await world.TypeAsync(Carol, "/devflow jobs");
        jobs.Text.ShouldContain("↩️ `v2` my-app production · rolled back");
        (await world.AuditAsync())
            .Reverse()
            .Where(entry => entry.From == "slack")
            .Select(entry => $"{entry.Who} {entry.Action} {entry.Outcome}")
            .ShouldBe([
                "alice lock ok",
                "bob promote locked",
                "bob unlock ok",
                "carol retry not_allowed",
                "bob retry ok",
                "alice promote ok",
                "alice rollback ok",
            ]);
    }

    [Fact]
    public async Task Unlocking_what_is_not_locked_and_locking_twice_are_told()
    {
        await using var world = await ReleaseWorld.StartAsync();
        await world.WhenSeenAsync();

        (await world.TypeAsync(Alice, "/devflow unlock my-app")).Text.ShouldStartWith("Nothing to do: ");
        (await world.LastOutcomeAsync()).ShouldBe("already_done");
        (await world.TypeAsync(Alice, "/devflow lock my-app one")).Text.ShouldBe("alice locked my-app production: one");
        (await world.TypeAsync(Bob, "/devflow lock my-app two")).Text.ShouldStartWith("Locked by alice (one)");
        (await world.LastOutcomeAsync()).ShouldBe("locked");
        (await world.TypeAsync(Bob, "/devflow lock my-app")).Text.ShouldStartWith("A lock needs a reason;");
    }

    [Fact]
    public async Task A_status_of_what_the_cluster_has_not_shown_yet()
    {
        await using var world = await ReleaseWorld.StartAsync(
            new WorldOptions { Apps = [new WorldApp { IsInstalled = false }] }
        );
        await world.AnnounceAsync("v1", "carol");

        var reply = await world.TypeAsync(Carol, "/devflow status my-app");

        reply.Text.ShouldContain("not seen yet: the cluster has shown no such Rollout.");
        reply.Text.ShouldContain("Next: ⚪ `v1` registered");
        (await world.TypeAsync(Alice, "/promote my-app")).Text.ShouldStartWith(
            "Nothing of my-app production waits for approval"
        );
    }
}
