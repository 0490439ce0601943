using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages.Slack;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Tests.EndToEnd.World;
using static Devflow.ChatOps.Tests.EndToEnd.World.WorldCatalog;

namespace Devflow.ChatOps.Tests.EndToEnd.Conversations;

/// <summary>A release from its announcement to the end, and the ways in which a promote is asked for.</summary>
public sealed class PromoteConversationTests
{
    [Fact]
    public async Task A_typed_promote_is_one_read_and_one_patch_and_the_card_goes_on_to_completed()
    {
        await using var world = await ReleaseWorld.StartAsync();
        var job = await world.ReadyAsync();
        await world.WhenToldAsync();
        await world.Controller.WhenIdleAsync();
        world.Cluster.Requests.Clear();
        var seen = world.Rollout();

        var reply = await world.TypeAsync(Alice, "/promote my-app");

        reply.Status.ShouldBe(200);
        reply.Text.ShouldBe("alice promoted v2.");
        // A look of the loop that happens to fall in between lists ReplicaSets; what a promote reads is the Rollout alone.
        var before = world.Cluster.Requests.Entries.TakeWhile(request => request.Method != "PATCH").ToList();
        var looks = before.Count(request => request.Path.Contains("/replicasets", StringComparison.Ordinal));
        (before.Count(world.ReadsRollout) - looks).ShouldBeLessThanOrEqualTo(1, "one read before the patch");
        var patch = world.Patches().ShouldHaveSingleItem();
        patch.Status.ShouldBe(200);
        patch.Path.ShouldStartWith("/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/my-app/status");
        var body = JsonNode.Parse(patch.Body)!;
        body["status"]!.AsObject().Select(field => field.Key).ShouldBe(["pauseConditions"]);
        body["status"]!["pauseConditions"].ShouldBeNull();
        body["metadata"]!["resourceVersion"]!
            .GetValue<string>()
            .ShouldBe(seen["metadata"]!["resourceVersion"]!.GetValue<string>());

        await world.WhenAsync("v2", JobStatus.Succeeded);
        var done = await world.WhenToldAsync();
        world.LiveImage().ShouldBe("registry.example.com/my-app:v2");
        done.Id.ShouldBe(job.Id);
        done.Steps.ShouldAllBe(step => step.Status == StepStatus.Succeeded || step.Status == StepStatus.Skipped);
        world.Cards().ShouldHaveSingleItem();
        SlackTexts.Of(world.Card()!.Content).ShouldContain("my-app · production · v2 · live");
        var thread = world.Thread();
        thread.Count(text => text.Contains("alice promoted v2.", StringComparison.Ordinal)).ShouldBe(1);
        thread.Count(text => text.Contains("Completed:", StringComparison.Ordinal)).ShouldBe(1);
        thread.ShouldBeUnique();
        world.Patches().Count.ShouldBe(1);
        (await world.LastOutcomeAsync()).ShouldBe("ok");
    }

    [Fact]
    public async Task The_cards_button_promotes_too_and_the_card_is_the_answer()
    {
        await using var world = await ReleaseWorld.StartAsync();
        await world.ReadyAsync();
        await world.WhenToldAsync();

        var reply = await world.PressAsync(Bob, CardActions.Promote);

        reply.Status.ShouldBe(200);
        await world.WhenAsync("v2", JobStatus.Succeeded);
        await world.WhenToldAsync();
        world.Patches().Count.ShouldBe(1);
        world.Whispers(Bob).ShouldBeEmpty();
        world.Thread().ShouldContain(text => text.Contains("bob promoted v2.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_replayed_request_is_answered_and_does_nothing_more()
    {
        await using var world = await ReleaseWorld.StartAsync();
        await world.ReadyAsync();

        var reply = await world.TypeAsync(Alice, "/promote my-app");
        var again = await world.ReplayAsync(reply.Request);

        reply.Text.ShouldBe("alice promoted v2.");
        again.Status.ShouldBe(200);
        await world.WhenAsync("v2", JobStatus.Succeeded);
        world.Patches().Count.ShouldBe(1);
        (await world.AuditAsync()).Count(entry => entry is { From: "slack", Action: "promote" }).ShouldBe(1);
    }
}
