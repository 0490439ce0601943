using Devflow.ChatOps.Core.Ports;
using Microsoft.Extensions.Time.Testing;

namespace Devflow.ChatOps.Tests.Functions.Store;

/// <summary>Instances whose clocks do not agree. Each writes by its own and judges by its own.</summary>
public abstract partial class StoreContract
{
    [Fact]
    public async Task What_an_instance_left_whose_clock_was_an_hour_ahead_does_not_wait_for_that_hour()
    {
        var ahead = new FakeTimeProvider(Now.AddHours(1));
        await using (var other = (IAsyncDisposable)await OpenAsync("ahead", ahead))
        {
            var store = (IStore)other;
            await store.HintAsync(Mail, Stop);
            await store.HintAsync(Web, Stop);
            (await store.TakeAsync(Web, ahead.GetUtcNow(), Stop)).ShouldNotBeNull();
            (await store.TakeRoleAsync("watch", ahead.GetUtcNow(), Stop)).ShouldBeTrue();
        }

        await RestartAsync("two");

        (await Store.DueAsync(Now, [], 10, Stop)).ShouldBe([Mail, Web], ignoreOrder: true);
        (await Store.TakeAsync(Web, Now, Stop)).ShouldNotBeNull();
        (await Store.TakeRoleAsync("watch", Now, Stop)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_lease_of_an_instance_whose_clock_is_some_seconds_ahead_is_respected()
    {
        var ahead = new FakeTimeProvider(Now.AddSeconds(30));
        await using (var other = (IAsyncDisposable)await OpenAsync("ahead", ahead))
        {
            var store = (IStore)other;
            await store.HintAsync(Web, Stop);
            (await store.TakeAsync(Web, ahead.GetUtcNow(), Stop)).ShouldNotBeNull();
            (await store.TakeRoleAsync("watch", ahead.GetUtcNow(), Stop)).ShouldBeTrue();
        }

        await RestartAsync("two");

        (await Store.DueAsync(Now, [], 10, Stop)).ShouldBeEmpty();
        (await Store.TakeAsync(Web, Now, Stop)).ShouldBeNull();
        (await Store.TakeRoleAsync("watch", Now, Stop)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_hint_of_a_clock_that_is_ahead_is_cleared_by_the_look_that_it_asked_for()
    {
        var ahead = new FakeTimeProvider(Now.AddHours(1));
        await using (var other = (IAsyncDisposable)await OpenAsync("ahead", ahead))
        {
            await ((IStore)other).HintAsync(Web, Stop);
        }

        await RestartAsync("two");
        await Store.ReleaseAsync(await LeaseAsync(Web), worked: true, Now.AddSeconds(30), Stop);

        (await Store.DueAsync(Now.AddSeconds(29), [], 10, Stop)).ShouldBeEmpty();
        (await Store.DueAsync(Now.AddSeconds(30), [], 10, Stop)).ShouldBe([Web]);
    }
}
