using Devflow.ChatOps.Core.Catalog;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Functions.Adapters.GitHub;
using Devflow.ChatOps.Functions.Adapters.Sqlite;
using Devflow.ChatOps.Functions.Processing;
using Devflow.ChatOps.Tests.Functions.Store;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;

namespace Devflow.ChatOps.Tests.Functions.Processing;

/// <summary>A command at which the program fails is tried less and less often, put aside, and resumed by a person.</summary>
public sealed class StuckCommandTests : IAsyncLifetime
{
    private static readonly RolloutRef web = new("prod", "shop", "my-app");

    private readonly TemporaryDatabase database = new();
    private readonly FakeTimeProvider clock = new(Samples.Noon);
    private readonly OddRollouts rollouts = new();
    private readonly Support.ListLogger<CommandRunner> log = new();
    private readonly ReleaseCatalog catalog = (
        (CatalogResult.Valid)CatalogParser.Parse(Support.SmallCatalog.Text + "admins: [alice]\n", "catalog.yaml")
    ).Catalog;
    private SqliteStore store = null!;
    private CommandRunner runner = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        store = SqliteStore.Open(database.Path, "one", clock);
        await store.PrepareAsync(Stop);
        var groups = new GroupDirectory(
            Substitute.For<ISlack>(),
            new Support.FakeGitHub { IsSetUp = false },
            clock,
            new Support.ListLogger<GroupDirectory>()
        );
        runner = new CommandRunner(
            store,
            rollouts,
            groups,
            new SlackAccounts(Substitute.For<ISlack>(), clock, new Support.ListLogger<SlackAccounts>()),
            new PatchSender(store, rollouts, groups, clock, new Support.ListLogger<PatchSender>()),
            new NoDesiredState(),
            clock,
            log
        );
    }

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        database.Dispose();
    }

    [Fact]
    public async Task It_is_tried_again_after_growing_pauses_and_not_before()
    {
        var command = await RunAsync(await GivenAsync("k", new Wish.RollBack()));
        var tries = rollouts.Asked;

        (await RunAsync(command)).ShouldBe(command);
        rollouts.Asked.ShouldBe(tries, "its time has not come");

        var first = command.NotBefore!.Value - clock.GetUtcNow();
        clock.SetUtcNow(command.NotBefore.Value);
        command = await RunAsync(command);

        rollouts.Asked.ShouldBe(tries + 1);
        command.Attempts.ShouldBe(2);
        command.Outcome.ShouldBeNull();
        (command.NotBefore!.Value - clock.GetUtcNow()).ShouldBeGreaterThan(first);
    }

    [Fact]
    public async Task After_seven_tries_it_is_stuck_which_is_told_once_and_kept()
    {
        var before = clock.GetUtcNow();
        var command = await GetStuckAsync("k");

        command.Outcome!.Code.ShouldBe(Refusal.Stuck.TheCode);
        command.Stuck.ShouldBe("InvalidOperationException, see the log");
        (clock.GetUtcNow() - before).ShouldBeLessThan(TimeSpan.FromMinutes(3));
        log.Lines.Count(line => line.StartsWith("Error", StringComparison.Ordinal)).ShouldBe(1);
        (await store.StuckCommandsAsync(web, 10, Stop)).ShouldBe([command]);
        (await store.ReadAuditAsync(null, 10, Stop)).ShouldHaveSingleItem().Outcome.ShouldBe("stuck");
        (await store.OpenCommandsAsync(web, Stop)).ShouldBe([command], "whoever gave it is told");

        await store.UpdateAsync(command with { Answered = true }, Stop);

        (await store.OpenCommandsAsync(web, Stop)).ShouldBeEmpty();
        (await store.FindCommandAsync("k", Stop))!.Stuck.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_person_who_may_resumes_it_and_it_is_decided_then()
    {
        await store.UpdateAsync(await GetStuckAsync("k") with { Answered = true }, Stop);
        rollouts.IsBroken = false;
        clock.Advance(TimeSpan.FromDays(2));

        var refused = await RunAsync(await GivenAsync("eve", new Wish.Resume(), "eve"));
        refused.Outcome!.Code.ShouldBe("not_allowed");
        (await store.StuckCommandsAsync(web, 10, Stop)).Count.ShouldBe(1);

        var resumed = await RunAsync(await GivenAsync("r", new Wish.Resume()));
        resumed.Outcome!.Text.ShouldBe("Trying again for my-app production: 1 command.");
        (await store.StuckCommandsAsync(web, 10, Stop)).ShouldBeEmpty();

        var open = (await store.OpenCommandsAsync(web, Stop)).Single(command => command.Key == "k");
        open.ResumedAt.ShouldBe(clock.GetUtcNow());
        var done = await RunAsync(open);

        done.Stuck.ShouldBeNull();
        done.Outcome!.Code.ShouldNotBe("stuck");
        done.Outcome.Code.ShouldNotBe("stale");
        (await store.ReadAuditAsync(null, 10, Stop)).ShouldContain(entry =>
            entry.Action == "resume" && entry.Outcome == "ok"
        );
    }

    [Fact]
    public async Task Each_end_of_a_command_that_was_resumed_is_in_the_audit_once()
    {
        await store.UpdateAsync(await GetStuckAsync("k") with { Answered = true }, Stop);
        clock.Advance(TimeSpan.FromMinutes(1));
        await RunAsync(await GivenAsync("r1", new Wish.Resume()));
        var again = (await store.FindCommandAsync("k", Stop))!;
        while (again.Outcome is null)
        {
            again = await RunAsync(again);
            clock.Advance(TimeSpan.FromMinutes(2));
        }

        again.Outcome.Code.ShouldBe("stuck", "the defect is still there");
        await store.UpdateAsync(again with { Answered = true }, Stop);
        rollouts.IsBroken = false;
        await RunAsync(await GivenAsync("r2", new Wish.Resume()));
        var done = await RunAsync((await store.FindCommandAsync("k", Stop))!);
        // A kill between the outcome and its audit: the next look makes it good, and says nothing twice.
        await RunAsync(done);

        var ends = (await store.ReadAuditAsync(null, 20, Stop)).Where(entry => entry.Action == "rollback").Reverse();
        ends.Select(entry => entry.Outcome).ShouldBe(["stuck", "stuck", done.Outcome!.Code]);
        done.Outcome.Code.ShouldNotBe("stuck");
    }

    [Fact]
    public async Task A_command_whose_Job_was_saved_and_has_left_every_list_is_answered_by_what_it_did()
    {
        var outcome = new CommandOutcome(CommandOutcome.OkCode, "Rolled back.");
        var job = new Job(JobId.New(clock.GetUtcNow()), "my-app", "production", web, JobSource.External)
        {
            Status = JobStatus.RolledBack,
            Release = new Release(Samples.Hash, "uid", clock.GetUtcNow()),
            Rollback = new Rollback(Samples.Alice, clock.GetUtcNow(), "slow", RollbackPath.Abort, Samples.BaseHash),
            Card = new SlackCard { ShownRevision = 0 },
            AppliedCommands = [new AppliedCommand("k", outcome)],
        };
        var next = new Job(JobId.New(clock.GetUtcNow().AddSeconds(1)), "my-app", "production", web, JobSource.External)
        {
            Status = JobStatus.Running,
            Release = new Release(Samples.BaseHash, "uid", clock.GetUtcNow().AddSeconds(1)),
        };
        var lease = (await store.TakeAsync(web, clock.GetUtcNow(), Stop))!;
        await store.SaveAsync(job, lease, Stop);
        await store.SaveAsync(next, lease, Stop);
        await store.ReleaseAsync(lease, worked: true, null, Stop);
        (await store.JobsOfAsync(web, Stop)).Unfinished.ShouldBeEmpty();
        rollouts.IsBroken = false;

        var done = await RunAsync(await GivenAsync("k", new Wish.RollBack()));

        done.Outcome.ShouldBe(outcome);
        (await store.ReadAuditAsync(null, 10, Stop))
            .Where(entry => entry.Action == "rollback")
            .ShouldHaveSingleItem()
            .Outcome.ShouldBe(CommandOutcome.OkCode);
    }

    [Fact]
    public async Task A_store_that_is_down_is_no_failure_of_the_command()
    {
        var command = await GivenAsync("k", new Wish.RollBack());
        rollouts.Fault = new StoreUnavailableException("down");

        await Should.ThrowAsync<StoreUnavailableException>(() => RunAsync(command));

        (await store.FindCommandAsync("k", Stop))!.Attempts.ShouldBe(0);
    }

    private async Task<Command> GetStuckAsync(string key)
    {
        var command = await GivenAsync(key, new Wish.RollBack());
        for (var tries = 1; tries <= CommandRunner.MostTries; tries++)
        {
            command.Outcome.ShouldBeNull();
            command = await RunAsync(command);
            if (command.NotBefore is { } at && command.Outcome is null)
            {
                clock.SetUtcNow(at);
            }
        }

        return command;
    }

    private async Task<Command> GivenAsync(string key, Wish wish, string who = "alice")
    {
        var command = new Command(
            key,
            wish,
            new Actor(who, null, null, who),
            new Origin("api"),
            "my-app",
            "production",
            web,
            clock.GetUtcNow()
        );
        return (await store.AddAsync(command, null, Stop)).Command;
    }

    private async Task<Command> RunAsync(Command command)
    {
        var lease = await store.TakeAsync(web, clock.GetUtcNow(), Stop);
        try
        {
            return await runner.RunAsync(command, catalog.Targets.Single(), catalog, lease!, Stop);
        }
        finally
        {
            await store.ReleaseAsync(lease!, worked: true, null, Stop);
        }
    }

    /// <summary>A cluster without the Rollout, read by code with a defect.</summary>
    private sealed class OddRollouts : IRollouts
    {
        public PatchRequest? RequestOf(RolloutRef rollout, RolloutPatch patch) => null;

        public bool IsBroken { get; set; } = true;

        public Exception Fault { get; set; } = new InvalidOperationException("a defect");

        public int Asked { get; private set; }

        public Task<ClusterAnswer<RolloutView>> FindAsync(RolloutRef rollout, CancellationToken stop) => throw Fault;

        public Task<ClusterAnswer<Observation>> ObserveAsync(
            RolloutRef rollout,
            ApplicationRef? application,
            CancellationToken stop
        )
        {
            Asked++;
            return IsBroken
                ? throw Fault
                : Task.FromResult<ClusterAnswer<Observation>>(
                    new ClusterAnswer<Observation>.Ok(new Observation(Samples.Noon, null))
                );
        }

        public Task<ClusterAnswer<RolloutView>> PatchAsync(
            RolloutRef rollout,
            RolloutPatch patch,
            CancellationToken stop
        ) => throw Fault;
    }
}
