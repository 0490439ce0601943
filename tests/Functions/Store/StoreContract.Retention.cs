using Devflow.ChatOps.Core.Jobs;

namespace Devflow.ChatOps.Tests.Functions.Store;

public abstract partial class StoreContract
{
    private static readonly TimeSpan week = TimeSpan.FromDays(7);

    [Fact]
    public async Task Answered_commands_are_forgotten_by_their_age_the_oldest_first_and_some_at_a_time()
    {
        for (var n = 0; n < 5; n++)
        {
            await Store.AddAsync(Answered($"old-{n}"), null, Stop);
            Clock.Advance(TimeSpan.FromMinutes(1));
        }

        Clock.Advance(week);
        await Store.AddAsync(Answered("new"), null, Stop);

        (await Store.ForgetCommandsAsync(Now - week, 3, Stop)).ShouldBe(3);
        (await Store.FindCommandAsync("old-2", Stop)).ShouldBeNull();
        (await Store.FindCommandAsync("old-3", Stop)).ShouldNotBeNull();
        (await Store.ForgetCommandsAsync(Now - week, 3, Stop)).ShouldBe(2);
        (await Store.ForgetCommandsAsync(Now - week, 3, Stop)).ShouldBe(0);
        (await Store.FindCommandAsync("new", Stop)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Commands_that_are_open_unanswered_or_stuck_are_never_forgotten()
    {
        await Store.AddAsync(NewCommand("open"), null, Stop);
        await Store.AddAsync(NewCommand("unanswered") with { Outcome = new CommandOutcome("ok", "done") }, null, Stop);
        await Store.AddAsync(Answered("stuck") with { Stuck = "it failed" }, null, Stop);
        Clock.Advance(week);

        (await Store.ForgetCommandsAsync(Now, 10, Stop)).ShouldBe(0);

        (await Store.OpenCommandsAsync(Web, Stop)).Select(command => command.Key).ShouldBe(["open", "unanswered"]);
        (await Store.FindCommandAsync("stuck", Stop)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Stuck_commands_are_listed_oldest_first_until_they_are_resumed()
    {
        var first = Answered("b") with { Stuck = "first" };
        await Store.AddAsync(NewCommand("b"), null, Stop);
        Clock.Advance(TimeSpan.FromSeconds(1));
        var second = Answered("a") with { Stuck = "second" };
        var elsewhere = NewCommand("c", Mail) with { Stuck = "elsewhere" };
        await Store.AddAsync(second, null, Stop);
        await Store.AddAsync(elsewhere, null, Stop);
        (await Store.StuckCommandsAsync(Web, 10, Stop)).ShouldBe([second]);

        await Store.UpdateAsync(first, Stop);

        (await Store.StuckCommandsAsync(Web, 10, Stop)).ShouldBe([first, second]);
        (await Store.StuckCommandsAsync(null, 10, Stop)).Count.ShouldBe(3);
        (await Store.StuckCommandsAsync(null, 2, Stop)).Count.ShouldBe(2);

        await Store.UpdateAsync(second with { Stuck = null, Outcome = null, Answered = false, ResumedAt = Now }, Stop);

        (await Store.StuckCommandsAsync(Web, 10, Stop)).ShouldBe([first]);
        (await Store.OpenCommandsAsync(Web, Stop)).Select(command => command.Key).ShouldBe(["a"]);
    }

    [Fact]
    public async Task Finished_Jobs_are_forgotten_by_their_age_and_those_that_decisions_need_stay()
    {
        var announced = await SavedAsync(NewJob());
        var withdrawn = await SavedAsync(NewJob() with { Status = JobStatus.NoChange });
        var superseded = await SavedAsync(Bound(NewJob(), Now, JobStatus.Superseded));
        var targets = new List<Job>();
        for (var n = 0; n < 24; n++)
        {
            targets.Add(await SavedAsync(Bound(NewJob(), Now, JobStatus.Succeeded)));
        }

        var current = await SavedAsync(Bound(NewJob(), Now, JobStatus.Cancelled));
        var lonely = await SavedAsync(Bound(NewJob(Mail), Now, JobStatus.Cancelled));
        var before = await Store.JobsOfAsync(Web, Stop);
        Clock.Advance(TimeSpan.FromDays(90));
        var young = await SavedAsync(NewJob(Mail) with { Status = JobStatus.NoChange });

        var forgotten = await ForgetAllAsync(Now.AddDays(-1), batch: 7);

        forgotten.ShouldBe(5);
        foreach (var gone in new[] { withdrawn, superseded, targets[0], targets[1], targets[2] })
        {
            (await Store.FindJobAsync(gone.Id, Stop)).ShouldBeNull();
        }

        foreach (var kept in new[] { announced, targets[3], targets[^1], current, lonely, young })
        {
            (await Store.FindJobAsync(kept.Id, Stop)).ShouldNotBeNull();
        }

        var after = await Store.JobsOfAsync(Web, Stop);
        after.Current!.Id.ShouldBe(current.Id);
        after.Former.Select(job => job.Id).ShouldBe(before.Former.Select(job => job.Id));
        after.Pending.Select(job => job.Id).ShouldBe([announced.Id]);
        (await ForgetAllAsync(Now.AddDays(-1), batch: 100)).ShouldBe(0);
    }

    [Fact]
    public async Task A_baseline_is_forgotten_like_others_whatever_became_of_it()
    {
        var baseline = NewJob() with { Source = JobSource.Baseline };
        var failed = await SavedAsync(Bound(baseline, Now, JobStatus.Failed));
        await SavedAsync(Bound(NewJob(), Now));
        Clock.Advance(TimeSpan.FromDays(90));

        (await ForgetAllAsync(Now.AddDays(-1), batch: 10)).ShouldBe(1);

        (await Store.FindJobAsync(failed.Id, Stop)).ShouldBeNull();
    }

    [Fact]
    public async Task A_save_of_a_Job_that_was_forgotten_is_refused()
    {
        var old = await SavedAsync(Bound(NewJob(), Now, JobStatus.Superseded));
        await SavedAsync(Bound(NewJob(), Now));
        var lease = await LeaseAsync(Web);
        (await ForgetAllAsync(Now.AddDays(1), batch: 10)).ShouldBe(1);

        (await Store.SaveAsync(old with { Message = "late" }, lease, Stop)).ShouldBeNull();

        (await Store.FindJobAsync(old.Id, Stop)).ShouldBeNull();
    }

    private Command Answered(string key) =>
        NewCommand(key) with
        {
            Outcome = new CommandOutcome("ok", "done"),
            Answered = true,
        };

    private async Task<int> ForgetAllAsync(DateTimeOffset before, int batch)
    {
        var count = 0;
        JobId? last = null;
        do
        {
            var round = await Store.ForgetJobsAsync(before, last, batch, Stop);
            count += round.Count;
            last = round.Last;
        } while (last is not null);

        return count;
    }
}
