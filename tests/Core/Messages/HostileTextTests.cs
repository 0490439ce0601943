using Devflow.ChatOps.Core.Commands;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages.Slack;
using Devflow.ChatOps.Core.Ports;
using static Devflow.ChatOps.Tests.Core.Messages.CardWorld;

namespace Devflow.ChatOps.Tests.Core.Messages;

public sealed class HostileTextTests
{
    private const int Rounds = 10;

    public static TheoryData<JobStatus> Statuses => [.. Enum.GetValues<JobStatus>()];

    [Theory]
    [MemberData(nameof(Statuses))]
    public void Whatever_the_texts_are_Slack_takes_the_card(JobStatus status)
    {
        for (var seed = 0; seed < Rounds; seed++)
        {
            var world = new HostileWorld((100 * (int)status) + seed);
            Good(ReleaseCard.Build(world.Job(status), null, world.Target(), Company, Now), seed);
        }
    }

    [Fact]
    public void Whatever_the_texts_are_Slack_takes_a_reply()
    {
        for (var seed = 0; seed < Rounds; seed++)
        {
            var world = new HostileWorld(seed);
            var entries = Enumerable
                .Range(1, 1 + (seed * 4 % 100))
                .Select(number => new TimelineEntry(number, Now, "v2 " + world.Text(), number % 3 == 0))
                .ToList();
            Good(ThreadReply.Build(world.Job(JobStatus.Running), entries, world.Target(), Company), seed);
        }
    }

    [Theory]
    [MemberData(nameof(Statuses))]
    public void Whatever_the_texts_are_Slack_takes_an_answer(JobStatus status)
    {
        for (var seed = 0; seed < Rounds; seed++)
        {
            var world = new HostileWorld((100 * (int)status) + seed);
            List<Job> jobs = [.. Enumerable.Range(0, 12).Select(_ => world.Job(status))];
            Good(StatusTexts.Status(jobs[0], jobs, jobs[1].Lock, world.Target(), Now), seed);
            Good(StatusTexts.Jobs(jobs), seed);
        }
    }

    [Theory]
    [InlineData("&")]
    [InlineData("\"")]
    [InlineData("\\")]
    [InlineData("<!channel>")]
    [InlineData("漢")]
    [InlineData("😀")]
    [InlineData("a ")]
    [InlineData("\u200b")]
    public void Texts_that_are_all_too_long_are_cut_until_the_message_fits(string piece)
    {
        foreach (var status in Enum.GetValues<JobStatus>())
        {
            var world = new HostileWorld((int)status, piece);
            var job = world.Job(status);
            var target = world.Target();
            Good(ReleaseCard.Build(job, null, target, Company, Now), (int)status);
            Good(StatusTexts.Status(job, [job, job], job.Lock, target, Now), (int)status);
            var entries = Enumerable
                .Range(1, 90)
                .Select(number => new TimelineEntry(number, Now, "v2 " + world.Text()));
            Good(ThreadReply.Build(job, [.. entries], target, Company), (int)status);
        }
    }

    [Fact]
    public void The_checks_of_this_test_find_what_they_look_for()
    {
        var card = Card(Awaiting);
        BlockKitLimits.FaultsOf(card with { Text = "" }).ShouldBe(["text: 0 characters"]);
        card.Blocks[0]!["text"]!["text"] = new string('x', 151);
        card.Blocks[1]!["block_id"] = (string?)card.Blocks[0]!["block_id"];
        card.Blocks[1]!["text"]!["text"] = "<!channel> \u202e";
        BlockKitLimits
            .FaultsOf(card)
            .ShouldBe([
                "a block_id twice",
                "header: 151 characters",
                "section: a character that must not be there",
                "markup from outside in section: <!channel>",
            ]);
    }

    [Fact]
    public void Every_ordinary_message_keeps_the_limits()
    {
        Job[] jobs =
        [
            Running,
            Awaiting.WithVote("alice"),
            Aborted,
            Succeeded,
            RollingBack(Aborted, RollbackPath.Abort),
        ];
        jobs.ShouldAllBe(job => BlockKitLimits.FaultsOf(Card(job)).Count == 0);
        Good(StatusTexts.Help(new SlashNames()), 0);
        Good(StatusTexts.Status(Awaiting, [], null, Target, Now), 0);
    }

    [Fact]
    public void Markup_in_names_is_shown_as_it_was_written()
    {
        var card = Card(
            Running with
            {
                App = "<!channel> *shop*",
                Request = Running.Request! with { Tag = "`v2`<@U1>" },
                Images = ["registry.example.com/x:`v2`<@U1>", "second&image"],
            }
        );
        MessageText.Of(card).ShouldStartWith("# 🚀 <!channel> *shop* · production · `v2`<@U1> · in progress\n");
        MessageText
            .Lines(card, "*Image*")
            .ShouldBe(["*Image* `registry.example.com/x:ˋv2ˋ&lt;@U1&gt;` `second&amp;image`"]);
        card.Text.ShouldStartWith("&lt;!channel&gt; ∗shop∗ production ˋv2ˋ&lt;@U1&gt;: in progress.");
        BlockKitLimits.FaultsOf(card).ShouldBeEmpty();
    }

    [Fact]
    public void A_button_that_could_not_be_read_back_is_not_drawn()
    {
        var hash = new Devflow.ChatOps.Core.Rollouts.PodHash(new string('h', 600));
        MessageText
            .Buttons(Card(Awaiting with { Release = Awaiting.Release! with { Hash = hash } }))
            .ShouldBe(["Open production"]);
    }

    private static void Good(SlackMessage message, int seed) =>
        BlockKitLimits.FaultsOf(message).ShouldBeEmpty($"seed {seed}");
}
