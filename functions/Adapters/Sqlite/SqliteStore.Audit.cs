using Devflow.ChatOps.Core.Jobs;

namespace Devflow.ChatOps.Functions.Adapters.Sqlite;

public sealed partial class SqliteStore
{
    /// <summary>Append only; <c>number</c> decides between entries of the same instant.</summary>
    internal const string AuditTable = """
        CREATE TABLE audit (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            at INTEGER NOT NULL,
            job TEXT NOT NULL,
            document TEXT NOT NULL
        );
        CREATE INDEX audit_by_time ON audit (at, number);
        CREATE INDEX audit_by_job ON audit (job, at, number);

        """;

    /// <inheritdoc/>
    public Task AppendAsync(string id, AuditEntry entry, CancellationToken stop)
    {
        var document = JobJson.Write(entry);
        return writer.WriteAsync(
            session =>
                session.Execute(
                    """
                    INSERT INTO audit (id, at, job, document) VALUES ($id, $at, $job, $document)
                    ON CONFLICT (id) DO NOTHING
                    """,
                    ("$id", id),
                    ("$at", entry.At.UtcTicks),
                    ("$job", entry.JobId),
                    ("$document", document)
                ),
            stop
        );
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<AuditEntry>> ReadAuditAsync(JobId? job, int limit, CancellationToken stop)
    {
        var documents = await readers.ReadAsync(
            session =>
                job is null
                    ? session.All(
                        "SELECT document FROM audit ORDER BY at DESC, number DESC LIMIT $limit",
                        row => row.GetString(0),
                        ("$limit", limit)
                    )
                    : session.All(
                        "SELECT document FROM audit WHERE job = $job ORDER BY at DESC, number DESC LIMIT $limit",
                        row => row.GetString(0),
                        ("$job", job.Value.ToString()),
                        ("$limit", limit)
                    ),
            stop
        );
        return [.. documents.Select(JobJson.ReadAudit)];
    }
}
