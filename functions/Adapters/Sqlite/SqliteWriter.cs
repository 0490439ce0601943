using System.Threading.Channels;
using Devflow.ChatOps.Core.Ports;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Devflow.ChatOps.Functions.Adapters.Sqlite;

/// <summary>
/// The one writer: a thread that takes whatever is waiting, runs it in one transaction, commits, and only then answers
/// all of it (group commit). A lone write does not wait for company. Each write has a savepoint: what fails is undone
/// and answered alone.
/// </summary>
internal sealed partial class SqliteWriter : IAsyncDisposable
{
    // Bounds the time that the first of a group waits for the last.
    private const int GroupLimit = 256;

    // Backpressure: callers wait for room here, holding nothing.
    private const int QueueLimit = 4096;

    private readonly SqliteSession _session;
    private readonly string _path;
    private readonly Action<SqliteSession> _alongside;
    private readonly ILogger _logger;
    private readonly Channel<Write> _queue = Channel.CreateBounded<Write>(
        new BoundedChannelOptions(QueueLimit) { SingleReader = true }
    );
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="session">Owned from here on.</param>
    /// <param name="alongside">Housekeeping, called within every transaction; its failure fails no write.</param>
    public SqliteWriter(SqliteSession session, string path, Action<SqliteSession> alongside, ILogger logger)
    {
        (_session, _path, _alongside, _logger) = (session, path, alongside, logger);
        new Thread(Run) { IsBackground = true, Name = "sqlite-writer" }.Start();
    }

    /// <summary>
    /// Runs it in a transaction; completes when that is durable. It may be run twice (the first time undone), so it
    /// must change nothing but the database. Stopped before its turn: it is not run. Stopped later: it is written, and
    /// that is answered, so that a lease cannot be taken for somebody who never hears of it.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The database could not be written.</exception>
    public async Task<T> WriteAsync<T>(Func<SqliteSession, T> work, CancellationToken stop)
    {
        var write = new Write<T>(work, stop);
        try
        {
            await _queue.Writer.WriteAsync(write, stop);
        }
        catch (ChannelClosedException fault)
        {
            throw new StoreUnavailableException($"The store '{_path}' has been closed.", fault);
        }

        await using var stopping = stop.UnsafeRegister(static waiting => ((Write)waiting!).Withdraw(), write);
        return await write.Task;
    }

    /// <summary>Finishes what was accepted, then closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _ended.Task;
    }

    private void Run()
    {
        var group = new List<Write>(GroupLimit);
        try
        {
            while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
            {
                while (group.Count < GroupLimit && _queue.Reader.TryRead(out var next))
                {
                    if (next.Begin())
                    {
                        group.Add(next);
                    }
                }

                RunGroup(group);
                group.Clear();
            }
        }
        finally
        {
            // Nobody may wait for an answer that cannot come, however the loop ended.
            _queue.Writer.TryComplete();
            while (_queue.Reader.TryRead(out var late))
            {
                late.Failure = new StoreUnavailableException($"The store '{_path}' has been closed.");
                late.Answer();
            }

            _session.Dispose();
            _ended.SetResult();
        }
    }

    private void RunGroup(List<Write> group)
    {
        if (group.Count == 0)
        {
            return;
        }

        if (TryRunTogether(group))
        {
            return;
        }

        // SQLite ended the transaction in the middle of the group (disk full, I/O error) and with it the work of
        // innocent neighbours: each gets a transaction of its own.
        LogGroupBroken(_logger, _path, group.Count);
        foreach (var write in group.Where(write => write.Failure is null))
        {
            TryRunTogether([write]);
        }

        Answer(group);
    }

    /// <summary>
    /// False: the transaction broke before its commit and nothing was written; who broke it has a failure, and nobody
    /// has been answered.
    /// </summary>
    private bool TryRunTogether(List<Write> group)
    {
        try
        {
            _session.Execute("BEGIN IMMEDIATE");
            foreach (var write in group)
            {
                RunOne(write);
                if (!_session.InTransaction)
                {
                    write.Failure ??= new StoreUnavailableException($"The store '{_path}' ended its transaction.");
                    return false;
                }
            }

            RunAlongside();
            _session.Execute("COMMIT");
        }
        catch (Exception fault)
        {
            // Whatever it is, the callers are told; the thread goes on with the next group.
            LogCommitFailed(_logger, _path, group.Count, fault);
            foreach (var write in group)
            {
                write.Failure ??= Named(fault);
            }

            EndBroken();
        }

        Answer(group);
        return true;
    }

    private void RunOne(Write write)
    {
        _session.Execute("SAVEPOINT one");
        try
        {
            write.Run(_session);
            _session.Execute("RELEASE one");
        }
        catch (Exception fault)
        {
            write.Failure = Named(fault);
            if (_session.InTransaction)
            {
                _session.Execute("ROLLBACK TO one");
                _session.Execute("RELEASE one");
            }
        }
    }

    private void RunAlongside()
    {
        _session.Execute("SAVEPOINT one");
        try
        {
            _alongside(_session);
        }
        catch (SqliteException fault) when (_session.InTransaction)
        {
            LogHousekeepingFailed(_logger, _path, fault);
            _session.Execute("ROLLBACK TO one");
        }

        _session.Execute("RELEASE one");
    }

    private void EndBroken()
    {
        try
        {
            _session.RollBack();
        }
        catch (SqliteException fault)
        {
            // The next BEGIN says the same to its callers if it lasts.
            LogRollbackFailed(_logger, _path, fault);
        }
    }

    private static void Answer(List<Write> group)
    {
        foreach (var write in group)
        {
            write.Answer();
        }
    }

    private Exception Named(Exception fault) =>
        fault is SqliteException sqlite ? SqliteFaults.Unavailable(sqlite, _path) ?? fault : fault;

    private abstract class Write
    {
        private int _turn;

        public Exception? Failure { get; set; }

        /// <summary>Its turn has come; false when it was withdrawn before.</summary>
        public bool Begin() => Interlocked.CompareExchange(ref _turn, 1, 0) == 0;

        public void Withdraw()
        {
            if (Begin())
            {
                Cancel();
            }
        }

        public abstract void Run(SqliteSession session);
        public abstract void Answer();
        protected abstract void Cancel();
    }

    private sealed class Write<T>(Func<SqliteSession, T> work, CancellationToken stop) : Write
    {
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? _result;

        public Task<T> Task => _done.Task;

        public override void Run(SqliteSession session) => _result = work(session);

        protected override void Cancel() => _done.TrySetCanceled(stop);

        public override void Answer()
        {
            if (Failure is null)
            {
                _done.TrySetResult(_result!);
            }
            else
            {
                _done.TrySetException(Failure);
            }
        }
    }
}
