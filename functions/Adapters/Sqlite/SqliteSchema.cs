using System.Collections.Immutable;
using System.Globalization;
using Devflow.ChatOps.Core.Jobs;

namespace Devflow.ChatOps.Functions.Adapters.Sqlite;

/// <summary>The database's version (<c>user_version</c>) and the way from each to the next.</summary>
internal static class SqliteSchema
{
    /// <summary>
    /// Entry n leads from version n to n + 1. Entries are never changed once released, only added. Times are UTC ticks
    /// of 100 ns; documents are <see cref="JobJson"/>, columns beside them only what queries need.
    /// </summary>
    private static readonly ImmutableArray<string> migrations =
    [
        SqliteStore.JobsTable
            + SqliteStore.WorkTables
            + SqliteStore.CommandsTable
            + SqliteStore.LocksTable
            + SqliteStore.AuditTable,
        SqliteStore.LastLookColumns,
        SqliteStore.RetentionColumns,
        SqliteStore.FindingTables,
        SqliteStore.StuckColumn,
    ];

    public static int Version => migrations.Length;

    /// <summary>Brings the database to <see cref="Version"/>, within the caller's transaction.</summary>
    /// <returns>The version that was found.</returns>
    /// <exception cref="StoredStateException">A newer program wrote it.</exception>
    public static int Migrate(SqliteSession session, string path)
    {
        var found = session.First("PRAGMA user_version", row => row.GetInt32(0));
        if (found > Version)
        {
            throw new StoredStateException(
                $"The store '{path}' has schema {found}, and this program knows schemas up to {Version}: "
                    + "a newer version of Devflow ChatOps wrote it. Start that version, or restore a backup from before."
            );
        }

        for (var version = found; version < Version; version++)
        {
            session.Execute(migrations[version]);
        }

        session.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {Version}"));
        return found;
    }
}
