using System.Text.Json;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;

namespace Devflow.ChatOps.Functions.Adapters.Sqlite;

public sealed partial class SqliteStore
{
    /// <summary>
    /// A hint is open while <c>seq &gt; done_seq</c>; <c>hinted_at</c> is when the oldest open one came, <c>due_at</c> when
    /// to look without one, <c>not_before</c> until when nothing is due after a failed look. A lease without a holder
    /// keeps its row, for the fence must rise.
    /// </summary>
    internal const string WorkTables = """
        CREATE TABLE hints (
            rollout TEXT PRIMARY KEY,
            seq INTEGER NOT NULL,
            done_seq INTEGER NOT NULL,
            hinted_at INTEGER NOT NULL,
            due_at INTEGER,
            not_before INTEGER
        ) WITHOUT ROWID;
        CREATE INDEX hints_open ON hints (hinted_at) WHERE seq > done_seq;
        CREATE INDEX hints_due ON hints (due_at) WHERE due_at IS NOT NULL;
        CREATE TABLE leases (
            rollout TEXT PRIMARY KEY,
            holder TEXT NOT NULL,
            instance TEXT NOT NULL,
            fence INTEGER NOT NULL,
            until INTEGER NOT NULL
        ) WITHOUT ROWID;

        """;

    /// <summary>Three parts, none empty: what <see cref="RolloutRef.Parse"/> reads.</summary>
    private const string NamesRollout = "rollout GLOB '?*/?*/?*' AND rollout NOT GLOB '*/*/*/*'";

    private const string BumpHint = """
        INSERT INTO hints (rollout, seq, done_seq, hinted_at) VALUES ($rollout, 1, 0, $now)
        ON CONFLICT (rollout) DO UPDATE SET
            hinted_at = CASE WHEN seq > done_seq THEN hinted_at ELSE excluded.hinted_at END,
            seq = seq + 1,
            not_before = NULL
        """;

    /// <inheritdoc/>
    public Task HintAsync(RolloutRef rollout, CancellationToken stop)
    {
        var now = clock.GetUtcNow().UtcTicks;
        return writer.WriteAsync(
            session => session.Execute(BumpHint, ("$rollout", rollout.ToString()), ("$now", now)),
            stop
        );
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RolloutRef>> DueAsync(
        DateTimeOffset now,
        IReadOnlyCollection<string> except,
        int limit,
        CancellationToken stop
    ) =>
        await readers.ReadAsync(
            session =>
                session.All(
                    $"""
                    SELECT rollout FROM (
                        SELECT rollout, hinted_at AS since FROM hints WHERE seq > done_seq
                        UNION ALL
                        SELECT rollout, due_at FROM hints WHERE due_at IS NOT NULL AND due_at <= $now
                        UNION ALL
                        SELECT rollout, max(at, coalesce(not_before, 0)) FROM commands
                        WHERE open = 1 AND (not_before IS NULL OR not_before <= $now)
                    ) AS due LEFT JOIN hints USING (rollout)
                    WHERE coalesce(hints.not_before, 0) <= $now AND NOT EXISTS (
                        SELECT 1 FROM leases
                        WHERE leases.rollout = due.rollout AND until > $now AND until <= $tooFar
                            AND (holder <> $holder OR instance = $instance)
                    ) AND substr(rollout, 1, instr(rollout, '/') - 1) NOT IN (SELECT value FROM json_each($except))
                        AND {NamesRollout}
                    GROUP BY rollout ORDER BY max(min(since), coalesce(hints.not_before, 0)), rollout LIMIT $limit
                    """,
                    row => RolloutRef.Parse(row.GetString(0)),
                    ("$now", now.UtcTicks),
                    ("$tooFar", (now + RolloutLease.LongestLeft).UtcTicks),
                    ("$holder", holder),
                    ("$instance", instance),
                    ("$except", JsonSerializer.Serialize(except)),
                    ("$limit", limit)
                ),
            stop
        );

    /// <inheritdoc/>
    public Task<RolloutLease?> TakeAsync(RolloutRef rollout, DateTimeOffset now, CancellationToken stop)
    {
        var key = rollout.ToString();
        var until = now + RolloutLease.Duration;
        return writer.WriteAsync(
            session =>
            {
                // Live and of this name, but of another instance: this process before its restart.
                var taken = session.Execute(
                    """
                    INSERT INTO leases (rollout, holder, instance, fence, until)
                    VALUES ($rollout, $holder, $instance, 1, $until)
                    ON CONFLICT (rollout) DO UPDATE SET
                        holder = excluded.holder, instance = excluded.instance, fence = fence + 1, until = excluded.until
                    WHERE until <= $now OR until > $tooFar
                        OR (holder = excluded.holder AND instance <> excluded.instance)
                    """,
                    ("$rollout", key),
                    ("$holder", holder),
                    ("$instance", instance),
                    ("$until", until.UtcTicks),
                    ("$now", now.UtcTicks),
                    ("$tooFar", (now + RolloutLease.LongestLeft).UtcTicks)
                );
                if (taken == 0)
                {
                    return null;
                }

                var fence = session.First(
                    "SELECT fence FROM leases WHERE rollout = $rollout",
                    row => row.GetInt64(0),
                    ("$rollout", key)
                );
                var hint = session.First(
                    $"SELECT seq, {LastLookOfHint} FROM hints WHERE rollout = $rollout",
                    row => new HintRow(row.GetInt64(0), ReadLastLook(row, 1)),
                    ("$rollout", key)
                );
                return new RolloutLease(rollout, holder, hint?.Sequence ?? 0, fence, until)
                {
                    LastLook = hint?.LastLook,
                };
            },
            stop
        );
    }

    /// <inheritdoc/>
    public Task<RolloutLease?> RenewAsync(RolloutLease held, DateTimeOffset now, CancellationToken stop)
    {
        var renewed = held with { Until = now + RolloutLease.Duration };
        return writer.WriteAsync(
            session =>
                session.Execute(
                    "UPDATE leases SET until = $until WHERE rollout = $rollout AND instance = $instance AND fence = $fence",
                    ("$until", renewed.Until.UtcTicks),
                    ("$rollout", held.Rollout.ToString()),
                    ("$instance", instance),
                    ("$fence", held.Fence)
                ) == 1
                    ? renewed
                    : null,
            stop
        );
    }

    /// <inheritdoc/>
    public Task ReleaseAsync(
        RolloutLease held,
        bool worked,
        DateTimeOffset? lookAgainAt,
        CancellationToken stop,
        LastLook? seen = null
    )
    {
        var key = held.Rollout.ToString();
        var now = clock.GetUtcNow().UtcTicks;
        return writer.WriteAsync(
            session =>
            {
                var released = session.Execute(
                    """
                    UPDATE leases SET holder = '', instance = '', until = 0
                    WHERE rollout = $rollout AND instance = $instance AND fence = $fence
                    """,
                    ("$rollout", key),
                    ("$instance", instance),
                    ("$fence", held.Fence)
                );
                // Lost: whoever has it now decides when to look again.
                if (released == 1 && worked)
                {
                    session.Execute(
                        WorkedHint,
                        ("$rollout", key),
                        ("$seq", held.Sequence),
                        ("$dueAt", Ticks(lookAgainAt)),
                        ("$now", now)
                    );
                    KeepLastLook(session, key, seen);
                }
                else if (released == 1 && lookAgainAt is not null)
                {
                    session.Execute(
                        PostponeHint,
                        ("$rollout", key),
                        ("$seq", held.Sequence),
                        ("$dueAt", Ticks(lookAgainAt)),
                        ("$now", now)
                    );
                }

                return released;
            },
            stop
        );
    }

    /// <summary>A hint that came meanwhile stays open, and has waited since now at the longest.</summary>
    private const string WorkedHint = """
        INSERT INTO hints (rollout, seq, done_seq, hinted_at, due_at) VALUES ($rollout, 0, 0, $now, $dueAt)
        ON CONFLICT (rollout) DO UPDATE SET
            done_seq = max(done_seq, $seq), hinted_at = $now, due_at = excluded.due_at, not_before = NULL
        """;

    /// <summary>
    /// The look failed: what was there waits until then too, or a cluster that is down would be asked without pause.
    /// Whatever is new ends the waiting, also what came while the look was under way.
    /// </summary>
    private const string PostponeHint = """
        INSERT INTO hints (rollout, seq, done_seq, hinted_at, due_at, not_before)
        VALUES ($rollout, 0, 0, $now, $dueAt, $dueAt)
        ON CONFLICT (rollout) DO UPDATE SET
            due_at = excluded.due_at, not_before = CASE WHEN seq = $seq THEN excluded.due_at END
        """;
}
