using System.Net;
using Devflow.ChatOps.Core.Jobs;
using static Devflow.ChatOps.Tests.Functions.Slack.SlackStand;
using Stand = Devflow.ChatOps.Sandbox.Slack;

namespace Devflow.ChatOps.Tests.Functions.Slack;

public sealed class SlackSurfaceFaultTests
{
    private const string Post = "chat.postMessage";
    private const string Update = "chat.update";

    [Fact]
    public async Task After_an_outage_there_is_one_update_and_one_summary()
    {
        await using var stand = await StartAsync();
        var scene = new SurfaceScene(stand);
        await scene.CreateAsync();
        await scene.SettleAsync();
        var before = stand.Api.Log.Of(Post).Count;
        stand.Api.Faults = _ => new Stand.SlackFault.Status(HttpStatusCode.ServiceUnavailable);
        for (var i = 0; i < 8; i++)
        {
            scene.Pass(TimeSpan.FromSeconds(20));
            await scene.ChangeAsync(i < 5 ? JobStatus.Running : JobStatus.Failed, i == 4 ? "failed!" : $"entry {i}");
            var result = await scene.DrawAsync();
            result.LookAgainAt.ShouldNotBeNull();
            result.Job.Card.Failures.ShouldBeGreaterThan(0);
        }

        var updatesInVain = stand.Api.Log.Of(Update).Count;
        stand.Api.Faults = null;
        await scene.SettleAsync();

        scene.CardText().ShouldBe(SurfaceScene.CardText(scene.Job));
        var reply = stand.Replies().ShouldHaveSingleItem();
        reply.Broadcast.ShouldBeTrue();
        reply.Content.Text.ShouldStartWith("<!subteam^S0PLATFORM> <@U02BOB> entry 0 / entry 1 / ");
        reply.Content.Text.ShouldEndWith("failed! / entry 5 / entry 6 / entry 7");
        stand.Api.Log.Of(Update).Count.ShouldBe(updatesInVain + 1);
        stand.Api.Log.Of(Post).Count.ShouldBe(before + 1);
        scene.Job.Card.Failures.ShouldBe(0);
    }

    [Fact]
    public async Task Down_from_the_start_the_card_comes_later()
    {
        await using var stand = await StartAsync();
        var scene = new SurfaceScene(stand);
        stand.Api.Faults = _ => new Stand.SlackFault.Error("service_unavailable");
        await scene.CreateAsync();
        var waits = new List<double>();
        for (var i = 0; i < 12; i++)
        {
            var at = (await scene.DrawAsync()).LookAgainAt!.Value;
            (await scene.DrawAsync()).LookAgainAt.ShouldBe(at);
            waits.Add((at - scene.Now).TotalSeconds);
            scene.Pass(at - scene.Now);
        }

        waits.ShouldBe([1, 2, 4, 8, 16, 32, 48, 48, 48, 48, 48, 48]);
        stand.Api.Faults = null;
        await scene.SettleAsync();
        scene.CardText().ShouldBe(SurfaceScene.CardText(scene.Job));
    }

    [Fact]
    public async Task Told_to_wait_it_waits_and_counts_no_failure()
    {
        await using var stand = await StartAsync();
        var scene = new SurfaceScene(stand);
        stand.Fail(Post, new Stand.SlackFault.RateLimited(TimeSpan.FromSeconds(40)));
        await scene.CreateAsync();

        var result = await scene.DrawAsync();

        result.LookAgainAt.ShouldBe(scene.Now.AddSeconds(40));
        result.Job.Card.Failures.ShouldBe(0);
        scene.Pass(TimeSpan.FromSeconds(39));
        await scene.DrawAsync();
        stand.Api.Log.Of(Post).Count.ShouldBe(1);
        await scene.SettleAsync();
        stand.Cards().Count.ShouldBe(1);
    }

    [Fact]
    public async Task While_updates_must_wait_replies_go_on()
    {
        await using var stand = await StartAsync();
        var scene = new SurfaceScene(stand);
        await scene.CreateAsync();
        await scene.SettleAsync();
        stand.Fail(Update, new Stand.SlackFault.RateLimited(TimeSpan.FromSeconds(30)));
        await scene.ChangeAsync(JobStatus.AwaitingApproval, "waits!");

        var result = await scene.DrawAsync();

        scene.ReplyTexts().Count().ShouldBe(1);
        result.LookAgainAt.ShouldBe(scene.Now.AddSeconds(30));
        await scene.SettleAsync();
        scene.CardText().ShouldBe(SurfaceScene.CardText(scene.Job));
    }

    [Fact]
    public async Task A_busy_channel_gets_everything_in_the_end_and_approvals_first()
    {
        await using var stand = await StartAsync();
        var scenes = Enumerable.Range(0, 6).Select(_ => new SurfaceScene(stand)).ToList();
        foreach (var scene in scenes)
        {
            await scene.CreateAsync();
            await scene.DrawAsync();
        }

        stand.Cards().Count.ShouldBe(2);
        await scenes[5].ChangeAsync(JobStatus.AwaitingApproval);
        await scenes[5].DrawAsync();
        stand.Cards()[^1].Content.Text.ShouldBe(SurfaceScene.CardText(scenes[5].Job));

        foreach (var scene in scenes)
        {
            await scene.SettleAsync();
        }

        stand.Cards().Count.ShouldBe(6);
        stand.Api.Log.Ends.ShouldAllBe(end => end.Status == 200);
    }

    [Theory]
    [InlineData("not_in_channel", "The app is not in channel C0RELEASES. Invite it there.")]
    [InlineData("is_archived", "Channel C0RELEASES is archived. Name another one as slackChannel in the catalog.")]
    [InlineData(
        "invalid_auth",
        "Slack does not accept our token (invalid_auth). An administrator must install the app and give the service its bot token."
    )]
    public async Task What_an_administrator_must_do_is_said_and_tried_again_every_five_minutes(
        string error,
        string problem
    )
    {
        await using var stand = await StartAsync();
        var scene = new SurfaceScene(stand);
        stand.Api.Faults = _ => new Stand.SlackFault.Error(error);
        await scene.CreateAsync(JobStatus.AwaitingApproval);

        var result = await scene.DrawAsync();

        result.Job.Card.Problem.ShouldBe(problem);
        result.LookAgainAt.ShouldBe(scene.Now.AddMinutes(5));
        await scene.DrawAsync();
        stand.Api.Log.Calls.Count.ShouldBe(1);
        stand.Api.Faults = null;
        await scene.SettleAsync();
        scene.Job.Card.Problem.ShouldBeEmpty();
        stand.Cards().Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_card_that_Slack_refuses_is_not_sent_again_until_it_changes_and_the_thread_goes_on()
    {
        await using var stand = await StartAsync();
        var scene = new SurfaceScene(stand);
        await scene.CreateAsync();
        await scene.SettleAsync();
        stand.Fail(Update, new Stand.SlackFault.Error("invalid_blocks"));
        await scene.ChangeAsync(JobStatus.Failed, "failed!");

        (await scene.DrawAsync()).LookAgainAt.ShouldBeNull();

        scene.ReplyTexts().Count().ShouldBe(1);
        stand.Api.Log.Of(Update).Count.ShouldBe(1);
        await scene.ChangeAsync(JobStatus.Failed);
        await scene.SettleAsync();
        scene.CardText().ShouldBe(SurfaceScene.CardText(scene.Job));
    }

    [Fact]
    public async Task A_reply_that_Slack_keeps_refusing_is_given_up_so_that_the_next_ones_are_told()
    {
        await using var stand = await StartAsync();
        var scene = new SurfaceScene(stand);
        await scene.CreateAsync();
        await scene.SettleAsync();
        var refused = new Stand.SlackFault.Error("msg_too_long");
        stand.Fail(Post, refused, refused, refused);
        await scene.ChangeAsync(JobStatus.Failed, "bad", "good");

        await scene.SettleAsync();

        scene.ReplyTexts().ShouldBe(["good"]);
    }

    [Fact]
    public async Task A_deleted_card_is_posted_again_once()
    {
        await using var stand = await StartAsync();
        var scene = new SurfaceScene(stand);
        await scene.CreateAsync();
        await scene.ChangeAsync(JobStatus.Running, "first");
        await scene.SettleAsync();
        stand.Workspace.Delete(Releases, scene.Job.Card.Ts!);
        await scene.ChangeAsync(JobStatus.AwaitingApproval, "waits!");
        await scene.SettleAsync();

        var again = stand.Cards().ShouldHaveSingleItem();
        again.Content.Text.ShouldBe(SurfaceScene.CardText(scene.Job));
        again
            .Metadata!.Value.GetProperty("event_payload")
            .GetProperty("operation_id")
            .GetString()
            .ShouldBe($"{scene.Id}:again:1");
        stand.Replies().ShouldHaveSingleItem().ThreadTs.ShouldBe(again.Ts);

        stand.Workspace.Delete(Releases, again.Ts);
        await scene.ChangeAsync(JobStatus.Succeeded, "done");
        await scene.SettleAsync();
        stand.Cards().ShouldBeEmpty();
        scene.Job.Card.Problem.ShouldContain("second time");
    }

    [Fact]
    public async Task Without_the_lease_it_stops_quietly()
    {
        await using var stand = await StartAsync();
        var scene = new SurfaceScene(stand);
        await scene.CreateAsync();
        scene.Store.LeaseIsLost = true;

        (await scene.DrawAsync()).LookAgainAt.ShouldBeNull();

        stand.Api.Log.Calls.ShouldBeEmpty();
    }
}
