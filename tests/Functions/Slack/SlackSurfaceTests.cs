using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Messages.Slack;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Functions.Processing;
using static Devflow.ChatOps.Tests.Functions.Slack.SlackStand;

namespace Devflow.ChatOps.Tests.Functions.Slack;

public sealed class SlackSurfaceTests
{
    private const string Update = "chat.update";

    [Fact]
    public async Task A_release_gets_one_card_that_shows_its_state_and_a_thread_that_tells_each_change_once()
    {
        await using var stand = await StartAsync();
        var scene = new SurfaceScene(stand);
        await scene.CreateAsync();
        await scene.SettleAsync();
        scene.Pass(TimeSpan.FromMinutes(1));
        await scene.ChangeAsync(JobStatus.Running, "preview is ready");
        await scene.SettleAsync();
        await scene.ChangeAsync(JobStatus.AwaitingApproval, "waits for approval!");
        await scene.SettleAsync();
        await scene.ChangeAsync(JobStatus.Succeeded, "promoted", "done");
        await scene.SettleAsync();

        scene.CardText().ShouldBe(SurfaceScene.CardText(scene.Job));
        scene
            .ReplyTexts()
            .ShouldBe(["preview is ready", "<!subteam^S0PLATFORM> <@U02BOB> waits for approval!", "promoted", "done"]);
        stand.Replies().Select(reply => reply.Broadcast).ShouldBe([false, true, false, false]);
        stand.Replies().ShouldAllBe(reply => reply.ThreadTs == stand.Cards()[0].Ts);
        scene.Job.Card.Problem.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_told_when_nobody_is_needed_any_more_calls_nobody()
    {
        await using var stand = await StartAsync();
        var scene = new SurfaceScene(stand);
        await scene.CreateAsync();
        await scene.SettleAsync();
        await scene.ChangeAsync(JobStatus.AwaitingApproval, "approve now!");
        await scene.ChangeAsync(JobStatus.Running, "promoted");
        await scene.SettleAsync();

        scene.ReplyTexts().ShouldBe(["approve now!", "promoted"]);
        stand.Replies().ShouldAllBe(reply => !reply.Broadcast);
    }

    [Fact]
    public async Task The_products_own_card_and_replies_are_what_Slack_takes()
    {
        await using var stand = await StartAsync();
        var scene = new SurfaceScene(stand) { Drawing = new(ReleaseCard.Build, ThreadReply.Build) };
        await scene.CreateAsync();
        await scene.SettleAsync();
        await scene.ChangeAsync(JobStatus.Failed, "a <!channel> & more", "failed!");
        await scene.SettleAsync();

        stand.Cards().ShouldHaveSingleItem().EditCount.ShouldBe(1);
        stand.Replies().Select(reply => reply.Broadcast).ShouldBe([false, true]);
        stand.Replies()[0].Content.Text.ShouldNotContain("<!channel>");
        stand.Replies()[1].Content.Text.ShouldStartWith("<!subteam^S0PLATFORM> <@U02BOB>");
        stand.Replies()[1].Content.Blocks!.Value[0].GetRawText().ShouldContain("subteam^S0PLATFORM");
        stand.Api.Log.Ends.ShouldAllBe(end => end.Error == null);
    }

    [Fact]
    public async Task In_step_there_is_neither_a_call_nor_a_write()
    {
        await using var stand = await StartAsync();
        var scene = new SurfaceScene(stand);
        await scene.CreateAsync();
        await scene.ChangeAsync(JobStatus.AwaitingApproval, "waits!");
        await scene.SettleAsync();
        var (calls, saves) = (stand.Api.Log.Calls.Count, scene.Store.Saves);

        for (var i = 0; i < 20; i++)
        {
            (await scene.DrawAsync()).LookAgainAt.ShouldBeNull();
            scene.Pass(TimeSpan.FromSeconds(7));
        }

        stand.Api.Log.Calls.Count.ShouldBe(calls);
        scene.Store.Saves.ShouldBe(saves);
    }

    [Theory]
    [InlineData(JobStatus.AwaitingApproval, 3)]
    [InlineData(JobStatus.Failed, 3)]
    [InlineData(JobStatus.Succeeded, 0)]
    public async Task A_card_that_waits_for_somebody_never_says_a_time_of_long_ago(JobStatus status, int renewals)
    {
        await using var stand = await StartAsync();
        var scene = new SurfaceScene(stand) { Drawing = new(ReleaseCard.Build, ThreadReply.Build) };
        await scene.CreateAsync();
        await scene.ChangeAsync(status);
        await scene.SettleAsync();
        var updates = stand.Api.Log.Of(Update).Count;

        for (var i = 0; i < 30; i++)
        {
            scene.Pass(TimeSpan.FromSeconds(30));
            await scene.VerifyAsync();
            await scene.DrawAsync();
        }

        (stand.Api.Log.Of(Update).Count - updates).ShouldBe(renewals);
        scene.Pass(TimeSpan.FromMinutes(10));
        await scene.SettleAsync();
        (stand.Api.Log.Of(Update).Count - updates).ShouldBe(renewals, "nobody has read the cluster since");
        stand.Api.Log.Ends.ShouldAllBe(end => end.Error == null);
    }

    [Fact]
    public async Task What_says_nothing_new_waits_for_whatever_does()
    {
        await using var stand = await StartAsync();
        var scene = new SurfaceScene(stand);
        await scene.CreateAsync();
        await scene.ChangeAsync(JobStatus.AwaitingApproval);
        await scene.SettleAsync();
        scene.Pass(SlackSurfacePlan.RenewEvery);
        await scene.VerifyAsync();
        var other = (await stand.Client.PostAsync(Post("other"), Patience)).Value();
        SlackAnswer<string> last;
        do
        {
            last = await stand.Client.UpdateAsync(Releases, other, Post("").Message, urgent: false, Patience);
        } while (last is SlackAnswer<string>.Ok);

        var updates = stand.Api.Log.Of(Update).Count;
        (await scene.DrawAsync()).LookAgainAt.ShouldBe(scene.Now.AddMinutes(1));
        stand.Api.Log.Of(Update).Count.ShouldBe(updates);
        await scene.ChangeAsync(JobStatus.Failed);
        await scene.DrawAsync();
        stand.Api.Log.Of(Update).Count.ShouldBe(updates + 1);
    }

    [Fact]
    public async Task A_superseded_card_links_to_the_newer_one_as_soon_as_that_is_posted_and_then_rests()
    {
        await using var stand = await StartAsync();
        var scene = new SurfaceScene(stand) { Drawing = new(ReleaseCard.Build, ThreadReply.Build) };
        await scene.CreateAsync();
        await scene.SettleAsync();
        var newer = await scene.SupersedeAsync();
        await scene.SettleAsync();
        scene.Job.IsSettled.ShouldBeFalse();
        Shown().ShouldNotContain("slack.com/archives");

        await scene.PutAsync(newer with { Card = newer.Card with { Channel = Releases, Ts = "1767600000.000100" } });
        await scene.SettleAsync();

        Shown().ShouldContain($"https://slack.com/archives/{Releases}/p1767600000000100");
        scene.Job.IsSettled.ShouldBeTrue();
        var calls = stand.Api.Log.Calls.Count;
        await scene.SettleAsync();
        stand.Api.Log.Calls.Count.ShouldBe(calls);

        string Shown() => stand.Cards().ShouldHaveSingleItem().Content.Blocks!.Value.GetRawText();
    }

    [Fact]
    public async Task A_baseline_and_an_app_without_a_channel_get_no_card()
    {
        await using var stand = await StartAsync();
        var baseline = new SurfaceScene(stand);
        await baseline.CreateAsync(source: JobSource.Baseline);
        var silent = new SurfaceScene(stand, channel: "");
        await silent.CreateAsync();

        await baseline.SettleAsync();
        await silent.SettleAsync();

        stand.Api.Log.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_happened_before_the_card_is_on_the_card_but_who_must_act_is_told_in_the_thread()
    {
        await using var stand = await StartAsync();
        var scene = new SurfaceScene(stand);
        await scene.CreateAsync();
        await scene.ChangeAsync(JobStatus.AwaitingApproval, "registered", "bound", "waits!", "one vote");

        await scene.SettleAsync();

        scene.ReplyTexts().ShouldBe(["<!subteam^S0PLATFORM> <@U02BOB> waits!", "one vote"]);
    }

    [Fact]
    public async Task A_moving_card_is_updated_every_five_seconds_to_its_newest_state()
    {
        await using var stand = await StartAsync();
        var scene = new SurfaceScene(stand);
        await scene.CreateAsync();
        await scene.SettleAsync();

        for (var i = 0; i < 12; i++)
        {
            scene.Pass(TimeSpan.FromSeconds(1));
            await scene.ChangeAsync(JobStatus.Running);
            await scene.DrawAsync();
        }

        stand.Api.Log.Of(Update).Count.ShouldBe(2);
        var look = (await scene.DrawAsync()).LookAgainAt!.Value;
        look.ShouldBe(scene.Now.AddSeconds(3));
        scene.Pass(TimeSpan.FromSeconds(3));
        (await scene.DrawAsync()).LookAgainAt.ShouldBeNull();
        scene.CardText().ShouldBe(SurfaceScene.CardText(scene.Job));
    }

    [Theory]
    [InlineData(JobStatus.AwaitingApproval)]
    [InlineData(JobStatus.Failed)]
    [InlineData(JobStatus.Succeeded)]
    [InlineData(JobStatus.Superseded)]
    public async Task A_card_that_somebody_waits_for_is_updated_at_once(JobStatus status)
    {
        await using var stand = await StartAsync();
        var scene = new SurfaceScene(stand);
        await scene.CreateAsync();
        await scene.SettleAsync();

        await scene.ChangeAsync(status);
        (await scene.DrawAsync()).LookAgainAt.ShouldBeNull();

        scene.CardText().ShouldBe(SurfaceScene.CardText(scene.Job));
    }

    [Fact]
    public async Task Entries_are_told_while_the_card_waits_for_its_next_update()
    {
        await using var stand = await StartAsync();
        var scene = new SurfaceScene(stand);
        await scene.CreateAsync();
        await scene.SettleAsync();
        await scene.ChangeAsync(JobStatus.Running, "something must be done!");

        var result = await scene.DrawAsync();

        scene.ReplyTexts().Count().ShouldBe(1);
        result.LookAgainAt.ShouldBe(scene.Now.AddSeconds(5));
    }
}
