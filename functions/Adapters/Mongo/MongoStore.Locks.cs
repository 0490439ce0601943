using Devflow.ChatOps.Core.Jobs;
using Devflow.ChatOps.Core.Policy;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Devflow.ChatOps.Functions.Adapters.Mongo;

public sealed partial class MongoStore
{
    /// <summary>
    /// Whether a lock holds, our clock tells. The server only cleans up, and a day late, so that its clock may be wrong.
    /// </summary>
    internal static readonly CreateIndexModel<BsonDocument>[] LocksIndexes =
    [
        new(
            new BsonDocument("cleanUpAt", 1),
            new CreateIndexOptions { Name = "locks_clean_up", ExpireAfter = TimeSpan.Zero }
        ),
    ];

    private static readonly TimeSpan keepEndedLocks = TimeSpan.FromDays(1);

    /// <inheritdoc/>
    public async Task<ReleaseLock?> FindLockAsync(
        string app,
        string environment,
        DateTimeOffset now,
        CancellationToken stop
    )
    {
        var held = await AskAsync(() =>
            locks
                .Find(new BsonDocument("_id", LockId(app, environment)).AddRange(Holds(now)))
                .Project(OnlyDocument)
                .FirstOrDefaultAsync(stop)
        );
        return held is null ? null : JobJson.ReadLock(BsonJson.Write(held));
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ReleaseLock>> ListLocksAsync(DateTimeOffset now, CancellationToken stop)
    {
        var held = await AskAsync(() => locks.Find(Holds(now)).Project(OnlyDocument).ToListAsync(stop));
        return
        [
            .. held.Select(document => JobJson.ReadLock(BsonJson.Write(document)))
                .OrderBy(found => found.App, StringComparer.Ordinal)
                .ThenBy(found => found.Environment, StringComparer.Ordinal),
        ];
    }

    /// <inheritdoc/>
    public Task PutLockAsync(ReleaseLock taken, CancellationToken stop)
    {
        var id = LockId(taken.App, taken.Environment);
        var document = new BsonDocument { { "_id", id }, { "expiresAt", Ticks(taken.ExpiresAt) } };
        if (taken.ExpiresAt is { } end)
        {
            document["cleanUpAt"] = (end + keepEndedLocks).UtcDateTime;
        }

        document.AddRange(BsonJson.Parse(JobJson.Write(taken)));
        return AskAsync(() =>
            AgainWhenDuplicateAsync(() =>
                locks.ReplaceOneAsync(ById(id), document, new ReplaceOptions { IsUpsert = true }, stop)
            )
        );
    }

    /// <inheritdoc/>
    public Task RemoveLockAsync(string app, string environment, CancellationToken stop) =>
        AskAsync(() => locks.DeleteOneAsync(ById(LockId(app, environment)), stop));

    private static BsonDocument LockId(string app, string environment) =>
        new() { { "app", app }, { "environment", environment } };

    private static BsonDocument Holds(DateTimeOffset now) =>
        new(
            "$or",
            new BsonArray
            {
                new BsonDocument("expiresAt", BsonNull.Value),
                new BsonDocument("expiresAt", new BsonDocument("$gt", now.UtcTicks)),
            }
        );

    /// <summary>Two upserts of one key at once: the one that came second finds a document when it is tried again.</summary>
    private static async Task<T> AgainWhenDuplicateAsync<T>(Func<Task<T>> upsert)
    {
        try
        {
            return await upsert();
        }
        catch (MongoException fault) when (MongoFaults.IsDuplicate(fault))
        {
            return await upsert();
        }
    }
}
