using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Functions.Adapters.Sqlite;

namespace Devflow.ChatOps.Tests.Functions.Store;

/// <summary>Files that an older version wrote.</summary>
public sealed class SqliteMigrationTests : IDisposable
{
    private readonly TemporaryDatabase database = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => database.Dispose();

    [Fact]
    public async Task Commands_that_Jobs_applied_before_they_were_indexed_are_found()
    {
        var job = Samples.FullJob() with { Version = 0 };
        var odd = job with { Id = JobId.New(Samples.Noon.AddSeconds(1)) };
        await using (var store = Open())
        {
            await store.PrepareAsync(Stop);
            var lease = (await store.TakeAsync(job.Rollout, Samples.Noon, Stop))!;
            await store.SaveAsync(job, lease, Stop);
            await store.SaveAsync(odd, lease, Stop);
            await store.ReleaseAsync(lease, worked: true, null, Stop);
        }

        using (var session = SqliteSession.OpenWriter(database.Path))
        {
            session.Execute("UPDATE jobs SET document = '{ not json' WHERE id = $id", ("$id", odd.Id.ToString()));
            // As it was: see SqliteStore.FindingTables and what came after it.
            session.Execute(
                """
                DROP INDEX jobs_stuck;
                ALTER TABLE jobs DROP COLUMN stuck;
                DROP TRIGGER applied_commands_end;
                DROP TABLE applied_commands;
                DROP INDEX jobs_unreadable;
                ALTER TABLE jobs DROP COLUMN unreadable;
                DROP TABLE probe;
                PRAGMA user_version = 3;
                """
            );
        }

        await using (var store = Open())
        {
            await store.PrepareAsync(Stop);

            job.AppliedCommands.ShouldNotBeEmpty();
            foreach (var applied in job.AppliedCommands)
            {
                (await store.FindAppliedAsync(job.Rollout, applied.Key, Stop))!.Id.ShouldBe(job.Id);
            }

            (await store.ListJobsAsync(new(), 10, null, Stop)).ShouldHaveSingleItem();
            (await store.UnreadableJobsAsync(null, 10, Stop)).ShouldHaveSingleItem().Id.ShouldBe(odd.Id.ToString());
            await store.PingAsync(Stop);
        }
    }

    private SqliteStore Open() => SqliteStore.Open(database.Path, "one", TimeProvider.System);
}
