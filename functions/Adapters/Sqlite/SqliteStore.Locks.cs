using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Policy;

namespace Devflow.ChatOps.Functions.Adapters.Sqlite;

public sealed partial class SqliteStore
{
    /// <summary>One row per environment that was ever locked and not unlocked; whether it holds, the time tells.</summary>
    internal const string LocksTable = """
        CREATE TABLE locks (
            app TEXT NOT NULL,
            environment TEXT NOT NULL,
            expires_at INTEGER,
            document TEXT NOT NULL,
            PRIMARY KEY (app, environment)
        ) WITHOUT ROWID;

        """;

    /// <inheritdoc/>
    public async Task<ReleaseLock?> FindLockAsync(
        string app,
        string environment,
        DateTimeOffset now,
        CancellationToken stop
    )
    {
        var document = await readers.ReadAsync(
            session =>
                session.First(
                    """
                    SELECT document FROM locks
                    WHERE app = $app AND environment = $environment AND (expires_at IS NULL OR expires_at > $now)
                    """,
                    row => row.GetString(0),
                    ("$app", app),
                    ("$environment", environment),
                    ("$now", now.UtcTicks)
                ),
            stop
        );
        return document is null ? null : JobJson.ReadLock(document);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ReleaseLock>> ListLocksAsync(DateTimeOffset now, CancellationToken stop)
    {
        var documents = await readers.ReadAsync(
            session =>
                session.All(
                    """
                    SELECT document FROM locks WHERE expires_at IS NULL OR expires_at > $now
                    ORDER BY app, environment
                    """,
                    row => row.GetString(0),
                    ("$now", now.UtcTicks)
                ),
            stop
        );
        return [.. documents.Select(JobJson.ReadLock)];
    }

    /// <inheritdoc/>
    public Task PutLockAsync(ReleaseLock taken, CancellationToken stop)
    {
        var document = JobJson.Write(taken);
        return writer.WriteAsync(
            session =>
                session.Execute(
                    """
                    INSERT INTO locks (app, environment, expires_at, document)
                    VALUES ($app, $environment, $expiresAt, $document)
                    ON CONFLICT (app, environment) DO UPDATE SET
                        expires_at = excluded.expires_at, document = excluded.document
                    """,
                    ("$app", taken.App),
                    ("$environment", taken.Environment),
                    ("$expiresAt", Ticks(taken.ExpiresAt)),
                    ("$document", document)
                ),
            stop
        );
    }

    /// <inheritdoc/>
    public Task RemoveLockAsync(string app, string environment, CancellationToken stop) =>
        writer.WriteAsync(
            session =>
                session.Execute(
                    "DELETE FROM locks WHERE app = $app AND environment = $environment",
                    ("$app", app),
                    ("$environment", environment)
                ),
            stop
        );
}
