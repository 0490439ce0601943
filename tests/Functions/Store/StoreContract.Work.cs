using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Tests.Functions.Store;

public abstract partial class StoreContract
{
    [Fact]
    public async Task Hints_of_one_Rollout_are_merged()
    {
        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => Store.HintAsync(Web, Stop))));

        (await Store.DueAsync(Now, [], 10, Stop)).ShouldBe([Web]);
        (await LeaseAsync(Web)).Sequence.ShouldBe(100);
    }

    [Fact]
    public async Task A_hint_that_was_worked_on_is_cleared()
    {
        await Store.HintAsync(Web, Stop);
        var lease = await LeaseAsync(Web);

        await Store.ReleaseAsync(lease, worked: true, null, Stop);

        (await Store.DueAsync(Now.AddDays(1), [], 10, Stop)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_hint_that_came_while_it_was_worked_on_stays()
    {
        await Store.HintAsync(Web, Stop);
        var lease = await LeaseAsync(Web);
        await Store.HintAsync(Web, Stop);

        await Store.ReleaseAsync(lease, worked: true, null, Stop);

        (await Store.DueAsync(Now, [], 10, Stop)).ShouldBe([Web]);
    }

    [Fact]
    public async Task A_hint_that_was_not_worked_on_stays()
    {
        await Store.HintAsync(Web, Stop);
        var lease = await LeaseAsync(Web);

        await Store.ReleaseAsync(lease, worked: false, null, Stop);

        (await Store.DueAsync(Now, [], 10, Stop)).ShouldBe([Web]);
    }

    [Fact]
    public async Task After_a_failed_look_it_waits_until_the_next_or_until_something_new_comes()
    {
        await Store.HintAsync(Web, Stop);
        await Store.AddAsync(NewCommand("k"), null, Stop);
        await Store.ReleaseAsync(await LeaseAsync(Web), worked: false, Now.AddSeconds(30), Stop);

        (await Store.DueAsync(Now.AddSeconds(29), [], 10, Stop)).ShouldBeEmpty();
        (await Store.DueAsync(Now.AddSeconds(30), [], 10, Stop)).ShouldBe([Web]);

        await Store.HintAsync(Web, Stop);
        (await Store.DueAsync(Now, [], 10, Stop)).ShouldBe([Web]);
    }

    [Fact]
    public async Task After_a_failed_look_what_came_meanwhile_does_not_wait()
    {
        await Store.HintAsync(Web, Stop);
        var lease = await LeaseAsync(Web);
        await Store.HintAsync(Web, Stop);

        await Store.ReleaseAsync(lease, worked: false, Now.AddSeconds(30), Stop);

        (await Store.DueAsync(Now, [], 10, Stop)).ShouldBe([Web]);
    }

    [Fact]
    public async Task A_Rollout_is_due_when_its_time_has_come()
    {
        await Store.ReleaseAsync(await LeaseAsync(Web), worked: true, Now.AddSeconds(30), Stop);

        (await Store.DueAsync(Now.AddSeconds(29), [], 10, Stop)).ShouldBeEmpty();
        (await Store.DueAsync(Now.AddSeconds(30), [], 10, Stop)).ShouldBe([Web]);

        await Store.ReleaseAsync(await LeaseAsync(Web), worked: true, null, Stop);
        (await Store.DueAsync(Now.AddDays(1), [], 10, Stop)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_waits_longest_is_due_first_and_a_repeated_hint_does_not_lose_its_place()
    {
        var third = new RolloutRef("prod", "shop", "a");
        await Store.HintAsync(Web, Stop);
        Clock.Advance(TimeSpan.FromSeconds(1));
        await Store.HintAsync(Mail, Stop);
        Clock.Advance(TimeSpan.FromSeconds(1));
        await Store.HintAsync(third, Stop);
        await Store.HintAsync(Web, Stop);

        (await Store.DueAsync(Now, [], 10, Stop)).ShouldBe([Web, Mail, third]);
        (await Store.DueAsync(Now, [], 2, Stop)).ShouldBe([Web, Mail]);
    }

    [Fact]
    public async Task What_is_due_can_be_asked_for_without_the_Rollouts_of_some_clusters()
    {
        var staging = Web with { Cluster = "staging" };
        await Store.HintAsync(Web, Stop);
        Clock.Advance(TimeSpan.FromSeconds(1));
        await Store.HintAsync(staging, Stop);

        (await Store.DueAsync(Now, [Web.Cluster], 1, Stop)).ShouldBe([staging]);
        (await Store.DueAsync(Now, [Web.Cluster, "staging"], 1, Stop)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_Rollout_under_a_live_lease_is_not_due_and_is_again_when_the_lease_has_expired()
    {
        await Store.HintAsync(Web, Stop);
        await LeaseAsync(Web);

        (await Store.DueAsync(Now, [], 10, Stop)).ShouldBeEmpty();
        (await Store.DueAsync(Now + RolloutLease.Duration, [], 10, Stop)).ShouldBe([Web]);
    }

    [Fact]
    public async Task A_lease_is_held_by_one_at_a_time_even_within_a_process()
    {
        var takes = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => Task.Run(() => Store.TakeAsync(Web, Now, Stop)))
        );

        var lease = takes.Where(taken => taken is not null).ShouldHaveSingleItem()!;
        lease.Rollout.ShouldBe(Web);
        lease.Holder.ShouldStartWith("one");
        lease.Until.ShouldBe(Now + RolloutLease.Duration);
        (await Store.TakeAsync(Mail, Now, Stop)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_lease_that_was_given_back_can_be_taken_and_its_fence_rises()
    {
        var first = await LeaseAsync(Web);
        await Store.ReleaseAsync(first, worked: true, null, Stop);

        (await LeaseAsync(Web)).Fence.ShouldBeGreaterThan(first.Fence);
    }

    [Fact]
    public async Task An_expired_lease_is_taken_over_and_the_former_holder_can_do_nothing()
    {
        await Store.HintAsync(Web, Stop);
        var lost = await LeaseAsync(Web);
        await RestartAsync("two");
        (await Store.TakeAsync(Web, Now, Stop)).ShouldBeNull();
        (await Store.DueAsync(Now, [], 10, Stop)).ShouldBeEmpty();
        Clock.Advance(RolloutLease.Duration);
        (await Store.DueAsync(Now, [], 10, Stop)).ShouldBe([Web]);

        var taken = await LeaseAsync(Web);

        taken.Fence.ShouldBeGreaterThan(lost.Fence);
        taken.Holder.ShouldStartWith("two");
        (await Store.RenewAsync(lost, Now, Stop)).ShouldBeNull();
        (await Store.SaveAsync(NewJob(), lost, Stop)).ShouldBeNull();
        await Store.ReleaseAsync(lost, worked: true, null, Stop);
        (await Store.RenewAsync(taken, Now, Stop)).ShouldNotBeNull();
        await Store.ReleaseAsync(taken, worked: false, null, Stop);
        (await Store.DueAsync(Now, [], 10, Stop)).ShouldBe([Web]);
    }

    [Fact]
    public async Task A_renewed_lease_lives_on()
    {
        var lease = await LeaseAsync(Web);
        Clock.Advance(TimeSpan.FromSeconds(10));

        var renewed = await Store.RenewAsync(lease, Now, Stop);

        renewed.ShouldBe(lease with { Until = Now + RolloutLease.Duration });
        Clock.Advance(TimeSpan.FromSeconds(10));
        (await Store.TakeAsync(Web, Now, Stop)).ShouldBeNull();
        (await Store.SaveAsync(NewJob(), renewed!, Stop)).ShouldNotBeNull();
    }
}
