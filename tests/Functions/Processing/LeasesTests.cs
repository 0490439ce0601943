using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Functions.Processing;
using Devflow.ChatOps.Tests.Functions.Support;
using Microsoft.Extensions.Time.Testing;

namespace Devflow.ChatOps.Tests.Functions.Processing;

/// <summary>Whatever a store does with a lease, the work under it ends before another may begin.</summary>
public sealed class LeasesTests
{
    private static readonly RolloutRef rollout = new("prod", "shop", "storefront");
    private static readonly TimeSpan inTime = TimeSpan.FromSeconds(60);

    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 3, 4, 12, 0, 0, TimeSpan.Zero));
    private readonly LeaseStore store = new();
    private readonly ListLogger<Leases> log = new();
    private readonly Leases leases;

    public LeasesTests() => leases = new Leases(store, clock, log);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_lease_that_is_renewed_is_held_for_as_long_as_the_work_takes()
    {
        await using var held = await leases.TakeAsync(rollout, Stop);

        for (var renewals = 1; renewals <= 12; renewals++)
        {
            clock.Advance(RolloutLease.RenewEvery);
            await WhenAsync(() => held.Lease.Until == clock.GetUtcNow() + RolloutLease.Duration);
        }

        held.Stop.IsCancellationRequested.ShouldBeFalse();
    }

    [Fact]
    public async Task Work_stops_before_another_may_take_the_lease_though_its_renewal_hangs_and_hears_nothing()
    {
        var renewal = new TaskCompletionSource<RolloutLease?>();
        store.OnRenew = (_, _) => renewal.Task;
        var held = await leases.TakeAsync(rollout, Stop);
        var stopped = WhenStopped(held);

        clock.Advance(RolloutLease.RenewEvery);
        held.Stop.IsCancellationRequested.ShouldBeFalse();
        clock.Advance(HeldRollout.UsedFor - RolloutLease.RenewEvery);

        await stopped.WaitAsync(inTime, Stop);
        clock.GetUtcNow().ShouldBeLessThan(held.Lease.Until);
        held.Finish(clock.GetUtcNow());
        await held.DisposeAsync();
        store.Released.ShouldHaveSingleItem().ShouldBe((held.Lease, false, null));
        await (await leases.TakeAsync(rollout, Stop)).DisposeAsync();
    }

    [Fact]
    public async Task A_renewal_that_hangs_does_not_keep_finished_work_from_giving_the_lease_back()
    {
        store.OnRenew = (_, _) => new TaskCompletionSource<RolloutLease?>().Task;
        var held = await leases.TakeAsync(rollout, Stop);
        clock.Advance(RolloutLease.RenewEvery);

        held.Finish(null);
        await held.DisposeAsync().AsTask().WaitAsync(inTime, Stop);

        store.Released.ShouldHaveSingleItem().Worked.ShouldBeTrue();
    }

    [Fact]
    public async Task A_renewal_with_a_fault_that_nobody_foresaw_stops_the_work_and_the_lease_is_given_back()
    {
        store.OnRenew = (_, _) => throw new InvalidOperationException("Nobody foresaw it.");
        var held = await leases.TakeAsync(rollout, Stop);
        var stopped = WhenStopped(held);

        clock.Advance(RolloutLease.RenewEvery);

        await stopped.WaitAsync(inTime, Stop);
        await held.DisposeAsync();
        store.Released.Count.ShouldBe(1);
        log.Lines.ShouldContain(line => line.Contains("could not be renewed") && line.Contains("Nobody foresaw it."));
    }

    [Fact]
    public async Task What_goes_wrong_when_it_is_given_back_does_not_take_the_place_of_what_the_work_says()
    {
        store.OnRelease = () => throw new InvalidOperationException("Not given back.");

        var said = await Should.ThrowAsync<NotSupportedException>(async () =>
        {
            await using var held = await leases.TakeAsync(rollout, Stop);
            throw new NotSupportedException("The work's own.");
        });

        said.Message.ShouldBe("The work's own.");
        log.Lines.ShouldContain(line => line.Contains("could not be given back"));
        (await leases.TryTakeAsync(rollout, Stop)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_lease_that_was_over_before_it_was_handed_out_is_given_back()
    {
        store.OnTake = () => clock.Advance(HeldRollout.UsedFor);
        (await leases.TryTakeAsync(rollout, Stop)).ShouldBeNull();
        store.Released.ShouldHaveSingleItem().Worked.ShouldBeFalse();

        store.OnTake = () => { };
        await using var held = await leases.TryTakeAsync(rollout, Stop);
        held.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_lease_that_another_holds_is_asked_for_ever_more_seldom()
    {
        store.IsTaken = true;
        var taking = leases.TakeAsync(rollout, Stop);
        var began = clock.GetUtcNow();

        while (clock.GetUtcNow() - began < TimeSpan.FromSeconds(15))
        {
            clock.Advance(TimeSpan.FromMilliseconds(25));
            await Task.Yield();
        }

        store.Asked.ShouldBeInRange(2, 40);
        store.IsTaken = false;
        while (!taking.IsCompleted)
        {
            clock.Advance(TimeSpan.FromMilliseconds(25));
            await Task.Yield();
        }

        await (await taking).DisposeAsync();
    }

    private static Task WhenStopped(HeldRollout held)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        held.Stop.Register(stopped.SetResult);
        return stopped.Task;
    }

    private static async Task WhenAsync(Func<bool> holds)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        limit.CancelAfter(inTime);
        while (!holds())
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    /// <summary>A store that has leases and nothing else, and does with them what a test wants.</summary>
    private sealed class LeaseStore : IWork
    {
        private long fence;

        public bool IsTaken { get; set; }

        public int Asked { get; private set; }

        public Action OnTake { get; set; } = () => { };

        public Action OnRelease { get; set; } = () => { };

        public Func<RolloutLease, DateTimeOffset, Task<RolloutLease?>> OnRenew { get; set; } =
            (held, now) => Task.FromResult<RolloutLease?>(held with { Until = now + RolloutLease.Duration });

        public List<(RolloutLease Lease, bool Worked, DateTimeOffset? LookAgainAt)> Released { get; } = [];

        public Task<RolloutLease?> TakeAsync(RolloutRef rollout, DateTimeOffset now, CancellationToken stop)
        {
            Asked++;
            OnTake();
            return Task.FromResult(
                IsTaken ? null : new RolloutLease(rollout, "one", 1, ++fence, now + RolloutLease.Duration)
            );
        }

        public Task<RolloutLease?> RenewAsync(RolloutLease held, DateTimeOffset now, CancellationToken stop) =>
            OnRenew(held, now);

        public Task ReleaseAsync(
            RolloutLease held,
            bool worked,
            DateTimeOffset? lookAgainAt,
            CancellationToken stop,
            LastLook? seen = null
        )
        {
            OnRelease();
            Released.Add((held, worked, lookAgainAt));
            return Task.CompletedTask;
        }

        public Task HintAsync(RolloutRef rollout, CancellationToken stop) => throw new NotSupportedException();

        public Task<IReadOnlyList<RolloutRef>> DueAsync(
            DateTimeOffset now,
            IReadOnlyCollection<string> except,
            int limit,
            CancellationToken stop
        ) => throw new NotSupportedException();

        public Task<IReadOnlyDictionary<RolloutRef, LastLook>> LastLooksAsync(string cluster, CancellationToken stop) =>
            throw new NotSupportedException();

        public Task VerifiedAsync(
            IReadOnlyCollection<RolloutRef> rollouts,
            DateTimeOffset at,
            CancellationToken stop
        ) => throw new NotSupportedException();
    }
}
