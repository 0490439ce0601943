using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages.Slack;
using Devflow.ChatOps.Tests.EndToEnd.World;
using static Devflow.ChatOps.Tests.EndToEnd.World.WorldCatalog;

namespace Devflow.ChatOps.Tests.EndToEnd.Conversations;

/// <summary>Releases that two people must approve, and retries, which void what was approved.</summary>
public sealed class VoteConversationTests
{
    private static readonly WorldApp two = new() { Promote = "{ by: [platform], votes: 2 }" };

    [Fact]
    public async Task Two_people_are_needed_and_the_same_one_twice_is_one()
    {
        await using var world = await ReleaseWorld.StartAsync(new WorldOptions { Apps = [two] });
        await world.ReadyAsync();

        var first = await world.TypeAsync(Alice, "/promote my-app");
        first.Text.ShouldBe("1 of 2 approvals are in; 1 more must come from platform.");
        (await world.LastOutcomeAsync()).ShouldBe("needs_votes");
        SlackTexts.Of((await world.WhenCardAsync("1 of 2")).Content).ShouldContain("alice");

        var again = await world.TypeAsync(Alice, "/promote my-app");
        again.Text.ShouldBe("1 of 2 approvals are in; 1 more must come from platform.");
        world.Patches().ShouldBeEmpty();

        var second = await world.TypeAsync(Bob, "/promote my-app");
        second.Text.ShouldBe("bob promoted v2.");
        await world.WhenAsync("v2", JobStatus.Succeeded);
        world.Patches().Count.ShouldBe(1);
        await world.WhenToldAsync();
        world.Thread().Count(text => text.Contains("alice approved (1 of 2).", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task A_plan_names_gates_people_and_the_patch_and_an_approval_can_be_taken_back()
    {
        await using var world = await ReleaseWorld.StartAsync(new WorldOptions { Apps = [two] });
        await world.ReadyAsync();
        await world.TypeAsync(Alice, "/promote my-app");

        var plan = await world.TypeAsync(Bob, "/promote my-app --plan");

        plan.Text.ShouldContain("a promote by you would go through");
        plan.Text.ShouldContain("🗳️ *Approved so far* alice");
        plan.Text.ShouldContain("👥 *Can still approve* bob");
        plan.Text.ShouldContain("/status?fieldManager=devflow-chatops` as `application/merge-patch+json`");
        plan.Text.ShouldContain("""`{"metadata":{"resourceVersion":""");
        plan.Text.ShouldContain("""},"status":{"pauseConditions":null}}`""");
        world.Patches().ShouldBeEmpty();

        (await world.TypeAsync(Alice, "/devflow withdraw my-app")).Text.ShouldBe(
            "alice took the approval back (0 of 2)."
        );
        (await world.TypeAsync(Bob, "/promote my-app")).Text.ShouldStartWith("1 of 2 approvals are in");
        (await world.TypeAsync(Alice, "/promote my-app")).Text.ShouldBe("alice promoted v2.");
        world.Patches().Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_vote_by_button_is_answered_to_the_one_who_pressed()
    {
        await using var world = await ReleaseWorld.StartAsync(new WorldOptions { Apps = [two] });
        await world.ReadyAsync();
        await world.WhenToldAsync();

        await world.PressAsync(Alice, CardActions.Promote);

        await world.WhenWhisperedAsync(Alice, "1 of 2 approvals are in");
        world.Patches().ShouldBeEmpty();
        await world.WhenToldAsync();
        await world.PressAsync(Bob, CardActions.Promote);
        await world.WhenAsync("v2", JobStatus.Succeeded);
        world.Patches().Count.ShouldBe(1);
    }

    [Fact]
    public async Task Votes_are_void_after_a_retry()
    {
        await using var world = await ReleaseWorld.StartAsync(
            new WorldOptions
            {
                Apps = [two with { Rollout = rollout => rollout with { AbortScaleDownDelaySeconds = 1 } }],
            }
        );
        await world.ReadyAsync();
        await world.TypeAsync(Alice, "/promote my-app");
        world.Abort();
        await world.WhenAsync("v2", JobStatus.Failed);

        await RetryWhenPossibleAsync(world, Bob);

        var retried = await world.WhenJobAsync(
            job => job is { Status: JobStatus.AwaitingApproval, Release.Attempt: 2 },
            "the second attempt waiting"
        );
        retried.Votes.ShouldBeEmpty();
        (await world.TypeAsync(Bob, "/promote my-app")).Text.ShouldBe(
            "1 of 2 approvals are in; 1 more must come from platform."
        );
        (await world.TypeAsync(Alice, "/promote my-app")).Text.ShouldBe("alice promoted v2.");
        await world.WhenAsync("v2", JobStatus.Succeeded);
    }

    [Fact]
    public async Task A_retry_that_would_go_live_at_once_is_too_soon_unless_it_passes_as_a_promote()
    {
        await using var world = await ReleaseWorld.StartAsync(
            new WorldOptions { Apps = [two with { More = "retry: { by: [platform, carol] }" }] }
        );
        await world.ReadyAsync();
        world.Abort();
        await world.WhenJobAsync(
            job => job is { Status: JobStatus.Failed, RetryGoesLiveUntil: not null },
            "the aborted ReplicaSet with its deadline"
        );

        var reply = await world.TypeAsync(Alice, "/devflow retry my-app");

        reply.Text.ShouldStartWith("A retry now would go live at once, without a pause; try again in ");
        (await world.LastOutcomeAsync()).ShouldBe("retry_too_soon");
        world.Patches().ShouldBeEmpty();
        world.LiveImage().ShouldBe("registry.example.com/my-app:v1");
    }

    [Fact]
    public async Task A_retry_that_may_go_live_does_so_as_an_approved_release()
    {
        await using var world = await ReleaseWorld.StartAsync();
        await world.ReadyAsync();
        world.Abort();
        await world.WhenJobAsync(
            job => job is { Status: JobStatus.Failed, RetryGoesLiveUntil: not null },
            "the aborted ReplicaSet with its deadline"
        );

        var reply = await world.TypeAsync(Alice, "/devflow retry my-app");

        reply.Text.ShouldBe("alice retries v2; it goes live at once, its ReplicaSet is still up.");
        var job = await world.WhenAsync("v2", JobStatus.Succeeded);
        job.Release!.Attempt.ShouldBe(2);
        job.LiveWithoutApproval.ShouldBeFalse();
        var patch = world.Patches().ShouldHaveSingleItem();
        patch.Path.ShouldContain("/status");
        patch.Body.ShouldContain("\"abort\":false");
    }

    private static void Abort(ReleaseWorld world) => world.ChangeRollout(rollout => rollout["status"]!["abort"] = true);

    private static async Task RetryWhenPossibleAsync(ReleaseWorld world, string user)
    {
        var failed = await world.WhenJobAsync(
            job => job is { Status: JobStatus.Failed, RetryGoesLiveUntil: not null },
            "the aborted ReplicaSet with its deadline"
        );
        await world.WhenScaledDownAsync(failed.Release!.Hash);
        (await world.TypeAsync(user, "/devflow retry my-app")).Text.ShouldBe("bob retries v2.");
    }
}
