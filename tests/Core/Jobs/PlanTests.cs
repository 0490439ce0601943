using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Jobs.Deciding;
using Devflow.ChatOps.Core.Messages.Slack;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Tests.Core.Jobs;

/// <summary>What a promote would come to; and approvals that are taken back.</summary>
public sealed class PlanTests
{
    private readonly JobWorld world = JobWorld.Waiting();

    [Fact]
    public void A_plan_that_passes_is_what_the_promote_then_does_and_changes_nothing()
    {
        world.Look();
        var writes = world.Writes;

        var plan = Plan("alice");

        plan.Passes.ShouldBeTrue();
        world.Writes.ShouldBe(writes);
        world.Sent.ShouldBeEmpty();
        world.Promote("alice").IsOk.ShouldBeTrue();
        world.Sent.ShouldHaveSingleItem().ShouldBe(plan.Patch);
    }

    [Fact]
    public void Every_closed_gate_is_named_and_who_could_open_the_last()
    {
        world.Environment = world.Environment with { Promote = world.Environment.Promote with { Votes = 2 } };
        world.Promote("bob");
        world.Lock = new ReleaseLock("shop", "production", "migration", JobWorld.Person("bob"), world.Now, null);

        var plan = Plan("dave");

        Codes(plan).ShouldBe("ok, ok, self_approval, locked, ok, needs_votes");
        plan.Votes.ShouldHaveSingleItem().Actor.PersonName.ShouldBe("bob");
        plan.CanApprove.ShouldHaveSingleItem().PersonName.ShouldBe("alice");
        plan.Patch.ShouldNotBeNull();
    }

    [Fact]
    public void A_release_that_does_not_wait_has_a_closed_gate_and_no_patch()
    {
        var running = JobWorld.WithRelease();

        var plan = PlanOf(running, "alice");

        plan.Gates[0].Refusal!.Code.ShouldBe("nothing_to_promote");
        plan.Gates.Length.ShouldBe(6);
        plan.Patch.ShouldBeNull();
    }

    [Fact]
    public void Without_a_release_there_is_the_one_gate()
    {
        Codes(PlanOf(new JobWorld(), "alice")).ShouldBe("nothing_to_promote");
    }

    [Fact]
    public void Guests_are_refused_by_the_plan_too()
    {
        world.Account = SlackAccount.Guest;

        Codes(Plan("alice")).ShouldStartWith("ok, not_allowed");
    }

    [Fact]
    public void The_answer_shows_gates_names_and_the_patch_escaped_for_Slack()
    {
        world.Environment = world.Environment with
        {
            Promote = world.Environment.Promote with { Votes = 2, ExpireAfter = TimeSpan.FromHours(4) },
        };
        world.Promote("bob");
        world.Lock = new ReleaseLock("shop", "production", "<!channel>", JobWorld.Person("bob"), world.Now, null);
        var request = new PatchRequest(
            "/apis/x/rollouts/shop/status",
            "application/merge-patch+json",
            """{"a":"<&`"}"""
        );

        var text = PlanTexts
            .Plan(Plan("alice"), new(world.Here.App, world.Environment), request, "", world.Now)
            .Text.Split('\n');

        text[0]
            .ShouldBe(
                "*shop production* · `1.2.0` · a promote by you would not go through. This is a plan: nothing was changed."
            );
        text.ShouldContain("❌ *Lock* Locked by bob (&lt;!channel&gt;); ask them to unlock it.");
        text.ShouldContain("✅ *Approvals* 2 are needed, and yours completes them");
        text.ShouldContain(line => line.StartsWith("🗳️ *Approved so far* bob; the first one counts until <!date^"));
        text.ShouldContain("👥 *Can still approve* alice");
        text[^2].ShouldBe("*Patch* `PATCH /apis/x/rollouts/shop/status` as `application/merge-patch+json`");
        text[^1].ShouldBe("`{\"a\":\"&lt;&amp;ˋ\"}`");
    }

    [Fact]
    public void An_approval_is_taken_back_and_has_to_be_given_again()
    {
        world.Environment = world.Environment with { Promote = world.Environment.Promote with { Votes = 2 } };
        world.Promote("alice");

        world.Do(new Wish.WithdrawVote(), "alice").Text.ShouldBe("alice took the approval back (0 of 2).");

        world.Current.Votes.ShouldBeEmpty();
        world.Told.ShouldContain("alice took the approval back (0 of 2).");
        world.Promote("bob").Code.ShouldBe("needs_votes");
        world.Promote("alice").IsOk.ShouldBeTrue();
    }

    [Fact]
    public void Nobody_takes_back_what_is_not_theirs_or_what_is_done()
    {
        world.Environment = world.Environment with { Promote = world.Environment.Promote with { Votes = 2 } };
        world.Promote("alice");

        world.Do(new Wish.WithdrawVote(), "bob").Code.ShouldBe("nothing_to_withdraw");

        world.Promote("bob").IsOk.ShouldBeTrue();
        world.Do(new Wish.WithdrawVote(), "alice").Code.ShouldBe("already_done");
        world.Current.Votes.Length.ShouldBe(2);
    }

    [Fact]
    public void An_approval_is_taken_back_while_the_cluster_cannot_be_read()
    {
        world.Environment = world.Environment with { Promote = world.Environment.Promote with { Votes = 2 } };
        world.Promote("alice");

        world.Do(new Wish.WithdrawVote(), "alice", look: false, readable: false).IsOk.ShouldBeTrue();
    }

    private PromotePlan Plan(string who) => PlanOf(world, who);

    private static PromotePlan PlanOf(JobWorld world, string who)
    {
        var wish = new Wish.Promote();
        var command = new Command(
            "plan",
            wish,
            JobWorld.Person(who),
            new Origin("slack", "C0"),
            "shop",
            "production",
            new RolloutRef("prod", "shop", "shop"),
            world.Now
        );
        return PromotePlan.Of(command, wish, world.Jobs, new Observation(world.Now, world.Seen.Rollout), world.Here);
    }

    private static string Codes(PromotePlan plan) =>
        string.Join(", ", plan.Gates.Select(gate => gate.Refusal?.Code ?? "ok"));
}
