using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;

namespace Devflow.ChatOps.Tests.Functions.Store;

public abstract partial class StoreContract
{
    [Fact]
    public async Task A_saved_Job_is_found_with_all_it_carries()
    {
        var job = Samples.FullJob() with { Version = 0 };

        var saved = await SavedAsync(job);

        saved.ShouldBeTheSameAs(job with { Version = 1 });
        (await Store.FindJobAsync(job.Id, Stop)).ShouldBeTheSameAs(saved);
        (await Store.FindJobAsync(JobId.New(Now), Stop)).ShouldBeNull();
    }

    [Fact]
    public async Task A_save_on_an_outdated_version_is_refused()
    {
        var first = await SavedAsync(NewJob());
        var second = await SavedAsync(first with { Message = "second" });
        var lease = await LeaseAsync(Web);

        (await Store.SaveAsync(first with { Message = "late" }, lease, Stop)).ShouldBeNull();
        (await Store.SaveAsync(first with { Version = 0 }, lease, Stop)).ShouldBeNull();
        (await Store.SaveAsync(NewJob() with { Version = 7 }, lease, Stop)).ShouldBeNull();

        var stored = await Store.FindJobAsync(first.Id, Stop);
        stored.ShouldBeTheSameAs(second);
        stored!.Version.ShouldBe(2);
    }

    [Fact]
    public async Task Of_many_saves_of_one_version_at_the_same_time_one_wins()
    {
        var job = await SavedAsync(NewJob());
        var other = NewJob(Mail);
        var lease = await LeaseAsync(Web);
        var otherLease = await LeaseAsync(Mail);

        var saves = Enumerable
            .Range(0, 50)
            .Select(n => Task.Run(() => Store.SaveAsync(job with { Message = $"{n}" }, lease, Stop)))
            .ToArray();
        var neighbour = Store.SaveAsync(other, otherLease, Stop);
        var results = await Task.WhenAll(saves);

        var winner = results.Where(saved => saved is not null).ShouldHaveSingleItem();
        (await Store.FindJobAsync(job.Id, Stop))!.Message.ShouldBe(winner!.Message);
        (await neighbour).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_save_without_the_lease_is_refused()
    {
        var job = NewJob();
        var lost = await LeaseAsync(Web);
        Clock.Advance(TimeSpan.FromSeconds(16));
        await LeaseAsync(Web);

        (await Store.SaveAsync(job, lost, Stop)).ShouldBeNull();

        (await Store.FindJobAsync(job.Id, Stop)).ShouldBeNull();
    }

    [Fact]
    public async Task A_save_under_a_lease_that_was_given_back_is_refused()
    {
        var lease = await LeaseAsync(Web);
        await Store.ReleaseAsync(lease, worked: true, null, Stop);

        (await Store.SaveAsync(NewJob(), lease, Stop)).ShouldBeNull();
    }

    [Fact]
    public async Task A_save_under_the_lease_of_another_Rollout_is_a_defect()
    {
        var lease = await LeaseAsync(Mail);

        await Should.ThrowAsync<ArgumentException>(() => Store.SaveAsync(NewJob(), lease, Stop));
    }

    [Fact]
    public async Task Nothing_is_known_of_a_Rollout_before_its_first_sight()
    {
        var jobs = await Store.JobsOfAsync(Web, Stop);

        jobs.Current.ShouldBeNull();
        jobs.Pending.ShouldBeEmpty();
        jobs.Former.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_Jobs_of_a_Rollout_are_told_apart()
    {
        var baseline = await SavedAsync(Bound(NewJob() with { Source = JobSource.Baseline }, Now, JobStatus.Succeeded));
        var good = await SavedAsync(Bound(NewJob(), Now, JobStatus.Succeeded));
        await SavedAsync(
            Bound(NewJob(), Now, JobStatus.RolledBack) with
            {
                Rollback = new Rollback(Samples.Alice, Now, "", RollbackPath.Abort, Samples.BaseHash),
            }
        );
        await SavedAsync(Bound(NewJob(), Now, JobStatus.Superseded));
        await SavedAsync(NewJob() with { Status = JobStatus.NoChange });
        var current = await SavedAsync(Bound(NewJob(), Now, JobStatus.Failed));
        var pending = await SavedAsync(NewJob());
        var syncing = await SavedAsync(NewJob() with { Status = JobStatus.Syncing });
        await SavedAsync(Bound(NewJob(Mail), Now));

        var jobs = await Store.JobsOfAsync(Web, Stop);

        jobs.Current!.Id.ShouldBe(current.Id);
        jobs.Pending.Select(job => job.Id).ShouldBe([pending.Id, syncing.Id]);
        jobs.Former.Select(job => job.Id).ShouldBe([good.Id, baseline.Id]);
    }

    [Fact]
    public async Task What_is_unfinished_is_read_until_it_is_finished_however_long_ago_the_Job_was_created()
    {
        var current = Bound(NewJob(), Now);
        var told = Bound(NewJob(), Now, JobStatus.Superseded) with { Card = new SlackCard { ShownRevision = 3 } };
        var untold = told with { Id = NewJob().Id, Revision = 4 };
        var owing = told with { Id = NewJob().Id, Revision = 3, Outbox = [AuditEffect()] };
        var settled = told with { Id = NewJob().Id, Revision = 3 };
        var baseline = untold with { Id = NewJob().Id, Source = JobSource.Baseline };
        var waiting = NewJob() with { Revision = 1 };
        var elsewhere = untold with { Id = NewJob().Id, Rollout = Mail };
        Clock.Advance(TimeSpan.FromDays(90));
        current = current with { Release = current.Release! with { BoundAt = Now } };
        foreach (var job in new[] { current, untold, owing, settled, baseline, waiting, elsewhere })
        {
            await SavedAsync(job);
        }

        var jobs = await Store.JobsOfAsync(Web, Stop);

        jobs.Current!.Id.ShouldBe(current.Id);
        jobs.Unfinished.Select(job => job.Id).ShouldBe([owing.Id, untold.Id]);

        await SavedAsync(jobs.Unfinished[0] with { Outbox = [] });
        (await Store.JobsOfAsync(Web, Stop)).Unfinished.Select(job => job.Id).ShouldBe([untold.Id]);
    }

    [Fact]
    public async Task Of_what_is_unfinished_at_most_twenty_Jobs_are_read_and_those_that_wait_take_no_place()
    {
        var ids = new List<JobId>();
        for (var n = 0; n < 22; n++)
        {
            ids.Add((await SavedAsync(Bound(NewJob(), Now, JobStatus.Superseded) with { Revision = 1 })).Id);
        }

        for (var n = 0; n < 22; n++)
        {
            await SavedAsync(NewJob() with { Revision = 1 });
        }

        var jobs = await Store.JobsOfAsync(Web, Stop);

        jobs.Current!.Id.ShouldBe(ids[21]);
        jobs.Unfinished.Select(job => job.Id).ShouldBe(Enumerable.Reverse(ids).Skip(1).Take(20));
    }

    private static OutboxEntry AuditEffect() => new(new Effect.AppendAudit("audit", Samples.Audit));

    [Fact]
    public async Task A_baseline_may_be_the_current_Job()
    {
        var baseline = await SavedAsync(Bound(NewJob() with { Source = JobSource.Baseline }, Now, JobStatus.Succeeded));

        var jobs = await Store.JobsOfAsync(Web, Stop);

        jobs.Current!.Id.ShouldBe(baseline.Id);
        jobs.Former.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_current_Job_is_the_one_that_was_bound_last_not_the_one_created_last()
    {
        var waited = await SavedAsync(NewJob());
        var external = await SavedAsync(Bound(NewJob(), Now, JobStatus.Superseded));
        Clock.Advance(TimeSpan.FromMinutes(1));

        waited = await SavedAsync(Bound(waited, Now));

        (await Store.JobsOfAsync(Web, Stop)).Current!.Id.ShouldBe(waited.Id);
        external.Id.ShouldNotBe(waited.Id);
    }

    [Fact]
    public async Task At_most_twenty_former_Jobs_are_read_the_newest_first()
    {
        var ids = new List<JobId>();
        for (var n = 0; n < 23; n++)
        {
            ids.Add((await SavedAsync(Bound(NewJob(), Now, JobStatus.Succeeded))).Id);
        }

        var jobs = await Store.JobsOfAsync(Web, Stop);

        jobs.Current!.Id.ShouldBe(ids[22]);
        jobs.Former.Select(job => job.Id).ShouldBe(Enumerable.Reverse(ids).Skip(1).Take(20));
    }

    [Fact]
    public async Task Jobs_are_listed_newest_first_in_pages_without_baselines()
    {
        var first = await SavedAsync(NewJob());
        await SavedAsync(NewJob() with { Source = JobSource.Baseline });
        var second = await SavedAsync(NewJob());
        var third = await SavedAsync(NewJob(Mail, "staging"));

        (await ListedAsync(new JobFilter(), 10)).ShouldBe([third.Id, second.Id, first.Id]);
        (await ListedAsync(new JobFilter(), 2)).ShouldBe([third.Id, second.Id]);
        (await ListedAsync(new JobFilter(), 2, second.Id)).ShouldBe([first.Id]);
    }

    [Fact]
    public async Task Listing_filters_by_app_environment_and_what_is_open()
    {
        var done = await SavedAsync(Bound(NewJob(), Now, JobStatus.Succeeded));
        var superseded = await SavedAsync(NewJob() with { Status = JobStatus.Superseded });
        var open = await SavedAsync(NewJob());
        var other = await SavedAsync(NewJob() with { App = "mail" });
        var staging = await SavedAsync(NewJob(environment: "staging"));

        (await ListedAsync(new JobFilter("web"), 10)).ShouldBe([staging.Id, open.Id, superseded.Id, done.Id]);
        (await ListedAsync(new JobFilter("web", "production"), 10)).ShouldBe([open.Id, superseded.Id, done.Id]);
        (await ListedAsync(new JobFilter(Environment: "staging"), 10)).ShouldBe([staging.Id]);
        (await ListedAsync(new JobFilter(OpenOnly: true), 10)).ShouldBe([staging.Id, other.Id, open.Id]);
        (await ListedAsync(new JobFilter("web", "production", OpenOnly: true), 10, staging.Id)).ShouldBe([open.Id]);
        (await ListedAsync(new JobFilter("nothing"), 10)).ShouldBeEmpty();
    }

    private async Task<IEnumerable<JobId>> ListedAsync(JobFilter filter, int limit, JobId? before = null) =>
        (await Store.ListJobsAsync(filter, limit, before, Stop)).Select(job => job.Id);

    [Fact]
    public async Task A_Job_is_found_by_a_command_that_it_applied_wherever_it_stands()
    {
        Job Applying(Job job, params string[] keys) =>
            job with
            {
                AppliedCommands =
                [
                    .. job.AppliedCommands,
                    .. keys.Select(key => new AppliedCommand(key, new CommandOutcome("ok", key))),
                ],
            };

        var first = await SavedAsync(Applying(NewJob(), "a"));
        first = await SavedAsync(Applying(first, "b"));
        var left = await SavedAsync(
            Applying(Bound(NewJob(), Now), "c") with
            {
                Status = JobStatus.RolledBack,
                Rollback = new Rollback(Samples.Alice, Now, "slow", RollbackPath.Abort, Samples.BaseHash),
                Card = new SlackCard { ShownRevision = 0 },
            }
        );
        await SavedAsync(Bound(NewJob(), Now));
        var jobs = await Store.JobsOfAsync(Web, Stop);
        Job?[] listed = [jobs.Current, .. jobs.Pending, .. jobs.Former, .. jobs.Unfinished];
        listed.ShouldNotContain(job => job!.Id == left.Id);

        (await Store.FindAppliedAsync(Web, "a", Stop))!.Id.ShouldBe(first.Id);
        (await Store.FindAppliedAsync(Web, "b", Stop))!.AppliedCommands.Length.ShouldBe(2);
        (await Store.FindAppliedAsync(Web, "c", Stop))!.Id.ShouldBe(left.Id);
        (await Store.FindAppliedAsync(Web, "d", Stop)).ShouldBeNull();
        (await Store.FindAppliedAsync(Mail, "c", Stop)).ShouldBeNull("keys are of one Rollout");
    }
}
