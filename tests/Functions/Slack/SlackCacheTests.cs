using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Ports;
using static Devflow.ChatOps.Tests.Functions.Slack.SlackStand;
using Stand = Devflow.ChatOps.Sandbox.Slack;

namespace Devflow.ChatOps.Tests.Functions.Slack;

public sealed class SlackCacheTests
{
    private const string Method = "usergroups.users.list";

    [Fact]
    public async Task Members_of_a_group_are_asked_for_once_a_minute()
    {
        await using var stand = await StartAsync();

        (await stand.Client.GroupMembersAsync(Platform, Patience)).Value().ShouldBe([Alice, Bob]);
        stand.Workspace.Put(new Stand.SlackUserGroup(Platform, "platform", [Bob]));
        stand.Time.Advance(TimeSpan.FromSeconds(59));
        (await stand.Client.GroupMembersAsync(Platform, Patience)).Value().ShouldBe([Alice, Bob]);
        stand.Time.Advance(TimeSpan.FromSeconds(1));
        (await stand.Client.GroupMembersAsync(Platform, Patience)).Value().ShouldBe([Bob]);

        stand.Api.Log.Of(Method).Count.ShouldBe(2);
    }

    [Fact]
    public async Task An_older_answer_is_not_given_out_when_Slack_is_down()
    {
        await using var stand = await StartAsync();
        (await stand.Client.GroupMembersAsync(Platform, Patience)).Value();
        stand.Time.Advance(TimeSpan.FromMinutes(2));
        stand.Fail(Method, new Stand.SlackFault.Error("service_unavailable"));

        (await stand.Client.GroupMembersAsync(Platform, Patience)).Why().Kind.ShouldBe(SlackFaultKind.Unavailable);
        (await stand.Client.GroupMembersAsync(Platform, Patience)).Value().ShouldBe([Alice, Bob]);
    }

    [Fact]
    public async Task However_many_ask_at_once_Slack_is_asked_once()
    {
        await using var stand = await StartAsync();
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        stand.Api.Faults = _ =>
        {
            arrived.TrySetResult();
            return new Stand.SlackFault.Hold(goOn.Task);
        };

        var asked = Enumerable.Range(0, 20).Select(_ => stand.Client.GroupMembersAsync(Platform, Patience)).ToList();
        using var impatient = new CancellationTokenSource();
        var left = stand.Client.GroupMembersAsync(Platform, impatient.Token);
        await arrived.Task.WaitAsync(Patience);
        await impatient.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => left);
        goOn.SetResult();

        (await Task.WhenAll(asked)).ShouldAllBe(answer => answer is SlackAnswer<IReadOnlyCollection<string>>.Ok);
        stand.Api.Log.Of(Method).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_group_that_is_not_there_has_no_members()
    {
        await using var stand = await StartAsync();

        (await stand.Client.GroupMembersAsync("S0NONE", Patience))
            .Why()
            .ShouldBe(new SlackFault(SlackFaultKind.Refused, "no_such_subteam"));
    }

    [Fact]
    public async Task An_account_is_asked_for_once_in_five_minutes()
    {
        await using var stand = await StartAsync();

        (await stand.Client.AccountAsync(Alice, Patience)).Value().ShouldBe(SlackAccount.Member);
        stand.Workspace.Put(new Stand.SlackUser(Alice, "alice") { IsRestricted = true });
        (await stand.Client.AccountAsync(Alice, Patience)).Value().ShouldBe(SlackAccount.Member);

        stand.Api.Log.Of("users.info").Count.ShouldBe(1);
        stand.Time.Advance(TimeSpan.FromMinutes(5));
        (await stand.Client.AccountAsync(Alice, Patience)).Value().ShouldBe(SlackAccount.Guest);
        (await stand.Client.AccountAsync("U0NONE", Patience)).Value().ShouldBe(SlackAccount.Stranger);
    }
}
