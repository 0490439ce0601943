using Devflow.ChatOps.Core.Jobs;

namespace Devflow.ChatOps.Functions.Adapters.Sqlite;

public sealed partial class SqliteStore
{
    /// <summary>
    /// <c>stuck</c>: an effect was given up. Older versions counted that as settled, and then a Job that its Rollout has left
    /// was not read any more; of baselines nothing is ever told or performed.
    /// </summary>
    internal const string StuckColumn = """
        ALTER TABLE jobs ADD COLUMN stuck INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX jobs_stuck ON jobs (id) WHERE stuck = 1;
        UPDATE jobs SET stuck = 1, settled = settled AND NOT listed WHERE id IN (
            SELECT id FROM (
                SELECT jobs.id, CASE entry.type WHEN 'object' THEN entry.value ->> '$.isStuck' END AS stuck
                FROM jobs, json_each(
                    CASE WHEN json_valid(jobs.document) THEN jobs.document ELSE '{}' END,
                    '$.document.outbox'
                ) AS entry
            ) WHERE stuck = 1
        );

        """;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Job>> StuckJobsAsync(int limit, CancellationToken stop)
    {
        var rows = await readers.ReadAsync(
            session =>
                session.All(
                    $"SELECT {JobColumns} FROM jobs WHERE stuck = 1 ORDER BY id LIMIT $limit",
                    JobRow,
                    ("$limit", limit)
                ),
            stop
        );
        return await ReadableAsync(rows, stop);
    }
}
