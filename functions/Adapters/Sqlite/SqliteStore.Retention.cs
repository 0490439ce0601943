using System.Text.Json;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Functions.Adapters.Sqlite;

public sealed partial class SqliteStore
{
    /// <summary><c>stuck</c>: given up, and kept until a person resumes it.</summary>
    internal const string RetentionColumns = """
        ALTER TABLE commands ADD COLUMN stuck INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX commands_stuck ON commands (at, number) WHERE stuck = 1;
        CREATE INDEX commands_closed ON commands (at) WHERE open = 0 AND stuck = 0;
        CREATE INDEX jobs_finished ON jobs (id) WHERE open = 0;

        """;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Command>> StuckCommandsAsync(RolloutRef? rollout, int limit, CancellationToken stop)
    {
        var rows = await readers.ReadAsync(
            session =>
                session.All(
                    """
                    SELECT document, key, rollout, at FROM commands WHERE stuck = 1 AND ($rollout IS NULL OR rollout = $rollout)
                    ORDER BY at, number LIMIT $limit
                    """,
                    row =>
                        (Document: row.GetString(0), Key: row.GetString(1), Of: row.GetString(2), At: row.GetInt64(3)),
                    ("$rollout", rollout?.ToString()),
                    ("$limit", limit)
                ),
            stop
        );
        return [.. rows.Select(row => ReadStuck(row.Document, row.Key, row.Of, row.At)).OfType<Command>()];
    }

    private static Command? ReadStuck(string document, string key, string rollout, long at)
    {
        try
        {
            return UnreadableCommand.Told(JobJson.ReadCommand(document));
        }
        catch (StoredStateException fault)
        {
            return RolloutRef.TryParse(rollout) is { } of
                ? UnreadableCommand.Of(key, of, Time(at), document, fault)
                : null;
        }
    }

    /// <inheritdoc/>
    public Task<int> ForgetCommandsAsync(DateTimeOffset before, int limit, CancellationToken stop) =>
        writer.WriteAsync(
            session =>
                session.Execute(
                    """
                    DELETE FROM commands WHERE number IN (
                        SELECT number FROM commands WHERE open = 0 AND stuck = 0 AND at < $before
                        ORDER BY at LIMIT $limit
                    )
                    """,
                    ("$before", before.UtcTicks),
                    ("$limit", limit)
                ),
            stop
        );

    /// <inheritdoc/>
    public Task<ForgottenJobs> ForgetJobsAsync(DateTimeOffset before, JobId? after, int limit, CancellationToken stop)
    {
        var (from, to) = (after?.ToString() ?? "", JobId.New(before).ToString());
        return writer.WriteAsync(
            session =>
            {
                var last = session
                    .All(
                        """
                        SELECT id FROM jobs WHERE open = 0 AND id > $from AND id < $to ORDER BY id LIMIT $limit
                        """,
                        row => row.GetString(0),
                        ("$from", from),
                        ("$to", to),
                        ("$limit", limit)
                    )
                    .LastOrDefault();
                return last is null
                    ? new ForgottenJobs(0, null)
                    : new ForgottenJobs(
                        session.Execute(ForgetJobs, ("$from", from), ("$last", last), ("$targets", FormerLimit + 1)),
                        JobId.TryParse(last)
                    );
            },
            stop
        );
    }

    /// <inheritdoc/>
    public Task<int> ForgetRolloutsAsync(
        IReadOnlyCollection<RolloutRef> known,
        DateTimeOffset before,
        int limit,
        CancellationToken stop
    )
    {
        var keys = JsonSerializer.Serialize(known.Select(rollout => rollout.ToString()));
        return writer.WriteAsync(
            session =>
            {
                var forgotten = session.Execute(
                    ForgetHints,
                    ("$known", keys),
                    ("$before", before.UtcTicks),
                    ("$now", clock.GetUtcNow().UtcTicks),
                    ("$limit", limit)
                );
                session.Execute(ForgetLeases, ("$known", keys), ("$limit", limit));
                return forgotten;
            },
            stop
        );
    }

    private const string ForgetHints = $"""
        DELETE FROM hints WHERE rollout IN (
            SELECT rollout FROM hints
            WHERE NOT ({NamesRollout})
                OR seq <= done_seq AND due_at IS NULL AND coalesce(verified_at, hinted_at) < $before
                    AND rollout NOT IN (SELECT value FROM json_each($known))
                    AND NOT EXISTS (SELECT 1 FROM commands WHERE commands.rollout = hints.rollout AND open = 1)
                    AND NOT EXISTS (SELECT 1 FROM leases WHERE leases.rollout = hints.rollout AND until > $now)
            LIMIT $limit
        )
        """;

    /// <summary>Roles are kept among the leases, and so are leases of Rollouts that nobody hinted at yet.</summary>
    private const string ForgetLeases = $"""
        DELETE FROM leases WHERE rollout IN (
            SELECT rollout FROM leases
            WHERE {NamesRollout} AND until = 0
                AND rollout NOT IN (SELECT value FROM json_each($known))
                AND NOT EXISTS (SELECT 1 FROM hints WHERE hints.rollout = leases.rollout)
            LIMIT $limit
        )
        """;

    // A Job that was never bound is no target and no current one. Those that others are compared with are newer than
    // what is removed, so that it does not matter in which order the rows are visited.
    private const string ForgetJobs = """
        DELETE FROM jobs WHERE open = 0 AND id > $from AND id <= $last AND (
            bound_at IS NULL
            OR EXISTS (
                SELECT 1 FROM jobs AS newer
                WHERE newer.rollout = jobs.rollout AND newer.bound_at IS NOT NULL
                    AND (newer.bound_at, newer.number) > (jobs.bound_at, jobs.number)
            ) AND (
                target = 0
                OR $targets <= (
                    SELECT count(*) FROM (
                        SELECT 1 FROM jobs AS newer
                        WHERE newer.rollout = jobs.rollout AND newer.target = 1
                            AND (newer.bound_at, newer.number) > (jobs.bound_at, jobs.number)
                        LIMIT $targets
                    )
                )
            )
        )
        """;
}
