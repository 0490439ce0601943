using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Tests.Functions.Store;

public abstract partial class StoreContract
{
    private static readonly TimeSpan day = TimeSpan.FromDays(1);

    /// <summary>Puts a hint of this key, due long ago, past the store; with marks that are not as the store writes them.</summary>
    protected abstract Task PutOddHintAsync(string key);

    /// <summary>How many rows there are, past the store.</summary>
    protected abstract Task<(long Hints, long Leases)> CountWorkAsync();

    [Theory]
    [InlineData("web")]
    [InlineData("prod/web")]
    [InlineData("prod//web")]
    [InlineData("prod/shop/web/more")]
    [InlineData("")]
    public async Task A_row_that_names_no_Rollout_keeps_no_other_waiting_and_is_forgotten(string key)
    {
        await PutOddHintAsync(key);
        await Store.HintAsync(Web, Stop);

        (await Store.DueAsync(Now, [], 1, Stop)).ShouldBe([Web]);
        (await Store.LastLooksAsync("prod", Stop)).ShouldBeEmpty();
        (await Store.ForgetRolloutsAsync([Web], Now - day, 10, Stop)).ShouldBe(1);

        (await Store.DueAsync(Now, [], 10, Stop)).ShouldBe([Web]);
        (await CountWorkAsync()).Hints.ShouldBe(1);
    }

    [Fact]
    public async Task A_last_look_that_is_not_as_it_was_written_is_as_good_as_none()
    {
        await PutOddHintAsync(Mail.ToString());
        await SeenAsync(Web, "uid/41");

        (await Store.LastLooksAsync("prod", Stop)).Keys.ShouldBe([Web]);
        (await Store.DueAsync(Now, [], 10, Stop)).ShouldBe([Mail]);
        (await LeaseAsync(Mail)).LastLook.ShouldBeNull();
    }

    [Fact]
    public async Task Hints_and_leases_of_Rollouts_that_the_catalog_forgot_are_forgotten_after_their_time()
    {
        await SeenAsync(Web, "uid/41");
        await SeenAsync(Mail, "uid/7");
        (await Store.TakeRoleAsync("watch", Now, Stop)).ShouldBeTrue();
        await Store.GiveUpRoleAsync("watch", Stop);
        Clock.Advance(day);
        (await Store.ForgetRolloutsAsync([Web], Now - day, 10, Stop)).ShouldBe(0, "it was verified a day ago");
        Clock.Advance(TimeSpan.FromMinutes(1));

        (await Store.ForgetRolloutsAsync([Web], Now - day, 10, Stop)).ShouldBe(1);

        (await CountWorkAsync()).ShouldBe((1, 2), "the other one and the role stay");
        (await Store.LastLooksAsync("prod", Stop)).Keys.ShouldBe([Web]);
        (await Store.ForgetRolloutsAsync([Web], Now - day, 10, Stop)).ShouldBe(0);
    }

    [Fact]
    public async Task A_forgotten_Rollout_at_which_something_is_open_stays()
    {
        var asked = new RolloutRef("prod", "shop", "asked");
        var later = new RolloutRef("prod", "shop", "later");
        await SeenAsync(asked, "uid/1");
        await Store.AddAsync(NewCommand("k", asked), null, Stop);
        await Store.HintAsync(Web, Stop);
        await Store.ReleaseAsync(await LeaseAsync(later), worked: true, Now.AddDays(9), Stop);
        await SeenAsync(Mail, "uid/7");
        Clock.Advance(day * 2);
        var held = await LeaseAsync(Mail);

        (await Store.ForgetRolloutsAsync([], Now - day, 10, Stop)).ShouldBe(0);

        (await Store.DueAsync(Now.AddDays(9), [], 10, Stop)).ShouldBe([asked, Web, later], ignoreOrder: true);
        (await Store.SaveAsync(NewJob(Mail), held, Stop)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Forgotten_Rollouts_go_some_at_a_time_and_one_that_comes_back_is_worked_on()
    {
        for (var number = 0; number < 5; number++)
        {
            await SeenAsync(Web with { Name = $"app-{number}" }, "uid/1");
        }

        Clock.Advance(day * 2);
        (await Store.ForgetRolloutsAsync([], Now - day, 3, Stop)).ShouldBe(3);
        (await Store.ForgetRolloutsAsync([], Now - day, 3, Stop)).ShouldBe(2);
        (await CountWorkAsync()).ShouldBe((0, 0));

        var back = Web with { Name = "app-0" };
        await Store.HintAsync(back, Stop);
        (await Store.DueAsync(Now, [], 10, Stop)).ShouldBe([back]);
        await SavedAsync(NewJob(back));
        (await Store.DueAsync(Now, [], 10, Stop)).ShouldBeEmpty();
        (await Store.JobsOfAsync(back, Stop)).Pending.ShouldHaveSingleItem();
    }
}
