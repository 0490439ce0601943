using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Devflow.ChatOps.Functions.Adapters.Mongo;

public sealed partial class MongoStore
{
    /// <summary>
    /// <c>seq</c> counts the hints. <c>due</c> is from when on to look: a hint makes it now at the latest, a look that
    /// worked sets it anew or removes it. <c>hinted</c>: since when a hint waits that nobody looked for; it is due whatever
    /// the time, for it is of another instance's clock. <c>notBefore</c>: until then the Rollout's commands wait too, after a failed look.
    /// <c>fence</c> is the last lease's: who lost its lease changes nothing here. <c>seen</c> and <c>verifiedAt</c>: see
    /// <see cref="LastLook"/>.
    /// </summary>
    internal static readonly CreateIndexModel<BsonDocument>[] HintsIndexes =
    [
        Index("hints_due", new BsonDocument { { "due", 1 }, { "_id", 1 } }),
        Index("hints_hinted", new BsonDocument { { "hinted", 1 }, { "_id", 1 } }),
        Index(
            "hints_seen",
            new BsonDocument("cluster", 1),
            new BsonDocument("seen", new BsonDocument("$exists", true))
        ),
    ];

    private const int CommandsAtOnce = 1_000;

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
            (await FoundAsync(leases, LiveAt(time.Estimate(now)), ["_id"], stop)).Select(lease => lease["_id"])
        );
        Task<List<BsonDocument>> FirstAsync(BsonDocument filter, string by) =>
            AskAsync(() =>
                hints
                    .Find(filter)
                    .Sort(new BsonDocument { { by, 1 }, { "_id", 1 } })
                    .Limit(limit)
                    .Project(new BsonDocument { { "due", 1 }, { "hinted", 1 } })
                    .ToListAsync(stop)
            );
        var timed = FirstAsync(DueAt(now, except, leased), "due");
        var hinted = FirstAsync(HintedAmong(except, leased), "hinted");
        // A command hints at its Rollout, too: those that do not fit are found by that.
        var commanded = await AskAsync(() =>
            commands
                .Find(CommandedAt(now, except, leased))
                .Sort(new BsonDocument("due", 1))
                .Limit(CommandsAtOnce)
                .Project(new BsonDocument { { "rollout", 1 }, { "due", 1 } })
                .ToListAsync(stop)
        );
        var since = commanded
            .GroupBy(command => command["rollout"].AsString, command => command["due"].ToInt64())
            .ToDictionary(command => command.Key, command => command.Min());
        var waits = since.Count == 0 ? [] : await FoundAsync(hints, WaitingAmong(since.Keys), ["notBefore"], stop);
        foreach (var waiting in waits)
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

        foreach (var hint in (await timed).Concat(await hinted))
        {
            var key = hint["_id"].AsString;
            var first = Math.Min(TicksOf(hint, "due"), TicksOf(hint, "hinted"));
            since[key] = Math.Min(since.GetValueOrDefault(key, long.MaxValue), first);
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

    private static long TicksOf(BsonDocument hint, string field) =>
        hint.TryGetValue(field, out var ticks) ? ticks.ToInt64() : long.MaxValue;

    internal static BsonDocument LiveAt(DateTimeOffset now) =>
        new(
            "until",
            new BsonDocument { { "$gt", now.UtcTicks }, { "$lte", (now + RolloutLease.LongestLeft).UtcTicks } }
        );

    internal static BsonDocument DueAt(DateTimeOffset now, IReadOnlyCollection<string> except, BsonArray leased) =>
        Among(new BsonDocument("due", new BsonDocument("$lte", now.UtcTicks)), except, leased);

    internal static BsonDocument HintedAmong(IReadOnlyCollection<string> except, BsonArray leased) =>
        Among(new BsonDocument("hinted", new BsonDocument("$gt", 0L)), except, leased);

    private static BsonDocument Among(BsonDocument filter, IReadOnlyCollection<string> except, BsonArray leased)
    {
        filter.Add("_id", NamesRollout.Add("$nin", leased, leased.Count > 0));
        filter.Add("cluster", new BsonDocument("$nin", new BsonArray(except)), except.Count > 0);
        return filter;
    }

    internal static BsonDocument CommandedAt(DateTimeOffset now, IReadOnlyCollection<string> except, BsonArray leased)
    {
        var filter = new BsonDocument { { "open", true }, { "due", new BsonDocument("$lte", now.UtcTicks) } };
        filter.Add("rollout", NamesRollout.Add("$nin", leased, leased.Count > 0));
        filter.Add("cluster", new BsonDocument("$nin", new BsonArray(except)), except.Count > 0);
        return filter;
    }

    /// <summary>Three parts, none empty: what <see cref="RolloutRef.Parse"/> reads.</summary>
    private static BsonDocument NamesRollout => new("$regex", "^[^/]+/[^/]+/[^/]+$");

    private static BsonDocument WaitingAmong(IReadOnlyCollection<string> rollouts) =>
        new()
        {
            { "_id", new BsonDocument("$in", new BsonArray(rollouts)) },
            { "notBefore", new BsonDocument("$type", "long") },
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
        var unset = new BsonDocument("hinted", "");
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
        var now = clock.GetUtcNow().UtcTicks;
        var more = worked ? kept.Add("due", now).Add("hinted", now) : [];
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
