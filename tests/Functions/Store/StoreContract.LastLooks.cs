using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Tests.Functions.Store;

public abstract partial class StoreContract
{
    [Fact]
    public async Task What_a_finished_look_saw_is_kept_and_told_to_whoever_looks_next()
    {
        var first = await LeaseAsync(Web);
        first.LastLook.ShouldBeNull();
        var seen = new LastLook("uid/41", Now, Waits: true);

        await Store.ReleaseAsync(first, worked: true, null, Stop, seen);

        (await Store.LastLooksAsync("prod", Stop)).ShouldHaveSingleItem().ShouldBe(new(Web, seen));
        var second = await LeaseAsync(Web);
        second.LastLook.ShouldBe(seen);
        await Store.ReleaseAsync(second, worked: true, null, Stop);
        (await LeaseAsync(Web)).LastLook.ShouldBe(seen);
    }

    [Fact]
    public async Task A_look_that_was_not_finished_or_lost_its_lease_leaves_what_was_seen_before()
    {
        await SeenAsync(Web, "uid/41");

        await Store.ReleaseAsync(await LeaseAsync(Web), worked: false, Now, Stop, new LastLook("uid/42", Now, false));
        var lost = await LeaseAsync(Web);
        await RestartAsync("two");
        Clock.Advance(RolloutLease.Duration);
        var taken = await LeaseAsync(Web);
        await Store.ReleaseAsync(lost, worked: true, null, Stop, new LastLook("uid/43", Now, false));

        taken.LastLook!.Mark.ShouldBe("uid/41");
        (await Store.LastLooksAsync("prod", Stop))[Web].Mark.ShouldBe("uid/41");
    }

    [Fact]
    public async Task What_was_seen_is_told_by_cluster_and_a_hint_alone_is_nothing_seen()
    {
        var other = Web with { Cluster = "prod2" };
        await SeenAsync(Web, "uid/41");
        await SeenAsync(other, "uid/7");
        await Store.HintAsync(Mail, Stop);
        await Store.HintAsync(Web, Stop);

        (await Store.LastLooksAsync("prod", Stop)).Keys.ShouldBe([Web]);
        (await Store.LastLooksAsync("prod2", Stop)).Keys.ShouldBe([other]);
        (await Store.LastLooksAsync("pro", Stop)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Verified_times_move_forward_only_and_what_was_never_seen_stays_so()
    {
        await SeenAsync(Web, "uid/41");
        var looked = Now;

        await Store.VerifiedAsync([Web, Mail], looked.AddSeconds(30), Stop);
        await Store.VerifiedAsync([Web], looked.AddSeconds(20), Stop);
        await Store.VerifiedAsync([], looked.AddSeconds(60), Stop);

        var looks = await Store.LastLooksAsync("prod", Stop);
        looks.Keys.ShouldBe([Web]);
        looks[Web].ShouldBe(new LastLook("uid/41", looked, false) { VerifiedAt = looked.AddSeconds(30) });
        (await Store.DueAsync(Now.AddDays(1), [], 10, Stop)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_bound_Job_says_when_its_Rollout_was_last_verified_and_a_final_one_does_not()
    {
        var former = await SavedAsync(Bound(NewJob(), Now, JobStatus.Superseded) with { VerifiedAt = Now });
        var current = await SavedAsync(
            Bound(NewJob(), Now.AddMinutes(1), JobStatus.AwaitingApproval) with
            {
                VerifiedAt = Now,
            }
        );
        await SeenAsync(Web, "uid/41");
        var at = Now.AddMinutes(10);

        await Store.VerifiedAsync([Web], at, Stop);

        (await Store.FindJobAsync(current.Id, Stop))!.VerifiedAt.ShouldBe(at);
        (await Store.FindJobAsync(former.Id, Stop))!.VerifiedAt.ShouldBe(former.VerifiedAt);
        var jobs = await Store.JobsOfAsync(Web, Stop);
        jobs.Current!.VerifiedAt.ShouldBe(at);
        var listed = await Store.ListJobsAsync(new JobFilter(OpenOnly: true), 10, null, Stop);
        listed.ShouldHaveSingleItem().VerifiedAt.ShouldBe(at);
        var lease = await LeaseAsync(Web);
        (await Store.SaveAsync(jobs.Current with { Message = "Still." }, lease, Stop)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Thousands_are_verified_at_once()
    {
        RolloutRef[] all = [.. Enumerable.Range(0, 2_000).Select(i => new RolloutRef("prod", "shop", $"app-{i}"))];
        foreach (var rollout in all.Where((_, index) => index % 100 == 0))
        {
            await SeenAsync(rollout, "uid/1");
        }

        await Store.VerifiedAsync(all, Now.AddSeconds(30), Stop);

        var looks = await Store.LastLooksAsync("prod", Stop);
        looks.Count.ShouldBe(20);
        looks.Values.ShouldAllBe(look => look.VerifiedAt == Now.AddSeconds(30));
    }

    private async Task SeenAsync(RolloutRef rollout, string mark) =>
        await Store.ReleaseAsync(
            await LeaseAsync(rollout),
            worked: true,
            null,
            Stop,
            new LastLook(mark, Now, Waits: false)
        );
}
