using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Functions.Adapters.Sqlite;

namespace Devflow.ChatOps.Tests.Functions.Store;

/// <summary>The contract, kept by the embedded store.</summary>
public sealed class SqliteStoreTests : StoreContract
{
    private readonly TemporaryDatabase database = new();
    private SqliteStore? open;

    [Fact]
    public async Task A_holder_takes_its_own_lease_back_after_a_restart()
    {
        await Store.HintAsync(Web, Stop);
        var before = await LeaseAsync(Web);

        await RestartAsync("one");

        (await Store.DueAsync(Now, [], 10, Stop)).ShouldBe([Web]);
        var after = await LeaseAsync(Web);
        after.Fence.ShouldBeGreaterThan(before.Fence);
        (await Store.TakeAsync(Web, Now, Stop)).ShouldBeNull();
        (await Store.RenewAsync(before, Now, Stop)).ShouldBeNull();
    }

    [Fact]
    public async Task A_holder_takes_its_own_role_back_after_a_restart()
    {
        (await Store.TakeRoleAsync("watch", Now, Stop)).ShouldBeTrue();

        await RestartAsync("one");

        (await Store.TakeRoleAsync("watch", Now, Stop)).ShouldBeTrue();
    }

    protected override async Task<IStore> OpenAsync(string holder, TimeProvider clock)
    {
        if (open is not null)
        {
            await open.DisposeAsync();
        }

        return open = SqliteStore.Open(database.Path, holder, clock);
    }

    protected override Task PutOddHintAsync(string key)
    {
        using var session = SqliteSession.OpenWriter(database.Path);
        session.Execute(
            """
            INSERT INTO hints (rollout, seq, done_seq, hinted_at, due_at, mark, looked_at)
            VALUES ($rollout, 2, 1, 1, 1, 'm', 'long ago')
            """,
            ("$rollout", key)
        );
        return Task.CompletedTask;
    }

    protected override Task ForgeAsync(string table, string id, string rollout)
    {
        using var session = SqliteSession.OpenWriter(database.Path);
        session.Execute(
            $"""
            UPDATE {table} SET document = json_set(document, '$.document.rollout', $rollout)
            WHERE {(table == "jobs" ? "id" : "key")} = $id
            """,
            ("$rollout", rollout),
            ("$id", id)
        );
        return Task.CompletedTask;
    }

    protected override async Task WrittenBeforeStuckJobsWereListedAsync()
    {
        await open!.DisposeAsync();
        using (var session = SqliteSession.OpenWriter(database.Path))
        {
            // As it was: see SqliteStore.StuckColumn. A row that is not JSON at all stops nothing.
            session.Execute(
                """
                DROP INDEX jobs_stuck;
                ALTER TABLE jobs DROP COLUMN stuck;
                UPDATE jobs SET settled = 1;
                INSERT INTO jobs
                    SELECT 1000, 'odd', 'prod/shop/odd', app, environment, bound_at, 0, 0, 1, 0, 1, 1, '{ not json', 0
                    FROM jobs LIMIT 1;
                PRAGMA user_version = 4;
                """
            );
        }

        await RestartAsync("one");
    }

    protected override Task<(long Hints, long Leases)> CountWorkAsync()
    {
        using var session = SqliteSession.OpenWriter(database.Path);
        long Count(string table) => session.First($"SELECT count(*) FROM {table}", row => row.GetInt64(0));
        return Task.FromResult((Count("hints"), Count("leases")));
    }

    public override async ValueTask DisposeAsync()
    {
        if (open is not null)
        {
            await open.DisposeAsync();
        }

        database.Dispose();
    }
}
