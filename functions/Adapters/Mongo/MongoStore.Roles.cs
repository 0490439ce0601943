using Devflow.ChatOps.Core.Ports;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Devflow.ChatOps.Functions.Adapters.Mongo;

public sealed partial class MongoStore
{
    /// <inheritdoc/>
    public async Task<bool> TakeRoleAsync(string role, DateTimeOffset now, CancellationToken stop)
    {
        if (await ServerTimeAsync(now, stop) is not { } here)
        {
            return false;
        }

        var freeOrMine = RoleId(role).Add("$or", FreeAt(here).Add(new BsonDocument("instance", instance)));
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
        return await AskAsync(async () =>
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
    public Task GiveUpRoleAsync(string role, CancellationToken stop) =>
        AskAsync(() =>
            leases.UpdateOneAsync(
                RoleId(role).Add("instance", instance),
                new BsonDocument("$set", Nobody()),
                null,
                stop
            )
        );

    // A Rollout's key has three parts, so that no role is taken for one.
    private static BsonDocument RoleId(string role) => ById($"role:{role}");
}
