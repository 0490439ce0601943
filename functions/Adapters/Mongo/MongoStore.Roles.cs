using Devflow.ChatOps.Core.Ports;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Devflow.ChatOps.Functions.Adapters.Mongo;

public sealed partial class MongoStore
{
    /// <inheritdoc/>
    public Task<bool> TakeRoleAsync(string role, DateTimeOffset now, CancellationToken stop)
    {
        var freeOrMine = RoleId(role)
            .Add(
                "$or",
                new BsonArray
                {
                    new BsonDocument("until", new BsonDocument("$lte", now.UtcTicks)),
                    new BsonDocument("instance", instance),
                }
            );
        var take = new BsonDocument
        {
            {
                "$set",
                new BsonDocument
                {
                    { "holder", holder },
                    { "instance", instance },
                    { "until", (now + RolloutLease.Duration).UtcTicks },
                }
            },
            { "$inc", new BsonDocument("fence", 1L) },
        };
        return AskAsync(async () =>
        {
            try
            {
                await leases.UpdateOneAsync(freeOrMine, take, new UpdateOptions { IsUpsert = true }, stop);
                return true;
            }
            catch (MongoWriteException fault) when (MongoFaults.IsDuplicate(fault))
            {
                // It is there and another's, so the upsert tried to insert it.
                return false;
            }
        });
    }

    /// <inheritdoc/>
    public Task GiveUpRoleAsync(string role, CancellationToken stop)
    {
        var free = new BsonDocument
        {
            { "holder", "" },
            { "instance", "" },
            { "until", 0L },
        };
        return AskAsync(() =>
            leases.UpdateOneAsync(RoleId(role).Add("instance", instance), new BsonDocument("$set", free), null, stop)
        );
    }

    // A Rollout's key has three parts, so that no role is taken for one.
    private static BsonDocument RoleId(string role) => ById($"role:{role}");
}
