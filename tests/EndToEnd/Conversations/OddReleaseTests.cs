using System.Text.Json.Nodes;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages.Slack;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Sandbox.Slack;
using Devflow.ChatOps.Tests.EndToEnd.World;
using static Devflow.ChatOps.Tests.EndToEnd.World.WorldCatalog;

namespace Devflow.ChatOps.Tests.EndToEnd.Conversations;

/// <summary>Rollouts that do not wait for a person, or not in the usual way.</summary>
public sealed class OddReleaseTests
{
    [Fact]
    public async Task The_first_sight_of_fifty_quiet_Rollouts_posts_no_card()
    {
        var apps = Enumerable.Range(1, 50).Select(number => new WorldApp($"quiet-{number}")).ToList();
        await using var world = await ReleaseWorld.StartAsync(new WorldOptions { Apps = apps });

        await world.WhenSeenAsync();

        (await world.TypeAsync(Alice, "/devflow status quiet-50")).Text.ShouldContain("`v1` live");
        (await world.TypeAsync(Alice, "/devflow jobs")).Text.ShouldBe("No releases yet.");
        // Who asks is looked up; nothing is posted.
        world.Slack.Log.Calls.ShouldAllBe(call => call.Method == "users.info");
        world.Cluster.Requests.Entries.ShouldNotContain(request => request.Method == "PATCH");
        (await world.AuditAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task One_that_promotes_itself_needs_nobody_and_the_card_says_so()
    {
        var app = new WorldApp
        {
            Rollout = rollout => rollout with { AutoPromotionEnabled = null, AutoPromotionSeconds = 300 },
        };
        await using var world = await ReleaseWorld.StartAsync(new WorldOptions { Apps = [app] });
        await world.WhenSeenAsync();
        await world.ShipAsync("v2");
        await world.WhenJobAsync(job => job.Steps[(int)StepName.Verify].Status == StepStatus.Waiting, "the countdown");

        var reply = await world.TypeAsync(Alice, "/promote my-app");

        reply.Text.ShouldStartWith("It promotes itself at ");
        reply.Text.ShouldEndWith(" UTC, so there is nothing to approve; roll back if it must not go live.");
        (await world.LastOutcomeAsync()).ShouldBe("auto_promotes_at");
        world.Patches().ShouldBeEmpty();
        var card = await world.WhenCardAsync("*Policy not enforced*");
        SlackButton.In(card.Content).ShouldNotContain(button => button.ActionId == CardActions.Promote);
        (await world.TypeAsync(Alice, "/rollback my-app")).Text.ShouldContain("abort the update");
        await world.WhenAsync("v2", JobStatus.RolledBack);
    }

    [Fact]
    public async Task A_promote_during_the_analysis_before_it_would_do_nothing_and_is_refused()
    {
        var app = new WorldApp
        {
            Rollout = rollout =>
                rollout with
                {
                    PrePromotionTemplate = "smoke",
                    AnalysisArguments = new Dictionary<string, string> { ["duration-seconds"] = "600" },
                },
        };
        await using var world = await ReleaseWorld.StartAsync(new WorldOptions { Apps = [app] });
        await world.WhenSeenAsync();
        await world.ShipAsync("v2");
        await world.WhenJobAsync(job => job.Steps[(int)StepName.Verify].Status == StepStatus.Running, "the analysis");

        var reply = await world.TypeAsync(Alice, "/promote my-app");

        reply.Text.ShouldStartWith("The analysis my-app-");
        reply.Text.ShouldEndWith(
            " is still running and a promote now would do nothing; try again when it has finished."
        );
        (await world.LastOutcomeAsync()).ShouldBe("analysis_running");
        world.Patches().ShouldBeEmpty();
    }

    [Fact]
    public async Task An_aborted_release_cannot_be_promoted()
    {
        await using var world = await ReleaseWorld.StartAsync();
        await world.ReadyAsync();
        world.Abort();
        await world.WhenAsync("v2", JobStatus.Failed);

        foreach (var line in new[] { "/promote my-app", "/promote my-app --full" })
        {
            var reply = await world.TypeAsync(Alice, line);
            reply.Text.ShouldStartWith("The release was aborted");
            reply.Text.ShouldEndWith("retry it, or release a new version.");
            (await world.LastOutcomeAsync()).ShouldBe("aborted");
        }

        world.Patches().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_Rollout_with_a_workloadRef_is_not_acted_upon_yet()
    {
        await using var world = await ReleaseWorld.StartAsync();
        await world.ReadyAsync();
        world.ChangeRollout(rollout =>
            rollout["spec"]!["workloadRef"] = new JsonObject
            {
                ["apiVersion"] = "apps/v1",
                ["kind"] = "Deployment",
                ["name"] = "my-app",
            }
        );

        foreach (var line in new[] { "/promote my-app", "/rollback my-app", "/devflow retry my-app" })
        {
            var reply = await world.TypeAsync(Alice, line);
            reply.Text.ShouldBe("I cannot act on a Rollout with workloadRef yet; use the Argo Rollouts tools for it.");
            (await world.LastOutcomeAsync()).ShouldBe("unsupported");
        }

        world.Patches().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_preview_that_does_not_start_fails_with_the_pods_reason_and_is_rolled_back()
    {
        var app = new WorldApp { Rollout = rollout => rollout with { ProgressDeadlineSeconds = 1 } };
        await using var world = await ReleaseWorld.StartAsync(new WorldOptions { Apps = [app] });
        await world.WhenSeenAsync();

        await world.ShipAsync("v2-broken");

        var failed = await world.WhenAsync("v2-broken", JobStatus.Failed);
        failed.Steps[(int)StepName.PreviewReady].Message.ShouldContain("ImagePullBackOff");
        await world.WhenToldAsync();
        var card = SlackTexts.Of(world.Card()!.Content);
        card.ShouldContain("failed");
        card.ShouldContain("ImagePullBackOff");
        card.ShouldContain("v1 keeps the traffic.");
        (await world.TypeAsync(Alice, "/promote my-app")).Text.ShouldStartWith("Nothing of my-app production waits");
        (await world.TypeAsync(Alice, "/rollback my-app")).Text.ShouldContain("abort the update");
        await world.WhenAsync("v2-broken", JobStatus.RolledBack);
        world.LiveImage().ShouldBe("registry.example.com/my-app:v1");
    }

    [Fact]
    public async Task A_promote_that_the_controller_swallows_is_noticed_and_got_moving()
    {
        await using var world = await ReleaseWorld.StartAsync(
            new WorldOptions
            {
                Cluster = cluster =>
                {
                    cluster.EmulateSwallowedPromote = true;
                    cluster.SwallowWindow = TimeSpan.FromHours(1);
                },
            }
        );
        await world.ReadyAsync();

        (await world.TypeAsync(Alice, "/promote my-app")).Text.ShouldBe("alice promoted v2.");

        await world.WhenAsync("v2", JobStatus.Succeeded);
        world.LiveImage().ShouldBe("registry.example.com/my-app:v2");
        var patches = world.Patches();
        patches.Count.ShouldBe(2, "the promote and one nudge");
        patches[0].Path.ShouldContain("/status");
        patches[1].Path.ShouldNotContain("/status");
        patches[1].Body.ShouldContain(KubernetesReader.NudgeAnnotation);
        await world.WhenToldAsync();
        world
            .Thread()
            .Count(text => text.Contains("Argo Rollouts had not acted on the promote", StringComparison.Ordinal))
            .ShouldBe(1);
        (await world.AuditAsync()).Count(entry => entry is { Action: "nudge", From: "service" }).ShouldBe(1);
    }

    [Fact]
    public async Task A_release_that_somebody_promoted_with_kubectl_is_told_on_the_card_as_not_approved()
    {
        await using var world = await ReleaseWorld.StartAsync();
        await world.ReadyAsync();
        await world.WhenToldAsync();

        world.ChangeRollout(rollout => rollout["status"]!.AsObject().Remove("pauseConditions"));

        var job = await world.WhenAsync("v2", JobStatus.Succeeded);
        job.LiveWithoutApproval.ShouldBeTrue();
        await world.WhenToldAsync();
        SlackTexts.Of(world.Card()!.Content).ShouldContain("⚠️ *Not approved* v2 went live without approval");
        var reply = world
            .Workspace.Thread(world.Card()!.ChannelId, world.Card()!.Ts)
            .Single(message =>
                SlackTexts.Of(message.Content).Contains("went live without approval", StringComparison.Ordinal)
                && message.ThreadTs is not null
            );
        reply.Broadcast.ShouldBeTrue();
        (await world.AuditAsync())
            .Count(entry => entry is { Action: "went live", Outcome: "not approved" })
            .ShouldBe(1);
    }

    [Fact]
    public async Task A_quick_retry_with_kubectl_that_skips_the_pause_is_told_as_not_approved()
    {
        await using var world = await ReleaseWorld.StartAsync();
        await world.ReadyAsync();
        world.Abort();
        await world.WhenJobAsync(
            it => it is { Status: JobStatus.Failed, RetryGoesLiveUntil: not null },
            "the aborted ReplicaSet with its deadline"
        );

        world.ChangeRollout(rollout => rollout["status"]!["abort"] = false);

        var job = await world.WhenAsync("v2", JobStatus.Succeeded);
        job.Release!.Attempt.ShouldBe(2);
        job.LiveWithoutApproval.ShouldBeTrue();
        await world.WhenToldAsync();
        SlackTexts.Of(world.Card()!.Content).ShouldContain("its ReplicaSet was still up");
    }
}
