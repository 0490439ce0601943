using System.Collections.Concurrent;
using Devflow.ChatOps.Core.Ports;
using Microsoft.Data.Sqlite;

namespace Devflow.ChatOps.Functions.Adapters.Sqlite;

/// <summary>
/// Connections that read, each kept with its prepared statements. A read runs on the caller's thread: it takes tens of
/// microseconds, less than handing it over would.
/// </summary>
internal sealed class SqliteReaders(string path) : IDisposable
{
    private readonly ConcurrentBag<SqliteSession> idle = [];
    private volatile bool closed;

    /// <summary>Reads within one snapshot of the database.</summary>
    /// <exception cref="StoreUnavailableException">The database could not be read.</exception>
    public Task<T> ReadAsync<T>(Func<SqliteSession, T> read, CancellationToken stop)
    {
        if (stop.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(stop);
        }

        try
        {
            return Task.FromResult(Read(read));
        }
        catch (SqliteException fault)
        {
            return Task.FromException<T>(SqliteFaults.Unavailable(fault, path) ?? (Exception)fault);
        }
        catch (Exception fault)
        {
            // The caller awaits: a fault of reading must come out of the task, not out of the call.
            return Task.FromException<T>(fault);
        }
    }

    public void Dispose()
    {
        closed = true;
        while (idle.TryTake(out var session))
        {
            session.Dispose();
        }
    }

    private T Read<T>(Func<SqliteSession, T> read)
    {
        if (closed)
        {
            throw new StoreUnavailableException($"The store '{path}' has been closed.");
        }

        if (!idle.TryTake(out var session))
        {
            session = SqliteSession.OpenReader(path);
        }

        try
        {
            session.Execute("BEGIN");
            var result = read(session);
            session.Execute("COMMIT");
            Return(session);
            return result;
        }
        catch
        {
            // Its state is in doubt; the next read opens another.
            session.Dispose();
            throw;
        }
    }

    private void Return(SqliteSession session)
    {
        idle.Add(session);
        if (closed)
        {
            Dispose();
        }
    }
}
