using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Ports;
using Devflow.ChatOps.Core.Rollouts;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Devflow.ChatOps.Functions.Adapters.Mongo;

public sealed partial class MongoStore
{
    /// <summary><c>stuck</c>: given up, and kept until a person resumes it. Older commands do not have it.</summary>
    private static IEnumerable<CreateIndexModel<BsonDocument>> RetentionOfCommands =>
        [
            Index(
                "commands_stuck",
                new BsonDocument
                {
                    { "stuck", 1 },
                    { "at", 1 },
                    { "order", 1 },
                },
                new BsonDocument("stuck", true)
            ),
            Index("commands_closed", new BsonDocument { { "open", 1 }, { "at", 1 } }, new BsonDocument("open", false)),
        ];

    private static IEnumerable<CreateIndexModel<BsonDocument>> RetentionOfJobs =>
        [Index("jobs_finished", new BsonDocument { { "open", 1 }, { "_id", 1 } }, new BsonDocument("open", false))];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Command>> StuckCommandsAsync(RolloutRef? rollout, int limit, CancellationToken stop)
    {
        var documents = await AskAsync(() =>
            commands
                .Find(StuckOf(rollout))
                .Sort(OldestCommand)
                .Limit(limit)
                .Project(WithFields("_id", "rollout", "at"))
                .ToListAsync(stop)
        );
        return [.. documents.Select(ReadStuck).OfType<Command>()];
    }

    private static Command? ReadStuck(BsonDocument document)
    {
        var json = BsonJson.Write(document);
        try
        {
            return UnreadableCommand.Told(JobJson.ReadCommand(json));
        }
        catch (StoredStateException fault)
        {
            return
                RolloutRef.TryParse((document["rollout"] as BsonString)?.Value) is { } rollout
                && document["at"] is BsonInt64 at
                ? UnreadableCommand.Of($"{document["_id"]}", rollout, Time(at), json, fault)
                : null;
        }
    }

    /// <inheritdoc/>
    public async Task<int> ForgetCommandsAsync(DateTimeOffset before, int limit, CancellationToken stop)
    {
        var old = await AskAsync(() =>
            commands
                .Find(ClosedBefore(before))
                .Sort(new BsonDocument("at", 1))
                .Limit(limit)
                .Project(new BsonDocument("_id", 1))
                .ToListAsync(stop)
        );
        return await RemoveAsync(commands, old.Select(command => command["_id"]), Finished, stop);
    }

    /// <inheritdoc/>
    public async Task<ForgottenJobs> ForgetJobsAsync(
        DateTimeOffset before,
        JobId? after,
        int limit,
        CancellationToken stop
    )
    {
        var old = await AskAsync(() =>
            jobs.Find(FinishedBefore(before, after))
                .Sort(new BsonDocument("_id", 1))
                .Limit(limit)
                .Project(new BsonDocument { { "rollout", 1 }, { "boundAt", 1 } })
                .ToListAsync(stop)
        );
        if (old.Count == 0)
        {
            return new ForgottenJobs(0, null);
        }

        // A Job that was never bound is no target and no current one. What is not as it was written stays, and keeps
        // nothing behind it waiting.
        var whole = old.Where(job =>
                job.GetValue("boundAt", null) is BsonInt64 or BsonNull && RolloutOf(job) is not null
            )
            .ToList();
        var needed = new HashSet<BsonValue>();
        foreach (var rollout in whole.Where(job => !job["boundAt"].IsBsonNull).Select(RolloutOf).Distinct())
        {
            needed.UnionWith(await NeededAsync(rollout!, stop));
        }

        var removed = await RemoveAsync(
            jobs,
            whole.Select(job => job["_id"]).Where(id => !needed.Contains(id)),
            Finished,
            stop
        );
        return new ForgottenJobs(removed, JobId.TryParse(old[^1]["_id"].AsString));
    }

    /// <inheritdoc/>
    /// <remarks>
    /// The hint first, for it keeps the fence of the last lease: a lease that begins anew would find itself behind it.
    /// Whoever takes the Rollout meanwhile raises the fence, and its lease stays.
    /// </remarks>
    public async Task<int> ForgetRolloutsAsync(
        IReadOnlyCollection<RolloutRef> known,
        DateTimeOffset before,
        int limit,
        CancellationToken stop
    )
    {
        var names = known.Select(rollout => rollout.ToString()).ToHashSet(StringComparer.Ordinal);
        var nameless = await FoundAsync(hints, Nameless, ["_id"], stop);
        var removed = await RemoveAsync(hints, nameless.Select(hint => hint["_id"]).Take(limit), [], stop);
        var quiet = await FoundAsync(hints, QuietSince(before), ["_id"], stop);
        var free = await FoundAsync(leases, FreeLease, ["_id"], stop);
        var unknown = quiet
            .Concat(free)
            .Select(row => row["_id"].AsString)
            .Where(key => !names.Contains(key))
            .Distinct()
            .Take(limit - removed);
        foreach (var key in unknown.ToList())
        {
            removed += await ForgetAsync(key, before, stop) ? 1 : 0;
        }

        return removed;
    }

    private static RolloutRef? RolloutOf(BsonDocument job) =>
        RolloutRef.TryParse((job.GetValue("rollout", null) as BsonString)?.Value);

    internal static BsonDocument Nameless => ById(new BsonDocument("$not", NamesRollout));

    internal static BsonDocument QuietSince(DateTimeOffset before) =>
        new()
        {
            { "_id", NamesRollout },
            { "due", new BsonDocument("$exists", false) },
            { "verifiedAt", new BsonDocument("$not", new BsonDocument("$gte", before.UtcTicks)) },
        };

    // Roles are kept among the leases.
    private static BsonDocument FreeLease => new() { { "_id", NamesRollout }, { "until", 0L } };

    private Task<bool> ForgetAsync(string key, DateTimeOffset before, CancellationToken stop) =>
        AskAsync(async () =>
        {
            var lease = await leases.Find(ById(key)).FirstOrDefaultAsync(stop);
            var isOpen = await commands.Find(new BsonDocument { { "rollout", key }, { "open", true } }).AnyAsync(stop);
            if (isOpen || (lease is not null && lease["until"] != 0L))
            {
                return false;
            }

            var quiet = QuietSince(before);
            quiet["_id"] = key;
            var hint = await hints.DeleteOneAsync(quiet, stop);
            if (lease is null || await hints.Find(ById(key)).AnyAsync(stop))
            {
                return hint.DeletedCount > 0;
            }

            var same = ById(key).Add("until", 0L).Add("fence", lease["fence"]);
            return (await leases.DeleteOneAsync(same, stop)).DeletedCount + hint.DeletedCount > 0;
        });

    internal static BsonDocument StuckOf(RolloutRef? rollout)
    {
        var wanted = new BsonDocument("stuck", true);
        return wanted.Add("rollout", rollout?.ToString(), rollout is not null);
    }

    internal static BsonDocument ClosedBefore(DateTimeOffset before) =>
        new()
        {
            { "open", false },
            { "at", new BsonDocument("$lt", before.UtcTicks) },
            { "stuck", new BsonDocument("$ne", true) },
        };

    internal static BsonDocument FinishedBefore(DateTimeOffset before, JobId? after)
    {
        var ids = new BsonDocument("$lt", JobId.New(before).ToString());
        return new BsonDocument { { "open", false }, { "_id", ids.Add("$gt", after?.ToString() ?? "") } };
    }

    private async Task<IEnumerable<BsonValue>> NeededAsync(RolloutRef rollout, CancellationToken stop)
    {
        Task<List<BsonDocument>> NewestAsync(BsonDocument filter, int limit) =>
            AskAsync(() =>
                jobs.Find(filter).Sort(NewestBound).Limit(limit).Project(new BsonDocument("_id", 1)).ToListAsync(stop)
            );

        var current = await NewestAsync(BoundOf(rollout), 1);
        var targets = await NewestAsync(TargetsOf(rollout), FormerLimit + 1);
        return current.Concat(targets).Select(job => job["_id"]);
    }

    // Still finished: another instance may have changed it since it was found.
    private static BsonDocument Finished => new("open", false);

    private async Task<int> RemoveAsync(
        IMongoCollection<BsonDocument> from,
        IEnumerable<BsonValue> ids,
        BsonDocument still,
        CancellationToken stop
    )
    {
        var all = new BsonArray(ids);
        if (all.Count == 0)
        {
            return 0;
        }

        var filter = ById(new BsonDocument("$in", all)).Merge(still);
        return (int)(await AskAsync(() => from.DeleteManyAsync(filter, stop))).DeletedCount;
    }
}
