using System.Collections.Concurrent;
using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Devflow.ChatOps.Functions.Adapters.Mongo;

// How a save is fenced by a lease, although Job and lease are two documents and there are no transactions.
//
// The lease's document decides. It holds the fence, which rises whenever the lease changes hands, and one slot, `save`.
//
//   Save     1. Announce: put the whole new Job into the slot, if the lease still has my instance and fence and the slot
//               holds nothing that may not have been applied.
//            2. Apply: insert the Job, or replace it if its version is still the expected one.
//   Take     raise the fence, if the lease is free or expired; then apply what is in the slot, and only then answer.
//   Release  the same condition as announcing; empties the slot.
//
// Why a holder that lost its lease cannot save: announcing and taking are compare-and-swap on one document, so one of
// them is first. Announced before it was taken: the new holder finds the Job in the slot and applies it before it reads
// anything, so the save happened while the lease was held. Taken before: the announcement fails. There is no third way,
// also for a Job that does not exist yet, which has no version that could betray the other.
//
// Why nothing appears behind the new holder's back: step 2 of a save that was announced may be on its way for long (a
// slow network, a stopped process), but by then its Job was applied by somebody, and applying twice is applying once:
// the id is there already, or the version is no longer the expected one. The slot is overwritten or emptied only by who
// knows that its content was applied: condition `save.id` names the last save whose step 2 was confirmed, and whoever
// finds another one there applies it first. That is also how a process goes on after an answer was lost.
//
// Clocks only decide when a lease may be taken over, never whether a save is right. `until` is by the server's clock, as
// each instance knows it (ServerClock), so that all mean the same by it.
public sealed partial class MongoStore
{
    /// <summary>
    /// <c>until</c> is 0 when it was given back; the document stays, for the fence must rise.
    /// </summary>
    internal static readonly CreateIndexModel<BsonDocument>[] LeasesIndexes =
    [
        Index("leases_live", new BsonDocument("until", 1)),
    ];

    // Each time round, another save of this process was found whose answer had been lost.
    private const int MostLostAnswers = 8;

    private readonly ConcurrentDictionary<RolloutRef, Holding> holdings = new();

    /// <summary>What this process knows of a lease that it holds.</summary>
    private sealed class Holding(long fence, string? applied)
    {
        public long Fence { get; } = fence;

        /// <summary>The save in the slot that is known to have been applied; null: the slot is empty.</summary>
        public string? Applied { get; set; } = applied;

        /// <summary>The slot has room for one.</summary>
        public SemaphoreSlim Turn { get; } = new(1);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The lease is of another Rollout.</exception>
    public async Task<Job?> SaveAsync(Job job, RolloutLease held, CancellationToken stop)
    {
        if (job.Rollout != held.Rollout)
        {
            throw new ArgumentException(
                $"Job {job.Id} is of {job.Rollout}, the lease of {held.Rollout}.",
                nameof(held)
            );
        }

        if (FindHolding(held) is not { } holding)
        {
            return null;
        }

        var saved = job with { Version = job.Version + 1 };
        var save = new Save(Guid.NewGuid().ToString("N"), job.Version, saved);
        await holding.Turn.WaitAsync(stop);
        try
        {
            return await AskAsync(async () =>
            {
                if (!await ChangeLeaseAsync(held, holding, new BsonDocument("$set", save.Slot), stop))
                {
                    return null;
                }

                // Announced: it will be applied in any case, so it is not stopped any more.
                var applied = await ApplyAsync(save.Announced);
                holding.Applied = save.Id;
                return applied ? saved : null;
            });
        }
        finally
        {
            holding.Turn.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<RolloutLease?> TakeAsync(RolloutRef rollout, DateTimeOffset now, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        var taking = AskAsync(() => TakeAsync(rollout, now));
        try
        {
            return await taking.WaitAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Else it would be held for 15 s by somebody who never heard of it.
            _ = GiveBackAsync(taking);
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<RolloutLease?> RenewAsync(RolloutLease held, DateTimeOffset now, CancellationToken stop)
    {
        if (FindHolding(held) is null || await ServerTimeAsync(now, stop) is not { } here)
        {
            return null;
        }

        var renewed = held with { Until = now + RolloutLease.Duration };
        var until = new BsonDocument("until", (here + RolloutLease.Duration).UtcTicks);
        var result = await AskAsync(() =>
            leases.UpdateOneAsync(Mine(held), new BsonDocument("$set", until), null, stop)
        );
        return result.MatchedCount == 1 ? renewed : null;
    }

    private async Task<RolloutLease?> TakeAsync(RolloutRef rollout, DateTimeOffset now)
    {
        if (await ServerTimeAsync(now, CancellationToken.None) is not { } here)
        {
            return null;
        }

        var key = rollout.ToString();
        var free = ById(key).Add("$or", FreeAt(here));
        var take = new BsonDocument
        {
            {
                "$set",
                new BsonDocument
                {
                    { "holder", holder },
                    { "instance", instance },
                    { "until", (here + RolloutLease.Duration).UtcTicks },
                }
            },
            { "$inc", new BsonDocument("fence", 1L) },
        };
        BsonDocument lease;
        try
        {
            lease = await leases.FindOneAndUpdateAsync<BsonDocument>(
                free,
                take,
                new FindOneAndUpdateOptions<BsonDocument> { IsUpsert = true, ReturnDocument = ReturnDocument.After }
            );
        }
        catch (MongoCommandException fault) when (MongoFaults.IsDuplicate(fault))
        {
            // It is there and not free, so the upsert tried to insert it.
            return null;
        }

        var fence = lease["fence"].ToInt64();
        var taken = new RolloutLease(rollout, holder, 0, fence, now + RolloutLease.Duration);
        try
        {
            var announced = lease.GetValue("save", null)?.AsBsonDocument;
            if (announced is not null)
            {
                await ApplyAsync(announced);
                LogCompleted(logger, address.ToString(), key);
            }

            var hint = await EnterHintAsync(rollout, fence);
            holdings[rollout] = new Holding(fence, announced?["id"].AsString);
            return taken with { Sequence = hint["seq"].ToInt64(), LastLook = ReadLastLook(hint) };
        }
        catch
        {
            await LeaveUnusedAsync(taken);
            throw;
        }
    }

    /// <summary>
    /// Nobody was told of it, so nobody would give it back. What is in its slot stays there: it may not have been applied.
    /// </summary>
    private async Task LeaveUnusedAsync(RolloutLease taken)
    {
        try
        {
            await leases.UpdateOneAsync(Mine(taken), new BsonDocument("$set", Nobody()));
        }
        catch (Exception fault)
        {
            // What made it useless is told; the lease ends by itself.
            LogNotGivenBack(logger, address.ToString(), fault);
        }
    }

    /// <summary>It is over, or it was taken by a clock that is too far ahead (see <see cref="RolloutLease.LongestLeft"/>).</summary>
    private static BsonArray FreeAt(DateTimeOffset now) =>
        [
            new BsonDocument("until", new BsonDocument("$lte", now.UtcTicks)),
            new BsonDocument("until", new BsonDocument("$gt", (now + RolloutLease.LongestLeft).UtcTicks)),
        ];

    private static BsonDocument Nobody() =>
        new()
        {
            { "holder", "" },
            { "instance", "" },
            { "until", 0L },
        };

    private async Task GiveBackAsync(Task<RolloutLease?> taking)
    {
        try
        {
            if (await taking is { } lease)
            {
                await ReleaseAsync(lease, worked: false, null, CancellationToken.None);
            }
        }
        catch (StoreUnavailableException fault)
        {
            LogNotGivenBack(logger, address.ToString(), fault);
        }
    }

    private async Task<bool> GiveBackAsync(RolloutLease held, Holding holding, CancellationToken stop)
    {
        await holding.Turn.WaitAsync(stop);
        try
        {
            var free = new BsonDocument { { "$set", Nobody() }, { "$unset", new BsonDocument("save", "") } };
            return await ChangeLeaseAsync(held, holding, free, stop);
        }
        finally
        {
            holdings.TryRemove(KeyValuePair.Create(held.Rollout, holding));
            holding.Turn.Release();
        }
    }

    /// <summary>
    /// Changes the lease and its slot while it is held and the slot holds nothing unapplied. False: it was lost.
    /// </summary>
    private async Task<bool> ChangeLeaseAsync(
        RolloutLease held,
        Holding holding,
        BsonDocument change,
        CancellationToken stop
    )
    {
        for (var n = 0; n < MostLostAnswers; n++)
        {
            // null finds the slot that is empty.
            BsonValue applied = holding.Applied is null ? BsonNull.Value : holding.Applied;
            var changed = await leases.UpdateOneAsync(Mine(held).Add("save.id", applied), change, null, stop);
            if (changed.MatchedCount == 1)
            {
                return true;
            }

            var lease = await leases.Find(Mine(held)).FirstOrDefaultAsync(stop);
            if (lease?.GetValue("save", null)?.AsBsonDocument is not { } announced)
            {
                return false;
            }

            await ApplyAsync(announced);
            holding.Applied = announced["id"].AsString;
        }

        throw new StoreUnavailableException($"The store {address} did not take a save; it is tried again.");
    }

    /// <summary>Makes an announced save true. Once is as good as often. False: the version was another one.</summary>
    private async Task<bool> ApplyAsync(BsonDocument announced)
    {
        var job = announced["job"].AsBsonDocument;
        var expected = announced["expected"].ToInt64();
        if (expected == 0)
        {
            if (await InsertedAsync(jobs, job, CancellationToken.None))
            {
                return true;
            }
        }
        else
        {
            var filter = ById(job["_id"]).Add("version", expected);
            if ((await jobs.ReplaceOneAsync(filter, job)).MatchedCount == 1)
            {
                return true;
            }
        }

        // Refused, or somebody was faster with this very save. If they saved more since, it is not seen any more, and is
        // told as refused: the lease was lost by then, which comes to the same (IJobs.SaveAsync).
        var own = ById(job["_id"]).Add("save", announced["id"]);
        return await jobs.Find(own).AnyAsync();
    }

    private Holding? FindHolding(RolloutLease held) =>
        holdings.TryGetValue(held.Rollout, out var holding) && holding.Fence == held.Fence ? holding : null;

    private BsonDocument Mine(RolloutLease held) =>
        new()
        {
            { "_id", held.Rollout.ToString() },
            { "instance", instance },
            { "fence", held.Fence },
        };

    private sealed record Save(string Id, long Expected, Job Saved)
    {
        public BsonDocument Announced { get; } =
            new()
            {
                { "id", Id },
                { "expected", Expected },
                { "job", Stored(Saved, Id) },
            };

        public BsonDocument Slot => new("save", Announced);
    }
}
