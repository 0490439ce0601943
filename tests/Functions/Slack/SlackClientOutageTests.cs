using System.Net;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Functions.Adapters.Slack;
using static Devflow.ChatOps.Tests.Functions.Slack.SlackStand;
using Stand = Devflow.ChatOps.Sandbox.Slack;

namespace Devflow.ChatOps.Tests.Functions.Slack;

/// <summary>When nothing gets through, one call at a time finds out whether Slack is back.</summary>
public sealed class SlackClientOutageTests
{
    [Fact]
    public async Task After_five_failures_in_a_row_one_call_a_quarter_of_a_minute_goes_out_until_Slack_answers()
    {
        await using var stand = await StartAsync();
        var ts = await CardAsync(stand);
        stand.Api.Faults = _ => new Stand.SlackFault.Status(HttpStatusCode.BadGateway);
        for (var number = 1; number <= 20; number++)
        {
            await UpdateAsync(stand, ts, $"{number}");
        }

        Calls(stand).ShouldBe(5);
        var held = (await UpdateAsync(stand, ts, "held")).Why();
        held.Kind.ShouldBe(SlackFaultKind.Unavailable, "it is known that it did not happen");
        held.RetryAfter.ShouldBe(TimeSpan.FromSeconds(15));

        stand.Time.Advance(TimeSpan.FromSeconds(15));
        await UpdateAsync(stand, ts, "probe");
        await UpdateAsync(stand, ts, "behind the probe");
        Calls(stand).ShouldBe(6);

        stand.Api.Faults = null;
        stand.Time.Advance(TimeSpan.FromSeconds(15));
        (await UpdateAsync(stand, ts, "back")).Value().ShouldNotBeEmpty();
        (await UpdateAsync(stand, ts, "and on")).Value().ShouldNotBeEmpty();
        stand.Cards().ShouldHaveSingleItem().Content.Text.ShouldBe("and on");
    }

    [Fact]
    public async Task Whoever_comes_while_a_call_finds_out_whether_Slack_is_back_waits_for_that_and_has_not_failed()
    {
        await using var stand = await StartAsync();
        var ts = await CardAsync(stand);
        stand.Api.Faults = _ => new Stand.SlackFault.Status(HttpStatusCode.BadGateway);
        for (var number = 1; number <= 5; number++)
        {
            await UpdateAsync(stand, ts, $"{number}");
        }

        stand.Time.Advance(TimeSpan.FromSeconds(15));
        var asked = new TaskCompletionSource();
        var end = new TaskCompletionSource();
        stand.Api.Faults = _ =>
        {
            asked.TrySetResult();
            return new Stand.SlackFault.Hold(end.Task);
        };
        var probe = UpdateAsync(stand, ts, "probe");
        await asked.Task.WaitAsync(Patience);

        var beside = (await UpdateAsync(stand, ts, "beside the probe")).Why();
        beside.Kind.ShouldBe(SlackFaultKind.RateLimited, "it is not known that Slack is away");
        beside.RetryAfter.ShouldBe(new SlackOptions().Timeout, "by then the probe has ended");

        stand.Api.Faults = null;
        end.SetResult();
        (await probe).Value().ShouldNotBeEmpty();
        (await UpdateAsync(stand, ts, "and on")).Value().ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Answers_of_Slack_of_whatever_kind_are_no_outage()
    {
        await using var stand = await StartAsync();
        var ts = await CardAsync(stand);
        var number = 0;
        stand.Api.Faults = _ =>
            (++number % 5) switch
            {
                0 => new Stand.SlackFault.Error("channel_not_found"),
                _ => new Stand.SlackFault.Status(HttpStatusCode.BadGateway),
            };

        for (var calls = 1; calls <= 20; calls++)
        {
            await UpdateAsync(stand, ts, $"{calls}");
            stand.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Calls(stand).ShouldBe(20);
    }

    private static async Task<string> CardAsync(SlackStand stand) =>
        (await stand.Client.PostAsync(Post("card"), Patience)).Value();

    private static Task<SlackAnswer<string>> UpdateAsync(SlackStand stand, string ts, string text) =>
        stand.Client.UpdateAsync(Releases, ts, new SlackMessage(text, []), urgent: true, Patience);

    private static int Calls(SlackStand stand) => stand.Api.Log.Of("chat.update").Count;
}
