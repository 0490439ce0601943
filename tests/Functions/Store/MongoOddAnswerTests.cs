using System.Collections.Concurrent;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Functions.Adapters.Mongo;
using Devflow.ChatOps.Tests.DocumentDb;
using Microsoft.Extensions.Time.Testing;
using MongoDB.Bson;

namespace Devflow.ChatOps.Tests.Functions.Store;

/// <summary>
/// A server that is no primary any more, that ends, or whose majority does not confirm: once at each kind of request.
/// Whoever called is told that the store is away or notices nothing, and what is done again is there once.
/// </summary>
public sealed class MongoOddAnswerTests : IAsyncLifetime
{
    private const int MostTries = 12;

    private static readonly RolloutRef web = new("prod", "shop", "web");
    private static readonly string[] writes = ["insert", "update", "delete", "findAndModify"];

    private readonly TemporaryMongo database = TemporaryMongo.Create(Assert.Skip);
    private readonly FakeTimeProvider clock = new(Samples.Noon);
    private readonly ConcurrentDictionary<string, bool> failed = new(StringComparer.Ordinal);
    private OddServer server = null!;
    private MongoStore store = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private DateTimeOffset Now => clock.GetUtcNow();

    public async ValueTask InitializeAsync()
    {
        server = new OddServer(database);
        store = MongoStore.Open($"{server.ConnectionString}&heartbeatFrequencyMS=500", "one", clock);
        await store.PrepareAsync(Stop);
    }

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        await server.DisposeAsync();
        await database.DisposeAsync();
    }

    [Theory]
    [InlineData(10107)]
    [InlineData(189)]
    public async Task A_server_that_is_no_primary_any_more_loses_and_doubles_nothing(int code)
    {
        server.Instead = request => IsFirst(request) ? Refused(code) : null;

        await EverythingIsThereOnceAsync();

        failed.Keys.ShouldContain("find jobs");
        ShouldHaveFailedAtEveryWrite();
    }

    [Theory]
    [InlineData(189)]
    [InlineData(11600)]
    public async Task A_server_that_ends_after_it_did_what_was_asked_loses_and_doubles_nothing(int code)
    {
        server.Afterwards = (request, answer) => IsFirst(request) ? Refused(code) : answer;

        await EverythingIsThereOnceAsync();

        ShouldHaveFailedAtEveryWrite();
    }

    [Fact]
    public async Task A_write_that_no_majority_confirms_is_not_taken_for_durable()
    {
        server.Afterwards = (request, answer) => IsWrite(request) && IsFirst(request) ? Unconfirmed(answer) : answer;

        await EverythingIsThereOnceAsync();

        ShouldHaveFailedAtEveryWrite();
    }

    [Fact]
    public async Task What_is_there_already_is_not_taken_for_durable_while_no_majority_confirms_it()
    {
        var command = NewCommand();
        await store.AddAsync(command, null, Stop);
        await store.AppendAsync("a", Samples.Audit, Stop);
        server.Afterwards = (request, answer) =>
            answer.Contains("writeErrors") && IsFirst(request) ? Unconfirmed(answer) : answer;

        await Should.ThrowAsync<StoreUnavailableException>(() => store.AddAsync(command, null, Stop));
        await Should.ThrowAsync<StoreUnavailableException>(() => store.AppendAsync("a", Samples.Audit, Stop));

        (await store.AddAsync(command, null, Stop)).IsNew.ShouldBeFalse();
        await store.AppendAsync("a", Samples.Audit, Stop);
        failed.Keys.ShouldBe(["insert commands", "insert audit"], ignoreOrder: true);
        (await store.ReadAuditAsync(null, 10, Stop)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task It_is_not_ready_while_no_majority_confirms_its_writes()
    {
        await store.PingAsync(Stop);
        server.Afterwards = (request, answer) => IsWrite(request) ? Unconfirmed(answer) : answer;
        await Should.ThrowAsync<StoreUnavailableException>(() => store.HintAsync(web, Stop));

        await Should.ThrowAsync<StoreUnavailableException>(() => store.PingAsync(Stop));
        (await Should.ThrowAsync<StoreUnavailableException>(() => store.PingAsync(Stop))).Message.ShouldContain(
            "did not confirm a write by the majority"
        );

        server.Afterwards = (_, answer) => answer;
        await store.PingAsync(Stop);
    }

    [Fact]
    public async Task A_group_of_hints_of_which_one_is_there_already_and_another_fails_is_told_as_unavailable()
    {
        var mail = web with { Name = "mail" };
        var groups = 0;
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var queued = new ManualResetEventSlim();
        server.Instead = request =>
        {
            if (request.GetElement(0) is not { Name: "update", Value: BsonString { Value: "hints" } })
            {
                return null;
            }

            groups++;
            if (groups == 1)
            {
                // The first is on its way until two more wait, which are sent together.
                begun.SetResult();
                queued.Wait(Stop);
                return null;
            }

            return groups > 2 ? null : Broken(request["updates"].AsBsonArray.Count);
        };
        var first = store.HintAsync(web, Stop);
        await begun.Task.WaitAsync(Stop);
        Task[] others = [store.HintAsync(web, Stop), store.HintAsync(mail, Stop)];
        queued.Set();

        await first;
        foreach (var other in others)
        {
            await Should.ThrowAsync<StoreUnavailableException>(() => other);
        }

        await store.HintAsync(mail, Stop);
        (await store.DueAsync(Now, [], 10, Stop)).ShouldBe([web, mail], ignoreOrder: true);
    }

    [Fact]
    public async Task What_fails_after_hints_were_written_is_no_fault_of_theirs_and_the_next_ones_are_written()
    {
        var housekeeping = 0;
        // A code that nobody foresaw, so that it is not taken for an outage.
        server.Instead = request =>
        {
            if (
                request.GetElement(0) is not { Name: "update", Value: BsonString { Value: "commands" } }
                || !request.ToString().Contains("responseUrl", StringComparison.Ordinal)
            )
            {
                return null;
            }

            housekeeping++;
            return Refused(9);
        };

        await store.HintAsync(web, Stop);
        clock.Advance(TimeSpan.FromMinutes(31));
        await store.HintAsync(web, Stop);
        await store.HintAsync(web with { Name = "mail" }, Stop);

        housekeeping.ShouldBeGreaterThan(0);
        (await store.DueAsync(Now, [], 10, Stop)).Count.ShouldBe(2);
    }

    private async Task EverythingIsThereOnceAsync()
    {
        var command = NewCommand();
        await AgainAsync(() => store.HintAsync(web, Stop));
        await AgainAsync(() => store.AddAsync(command, null, Stop));
        var job = new Job(JobId.New(Now), "web", "production", web, JobSource.Action) { CreatedAt = Now };
        await SavedAsync(job);
        await SavedAsync(job with { Version = 1, Revision = 7 });
        var done = command with { Outcome = new CommandOutcome("ok", "Done."), Answered = true };
        await AgainAsync(() => store.UpdateAsync(done, Stop));
        await AgainAsync(() => store.AppendAsync("a", Samples.Audit, Stop));
        await AgainAsync(() => store.PutLockAsync(Samples.Lock, Stop));
        await AgainAsync(() => store.RemoveLockAsync(Samples.Lock.App, Samples.Lock.Environment, Stop));
        await AgainAsync(() => store.PutLockAsync(Samples.Lock, Stop));
        await AgainAsync(() => store.VerifiedAsync([web], Now, Stop));
        await AgainAsync(() => store.TakeRoleAsync("watch", Now, Stop));
        await AgainAsync(() => store.GiveUpRoleAsync("watch", Stop));

        var jobs = await ReadAsync(() => store.JobsOfAsync(web, Stop));
        var saved = jobs.Pending.ShouldHaveSingleItem();
        (saved.Id, saved.Version, saved.Revision).ShouldBe((job.Id, 2, 7));
        (await ReadAsync(() => store.ListJobsAsync(new JobFilter(), 10, null, Stop))).ShouldHaveSingleItem();
        (await ReadAsync(() => store.FindCommandAsync(command.Key, Stop))).ShouldBe(done);
        (await ReadAsync(() => store.OpenCommandsAsync(web, Stop))).ShouldBeEmpty();
        (await ReadAsync(() => store.StuckCommandsAsync(null, 10, Stop))).ShouldBeEmpty();
        (await ReadAsync(() => store.StuckJobsAsync(10, Stop))).ShouldBeEmpty();
        (await ReadAsync(() => store.ReadAuditAsync(null, 10, Stop))).ShouldHaveSingleItem();
        (await ReadAsync(() => store.ListLocksAsync(Samples.Noon, Stop))).ShouldBe([Samples.Lock]);
        await AgainAsync(() => store.DueAsync(Now, [], 10, Stop));
        await AgainAsync(() => store.LastLooksAsync("prod", Stop));
        await AgainAsync(() => store.ForgetCommandsAsync(Now.AddDays(1), 10, Stop));
        (await ReadAsync(() => store.FindCommandAsync(command.Key, Stop))).ShouldBeNull();
        (await database.Collection("jobs").CountDocumentsAsync(new BsonDocument(), null, Stop)).ShouldBe(1);
    }

    private async Task<RolloutLease> TakenAsync()
    {
        RolloutLease? lease = null;
        for (var n = 0; lease is null; n++)
        {
            n.ShouldBeLessThan(MostTries);
            try
            {
                lease = await store.TakeAsync(web, Now, Stop);
            }
            catch (StoreUnavailableException)
            {
                // Whoever may have got it was not told: then it ends by itself.
                clock.Advance(RolloutLease.Duration);
            }
        }

        return await ReadAsync(() => store.RenewAsync(lease, Now, Stop))
            ?? throw new InvalidOperationException("Lost.");
    }

    /// <summary>As the loop does it: after a fault it begins anew, with a lease of its own, and reads before it saves.</summary>
    private async Task SavedAsync(Job job)
    {
        for (var n = 0; n < MostTries; n++)
        {
            var lease = await TakenAsync();
            try
            {
                if ((await store.FindJobAsync(job.Id, Stop))?.Version > job.Version)
                {
                    return;
                }

                (await store.SaveAsync(job, lease, Stop)).ShouldNotBeNull().Version.ShouldBe(job.Version + 1);
                return;
            }
            catch (StoreUnavailableException)
            {
                // Once more.
            }
            finally
            {
                await AgainAsync(() => store.ReleaseAsync(lease, worked: true, Now.AddHours(1), Stop));
            }
        }

        throw new InvalidOperationException("It was never saved.");
    }

    private static Task AgainAsync(Func<Task> call) =>
        ReadAsync(async () =>
        {
            await call();
            return true;
        });

    private static async Task<T> ReadAsync<T>(Func<Task<T>> call)
    {
        for (var n = 1; ; n++)
        {
            try
            {
                return await call();
            }
            catch (StoreUnavailableException) when (n < MostTries)
            {
                // Nothing else may come out.
            }
        }
    }

    private void ShouldHaveFailedAtEveryWrite()
    {
        string[] kinds =
        [
            "update hints",
            "insert commands",
            "update commands",
            "findAndModify leases",
            "update leases",
            "findAndModify hints",
            "insert jobs",
            "update jobs",
            "insert audit",
            "delete locks",
            "delete commands",
        ];
        kinds.ShouldBeSubsetOf(failed.Keys);
    }

    private bool IsFirst(BsonDocument request)
    {
        var (name, collection) = (request.GetElement(0).Name, request.GetElement(0).Value as BsonString);
        return (name == "find" || IsWrite(request))
            && collection is not null
            && failed.TryAdd($"{name} {collection}", true);
    }

    private static bool IsWrite(BsonDocument request) => writes.Contains(request.GetElement(0).Name);

    private static BsonDocument Refused(int code) =>
        new()
        {
            { "ok", 0 },
            { "code", code },
            { "errmsg", "not as you think" },
        };

    private static BsonDocument Unconfirmed(BsonDocument answer) =>
        answer.Set(
            "writeConcernError",
            new BsonDocument
            {
                { "code", 64 },
                { "errmsg", "waiting for replication timed out" },
                { "errInfo", new BsonDocument("wtimeout", true) },
            }
        );

    private static BsonDocument Broken(int count)
    {
        count.ShouldBe(2);
        BsonDocument Error(int index, int code) =>
            new()
            {
                { "index", index },
                { "code", code },
                { "errmsg", "no" },
            };
        return new BsonDocument
        {
            { "ok", 1 },
            { "n", 0 },
            { "nModified", 0 },
            {
                "writeErrors",
                new BsonArray { Error(0, 11000), Error(1, 112) }
            },
        };
    }

    private static Command NewCommand() =>
        new("k", new Wish.Retry(), Samples.Alice, new Origin("slack"), "web", "production", web, Samples.Noon);
}
