using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Rollouts;
using Microsoft.Data.Sqlite;

namespace Devflow.ChatOps.Functions.Adapters.Sqlite;

public sealed partial class SqliteStore
{
    /// <summary>
    /// <c>applied_commands</c>: which Job carries out which command, as long as the Job is kept. <c>unreadable</c>: it was
    /// met and could not be read. <c>probe</c>: one row that is written to see that it can be.
    /// </summary>
    internal const string FindingTables = """
        CREATE TABLE applied_commands (
            key TEXT NOT NULL,
            job TEXT NOT NULL,
            PRIMARY KEY (key, job)
        ) WITHOUT ROWID;
        CREATE INDEX applied_commands_of ON applied_commands (job);
        CREATE TRIGGER applied_commands_end AFTER DELETE ON jobs BEGIN
            DELETE FROM applied_commands WHERE job = OLD.id;
        END;
        INSERT OR IGNORE INTO applied_commands (key, job)
            SELECT key, id FROM (
                SELECT jobs.id, CASE applied.type WHEN 'object' THEN applied.value ->> '$.key' END AS key
                FROM jobs, json_each(
                    CASE WHEN json_valid(jobs.document) THEN jobs.document ELSE '{}' END,
                    '$.document.appliedCommands'
                ) AS applied
            ) WHERE key IS NOT NULL;
        ALTER TABLE jobs ADD COLUMN unreadable INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX jobs_unreadable ON jobs (id) WHERE unreadable = 1;
        CREATE TABLE probe (id INTEGER PRIMARY KEY CHECK (id = 1), at INTEGER NOT NULL, room BLOB NOT NULL);

        """;

    // The largest documents and a group of others beside it.
    private const int Room = 256 * 1024;

    /// <inheritdoc/>
    public async Task<Job?> FindAppliedAsync(RolloutRef rollout, string commandKey, CancellationToken stop)
    {
        var row = await readers.ReadAsync(
            session =>
                session.First(
                    $"""
                    SELECT {JobColumns} FROM jobs
                    WHERE id IN (SELECT job FROM applied_commands WHERE key = $key) AND rollout = $rollout
                    ORDER BY id DESC LIMIT 1
                    """,
                    JobRow,
                    ("$key", commandKey),
                    ("$rollout", rollout.ToString())
                ),
            stop
        );
        return row is null ? null : await ReadJobAsync(row, stop);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<UnreadableJob>> UnreadableJobsAsync(
        RolloutRef? rollout,
        int limit,
        CancellationToken stop
    )
    {
        var rows = await readers.ReadAsync(
            session =>
                session.All(
                    $"""
                    SELECT {JobColumns}, rollout, app, environment FROM jobs
                    WHERE unreadable = 1 AND ($rollout IS NULL OR rollout = $rollout) ORDER BY id LIMIT $limit
                    """,
                    row => (Job: JobRow(row), Of: row.GetString(4), App: row.GetString(5), In: row.GetString(6)),
                    ("$rollout", rollout?.ToString()),
                    ("$limit", limit)
                ),
            stop
        );
        var found = new List<UnreadableJob>();
        foreach (var (job, key, app, environment) in rows)
        {
            try
            {
                ReadJob(job);
                await MarkAsync(job, isUnreadable: false, stop);
            }
            catch (StoredStateException fault)
            {
                if (RolloutRef.TryParse(key) is { } of)
                {
                    found.Add(UnreadableJob.Of(job.Id, of, app, environment, fault));
                }
            }
        }

        return found;
    }

    /// <summary>For lists: one that cannot be read must not hide the others.</summary>
    private async Task<IReadOnlyList<Job>> ReadableAsync(IEnumerable<StoredJob> rows, CancellationToken stop)
    {
        var read = new List<Job>();
        foreach (var row in rows)
        {
            try
            {
                read.Add(await ReadJobAsync(row, stop));
            }
            catch (StoredStateException fault)
            {
                LogUnreadableJob(logger, path, row.Id, fault);
            }
        }

        return read;
    }

    /// <summary>Reads it; one that cannot be read is marked, once, so that it is shown as such.</summary>
    /// <exception cref="StoredStateException">It cannot be read.</exception>
    private async Task<Job> ReadJobAsync(StoredJob row, CancellationToken stop)
    {
        try
        {
            return ReadJob(row);
        }
        catch (StoredStateException) when (!row.IsUnreadable)
        {
            await MarkAsync(row, isUnreadable: true, stop);
            throw;
        }
    }

    private Task<int> MarkAsync(StoredJob row, bool isUnreadable, CancellationToken stop) =>
        writer.WriteAsync(
            session =>
                session.Execute(
                    "UPDATE jobs SET unreadable = $unreadable WHERE id = $id AND document = $document",
                    ("$unreadable", isUnreadable),
                    ("$id", row.Id),
                    ("$document", row.Document)
                ),
            stop
        );

    /// <summary>Within the transaction that saved the Job.</summary>
    private static void RememberApplied(SqliteSession session, Job job, string keys)
    {
        if (!job.AppliedCommands.IsEmpty)
        {
            session.Execute(
                "INSERT OR IGNORE INTO applied_commands (key, job) SELECT value, $id FROM json_each($keys)",
                ("$id", job.Id.ToString()),
                ("$keys", keys)
            );
        }
    }

    private int WriteProbe(SqliteSession session, int room) =>
        session.Execute(
            """
            INSERT INTO probe (id, at, room) VALUES (1, $at, zeroblob($room))
            ON CONFLICT (id) DO UPDATE SET at = excluded.at, room = excluded.room
            """,
            ("$at", clock.GetUtcNow().UtcTicks),
            ("$room", room)
        );

    /// <summary>A Job's document, when its Rollout was last verified, and whether it was met and could not be read.</summary>
    private const string JobColumns =
        "document, (SELECT verified_at FROM hints WHERE hints.rollout = jobs.rollout) AS verified_at, id, unreadable";

    private static StoredJob JobRow(SqliteDataReader row) =>
        new(row.GetString(0), row.IsDBNull(1) ? null : Time(row.GetInt64(1)), row.GetString(2), row.GetInt64(3) == 1);

    // Outside of the reader's turn: a document takes its time.
    private static Job ReadJob(StoredJob row) => JobJson.ReadJob(row.Document).VerifiedBy(row.VerifiedAt);

    private sealed record StoredJob(string Document, DateTimeOffset? VerifiedAt, string Id, bool IsUnreadable);
}
