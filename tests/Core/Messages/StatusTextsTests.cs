using Devflow.ChatOps.Core.Commands;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages;
using Devflow.ChatOps.Core.Messages.Slack;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Rollouts;
using static Devflow.ChatOps.Tests.Core.Messages.CardWorld;

namespace Devflow.ChatOps.Tests.Core.Messages;

public sealed class StatusTextsTests
{
    private static readonly ReleaseLock held = new("my-app", "production", "migration", Person("bob"), Now, null);

    [Fact]
    public void The_status_tells_what_is_under_way_what_comes_next_and_what_stands_in_the_way()
    {
        var next = Registered(JobStatus.Pending, JobTexts.WaitsForArgo);
        var status = StatusTexts.Status(
            Awaiting.WithVote("alice"),
            [next with { Request = next.Request! with { Tag = "v3" } }],
            held,
            Target,
            Now
        );
        MessageText
            .Of(status)
            .ShouldBe(
                """
                *my-app production* · ✋ `v2` waiting for approval
                The preview is ready. platform must approve; v1 keeps the traffic until then.
                ✅ *Applied* · taken up as 6d4b · 11:50:00
                ✅ *Preview ready* · 2 of 2 pods available · 11:51:00
                ✋ *Verify* · waiting for approval · 11:52:00
                ⚪ *Promote switch*
                ⚪ *Post verify*
                ⚪ *Completed*
                🔒 *Locked* by bob: migration
                🗳️ *Approvals* 1 of 2: alice
                Next: ⚪ `v3` registered: Waiting for Argo CD to see the commit.
                `prod/shop/my-app` · verified 11:59:55
                """
            );
        status.Text.ShouldStartWith("*my-app production* · ✋ `v2` waiting for approval\nThe preview is ready.");
    }

    [Fact]
    public void What_was_given_up_is_said_first_and_how_it_is_tried_again()
    {
        const string Advice = "stuck after many tries. An administrator looks into the log, and “resume” tries again.";
        var entry = new OutboxEntry(
            new Effect.PatchRollout("effect-1", new RolloutPatch.Promote("uid", "1", new PodHash("6d4b"), Now))
        )
        {
            IsStuck = true,
        };

        MessageText
            .Of(StatusTexts.Status(Awaiting with { Outbox = [entry] }, [], null, Target, Now, stuck: 2))
            .ShouldStartWith($"🚨 2 commands and 1 effect {Advice}\n*my-app production*");
        MessageText.Of(StatusTexts.Jobs([], stuck: 1)).ShouldBe($"🚨 1 command {Advice}\nNo releases yet.");
        MessageText
            .Of(StatusTexts.Jobs([Awaiting with { Outbox = [entry] }]))
            .ShouldStartWith($"🚨 1 effect {Advice}\n");
        MessageText.Of(StatusTexts.Status(Awaiting, [], null, Target, Now)).ShouldNotContain("stuck");

        var awaiting = Awaiting with { Outbox = [entry] };
        var left = awaiting with { Id = JobId.New(Now.AddDays(-1)), Status = JobStatus.Succeeded, HasLeft = true };
        MessageText
            .Of(StatusTexts.Status(awaiting, [], null, Target, Now, others: [left]))
            .ShouldStartWith($"🚨 2 effects {Advice}\n");
        MessageText
            .Of(StatusTexts.Jobs([awaiting], others: [awaiting, left]))
            .ShouldStartWith($"🚨 2 effects {Advice}\n");
        MessageText.Of(StatusTexts.Jobs([], others: [left])).ShouldBe($"🚨 1 effect {Advice}\nNo releases yet.");
    }

    [Fact]
    public void An_environment_that_was_never_seen_has_a_status_too() =>
        MessageText
            .Of(StatusTexts.Status(null, [], held, Target, Now))
            .ShouldBe(
                "*my-app production* · not seen yet: the cluster has shown no such Rollout.\n🔒 *Locked* by bob: migration"
            );

    [Fact]
    public void What_was_there_before_us_has_a_status_though_it_has_no_card() =>
        MessageText
            .Of(StatusTexts.Status(Succeeded with { Source = JobSource.Baseline }, [], null, Target, Now))
            .ShouldStartWith("*my-app production* · ✅ `v2` live\nv2 is live and stable.\n");

    [Fact]
    public void Jobs_are_listed_newest_first_and_without_baselines()
    {
        var jobs = StatusTexts.Jobs([
            Succeeded with
            {
                Source = JobSource.Baseline,
            },
            Succeeded with
            {
                CreatedAt = Now.AddHours(-2),
            },
            Awaiting with
            {
                Id = OtherId,
                CreatedAt = Now,
            },
        ]);
        MessageText
            .Of(jobs)
            .ShouldBe(
                """
                ✋ `v2` my-app production · waiting for approval · Nov 25 12:00 · Job 000000b2
                ✅ `v2` my-app production · live · Nov 25 10:00 · Job 000000a1
                """
            );
        MessageText.Of(StatusTexts.Jobs([])).ShouldBe("No releases yet.");
    }

    [Fact]
    public void Help_shows_every_command_under_the_names_of_this_workspace()
    {
        var help = MessageText.Of(StatusTexts.Help(new SlashNames("/df-promote", "/df-rollback", "/df")));
        string[] examples =
        [
            "`/df-promote my-app production`",
            "`/df-rollback my-app production errors since 12:40`",
            "`/df retry my-app`",
            "`/df status my-app`",
            "`/df jobs`",
            "`/df lock my-app production --for 2h migration`",
            "`/df unlock my-app production`",
        ];
        examples.ShouldAllBe(example => help.Contains(example, StringComparison.Ordinal));
        help.ShouldEndWith(
            "App and environment may be left out where only one fits. `/df` knows `promote` and `rollback` too."
        );
    }
}
