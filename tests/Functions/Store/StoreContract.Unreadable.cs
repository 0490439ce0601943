using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Tests.Functions.Store;

public abstract partial class StoreContract
{
    private const string Nonsense = "no rollout";

    /// <summary>Writes another Rollout into the document of a Job or a command, past the store.</summary>
    /// <param name="table"><c>jobs</c> or <c>commands</c>.</param>
    protected abstract Task ForgeAsync(string table, string id, string rollout);

    [Fact]
    public async Task A_command_that_cannot_be_read_is_put_aside_as_stuck_and_holds_up_no_other()
    {
        await Store.AddAsync(NewCommand("odd"), null, Stop);
        await Store.AddAsync(NewCommand("good"), null, Stop);
        await ForgeAsync("commands", "odd", Nonsense);

        (await Store.OpenCommandsAsync(Web, Stop)).Select(command => command.Key).ShouldBe(["good"]);

        await Store.UpdateAsync(NewCommand("good") with { NotBefore = Now.AddHours(1) }, Stop);
        await Store.ReleaseAsync(await LeaseAsync(Web), worked: true, null, Stop);
        (await Store.DueAsync(Now, [], 10, Stop)).ShouldBeEmpty("nothing asks for the Rollout again and again");
        var stuck = (await Store.StuckCommandsAsync(Web, 10, Stop)).ShouldHaveSingleItem();
        stuck.Key.ShouldBe("odd");
        stuck.App.ShouldBe("web");
        stuck.Rollout.ShouldBe(Web);
        stuck.Actor.DisplayName.ShouldBe(Samples.Alice.DisplayName);
        stuck.Wish.ShouldBeOfType<Wish.Unreadable>();
        stuck.Stuck.ShouldNotBeNull().ShouldStartWith("A stored Command cannot be read");
        (await Store.ForgetCommandsAsync(Now.AddDays(30), 10, Stop)).ShouldBe(0);
    }

    [Fact]
    public async Task A_command_that_was_put_aside_unread_is_resumed_when_it_can_be_read()
    {
        var command = NewCommand("odd");
        await Store.AddAsync(command, null, Stop);
        await ForgeAsync("commands", "odd", Nonsense);
        (await Store.OpenCommandsAsync(Web, Stop)).ShouldBeEmpty();

        await ForgeAsync("commands", "odd", Web.ToString());

        var stuck = (await Store.StuckCommandsAsync(null, 10, Stop)).ShouldHaveSingleItem();
        stuck.ShouldBe(command with { Stuck = stuck.Stuck.ShouldNotBeNull() });
        var resumed = command with { ResumedAt = Now };
        (await Store.UpdateAsync(resumed, Stop)).ShouldBeTrue();
        (await Store.OpenCommandsAsync(Web, Stop)).ShouldBe([resumed]);
        (await Store.StuckCommandsAsync(null, 10, Stop)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_Job_that_cannot_be_read_is_left_out_of_lists_and_of_what_nothing_is_decided_about()
    {
        var target = await SavedAsync(Bound(NewJob(), Now, JobStatus.Succeeded) with { Revision = 1 });
        var odd = await SavedAsync(Bound(NewJob(), Now, JobStatus.Succeeded) with { Revision = 1 });
        var current = await SavedAsync(Bound(NewJob(), Now));
        await ForgeAsync("jobs", odd.Id.ToString(), Nonsense);

        (await ListedAsync(new JobFilter(), 10)).ShouldBe([current.Id, target.Id]);
        var jobs = await Store.JobsOfAsync(Web, Stop);
        jobs.Current!.Id.ShouldBe(current.Id);
        jobs.Former.Select(job => job.Id).ShouldBe([target.Id]);
        jobs.Unfinished.Select(job => job.Id).ShouldBe([target.Id]);
        await Should.ThrowAsync<StoredStateException>(() => Store.FindJobAsync(odd.Id, Stop));
    }

    [Fact]
    public async Task Nothing_is_decided_past_a_current_Job_that_cannot_be_read()
    {
        await SavedAsync(Bound(NewJob(), Now, JobStatus.Succeeded));
        var current = await SavedAsync(Bound(NewJob(), Now));
        await ForgeAsync("jobs", current.Id.ToString(), Nonsense);

        await Should.ThrowAsync<StoredStateException>(() => Store.JobsOfAsync(Web, Stop));
    }

    [Fact]
    public async Task A_Job_that_was_met_and_cannot_be_read_is_told_until_it_can_be()
    {
        var odd = await SavedAsync(Bound(NewJob(), Now, JobStatus.Succeeded));
        var current = await SavedAsync(Bound(NewJob(), Now));
        var elsewhere = await SavedAsync(Bound(NewJob(Mail), Now));
        await ForgeAsync("jobs", odd.Id.ToString(), Nonsense);
        await ForgeAsync("jobs", elsewhere.Id.ToString(), Nonsense);
        (await Store.UnreadableJobsAsync(null, 10, Stop)).ShouldBeEmpty("nobody has met it");

        await Store.JobsOfAsync(Web, Stop);
        await Should.ThrowAsync<StoredStateException>(() => Store.JobsOfAsync(Mail, Stop));
        await Should.ThrowAsync<StoredStateException>(() => Store.JobsOfAsync(Mail, Stop));

        (await Store.UnreadableJobsAsync(null, 10, Stop))
            .Select(job => job.Id)
            .ShouldBe([odd.Id.ToString(), elsewhere.Id.ToString()]);
        (await Store.UnreadableJobsAsync(null, 1, Stop)).ShouldHaveSingleItem();
        var told = (await Store.UnreadableJobsAsync(Web, 10, Stop)).ShouldHaveSingleItem();
        (told.Id, told.Rollout, told.App, told.Environment).ShouldBe((odd.Id.ToString(), Web, "web", "production"));
        told.Why.ShouldStartWith("A stored Job cannot be read");

        await ForgeAsync("jobs", odd.Id.ToString(), Web.ToString());

        (await Store.UnreadableJobsAsync(Web, 10, Stop)).ShouldBeEmpty();
        (await Store.FindJobAsync(odd.Id, Stop))!.Version.ShouldBe(odd.Version);
        (await Store.JobsOfAsync(Web, Stop)).Former.ShouldHaveSingleItem().Id.ShouldBe(odd.Id);
        (await Store.JobsOfAsync(Web, Stop)).Current!.Id.ShouldBe(current.Id);
    }
}
