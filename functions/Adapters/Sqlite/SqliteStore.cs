using Devflow.ChatOps.Core.Ports;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Devflow.ChatOps.Functions.Adapters.Sqlite;

/// <summary>
/// The embedded store: one SQLite file, one process. Writes are grouped by <see cref="SqliteWriter"/> and durable when
/// their tasks complete; reads see everything that was acknowledged before them.
/// </summary>
public sealed partial class SqliteStore : IStore, IAsyncDisposable
{
    private readonly string path;
    private readonly string holder;
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private readonly SqliteFileLock fileLock;
    private readonly SqliteWriter writer;
    private readonly SqliteReaders readers;
    private readonly WriteProbe probe;

    // Tells this process from an earlier one of the same name, whose leases it takes back.
    private readonly string instance = Guid.NewGuid().ToString("N");

    private SqliteStore(
        string path,
        string holder,
        TimeProvider clock,
        ILogger logger,
        SqliteFileLock held,
        SqliteSession session
    )
    {
        (this.path, this.holder, this.clock, this.logger, fileLock) = (path, holder, clock, logger, held);
        writer = new SqliteWriter(session, path, ForgetResponseUrls, logger);
        readers = new SqliteReaders(path);
        probe = new WriteProbe(
            clock,
            (hasFailed, stop) => writer.WriteAsync(session => WriteProbe(session, hasFailed ? Room : 0), stop)
        );
        writer.Failed = probe.Failed;
    }

    /// <summary>Opens or creates the file and locks it for this process. Call <see cref="PrepareAsync"/> next.</summary>
    /// <param name="holder">Under which name leases are held; the same after a restart, so that it takes its own back.</param>
    /// <exception cref="StoreUnavailableException">Another process has it, or it cannot be opened or written.</exception>
    public static SqliteStore Open(string path, string holder, TimeProvider clock, ILogger<SqliteStore>? logger = null)
    {
        var held = SqliteFileLock.Take(path);
        try
        {
            return Over(SqliteSession.OpenWriter(path), held, path, holder, clock, logger);
        }
        catch (SqliteException fault)
        {
            held.Dispose();
            throw SqliteFaults.Unavailable(fault, path) ?? (Exception)fault;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>A store over a database that is open already, which it owns and closes.</summary>
    internal static SqliteStore Over(
        SqliteSession session,
        SqliteFileLock held,
        string path,
        string holder,
        TimeProvider clock,
        ILogger<SqliteStore>? logger
    )
    {
        var log = logger ?? NullLogger<SqliteStore>.Instance;
        LogOpened(log, path, holder);
        return new SqliteStore(path, holder, clock, log, held, session);
    }

    /// <inheritdoc/>
    public async Task PrepareAsync(CancellationToken stop)
    {
        var found = await writer.WriteAsync(session => SqliteSchema.Migrate(session, path), stop);
        if (found != SqliteSchema.Version)
        {
            LogMigrated(logger, path, found, SqliteSchema.Version);
        }
    }

    /// <inheritdoc/>
    public async Task PingAsync(CancellationToken stop)
    {
        await readers.ReadAsync(session => session.First("SELECT 1", row => row.GetInt32(0)), stop);
        // A full disk or a volume that became read-only is still read.
        await probe.CheckAsync(stop);
    }

    /// <summary>Finishes the writes that were accepted, then lets go of the file.</summary>
    public async ValueTask DisposeAsync()
    {
        readers.Dispose();
        await writer.DisposeAsync();
        fileLock.Dispose();
    }

    private static long? Ticks(DateTimeOffset? time) => time?.UtcTicks;

    private static DateTimeOffset Time(long ticks) => new(ticks, TimeSpan.Zero);
}
