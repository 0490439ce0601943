using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Policy;

namespace Devflow.ChatOps.Tests.Functions.Store;

public abstract partial class StoreContract
{
    [Fact]
    public async Task A_lock_is_found_until_it_ends_or_is_removed()
    {
        var forever = new ReleaseLock("web", "production", "fair", Samples.Alice, Now, null);
        var short_ = new ReleaseLock("mail", "production", "tests", Samples.Alice, Now, Now.AddMinutes(5));
        await Store.PutLockAsync(forever, Stop);
        await Store.PutLockAsync(short_, Stop);

        (await Store.FindLockAsync("web", "production", Now, Stop)).ShouldBe(forever);
        (await Store.FindLockAsync("web", "staging", Now, Stop)).ShouldBeNull();
        (await Store.ListLocksAsync(Now, Stop)).ShouldBe([short_, forever]);

        var later = Now.AddMinutes(5);
        (await Store.FindLockAsync("mail", "production", later, Stop)).ShouldBeNull();
        (await Store.ListLocksAsync(later, Stop)).ShouldBe([forever]);

        await Store.RemoveLockAsync("web", "production", Stop);
        await Store.RemoveLockAsync("web", "production", Stop);
        (await Store.ListLocksAsync(later, Stop)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_lock_takes_the_place_of_the_one_before()
    {
        var first = new ReleaseLock("web", "production", "fair", Samples.Alice, Now, Now.AddMinutes(1));
        await Store.PutLockAsync(first, Stop);
        var second = first with { Reason = "longer", ExpiresAt = null };

        await Store.PutLockAsync(second, Stop);

        (await Store.ListLocksAsync(Now.AddHours(1), Stop)).ShouldBe([second]);
    }

    [Fact]
    public async Task The_audit_keeps_each_id_once_and_as_it_was_first()
    {
        var job = JobId.New(Now);
        var first = Samples.Audit with { JobId = job.ToString() };
        await Store.AppendAsync("a", first, Stop);

        await Store.AppendAsync("a", first with { Outcome = "forged" }, Stop);

        (await Store.ReadAuditAsync(job, 10, Stop)).ShouldBe([first]);
    }

    [Fact]
    public async Task The_audit_is_read_newest_first_of_one_Job_or_of_all()
    {
        var job = JobId.New(Now);
        var first = Samples.Audit with { At = Now, JobId = job.ToString() };
        var second = Samples.Audit with { At = Now.AddSeconds(1), JobId = "" };
        var third = Samples.Audit with { At = Now.AddSeconds(2), JobId = job.ToString() };
        await Store.AppendAsync("1", first, Stop);
        await Store.AppendAsync("3", third, Stop);
        await Store.AppendAsync("2", second, Stop);

        (await Store.ReadAuditAsync(null, 10, Stop)).ShouldBe([third, second, first]);
        (await Store.ReadAuditAsync(null, 2, Stop)).ShouldBe([third, second]);
        (await Store.ReadAuditAsync(job, 10, Stop)).ShouldBe([third, first]);
    }
}
