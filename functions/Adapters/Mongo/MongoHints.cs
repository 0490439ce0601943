using System.Threading.Channels;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Devflow.ChatOps.Functions.Adapters.Mongo;

/// <summary>
/// Writes hints down: takes whatever is waiting, merges it by Rollout, and sends it in one message, one upsert a
/// Rollout; only then answers all of it. A lone hint does not wait for company.
/// </summary>
internal sealed class MongoHints : IAsyncDisposable
{
    // Bounds the time that the first of a group waits for the last.
    private const int GroupLimit = 512;

    // Backpressure: callers wait for room here, holding nothing.
    private const int QueueLimit = 4096;

    private const int Attempts = 3;

    private static readonly BulkWriteOptions eachAlone = new() { IsOrdered = false };

    private readonly IMongoCollection<BsonDocument> hints;
    private readonly MongoAddress address;
    private readonly Func<Task> afterwards;
    private readonly Action failed;
    private readonly Channel<Hint> queue = Channel.CreateBounded<Hint>(
        new BoundedChannelOptions(QueueLimit) { SingleReader = true }
    );
    private readonly Task running;

    /// <param name="afterwards">Housekeeping, when a group was answered; it does not fail.</param>
    /// <param name="failed">Called when a group could not be written.</param>
    public MongoHints(IMongoCollection<BsonDocument> hints, MongoAddress address, Func<Task> afterwards, Action failed)
    {
        (this.hints, this.address, this.afterwards, this.failed) = (hints, address, afterwards, failed);
        running = Task.Run(RunAsync);
    }

    /// <summary>Completes when it is durable. Stopped before its turn: it is not written. Stopped later: it is.</summary>
    /// <param name="now">In UTC ticks.</param>
    /// <exception cref="StoreUnavailableException">It could not be written, or that is not known.</exception>
    public async Task AddAsync(RolloutRef rollout, long now, CancellationToken stop)
    {
        var hint = new Hint(rollout, now);
        try
        {
            await queue.Writer.WriteAsync(hint, stop);
        }
        catch (ChannelClosedException fault)
        {
            throw new StoreUnavailableException($"The store {address} has been closed.", fault);
        }

        await using var stopping = stop.UnsafeRegister(static (waiting, stop) => ((Hint)waiting!).Withdraw(stop), hint);
        await hint.Written.Task;
    }

    /// <summary>Finishes what was accepted.</summary>
    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        await running;
    }

    private async Task RunAsync()
    {
        var group = new List<Hint>(GroupLimit);
        while (await queue.Reader.WaitToReadAsync())
        {
            while (group.Count < GroupLimit && queue.Reader.TryRead(out var next))
            {
                if (next.Begin())
                {
                    group.Add(next);
                }
            }

            await WriteAsync(group);
            group.Clear();
            await afterwards();
        }
    }

    private async Task WriteAsync(List<Hint> group)
    {
        // In the same order in every instance: an engine that writes a message's rows in one transaction, as those on
        // PostgreSQL do, would else let two instances wait for each other.
        var merged = group
            .GroupBy(hint => hint.Rollout)
            .OrderBy(of => of.Key.ToString(), StringComparer.Ordinal)
            .Select(of => of.ToArray())
            .ToArray();
        try
        {
            for (var attempt = 1; merged.Length > 0; attempt++)
            {
                merged = await TryWriteAsync(merged, isLast: attempt == Attempts);
            }
        }
        catch (Exception fault)
        {
            // Whatever it is, the callers are told; the loop goes on with the next group.
            var told = MongoFaults.Unavailable(fault, address) ?? fault;
            failed();
            group.ForEach(hint => hint.Written.TrySetException(told));
        }

        group.ForEach(hint => hint.Written.TrySetResult());
    }

    /// <summary>Those that must be tried again: two instances inserted the first hint of a Rollout at the same time.</summary>
    private async Task<Hint[][]> TryWriteAsync(Hint[][] merged, bool isLast)
    {
        try
        {
            await hints.BulkWriteAsync(merged.Select(Bump), eachAlone);
            return [];
        }
        catch (MongoBulkWriteException<BsonDocument> fault)
            when (!isLast
                && fault.WriteConcernError is null
                && fault.WriteErrors.All(error => error.Category == ServerErrorCategory.DuplicateKey)
            )
        {
            return [.. fault.WriteErrors.Select(error => merged[error.Index])];
        }
    }

    private static UpdateOneModel<BsonDocument> Bump(Hint[] same)
    {
        var bump = new BsonDocument
        {
            { "$inc", new BsonDocument("seq", (long)same.Length) },
            {
                "$min",
                new BsonDocument { { "due", same.Min(hint => hint.Now) }, { "hinted", same.Min(hint => hint.Now) } }
            },
            { "$unset", new BsonDocument("notBefore", "") },
            { "$setOnInsert", new BsonDocument("cluster", same[0].Rollout.Cluster) },
        };
        return new UpdateOneModel<BsonDocument>(new BsonDocument("_id", same[0].Rollout.ToString()), bump)
        {
            IsUpsert = true,
        };
    }

    private sealed class Hint(RolloutRef rollout, long now)
    {
        private int turn;

        public RolloutRef Rollout { get; } = rollout;

        public long Now { get; } = now;

        public TaskCompletionSource Written { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Its turn has come; false when it was withdrawn before.</summary>
        public bool Begin() => Interlocked.CompareExchange(ref turn, 1, 0) == 0;

        public void Withdraw(CancellationToken stop)
        {
            if (Begin())
            {
                Written.TrySetCanceled(stop);
            }
        }
    }
}
