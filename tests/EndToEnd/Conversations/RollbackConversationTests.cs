using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages.Slack;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Sandbox.Slack;
using Devflow.ChatOps.Tests.EndToEnd.World;
using static Devflow.ChatOps.Tests.EndToEnd.World.WorldCatalog;

namespace Devflow.ChatOps.Tests.EndToEnd.Conversations;

/// <summary>One verb, and three ways back: before the switch, while the old version is still up, and later.</summary>
public sealed class RollbackConversationTests
{
    private const string V1 = "registry.example.com/my-app:v1";
    private const string V2 = "registry.example.com/my-app:v2";

    private static readonly WorldApp app = new() { More = "rollback: { by: [platform, oncall] }" };

    [Fact]
    public async Task Before_the_switch_it_aborts_and_the_old_version_keeps_the_traffic()
    {
        await using var world = await ReleaseWorld.StartAsync(new WorldOptions { Apps = [app] });
        await world.ReadyAsync();

        var reply = await world.TypeAsync(Alice, "/rollback my-app errors in the <preview>");

        reply.Text.ShouldBe(
            "alice rolls back v2 to v1: abort the update; the old version keeps the traffic."
                + " Reason: errors in the &lt;preview&gt;"
        );
        var job = await world.WhenAsync("v2", JobStatus.RolledBack);
        job.Rollback!.Path.ShouldBe(RollbackPath.Abort);
        var patch = world.Patches().ShouldHaveSingleItem();
        patch.Status.ShouldBe(200);
        patch.Path.ShouldContain("/status");
        patch.Body.ShouldContain("\"abort\":true");
        patch.Body.ShouldContain("\"resourceVersion\"");
        world.LiveImage().ShouldBe(V1);
        await world.WhenToldAsync();
        var card = SlackTexts.Of(world.Card()!.Content);
        card.ShouldContain("my-app · production · v2 · rolled back");
        card.ShouldContain("⏪ *Rolled back* by alice");
        card.ShouldContain("errors in the &lt;preview&gt;");
        (await world.LastOutcomeAsync()).ShouldBe("ok");
    }

    [Fact]
    public async Task With_a_GitOps_repository_it_is_said_that_Git_still_asks_for_the_bad_version()
    {
        var withGit = app with
        {
            More =
                app.More
                + "\ngitops: { repository: acme/gitops, path: apps/my-app, image: registry.example.com/my-app }",
        };
        await using var world = await ReleaseWorld.StartAsync(new WorldOptions { Apps = [withGit] });
        await world.ReadyAsync();

        await world.TypeAsync(Dora, "/rollback my-app");

        var job = await world.WhenJobAsync(it => it.Rollback is { ClusterDone: true }, "the cluster being back");
        job.Rollback!.Git.ShouldBe(GitState.NotWritten);
        var revert = job.Outbox.Where(entry => entry.Effect is not Effect.AppendAudit).ShouldHaveSingleItem();
        revert.Parked.ShouldBeTrue();
        revert.Effect.ShouldBeOfType<Effect.RevertGit>().Repository.ShouldBe("acme/gitops");
        await world.WhenToldAsync();
        SlackTexts.Of(world.Card()!.Content).ShouldContain("🚨 *Git not written.*");
        world
            .Thread()
            .ShouldContain(text => text.Contains("Git not written: it still asks for v2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task While_the_old_version_is_up_it_undoes_and_the_old_version_takes_over_at_once()
    {
        await using var world = await ReleaseWorld.StartAsync(new WorldOptions { Apps = [app] });
        await ReleaseAsync(world);
        await world.WhenJobAsync(
            job => job is { Status: JobStatus.Succeeded, InstantRollbackUntil: not null },
            "the window of the instant rollback"
        );
        world.Cluster.Requests.Clear();

        var reply = await world.TypeAsync(Bob, "/rollback my-app production errors since 12:40");

        reply.Text.ShouldBe(
            "bob rolls back v2 to v1: undo; the old version is still up and takes over at once."
                + " Reason: errors since 12:40"
        );
        var job = await world.WhenAsync("v2", JobStatus.RolledBack);
        job.Rollback!.Path.ShouldBe(RollbackPath.Undo);
        world.LiveImage().ShouldBe(V1);
        var patch = world.Patches().ShouldHaveSingleItem();
        patch.Path.ShouldNotContain("/status");
        JsonNode
            .Parse(patch.Body)!
            .AsArray()
            .Select(operation => $"{operation!["op"]} {operation["path"]}")
            .ShouldBe(["test /metadata/resourceVersion", "replace /spec/template"]);
        patch.Body.ShouldContain(V1);
    }

    [Fact]
    public async Task Later_the_old_version_is_released_again_and_whoever_may_roll_back_lets_it_in()
    {
        await using var world = await ReleaseWorld.StartAsync(
            new WorldOptions { Apps = [app with { Rollout = rollout => rollout with { ScaleDownDelaySeconds = 1 } }] }
        );
        var released = await ReleaseAsync(world);
        await world.WhenScaledDownAsync(released.Release!.Base);
        await world.TypeAsync(Bob, "/devflow lock my-app nothing goes out");

        var reply = await world.TypeAsync(Alice, "/rollback my-app");

        reply.Text.ShouldBe(
            "alice rolls back v2 to v1: release the old version again; it pauses for approval before it takes over."
        );
        var again = await world.WhenAsync("v1", JobStatus.AwaitingApproval);
        again.RollbackOf.ShouldBe(released.Id);
        world.LiveImage().ShouldBe(V2);
        await world.WhenToldAsync();

        // Neither the lock nor the rule about authors stands in the way of a rollback.
        await world.PressAsync(Alice, CardActions.Promote);

        await world.WhenAsync("v1", JobStatus.Succeeded);
        world.LiveImage().ShouldBe(V1);
    }

    [Fact]
    public async Task A_button_that_promises_another_way_back_than_there_is_now_is_refused()
    {
        await using var world = await ReleaseWorld.StartAsync(new WorldOptions { Apps = [app] });
        await world.ReadyAsync();
        await world.WhenToldAsync();
        var seen = world.Card()!.Versions[^1];
        SlackButton
            .In(seen.Content)
            .Single(button => button.ActionId == CardActions.RollBack)
            .Confirmation!.Text.ShouldContain("abort the update");
        await world.TypeAsync(Bob, "/promote my-app");
        await world.WhenAsync("v2", JobStatus.Succeeded);

        await world.PressAsync(Alice, CardActions.RollBack, seen);

        await world.WhenWhisperedAsync(Alice, "This button is from an earlier state of the release");
        (await world.LastOutcomeAsync()).ShouldBe("stale");
        world.Patches().Count.ShouldBe(1, "the promote");
        world.LiveImage().ShouldBe(V2);
    }

    [Fact]
    public async Task Who_may_not_is_told_and_twice_in_a_hurry_is_once()
    {
        await using var world = await ReleaseWorld.StartAsync(new WorldOptions { Apps = [app] });
        await world.ReadyAsync();

        var carol = await world.TypeAsync(Carol, "/rollback my-app");
        carol.Text.ShouldBe("You may not roll back here; ask somebody from platform or oncall.");
        (await world.LastOutcomeAsync()).ShouldBe("not_allowed");

        // A member of the Slack group, not in the catalog as a person.
        var dora = await world.TypeAsync(Dora, "/rollback my-app");
        dora.Text.ShouldStartWith("dora rolls back v2 to v1: abort the update");
        var again = await world.TypeAsync(Alice, "/rollback my-app");
        again.Text.ShouldStartWith("Nothing to do: ");
        (await world.LastOutcomeAsync()).ShouldBe("already_done");
        await world.WhenAsync("v2", JobStatus.RolledBack);
        world.Patches().Count.ShouldBe(1);
    }

    private static async Task<Job> ReleaseAsync(ReleaseWorld world)
    {
        await world.ReadyAsync();
        (await world.TypeAsync(Alice, "/promote my-app")).Text.ShouldBe("alice promoted v2.");
        return await world.WhenAsync("v2", JobStatus.Succeeded);
    }
}
