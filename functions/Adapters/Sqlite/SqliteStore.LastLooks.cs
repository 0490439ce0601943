using System.Text.Json;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;
using Microsoft.Data.Sqlite;

namespace Devflow.ChatOps.Functions.Adapters.Sqlite;

public sealed partial class SqliteStore
{
    /// <summary>What the last finished look saw, beside the hint: both are written when a lease is given back.</summary>
    internal const string LastLookColumns = """
        ALTER TABLE hints ADD COLUMN mark TEXT;
        ALTER TABLE hints ADD COLUMN looked_at INTEGER;
        ALTER TABLE hints ADD COLUMN verified_at INTEGER;
        ALTER TABLE hints ADD COLUMN waits INTEGER;

        """;

    private const string LastLookOfHint = "mark, looked_at, verified_at, waits";

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<RolloutRef, LastLook>> LastLooksAsync(string cluster, CancellationToken stop)
    {
        // The key's prefix as a range: the primary key answers it.
        var rows = await readers.ReadAsync(
            session =>
                session.All(
                    $"""
                    SELECT rollout, {LastLookOfHint} FROM hints
                    WHERE rollout > $cluster || '/' AND rollout < $cluster || '0' AND mark IS NOT NULL
                        AND {NamesRollout}
                    """,
                    row => (Rollout: RolloutRef.Parse(row.GetString(0)), Look: ReadLastLook(row, 1)),
                    ("$cluster", cluster)
                ),
            stop
        );
        return rows.Where(row => row.Look is not null).ToDictionary(row => row.Rollout, row => row.Look!);
    }

    /// <inheritdoc/>
    public Task VerifiedAsync(IReadOnlyCollection<RolloutRef> rollouts, DateTimeOffset at, CancellationToken stop)
    {
        var keys = JsonSerializer.Serialize(rollouts.Select(rollout => rollout.ToString()));
        return writer.WriteAsync(
            session =>
                session.Execute(
                    """
                    UPDATE hints SET verified_at = $at
                    WHERE rollout IN (SELECT value FROM json_each($rollouts)) AND verified_at < $at
                    """,
                    ("$at", at.UtcTicks),
                    ("$rollouts", keys)
                ),
            stop
        );
    }

    private static void KeepLastLook(SqliteSession session, string rollout, LastLook? seen)
    {
        if (seen is null)
        {
            return;
        }

        session.Execute(
            """
            UPDATE hints SET mark = $mark, looked_at = $lookedAt, verified_at = $verifiedAt, waits = $waits
            WHERE rollout = $rollout
            """,
            ("$rollout", rollout),
            ("$mark", seen.Mark),
            ("$lookedAt", seen.LookedAt.UtcTicks),
            ("$verifiedAt", seen.VerifiedAt.UtcTicks),
            ("$waits", seen.Waits)
        );
    }

    // What is not as it was written is as good as nothing: the Rollout is looked at once more.
    private static LastLook? ReadLastLook(SqliteDataReader row, int first) =>
        Enumerable.Range(first, 4).Any(row.IsDBNull)
            ? null
            : new LastLook(row.GetString(first), Time(row.GetInt64(first + 1)), row.GetBoolean(first + 3))
            {
                VerifiedAt = Time(row.GetInt64(first + 2)),
            };

    private sealed record HintRow(long Sequence, LastLook? LastLook);
}
