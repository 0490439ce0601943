using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Policy;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;
using Devflow.ChatOps.Functions.Adapters.Sqlite;
using Microsoft.Data.Sqlite;

namespace Devflow.ChatOps.Tests.Functions.Store;

/// <summary>What the embedded store says and does when the file or the disk fails.</summary>
public sealed class SqliteFaultTests : IDisposable
{
    private static readonly RolloutRef s_web = new("prod", "shop", "web");

    private readonly TemporaryDatabase database = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => database.Dispose();

    [Fact]
    public async Task A_second_opener_of_the_file_is_refused_until_the_first_lets_go()
    {
        var first = Open();

        var fault = Should.Throw<StoreUnavailableException>(() => Open());

        fault.Message.ShouldContain(database.Path);
        fault.Message.ShouldContain("another process");
        await first.DisposeAsync();
        await using var second = Open();
        await second.PrepareAsync(Stop);
    }

    [Fact]
    public async Task A_newer_schema_is_refused_by_name_and_left_as_it_is()
    {
        await using (var store = Open())
        {
            await store.PrepareAsync(Stop);
        }

        Raw("PRAGMA user_version = 99");

        await using (var store = Open())
        {
            var fault = await Should.ThrowAsync<StoredStateException>(() => store.PrepareAsync(Stop));
            fault.Message.ShouldContain("schema 99");
            fault.Message.ShouldContain(database.Path);
        }

        Raw("PRAGMA user_version").ShouldBe(99L);
    }

    [Fact]
    public async Task A_stored_Job_that_cannot_be_is_refused_when_it_is_read()
    {
        await using var store = Open();
        await store.PrepareAsync(Stop);
        var lease = await store.TakeAsync(s_web, Samples.Noon, Stop);
        var job = new Job(JobId.New(Samples.Noon), "web", "production", s_web, JobSource.Action);
        await store.SaveAsync(job, lease!, Stop);
        Raw("""UPDATE jobs SET document = replace(document, '"pending"', '"promoting"')""");

        await Should.ThrowAsync<StoredStateException>(() => store.FindJobAsync(job.Id, Stop));
        await Should.ThrowAsync<StoredStateException>(() => store.JobsOfAsync(s_web, Stop));
    }

    [Fact]
    public void A_file_that_is_no_database_is_told()
    {
        File.WriteAllText(database.Path, string.Concat(Enumerable.Repeat("not a database at all. ", 100)));

        var fault = Should.Throw<StoreUnavailableException>(() => Open());

        fault.Message.ShouldContain("not an SQLite database");
        fault.Message.ShouldContain(database.Path);
        // The lock was let go: what is wrong with the file can be put right without a restart.
        File.Delete(database.Path);
        Should.NotThrow(() => Open().DisposeAsync().AsTask());
    }

    [Fact]
    public void A_directory_that_cannot_be_made_is_told()
    {
        File.WriteAllText(Path.Combine(database.Folder, "file"), "");

        var fault = Should.Throw<StoreUnavailableException>(() =>
            SqliteStore.Open(Path.Combine(database.Folder, "file", "devflow.db"), "one", TimeProvider.System)
        );

        fault.Message.ShouldContain("devflow.db");
    }

    [Fact]
    public async Task A_full_disk_fails_what_does_not_fit_and_nothing_else()
    {
        await using var store = await LimitedAsync(pages: 60);
        var fits = Audit("x");
        await store.AppendAsync("first", fits, Stop);

        var writes = Enumerable
            .Range(0, 40)
            .Select(n => n == 20 ? store.AppendAsync("big", Audit(Large), Stop) : store.HintAsync(s_web, Stop))
            .ToArray();

        var fault = await Should.ThrowAsync<StoreUnavailableException>(() => writes[20]);
        fault.Message.ShouldContain("the disk is full");
        fault.Message.ShouldContain(database.Path);
        await Task.WhenAll(writes.Where((_, n) => n != 20));
        (await store.TakeAsync(s_web, Samples.Noon, Stop))!.Sequence.ShouldBe(39);
        (await store.ReadAuditAsync(null, 10, Stop)).ShouldBe([fits]);
    }

    [Fact]
    public async Task After_a_full_disk_has_room_again_the_store_goes_on()
    {
        var session = SqliteSession.OpenWriter(database.Path);
        await using var store = Over(session);
        await store.PrepareAsync(Stop);
        session.Execute("PRAGMA max_page_count = 60");
        await store.PingAsync(Stop);
        await Should.ThrowAsync<StoreUnavailableException>(() => store.AppendAsync("big", Audit(Large), Stop));
        await Should.ThrowAsync<StoreUnavailableException>(() => store.PingAsync(Stop));
        await Should.ThrowAsync<StoreUnavailableException>(() => store.PingAsync(Stop));

        session.Execute("PRAGMA max_page_count = 1000000");
        await store.PingAsync(Stop);
        await store.AppendAsync("big", Audit(Large), Stop);

        (await store.ReadAuditAsync(null, 10, Stop)).ShouldHaveSingleItem().Reason.Length.ShouldBe(Large.Length);
    }

    [Fact]
    public async Task Whatever_was_acknowledged_before_the_disk_was_full_is_there_afterwards()
    {
        var session = SqliteSession.OpenWriter(database.Path);
        var acknowledged = new List<string>();
        await using (var store = Over(session))
        {
            await store.PrepareAsync(Stop);
            session.Execute("PRAGMA max_page_count = 60");
            var fault = await Should.ThrowAsync<StoreUnavailableException>(async () =>
            {
                for (var number = 0; ; number++)
                {
                    await store.AppendAsync($"entry-{number}", Audit($"{number} {new string('x', 4_000)}"), Stop);
                    acknowledged.Add($"{number} ");
                }
            });
            fault.Message.ShouldContain("the disk is full");
            fault.Message.ShouldContain(database.Path);
            acknowledged.Count.ShouldBeGreaterThan(5);

            // It is still read while nothing can be written.
            (await store.ReadAuditAsync(null, 1_000, Stop)).Count.ShouldBe(acknowledged.Count);
            await Should.ThrowAsync<StoreUnavailableException>(() => store.AppendAsync("more", Audit(Large), Stop));
        }

        await using var reopened = Open();
        await reopened.PrepareAsync(Stop);
        await reopened.AppendAsync("later", Audit("later"), Stop);
        var entries = await reopened.ReadAuditAsync(null, 1_000, Stop);
        entries.Count.ShouldBe(acknowledged.Count + 1);
        acknowledged.ShouldAllBe(began =>
            entries.Any(entry => entry.Reason.StartsWith(began, StringComparison.Ordinal))
        );
    }

    [Fact]
    public async Task A_database_that_became_read_only_refuses_writes_and_is_still_read()
    {
        var session = SqliteSession.OpenWriter(database.Path);
        await using var store = Over(session);
        await store.PrepareAsync(Stop);
        await store.AppendAsync("a", Audit("kept"), Stop);
        session.Execute("PRAGMA query_only = ON");

        var fault = await Should.ThrowAsync<StoreUnavailableException>(() => store.HintAsync(s_web, Stop));

        fault.Message.ShouldContain("read-only");
        (await Should.ThrowAsync<StoreUnavailableException>(() => store.PingAsync(Stop))).Message.ShouldBe(
            fault.Message
        );
        (await store.ReadAuditAsync(null, 10, Stop)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Another_programs_lock_is_told_and_waited_for_no_longer_than_agreed()
    {
        await using var store = Open();
        await store.PrepareAsync(Stop);
        using var other = new SqliteConnection($"Data Source={database.Path};Pooling=False");
        await other.OpenAsync(Stop);
        Run(other, "BEGIN IMMEDIATE");

        var fault = await Should.ThrowAsync<StoreUnavailableException>(() => store.HintAsync(s_web, Stop));
        Run(other, "ROLLBACK");

        fault.Message.ShouldContain("locked by another program");
        await store.HintAsync(s_web, Stop);
    }

    [Fact]
    public async Task A_closed_store_refuses_and_does_not_hang()
    {
        var store = Open();
        await store.PrepareAsync(Stop);
        var accepted = Enumerable.Range(0, 500).Select(_ => store.HintAsync(s_web, Stop)).ToArray();

        await store.DisposeAsync();

        await Task.WhenAll(accepted);
        await Should.ThrowAsync<StoreUnavailableException>(() => store.HintAsync(s_web, Stop));
        await Should.ThrowAsync<StoreUnavailableException>(() => store.PingAsync(Stop));
    }

    [Fact]
    public async Task Work_that_throws_fails_alone_in_its_group()
    {
        await using var writer = new SqliteWriter(
            SqliteSession.OpenWriter(database.Path),
            database.Path,
            _ => { },
            Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance
        );
        await writer.WriteAsync(session => session.Execute("CREATE TABLE t (n INTEGER PRIMARY KEY)"), Stop);

        var writes = Enumerable
            .Range(0, 100)
            .Select(n =>
                writer.WriteAsync(
                    session =>
                    {
                        session.Execute("INSERT INTO t VALUES ($n)", ("$n", n));
                        return n % 10 == 3 ? throw new FormatException("mine") : n;
                    },
                    Stop
                )
            )
            .ToArray();

        foreach (var (write, n) in writes.Select((write, n) => (write, n)))
        {
            if (n % 10 == 3)
            {
                await Should.ThrowAsync<FormatException>(() => write);
            }
            else
            {
                (await write).ShouldBe(n);
            }
        }

        var count = await writer.WriteAsync(
            session => session.First("SELECT count(*) FROM t", row => row.GetInt32(0)),
            Stop
        );
        count.ShouldBe(90);
    }

    private static string Large { get; } = new('x', 2_000_000);

    private static AuditEntry Audit(string reason) => Samples.Audit with { Reason = reason };

    private SqliteStore Open() => SqliteStore.Open(database.Path, "one", TimeProvider.System);

    private SqliteStore Over(SqliteSession session) =>
        SqliteStore.Over(
            session,
            SqliteFileLock.Take(database.Path),
            database.Path,
            "one",
            TimeProvider.System,
            logger: null
        );

    private async Task<SqliteStore> LimitedAsync(int pages)
    {
        var session = SqliteSession.OpenWriter(database.Path);
        session.Execute($"PRAGMA max_page_count = {pages}");
        var store = Over(session);
        await store.PrepareAsync(Stop);
        return store;
    }

    private object? Raw(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={database.Path};Pooling=False");
        connection.Open();
        return Run(connection, sql);
    }

    private static object? Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
