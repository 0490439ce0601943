using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Jobs.Deciding;

namespace Devflow.ChatOps.Tests.Functions.Store;

public abstract partial class StoreContract
{
    /// <summary>Takes from the stored Job what an older version did not write beside its document.</summary>
    /// <returns>When the store was opened again.</returns>
    protected abstract Task WrittenBeforeStuckJobsWereListedAsync();

    [Fact]
    public async Task Jobs_with_a_stuck_effect_are_listed_oldest_first_until_they_are_resumed()
    {
        var first = await SavedAsync(WithStuckEffect(Bound(NewJob(), Now, JobStatus.Succeeded)));
        await SavedAsync(Bound(NewJob(), Now, JobStatus.Succeeded) with { Outbox = [Patch()] });
        var parked = Patch() with { Parked = true };
        await SavedAsync(Bound(NewJob(), Now, JobStatus.Succeeded) with { Outbox = [parked] });
        var elsewhere = await SavedAsync(WithStuckEffect(Bound(NewJob(Mail), Now)));
        var last = await SavedAsync(WithStuckEffect(NewJob()));

        (await StuckAsync(10)).ShouldBe([first.Id, elsewhere.Id, last.Id]);
        (await StuckAsync(2)).ShouldBe([first.Id, elsewhere.Id]);
        (await Store.StuckJobsAsync(1, Stop)).ShouldHaveSingleItem().ShouldBeTheSameAs(first);

        first = await SavedAsync(first.Resumed());
        (await StuckAsync(10)).ShouldBe([elsewhere.Id, last.Id]);
        await SavedAsync(
            first with
            {
                Outbox = [.. first.Outbox, Patch("another") with { Parked = true, IsStuck = true }],
            }
        );
        (await StuckAsync(10)).ShouldBe([first.Id, elsewhere.Id, last.Id]);
    }

    [Fact]
    public async Task A_stuck_Job_that_cannot_be_read_is_left_out_and_told_as_such()
    {
        var odd = await SavedAsync(WithStuckEffect(Bound(NewJob(), Now, JobStatus.Succeeded)));
        var good = await SavedAsync(WithStuckEffect(Bound(NewJob(), Now)));
        await ForgeAsync("jobs", odd.Id.ToString(), Nonsense);

        (await StuckAsync(10)).ShouldBe([good.Id]);

        (await Store.UnreadableJobsAsync(null, 10, Stop)).ShouldHaveSingleItem().Id.ShouldBe(odd.Id.ToString());
    }

    [Fact]
    public async Task A_Job_that_its_Rollout_left_with_a_stuck_effect_is_read_for_whoever_resumes_it()
    {
        var left = await SavedAsync(
            Told(WithStuckEffect(Bound(NewJob(), Now, JobStatus.Succeeded))) with
            {
                HasLeft = true,
            }
        );
        var current = await SavedAsync(Bound(NewJob(), Now));

        var jobs = await Store.JobsOfAsync(Web, Stop);

        jobs.Current!.Id.ShouldBe(current.Id);
        jobs.Unfinished.ShouldHaveSingleItem().ShouldBeTheSameAs(left);
        await SavedAsync(left with { Outbox = [] });
        (await Store.JobsOfAsync(Web, Stop)).Unfinished.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_was_stuck_before_stuck_Jobs_were_listed_is_found()
    {
        var left = await SavedAsync(
            Told(WithStuckEffect(Bound(NewJob(), Now, JobStatus.Succeeded))) with
            {
                HasLeft = true,
            }
        );
        var baseline = NewJob(Mail) with { Source = JobSource.Baseline };
        await SavedAsync(WithStuckEffect(Bound(baseline, Now, JobStatus.Succeeded)));
        await SavedAsync(Bound(NewJob(Mail), Now));
        var odd = await SavedAsync(WithStuckEffect(Bound(NewJob(), Now, JobStatus.Superseded)));
        await SavedAsync(Bound(NewJob(), Now));
        await ForgeAsync("jobs", odd.Id.ToString(), Nonsense);

        await WrittenBeforeStuckJobsWereListedAsync();

        (await StuckAsync(10)).ShouldBe([left.Id, baseline.Id]);
        (await Store.JobsOfAsync(Web, Stop)).Unfinished.ShouldHaveSingleItem().ShouldBeTheSameAs(left);
        (await Store.JobsOfAsync(Mail, Stop)).Unfinished.ShouldBeEmpty();
    }

    private async Task<IEnumerable<JobId>> StuckAsync(int limit) =>
        (await Store.StuckJobsAsync(limit, Stop)).Select(job => job.Id);

    private static Job WithStuckEffect(Job job) =>
        job with
        {
            Outbox = [Patch("other"), Patch() with { Parked = true, IsStuck = true, LastError = "503" }],
        };

    /// <summary>Settled, were it not for what is stuck.</summary>
    private static Job Told(Job job) =>
        job with
        {
            Outbox = [.. job.Outbox.Where(entry => entry.Parked)],
            Card = new SlackCard { ShownRevision = job.Revision },
        };

    private static OutboxEntry Patch(string id = "patch") => new(new Effect.PatchRollout(id, Samples.Patches[0]));
}
