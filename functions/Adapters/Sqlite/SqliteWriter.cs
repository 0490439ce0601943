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

    private readonly SqliteSession session;
    private readonly string path;
    private readonly Action<SqliteSession> alongside;
    private readonly ILogger logger;
    private readonly Channel<Write> queue = Channel.CreateBounded<Write>(
        new BoundedChannelOptions(QueueLimit) { SingleReader = true }
    );
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Called when the database could not be written, before the callers are told.</summary>
    public Action Failed { get; set; } = () => { };

    /// <param name="session">Owned from here on.</param>
    /// <param name="alongside">Housekeeping, called within every transaction; its failure fails no write.</param>
    public SqliteWriter(SqliteSession session, string path, Action<SqliteSession> alongside, ILogger logger)
    {
        (this.session, this.path, this.alongside, this.logger) = (session, path, alongside, logger);
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
            await queue.Writer.WriteAsync(write, stop);
        }
        catch (ChannelClosedException fault)
        {
            throw new StoreUnavailableException($"The store '{path}' has been closed.", fault);
        }

        await using var stopping = stop.UnsafeRegister(static waiting => ((Write)waiting!).Withdraw(), write);
        return await write.Task;
    }

    /// <summary>Finishes what was accepted, then closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        await ended.Task;
    }

    private void Run()
    {
        var group = new List<Write>(GroupLimit);
        try
        {
            while (queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
            {
                while (group.Count < GroupLimit && queue.Reader.TryRead(out var next))
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
            queue.Writer.TryComplete();
            while (queue.Reader.TryRead(out var late))
            {
                late.Failure = new StoreUnavailableException($"The store '{path}' has been closed.");
                late.Answer();
            }

            session.Dispose();
            ended.SetResult();
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
        LogGroupBroken(logger, path, group.Count);
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
            session.Execute("BEGIN IMMEDIATE");
            foreach (var write in group)
            {
                RunOne(write);
                if (!session.InTransaction)
                {
                    write.Failure ??= new StoreUnavailableException($"The store '{path}' ended its transaction.");
                    return false;
                }
            }

            RunAlongside();
            session.Execute("COMMIT");
        }
        catch (Exception fault)
        {
            // Whatever it is, the callers are told; the thread goes on with the next group.
            LogCommitFailed(logger, path, group.Count, fault);
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
        session.Execute("SAVEPOINT one");
        try
        {
            write.Run(session);
            session.Execute("RELEASE one");
        }
        catch (Exception fault)
        {
            write.Failure = Named(fault);
            if (session.InTransaction)
            {
                session.Execute("ROLLBACK TO one");
                session.Execute("RELEASE one");
            }
        }
    }

    private void RunAlongside()
    {
        session.Execute("SAVEPOINT one");
        try
        {
            alongside(session);
        }
        catch (SqliteException fault) when (session.InTransaction)
        {
            LogHousekeepingFailed(logger, path, fault);
            session.Execute("ROLLBACK TO one");
        }

        session.Execute("RELEASE one");
    }

    private void EndBroken()
    {
        try
        {
            session.RollBack();
        }
        catch (SqliteException fault)
        {
            // The next BEGIN says the same to its callers if it lasts.
            LogRollbackFailed(logger, path, fault);
        }
    }

    private void Answer(List<Write> group)
    {
        if (group.Exists(write => write.Failure is StoreUnavailableException))
        {
            Failed();
        }

        foreach (var write in group)
        {
            write.Answer();
        }
    }

    private Exception Named(Exception fault) =>
        fault is SqliteException sqlite ? SqliteFaults.Unavailable(sqlite, path) ?? fault : fault;

    private abstract class Write
    {
        private int turn;

        public Exception? Failure { get; set; }

        /// <summary>Its turn has come; false when it was withdrawn before.</summary>
        public bool Begin() => Interlocked.CompareExchange(ref turn, 1, 0) == 0;

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
        private readonly TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? result;

        public Task<T> Task => done.Task;

        public override void Run(SqliteSession session) => result = work(session);

        protected override void Cancel() => done.TrySetCanceled(stop);

        public override void Answer()
        {
            if (Failure is null)
            {
                done.TrySetResult(result!);
            }
            else
            {
                done.TrySetException(Failure);
            }
        }
    }
}
