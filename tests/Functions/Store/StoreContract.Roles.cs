using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Tests.Functions.Store;

public abstract partial class StoreContract
{
    [Fact]
    public async Task A_role_is_taken_and_renewed_by_its_holder()
    {
        (await Store.TakeRoleAsync("watch", Now, Stop)).ShouldBeTrue();
        Clock.Advance(RolloutLease.RenewEvery);
        (await Store.TakeRoleAsync("watch", Now, Stop)).ShouldBeTrue();
        (await Store.TakeRoleAsync("sweep", Now, Stop)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_role_that_another_has_is_taken_over_when_its_time_is_over()
    {
        (await Store.TakeRoleAsync("watch", Now, Stop)).ShouldBeTrue();
        await RestartAsync("two");

        (await Store.TakeRoleAsync("watch", Now, Stop)).ShouldBeFalse();
        Clock.Advance(RolloutLease.Duration - TimeSpan.FromSeconds(1));
        (await Store.TakeRoleAsync("watch", Now, Stop)).ShouldBeFalse();
        Clock.Advance(TimeSpan.FromSeconds(1));
        (await Store.TakeRoleAsync("watch", Now, Stop)).ShouldBeTrue();

        await RestartAsync("one");
        (await Store.TakeRoleAsync("watch", Now, Stop)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_role_that_was_given_up_is_free_and_only_its_holder_gives_it_up()
    {
        (await Store.TakeRoleAsync("watch", Now, Stop)).ShouldBeTrue();
        await RestartAsync("two");
        await Store.GiveUpRoleAsync("watch", Stop);
        (await Store.TakeRoleAsync("watch", Now, Stop)).ShouldBeFalse();

        Clock.Advance(RolloutLease.Duration);
        (await Store.TakeRoleAsync("watch", Now, Stop)).ShouldBeTrue();
        await Store.GiveUpRoleAsync("watch", Stop);
        await RestartAsync("three");
        (await Store.TakeRoleAsync("watch", Now, Stop)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_role_is_no_Rollout_that_is_due()
    {
        await Store.TakeRoleAsync("watch", Now, Stop);
        await Store.GiveUpRoleAsync("watch", Stop);

        (await Store.DueAsync(Now.AddDays(1), [], 10, Stop)).ShouldBeEmpty();
        (await Store.LastLooksAsync("role:watch", Stop)).ShouldBeEmpty();
    }
}
