using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Functions.Adapters.Mongo;
using Devflow.ChatOps.Tests.DocumentDb;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Devflow.ChatOps.Tests.Functions.Store;

/// <summary>What the store says and does when the database fails.</summary>
public sealed class MongoFaultTests : IAsyncLifetime
{
    private static readonly RolloutRef web = new("prod", "shop", "web");

    private readonly TemporaryMongo database = TemporaryMongo.Create(Assert.Skip);
    private readonly WireProxy network = TestMongo.Network();
    private readonly string password = $"p-{Guid.NewGuid():N}";
    private MongoStore store = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        store = Open($"{database.ConnectionStringThrough(network)}&serverSelectionTimeoutMS=1000");
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        await network.DisposeAsync();
        await database.DisposeAsync();
    }

    [Fact]
    public async Task A_server_that_is_gone_at_the_start_is_told_and_found_when_it_is_back()
    {
        network.IsDown = true;

        var fault = await Should.ThrowAsync<StoreUnavailableException>(() => store.PrepareAsync(Stop));

        fault.Message.ShouldStartWith($"The store mongodb://127.0.0.1:{network.Port}/devflow_test_");
        await Should.ThrowAsync<StoreUnavailableException>(() => store.PingAsync(Stop));
        network.IsDown = false;
        await store.PrepareAsync(Stop);
        await store.PingAsync(Stop);
    }

    [Fact]
    public async Task A_connection_that_breaks_is_opened_again()
    {
        await store.PrepareAsync(Stop);
        await store.HintAsync(web, Stop);

        network.Cut();

        // The first may meet the broken connection; what the caller tries again comes through.
        await AgainAsync(() => store.HintAsync(web, Stop));
        await AgainAsync(() => store.PingAsync(Stop));
        (await store.DueAsync(DateTimeOffset.UtcNow.AddMinutes(1), [], 10, Stop)).ShouldBe([web]);
    }

    [Fact]
    public async Task Whatever_is_cut_off_is_told_as_unavailable_and_nothing_hangs()
    {
        await store.PrepareAsync(Stop);
        var lease = (await store.TakeAsync(web, DateTimeOffset.UtcNow, Stop))!;
        network.IsDown = true;
        network.Cut();

        Func<Task>[] calls =
        [
            () => store.HintAsync(web, Stop),
            () => store.PingAsync(Stop),
            () => store.DueAsync(DateTimeOffset.UtcNow, [], 10, Stop),
            () => store.TakeAsync(web, DateTimeOffset.UtcNow, Stop),
            () => store.RenewAsync(lease, DateTimeOffset.UtcNow, Stop),
            () => store.SaveAsync(NewJob(), lease, Stop),
            () => store.JobsOfAsync(web, Stop),
            () => store.FindJobAsync(JobId.New(Samples.Noon), Stop),
            () => store.ListJobsAsync(new JobFilter(), 10, null, Stop),
            () => store.AddAsync(NewCommand(), null, Stop),
            () => store.FindCommandAsync("k", Stop),
            () => store.OpenCommandsAsync(web, Stop),
            () => store.UpdateAsync(NewCommand(), Stop),
            () => store.ListLocksAsync(Samples.Noon, Stop),
            () => store.AppendAsync("a", Samples.Audit, Stop),
            () => store.ReadAuditAsync(null, 10, Stop),
            () => store.TakeRoleAsync("watch", Samples.Noon, Stop),
            () => store.VerifiedAsync([web], Samples.Noon, Stop),
            () => store.LastLooksAsync("prod", Stop),
            () => store.ReleaseAsync(lease, true, null, Stop),
        ];
        await Task.WhenAll(calls.Select(call => Should.ThrowAsync<StoreUnavailableException>(call)));
    }

    [Fact]
    public async Task A_command_whose_answer_was_lost_is_stored_once_when_it_is_added_again()
    {
        await store.PrepareAsync(Stop);
        var isLost = false;
        network.Meets = name =>
        {
            var loses = !isLost && name == "insert commands";
            isLost |= loses;
            return Task.FromResult(loses ? Fate.AnswerIsLost : Fate.Arrives);
        };
        var command = NewCommand();

        await AgainAsync(() => store.AddAsync(command, null, Stop));

        isLost.ShouldBeTrue();
        (await store.OpenCommandsAsync(web, Stop)).ShouldBe([command]);
        (await store.DueAsync(command.At, [], 10, Stop)).ShouldBe([web]);
    }

    [Fact]
    public async Task A_command_that_is_stored_is_not_denied_because_its_hint_is_not()
    {
        await store.PrepareAsync(Stop);
        network.Meets = name => Task.FromResult(name == "update hints" ? Fate.IsLost : Fate.Arrives);
        var command = NewCommand();

        var receipt = await store.AddAsync(command, null, Stop);

        receipt.ShouldBe(new CommandReceipt(command, IsNew: true));
        await Should.ThrowAsync<StoreUnavailableException>(() => store.HintAsync(web, Stop));
        (await store.DueAsync(command.At, [], 10, Stop)).ShouldBe([web]);
    }

    [Fact]
    public async Task A_lease_that_nobody_waits_for_any_more_is_given_back()
    {
        await store.PrepareAsync(Stop);
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        network.Meets = async name =>
        {
            if (name == "findAndModify leases")
            {
                reached.TrySetResult();
                await goOn.Task;
            }
            else if (name == "update leases")
            {
                released.TrySetResult();
            }

            return Fate.Arrives;
        };
        using var impatient = new CancellationTokenSource();
        var taking = store.TakeAsync(web, Samples.Noon, impatient.Token);
        await reached.Task.WaitAsync(Stop);

        await impatient.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => taking);
        goOn.SetResult();
        await released.Task.WaitAsync(Stop);

        await using var other = Open(database.ConnectionString);
        RolloutLease? lease = null;
        while (lease is null)
        {
            Stop.ThrowIfCancellationRequested();
            lease = await other.TakeAsync(web, Samples.Noon, Stop);
        }
    }

    [Fact]
    public async Task A_newer_schema_is_refused_by_name_and_left_as_it_is()
    {
        await store.PrepareAsync(Stop);
        var schema = new BsonDocument("_id", "schema");
        var newer = new BsonDocument("$set", new BsonDocument("version", 99));
        await database.Collection("meta").UpdateOneAsync(schema, newer, null, Stop);

        var fault = await Should.ThrowAsync<StoredStateException>(() => store.PrepareAsync(Stop));

        fault.Message.ShouldContain("schema 99");
        fault.Message.ShouldContain("newer version of Devflow ChatOps");
        (await database.Collection("meta").Find(schema).SingleAsync(Stop))["version"].ToInt32().ShouldBe(99);
    }

    [Fact]
    public async Task A_stored_Job_that_cannot_be_is_refused_when_it_is_read()
    {
        await store.PrepareAsync(Stop);
        var lease = await store.TakeAsync(web, Samples.Noon, Stop);
        var job = NewJob();
        await store.SaveAsync(job, lease!, Stop);
        var forged = new BsonDocument("$set", new BsonDocument("document.status", "promoting"));
        await database.Collection("jobs").UpdateOneAsync(new BsonDocument(), forged, null, Stop);

        await Should.ThrowAsync<StoredStateException>(() => store.FindJobAsync(job.Id, Stop));
        await Should.ThrowAsync<StoredStateException>(() => store.JobsOfAsync(web, Stop));
    }

    [Fact]
    public async Task A_Job_can_be_read_in_the_database_without_this_program()
    {
        await store.PrepareAsync(Stop);
        var job = Samples.FullJob() with { Version = 0 };
        var lease = await store.TakeAsync(job.Rollout, Samples.Noon, Stop);
        await store.SaveAsync(job, lease!, Stop);

        var steps = new BsonDocument("document.release.steps.name", "verify");
        var stored = await database.Collection("jobs").Find(steps).SingleAsync(Stop);

        stored["_id"].AsString.ShouldBe(job.Id.ToString());
        stored["document"]["release"]["steps"].AsBsonArray.Count.ShouldBe(6);
        stored["document"]["outbox"].IsBsonArray.ShouldBeTrue();
    }

    [Fact]
    public async Task A_closed_store_refuses_and_does_not_hang()
    {
        var closed = Open(database.ConnectionString);
        await closed.PrepareAsync(Stop);
        var accepted = Enumerable.Range(0, 500).Select(_ => closed.HintAsync(web, Stop)).ToArray();

        await closed.DisposeAsync();

        await Task.WhenAll(accepted);
        await Should.ThrowAsync<StoreUnavailableException>(() => closed.HintAsync(web, Stop));
        await Should.ThrowAsync<StoreUnavailableException>(() => closed.PingAsync(Stop));
    }

    [Fact]
    public async Task The_password_is_in_no_text()
    {
        var logger = new ListLogger<MongoStore>();
        var withPassword = database.ConnectionStringThrough(network).Replace("//", $"//devflow:{password}@");
        await using var refused = MongoStore.Open(withPassword, "one", TimeProvider.System, logger);
        var wrong = await Should.ThrowAsync<StoreUnavailableException>(() => refused.PrepareAsync(Stop));
        network.IsDown = true;
        await using var unreachable = MongoStore.Open(
            withPassword + "&serverSelectionTimeoutMS=500",
            "one",
            TimeProvider.System,
            logger
        );
        var gone = await Should.ThrowAsync<StoreUnavailableException>(() => unreachable.PrepareAsync(Stop));
        var malformed = Should.Throw<ArgumentException>(() =>
            MongoStore.Open($"mongodb://devflow:{password}@/?x", "one", TimeProvider.System)
        );

        wrong.Message.ShouldContain("user or the password");
        string[] texts = [$"{wrong}", $"{gone}", $"{malformed}", .. logger.Lines];
        foreach (var text in texts)
        {
            text.ShouldNotContain(password);
        }
    }

    private static async Task AgainAsync(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (StoreUnavailableException)
        {
            await call();
        }
    }

    private static MongoStore Open(string connectionString) =>
        MongoStore.Open(connectionString, "one", TimeProvider.System);

    private static Job NewJob() => new(JobId.New(Samples.Noon), "web", "production", web, JobSource.Action);

    private static Command NewCommand() =>
        new("k", new Wish.Retry(), Samples.Alice, new Origin("slack"), "web", "production", web, Samples.Noon);
}
