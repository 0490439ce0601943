using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Devflow.ChatOps.Functions.Adapters.Mongo;

public sealed partial class MongoStore
{
    /// <summary>
    /// <c>seq</c> counts the hints. <c>due</c> is from when on to look: a hint makes it now at the latest, a look that
    /// worked sets it anew or removes it. <c>notBefore</c>: until then the Rollout's commands wait too, after a failed look.
    /// <c>fence</c> is the last lease's: who lost its lease changes nothing here. <c>seen</c> and <c>verifiedAt</c>: see
    /// <see cref="LastLook"/>.
    /// </summary>
    internal static readonly CreateIndexModel<BsonDocument>[] HintsIndexes =
    [
        Index("hints_due", new BsonDocument { { "due", 1 }, { "_id", 1 } }),
        Index(
            "hints_seen",
            new BsonDocument("cluster", 1),
            new BsonDocument("seen", new BsonDocument("$exists", true))
        ),
    ];

    /// <inheritdoc/>
    public Task HintAsync(RolloutRef rollout, CancellationToken stop) =>
        hinting.AddAsync(rollout, clock.GetUtcNow().UtcTicks, stop);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RolloutRef>> DueAsync(
        DateTimeOffset now,
        IReadOnlyCollection<string> except,
        int limit,
        CancellationToken stop
    )
    {
        var leased = new BsonArray(
            (await FoundAsync(leases, LiveAt(now), ["_id"], stop)).Select(lease => lease["_id"])
        );
        var hinted = AskAsync(() =>
            hints
                .Find(HintedAt(now, except, leased))
                .Sort(new BsonDocument { { "due", 1 }, { "_id", 1 } })
                .Limit(limit)
                .Project(new BsonDocument("due", 1))
                .ToListAsync(stop)
        );
        var commanded = await FoundAsync(commands, CommandedAt(now, except, leased), ["rollout", "due"], stop);
        var since = commanded
            .GroupBy(command => command["rollout"].AsString, command => command["due"].ToInt64())
            .ToDictionary(command => command.Key, command => command.Min());
        foreach (var waiting in await FoundAsync(hints, WaitingAmong(since.Keys), ["notBefore"], stop))
        {
            var (key, notBefore) = (waiting["_id"].AsString, waiting["notBefore"].ToInt64());
            if (notBefore > now.UtcTicks)
            {
                since.Remove(key);
            }
            else
            {
                since[key] = Math.Max(since[key], notBefore);
            }
        }

        foreach (var hint in await hinted)
        {
            var key = hint["_id"].AsString;
            since[key] = Math.Min(since.GetValueOrDefault(key, long.MaxValue), hint["due"].ToInt64());
        }

        return
        [
            .. since
                .OrderBy(due => due.Value)
                .ThenBy(due => due.Key, StringComparer.Ordinal)
                .Take(limit)
                .Select(due => RolloutRef.Parse(due.Key)),
        ];
    }

    /// <inheritdoc/>
    /// <remarks>
    /// The hint first, while the lease is held: afterwards the next holder's word would be overwritten. If the process
    /// ends in between, the lease expires and nothing is lost.
    /// </remarks>
    public async Task ReleaseAsync(
        RolloutLease held,
        bool worked,
        DateTimeOffset? lookAgainAt,
        CancellationToken stop,
        LastLook? seen = null
    )
    {
        if (FindHolding(held) is not { } holding)
        {
            return;
        }

        await AskAsync(async () =>
        {
            if (worked || lookAgainAt is not null)
            {
                await LeaveHintAsync(held, worked, lookAgainAt, seen, stop);
            }

            return await GiveBackAsync(held, holding, stop);
        });
    }

    internal static BsonDocument LiveAt(DateTimeOffset now) => new("until", new BsonDocument("$gt", now.UtcTicks));

    internal static BsonDocument HintedAt(DateTimeOffset now, IReadOnlyCollection<string> except, BsonArray leased)
    {
        var filter = new BsonDocument("due", new BsonDocument("$lte", now.UtcTicks));
        filter.Add("_id", new BsonDocument("$nin", leased), leased.Count > 0);
        filter.Add("cluster", new BsonDocument("$nin", new BsonArray(except)), except.Count > 0);
        return filter;
    }

    internal static BsonDocument CommandedAt(DateTimeOffset now, IReadOnlyCollection<string> except, BsonArray leased)
    {
        var filter = new BsonDocument { { "open", true }, { "due", new BsonDocument("$lte", now.UtcTicks) } };
        filter.Add("rollout", new BsonDocument("$nin", leased), leased.Count > 0);
        filter.Add("cluster", new BsonDocument("$nin", new BsonArray(except)), except.Count > 0);
        return filter;
    }

    private static BsonDocument WaitingAmong(IReadOnlyCollection<string> rollouts) =>
        new()
        {
            { "_id", new BsonDocument("$in", new BsonArray(rollouts)) },
            { "notBefore", new BsonDocument("$exists", true) },
        };

    private Task<List<BsonDocument>> FoundAsync(
        IMongoCollection<BsonDocument> collection,
        BsonDocument filter,
        string[] fields,
        CancellationToken stop
    ) =>
        AskAsync(() =>
            collection
                .Find(filter)
                .Project(new BsonDocument(fields.Select(field => new BsonElement(field, 1))))
                .ToListAsync(stop)
        );

    /// <summary>The Rollout's hint. From here on, former holders cannot change it any more.</summary>
    private async Task<BsonDocument> EnterHintAsync(RolloutRef rollout, long fence)
    {
        var enter = new BsonDocument
        {
            { "$max", new BsonDocument("fence", fence) },
            {
                "$setOnInsert",
                new BsonDocument { { "cluster", rollout.Cluster }, { "seq", 0L } }
            },
        };
        return await AgainWhenDuplicateAsync(() =>
            hints.FindOneAndUpdateAsync<BsonDocument>(
                ById(rollout.ToString()),
                enter,
                new FindOneAndUpdateOptions<BsonDocument> { IsUpsert = true, ReturnDocument = ReturnDocument.After }
            )
        );
    }

    private async Task LeaveHintAsync(
        RolloutLease held,
        bool worked,
        DateTimeOffset? lookAgainAt,
        LastLook? seen,
        CancellationToken stop
    )
    {
        var kept = worked && seen is not null ? Kept(seen) : [];
        var set = new BsonDocument(kept);
        var unset = new BsonDocument();
        if (lookAgainAt is { } at)
        {
            set["due"] = at.UtcTicks;
        }
        else
        {
            unset["due"] = "";
        }

        if (worked)
        {
            unset["notBefore"] = "";
        }
        else
        {
            // The look failed: what was there waits until then too, or a cluster that is down would be asked without
            // pause. Whatever is new ends the waiting.
            set["notBefore"] = lookAgainAt!.Value.UtcTicks;
        }

        var mine = ById(held.Rollout.ToString()).Add("fence", held.Fence);
        var same = new BsonDocument(mine).Add("seq", held.Sequence);
        var left = await hints.UpdateOneAsync(same, Changes(set, unset), null, stop);
        if (left.MatchedCount == 1)
        {
            return;
        }

        // More came meanwhile. It is due at once; what had been there before has been looked at, and waits no longer.
        var more = worked ? kept.Add("due", clock.GetUtcNow().UtcTicks) : [];
        await hints.UpdateOneAsync(mine, Changes(more, new BsonDocument("notBefore", "")), null, stop);
    }

    // An operator without fields is refused.
    private static BsonDocument Changes(BsonDocument set, BsonDocument unset)
    {
        var changes = new BsonDocument();
        changes.Add("$set", set, set.ElementCount > 0);
        changes.Add("$unset", unset, unset.ElementCount > 0);
        return changes;
    }
}
