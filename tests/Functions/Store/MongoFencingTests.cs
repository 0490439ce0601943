using System.Globalization;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Functions.Adapters.Mongo;
using Devflow.ChatOps.Tests.DocumentDb;
using Microsoft.Extensions.Time.Testing;

namespace Devflow.ChatOps.Tests.Functions.Store;

/// <summary>
/// Two holders, one of which is held up or cut off at each of its commands while the other takes the lease over, works,
/// and is fenced from what is still on its way.
/// </summary>
public sealed class MongoFencingTests : IAsyncLifetime
{
    private static readonly RolloutRef web = new("prod", "shop", "web");
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryMongo database = TemporaryMongo.Create(Assert.Skip);
    private readonly FakeTimeProvider clock = new(Samples.Noon);
    private readonly WireProxy network = TestMongo.Network();
    private MongoStore slow = null!;
    private MongoStore quick = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        slow = MongoStore.Open(database.ConnectionStringThrough(network), "slow", clock);
        quick = MongoStore.Open(database.ConnectionString, "quick", clock);
        await quick.PrepareAsync(Stop);
    }

    public async ValueTask DisposeAsync()
    {
        await slow.DisposeAsync();
        await quick.DisposeAsync();
        await network.DisposeAsync();
        await database.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Held_up_before_any_of_its_commands_a_save_is_seen_by_the_next_holder_or_is_refused(bool exists)
    {
        var steps = 0;
        while (await IsHeldUpAsync(steps, exists))
        {
            steps++;
        }

        // Announced and applied, at least.
        steps.ShouldBeGreaterThanOrEqualTo(2);
    }

    [Theory]
    [InlineData(false, Fate.IsLost)]
    [InlineData(false, Fate.AnswerIsLost)]
    [InlineData(true, Fate.IsLost)]
    [InlineData(true, Fate.AnswerIsLost)]
    public async Task Cut_off_at_any_of_its_commands_a_save_is_seen_by_the_next_holder_or_never(bool exists, Fate fate)
    {
        var steps = 0;
        while (await IsCutOffAsync(steps, exists, fate))
        {
            steps++;
        }

        steps.ShouldBeGreaterThanOrEqualTo(2);
    }

    [Fact]
    public async Task After_a_lost_answer_the_same_holder_goes_on_and_loses_nothing()
    {
        var lease = await TakenAsync(slow);
        var first = NewJob();
        var second = NewJob();
        LoseNext("insert jobs", Fate.IsLost);
        await Should.ThrowAsync<StoreUnavailableException>(() => slow.SaveAsync(first, lease, Stop));

        (await slow.SaveAsync(second, lease, Stop)).ShouldNotBeNull();
        await slow.ReleaseAsync(lease, worked: true, null, Stop);

        // The first was announced, so it was completed before the second took its place.
        (await slow.FindJobAsync(first.Id, Stop)).ShouldNotBeNull();
        (await slow.FindJobAsync(second.Id, Stop)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_lease_that_was_given_back_with_a_save_under_way_is_completed_by_the_next_holder()
    {
        var lease = await TakenAsync(slow);
        var job = NewJob();
        LoseNext("insert jobs", Fate.IsLost);
        await Should.ThrowAsync<StoreUnavailableException>(() => slow.SaveAsync(job, lease, Stop));
        await slow.ReleaseAsync(lease, worked: false, null, Stop);

        await TakenAsync(quick);

        (await quick.FindJobAsync(job.Id, Stop)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_clock_that_is_ahead_takes_the_lease_too_early_and_the_former_holder_is_fenced()
    {
        var lease = await TakenAsync(slow);
        var ahead = clock.GetUtcNow() + TimeSpan.FromMinutes(1);

        (await quick.TakeAsync(web, ahead, Stop)).ShouldNotBeNull();

        (await slow.SaveAsync(NewJob(), lease, Stop)).ShouldBeNull();
        (await slow.RenewAsync(lease, clock.GetUtcNow(), Stop)).ShouldBeNull();
    }

    [Fact]
    public async Task Of_many_who_save_under_the_leases_that_they_take_from_each_other_none_interleaves()
    {
        // Each counts in the Job what it read there; whoever saved on something old would part count and version.
        var job = NewJob();
        var lease = await TakenAsync(quick);
        await quick.SaveAsync(job, lease, Stop);
        await quick.ReleaseAsync(lease, worked: true, null, Stop);
        var (saved, lost) = (0, 0);

        async Task CountAsync(MongoStore store)
        {
            for (var done = 0; done < 20; )
            {
                // Taken over at every turn, whether the other has finished or not.
                var now = clock.GetUtcNow() + TimeSpan.FromSeconds(Random.Shared.Next(0, 40));
                if (await store.TakeAsync(web, now, Stop) is not { } held)
                {
                    clock.Advance(RolloutLease.Duration);
                    continue;
                }

                var read = (await store.JobsOfAsync(web, Stop)).Pending.Single();
                var next = read with { Message = $"{int.Parse($"0{read.Message}", CultureInfo.InvariantCulture) + 1}" };
                if (await store.SaveAsync(next, held, Stop) is not null)
                {
                    Interlocked.Increment(ref saved);
                    done++;
                }
                else
                {
                    Interlocked.Increment(ref lost);
                }

                await store.ReleaseAsync(held, worked: true, null, Stop);
            }
        }

        await Task.WhenAll(CountAsync(slow), CountAsync(quick)).WaitAsync(patience, Stop);

        var final = await quick.FindJobAsync(job.Id, Stop);
        var count = int.Parse(final!.Message, CultureInfo.InvariantCulture);
        final.Version.ShouldBe(count + 1);
        // None that was told as saved is missing. One that was told as lost may have been completed by the other.
        count.ShouldBeInRange(saved, saved + lost);
    }

    [Fact]
    public async Task A_save_on_which_the_next_holder_has_built_is_told_as_lost_and_changes_nothing_any_more()
    {
        var job = await ReadyAsync(exists: true);
        var lease = await TakenAsync(slow);
        var (reached, goOn) = HoldUp(1, "update jobs");
        var saving = slow.SaveAsync(job, lease, Stop);
        await reached.WaitAsync(patience, Stop);

        var taken = await TakenAsync(quick);
        var completed = await quick.FindJobAsync(job.Id, Stop);
        await EndedAsync(taken, job);
        goOn.SetResult();

        completed!.Message.ShouldBe(job.Message);
        (await saving.WaitAsync(patience, Stop)).ShouldBeNull();
        (await quick.FindJobAsync(job.Id, Stop))!.ShouldSatisfyAllConditions(
            final => final.Message.ShouldBe("taken over"),
            final => final.Version.ShouldBe(job.Version + 2)
        );
    }

    /// <summary>False: the save has fewer commands than that.</summary>
    private async Task<bool> IsHeldUpAsync(int step, bool exists)
    {
        var job = await ReadyAsync(exists);
        var lease = await TakenAsync(slow);
        var (reached, goOn) = HoldUp(step);

        var saving = slow.SaveAsync(job, lease, Stop);
        await Task.WhenAny(saving, reached).WaitAsync(patience, Stop);
        var taken = await TakenAsync(quick);
        var seen = await SeenAsync(job);
        goOn.SetResult();
        var saved = await saving.WaitAsync(patience, Stop);
        network.Meets = _ => Task.FromResult(Fate.Arrives);

        (saved is not null).ShouldBe(
            seen == job.Message,
            $"step {step}: what was saved was seen when the lease was taken"
        );
        (await SeenAsync(job)).ShouldBe(seen, $"step {step}: nothing changed behind the next holder's back");
        (await slow.SaveAsync(job with { Message = "later" }, lease, Stop)).ShouldBeNull();
        await EndedAsync(taken, job);
        return reached.IsCompleted;
    }

    private async Task<bool> IsCutOffAsync(int step, bool exists, Fate fate)
    {
        var job = await ReadyAsync(exists);
        var lease = await TakenAsync(slow);
        var isCut = false;
        var count = 0;
        network.Meets = _ =>
        {
            var isNow = count++ == step;
            isCut |= isNow;
            return Task.FromResult(isNow ? fate : Fate.Arrives);
        };

        Job? saved = null;
        try
        {
            saved = await slow.SaveAsync(job, lease, Stop);
        }
        catch (StoreUnavailableException)
        {
            isCut.ShouldBeTrue();
        }

        network.Meets = _ => Task.FromResult(Fate.Arrives);
        var taken = await TakenAsync(quick);
        var seen = await SeenAsync(job);
        (saved is not null && seen != job.Message).ShouldBeFalse($"step {step}: what was saved is there");
        (await slow.SaveAsync(job with { Message = "later" }, lease, Stop)).ShouldBeNull();
        await slow.ReleaseAsync(lease, worked: true, null, Stop);
        (await SeenAsync(job)).ShouldBe(seen, $"step {step}: nothing changed behind the next holder's back");
        await EndedAsync(taken, job);
        return isCut;
    }

    /// <summary>A Job to be saved, new or stored before; its message tells whether it was.</summary>
    private async Task<Job> ReadyAsync(bool exists)
    {
        var job = NewJob();
        if (exists)
        {
            var lease = await TakenAsync(quick);
            job = (await quick.SaveAsync(job, lease, Stop))!;
            await quick.ReleaseAsync(lease, worked: true, null, Stop);
        }

        return job with
        {
            Message = "saved by the slow one",
        };
    }

    /// <summary>The new holder works undisturbed.</summary>
    private async Task EndedAsync(RolloutLease taken, Job job)
    {
        var own = await quick.FindJobAsync(job.Id, Stop) ?? NewJob();
        (await quick.SaveAsync(own with { Message = "taken over" }, taken, Stop)).ShouldNotBeNull();
        await quick.ReleaseAsync(taken, worked: true, null, Stop);
    }

    private async Task<string?> SeenAsync(Job job) => (await quick.FindJobAsync(job.Id, Stop))?.Message;

    private async Task<RolloutLease> TakenAsync(MongoStore store)
    {
        clock.Advance(RolloutLease.Duration);
        return (await store.TakeAsync(web, clock.GetUtcNow(), Stop)).ShouldNotBeNull();
    }

    /// <param name="step">Which command, from 0.</param>
    /// <param name="name">What that command is known to be.</param>
    private (Task Reached, TaskCompletionSource GoOn) HoldUp(int step, string? name = null)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var count = 0;
        network.Meets = async command =>
        {
            if (count++ == step)
            {
                command.ShouldBe(name ?? command);
                reached.SetResult();
                await goOn.Task;
            }

            return Fate.Arrives;
        };
        return (reached.Task, goOn);
    }

    private void LoseNext(string command, Fate fate)
    {
        var isLost = false;
        network.Meets = name =>
        {
            var loses = !isLost && name == command;
            isLost |= loses;
            return Task.FromResult(loses ? fate : Fate.Arrives);
        };
    }

    private Job NewJob() =>
        new(JobId.New(clock.GetUtcNow()), "web", "production", web, JobSource.Action) { CreatedAt = clock.GetUtcNow() };
}
