using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages.Slack;
using Devflow.ChatOps.Core.Ports;
using static Devflow.ChatOps.Tests.Core.Messages.CardWorld;

namespace Devflow.ChatOps.Tests.Core.Messages;

public sealed class ThreadReplyTests
{
    [Fact]
    public void One_thing_is_told_as_it_is()
    {
        var reply = Reply(Entry(1, "Preview ready: 2 of 2 pods available"));
        MessageText.Of(reply).ShouldBe("Preview ready: 2 of 2 pods available");
        reply.Text.ShouldBe("Preview ready: 2 of 2 pods available");
    }

    [Fact]
    public void What_needs_somebody_mentions_them_and_names_the_release()
    {
        var reply = Reply(Entry(2, "Verify: waiting for approval", attention: true));
        MessageText.Of(reply).ShouldBe("<!subteam^S0PLATFORM> *my-app production* `v2`: Verify: waiting for approval");
        reply.Text.ShouldBe("<!subteam^S0PLATFORM> *my-app production* `v2`: Verify: waiting for approval");
    }

    [Fact]
    public void What_needed_somebody_and_is_over_mentions_nobody()
    {
        var waits = Entry(2, "Verify: waiting for approval", attention: true) with { During = Awaiting.Status };
        MessageText.Of(Reply(waits)).ShouldStartWith("<!subteam^S0PLATFORM>");

        var moved = Awaiting with { Status = JobStatus.Running };
        MessageText.Of(ThreadReply.Build(moved, [waits], Target, Company)).ShouldBe("Verify: waiting for approval");
    }

    [Fact]
    public void Several_things_are_summed_up_in_their_order()
    {
        var reply = Reply(
            Entry(1, "v2 is on its way"),
            Entry(2, "Verify: waiting", attention: true),
            Entry(3, "alice approved")
        );
        MessageText
            .Of(reply)
            .ShouldBe(
                """
                <!subteam^S0PLATFORM> *my-app production* `v2`: 3 things happened:
                • Nov 25 12:01 v2 is on its way
                🔔 Nov 25 12:02 Verify: waiting
                • Nov 25 12:03 alice approved
                """
            );
        reply.Text.ShouldBe("<!subteam^S0PLATFORM> *my-app production* `v2`: 3 things happened: alice approved");
    }

    [Fact]
    public void Of_very_many_things_those_that_need_somebody_and_the_newest_are_told()
    {
        var entries = Enumerable.Range(1, 100).Select(number => Entry(number, $"entry {number}", number == 3));
        var lines = MessageText.Of(Reply([.. entries])).Split('\n');
        lines.Length.ShouldBe(22);
        lines[1].ShouldBe("🔔 Nov 25 12:03 entry 3");
        lines[2].ShouldBe("• Nov 25 13:22 entry 82");
        lines[^2].ShouldBe("• Nov 25 13:40 entry 100");
        lines[^1].ShouldBe("… and 80 more before");
    }

    [Fact]
    public void There_must_be_something_to_tell() => Should.Throw<ArgumentException>(() => Reply());

    [Theory]
    [InlineData("platform", "<!subteam^S0PLATFORM>")]
    [InlineData("oncall", "<@U02BOB> <@U04DAVE>")]
    [InlineData("alice", "<@U01ALICE>")]
    [InlineData("carol", "")]
    [InlineData("nobody", "")]
    [InlineData("admins", "<@U04DAVE> <!subteam^S0PLATFORM>")]
    [InlineData("dave admins oncall", "<@U04DAVE> <!subteam^S0PLATFORM> <@U02BOB>")]
    public void Names_are_mentioned_as_the_catalog_knows_them(string names, string mentions) =>
        Mentions.Of(names.Split(' '), Company).ShouldBe(mentions);

    private static TimelineEntry Entry(long number, string text, bool attention = false) =>
        new(number, Now.AddMinutes(number), text, attention);

    private static SlackMessage Reply(params TimelineEntry[] entries) =>
        ThreadReply.Build(Awaiting, entries, Target, Company);
}
