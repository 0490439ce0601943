using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Functions.Hosting;
using Devflow.ChatOps.Functions.Processing;
using Devflow.ChatOps.Tests.Functions.Store;
using NSubstitute;
using NSubstitute.ExceptionExtensions;

namespace Devflow.ChatOps.Tests.Functions.Processing;

/// <summary>When what is old is forgotten: some at a time, then not for an hour, and never at the cost of anything else.</summary>
public sealed class RetentionTests
{
    private static readonly ForgottenJobs none = new(0, null);

    private readonly Support.JumpingClock clock = new(Samples.Noon);
    private readonly IRetention store = Substitute.For<IRetention>();
    private readonly CatalogSource catalogs = new();
    private readonly Support.ListLogger<Retention> log = new();
    private readonly Retention retention;

    public RetentionTests()
    {
        catalogs.Use(((CatalogResult.Valid)CatalogParser.Parse(Support.SmallCatalog.Text, "catalog.yaml")).Catalog);
        Jobs().ReturnsForAnyArgs(none);
        var settings = new RetentionSettings { CommandDays = 7, JobDays = 90 };
        retention = new Retention(store, settings, catalogs, clock, log);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private int Rounds =>
        store.ReceivedCalls().Count(call => call.GetMethodInfo().Name == nameof(IRetention.ForgetJobsAsync));

    [Fact]
    public async Task It_goes_through_all_of_them_some_at_a_time_and_then_rests_for_an_hour()
    {
        var first = JobId.New(Samples.Noon.AddDays(-100));
        Jobs().ReturnsForAnyArgs(new ForgottenJobs(4, first), none);

        (await retention.RoundAsync(Stop)).ShouldBeFalse("it is no reason for another round");
        await store.Received().ForgetCommandsAsync(Samples.Noon.AddDays(-7), 100, Stop);
        await store.Received().ForgetJobsAsync(Samples.Noon.AddDays(-90), null, 100, Stop);
        await RoundsAsync(TimeSpan.FromSeconds(1), 1);
        await RoundsAsync(TimeSpan.FromSeconds(1), 2);
        await store.Received().ForgetJobsAsync(Arg.Any<DateTimeOffset>(), first, 100, Stop);
        await RoundsAsync(TimeSpan.FromMinutes(59), 2);
        await RoundsAsync(TimeSpan.FromMinutes(1), 3);

        log.Lines.Count(line => line.Contains("4 finished Jobs", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task A_clock_that_jumps_a_day_ahead_and_back_does_not_stop_it()
    {
        clock.Ahead = TimeSpan.FromDays(1);
        await retention.RoundAsync(Stop);

        clock.Ahead = TimeSpan.Zero;
        await RoundsAsync(TimeSpan.FromHours(1), 2);
    }

    [Fact]
    public async Task As_long_as_a_batch_is_full_there_is_another()
    {
        store.ForgetCommandsAsync(default, default, Stop).ReturnsForAnyArgs(100, 100, 3);

        await retention.RoundAsync(Stop);
        await RoundsAsync(TimeSpan.FromSeconds(2), 2);
        await RoundsAsync(TimeSpan.FromSeconds(2), 3);
        await RoundsAsync(TimeSpan.FromSeconds(2), 3);
    }

    [Fact]
    public async Task The_Rollouts_of_the_catalog_are_kept_and_without_a_catalog_all_are()
    {
        await retention.RoundAsync(Stop);
        await store
            .Received()
            .ForgetRolloutsAsync(
                Arg.Is<IReadOnlyCollection<RolloutRef>>(known =>
                    known.Single() == new RolloutRef("prod", "shop", "my-app")
                ),
                Samples.Noon.AddDays(-1),
                100,
                Stop
            );

        store.ClearReceivedCalls();
        await new Retention(store, new RetentionSettings(), new CatalogSource(), clock, log).RoundAsync(Stop);

        Rounds.ShouldBe(1);
        await store.DidNotReceiveWithAnyArgs().ForgetRolloutsAsync(default!, default, default, Stop);
    }

    [Fact]
    public async Task A_store_that_is_away_is_asked_again_soon()
    {
        Jobs().ThrowsAsyncForAnyArgs(new StoreUnavailableException("away"));

        (await retention.RoundAsync(Stop)).ShouldBeFalse();
        await RoundsAsync(TimeSpan.FromSeconds(1), 1);
        await RoundsAsync(TimeSpan.FromSeconds(1), 2);

        log.Lines.ShouldAllBe(line => line.StartsWith("Warning", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_fault_that_nobody_foresaw_is_told_and_met_again_in_an_hour_only()
    {
        Jobs().ThrowsAsyncForAnyArgs(new FormatException("a row that nobody can read"));

        (await retention.RoundAsync(Stop)).ShouldBeFalse();
        await RoundsAsync(TimeSpan.FromMinutes(59), 1);
        await RoundsAsync(TimeSpan.FromMinutes(1), 2);

        log.Lines.Count(line => line.StartsWith("Error", StringComparison.Ordinal)).ShouldBe(2);
    }

    [Fact]
    public async Task While_one_is_at_it_another_round_does_not_begin()
    {
        var answer = new TaskCompletionSource<int>();
        store.ForgetCommandsAsync(default, default, Stop).ReturnsForAnyArgs(answer.Task);

        var running = retention.RoundAsync(Stop);
        (await retention.RoundAsync(Stop)).ShouldBeFalse();
        running.IsCompleted.ShouldBeFalse();
        answer.SetResult(0);
        await running;

        Rounds.ShouldBe(1);
    }

    private Task<ForgottenJobs> Jobs() => store.ForgetJobsAsync(default, default, default, Stop);

    private async Task RoundsAsync(TimeSpan later, int rounds)
    {
        clock.Advance(later);
        await retention.RoundAsync(Stop);
        Rounds.ShouldBe(rounds);
    }
}
