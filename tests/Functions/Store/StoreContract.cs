using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;
using Microsoft.Extensions.Time.Testing;

namespace Devflow.ChatOps.Tests.Functions.Store;

/// <summary>What every store must do, whatever keeps the data. A database's tests derive from it.</summary>
public abstract partial class StoreContract : IAsyncLifetime
{
    protected static readonly RolloutRef Web = new("prod", "shop", "web");
    protected static readonly RolloutRef Mail = new("prod", "shop", "mail");

    protected FakeTimeProvider Clock { get; } = new(Samples.Noon);

    protected DateTimeOffset Now => Clock.GetUtcNow();

    protected IStore Store { get; private set; } = null!;

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>
    /// Opens the test's database under this holder's name. Called again in the same test: what was opened before is
    /// closed, the data is the same.
    /// </summary>
    protected abstract Task<IStore> OpenAsync(string holder, TimeProvider clock);

    /// <summary>Closes what is open and deletes the database.</summary>
    public abstract ValueTask DisposeAsync();

    public async ValueTask InitializeAsync() => await RestartAsync("one");

    /// <summary>Another process takes the place of the one before.</summary>
    protected async Task RestartAsync(string holder)
    {
        Store = await OpenAsync(holder, Clock);
        await Store.PrepareAsync(Stop);
    }

    [Fact]
    public async Task Preparing_again_changes_nothing_and_pings_are_answered()
    {
        await Store.HintAsync(Web, Stop);

        await Store.PrepareAsync(Stop);
        await Store.PingAsync(Stop);

        (await Store.DueAsync(Now, [], 10, Stop)).ShouldBe([Web]);
    }

    [Fact]
    public async Task A_write_that_was_stopped_before_it_began_is_not_written()
    {
        using var stopped = new CancellationTokenSource();
        await stopped.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => Store.HintAsync(Web, stopped.Token));

        (await Store.DueAsync(Now, [], 10, Stop)).ShouldBeEmpty();
    }

    protected async Task<RolloutLease> LeaseAsync(RolloutRef rollout) =>
        await Store.TakeAsync(rollout, Now, Stop) ?? throw new InvalidOperationException("The lease is taken.");

    /// <summary>A Job created a minute after the one before.</summary>
    protected Job NewJob(RolloutRef? rollout = null, string environment = "production")
    {
        Clock.Advance(TimeSpan.FromMinutes(1));
        return new Job(JobId.New(Now), "web", environment, rollout ?? Web, JobSource.Action) { CreatedAt = Now };
    }

    protected static Job Bound(Job job, DateTimeOffset at, JobStatus status = JobStatus.Running) =>
        job with
        {
            Status = status,
            Release = new Release(Samples.Hash, "uid", at),
        };

    /// <summary>Saves under a lease of its own.</summary>
    protected async Task<Job> SavedAsync(Job job)
    {
        var lease = await LeaseAsync(job.Rollout);
        var saved = await Store.SaveAsync(job, lease, Stop);
        await Store.ReleaseAsync(lease, worked: true, null, Stop);
        return saved.ShouldNotBeNull();
    }

    protected Command NewCommand(string key, RolloutRef? rollout = null) =>
        new(key, new Wish.Promote(), Samples.Alice, new Origin("slack"), "web", "production", rollout ?? Web, Now);
}
