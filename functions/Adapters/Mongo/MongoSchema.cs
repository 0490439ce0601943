using Devflow.ChatOps.Core.Jobs;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Devflow.ChatOps.Functions.Adapters.Mongo;

/// <summary>
/// The database's version, in the collection <c>meta</c>, and the way from each to the next. Instances of two versions run
/// at the same time while a new one is rolled out, so a step adds and never takes away. Times in all collections are UTC
/// ticks of 100 ns by this program's clock.
/// </summary>
internal static class MongoSchema
{
    public const int Version = 1;

    private const string Id = "schema";
    private const string Field = "version";

    /// <summary>Brings the database to <see cref="Version"/>.</summary>
    /// <returns>The version that was found; 0 in an empty database.</returns>
    /// <exception cref="StoredStateException">A newer program wrote it.</exception>
    public static async Task<int> MigrateAsync(
        IMongoCollection<BsonDocument> meta,
        MongoAddress address,
        CancellationToken stop
    )
    {
        var stored = await meta.Find(new BsonDocument("_id", Id)).FirstOrDefaultAsync(stop);
        var found = stored is null ? 0 : stored[Field].ToInt32();
        if (found > Version)
        {
            throw new StoredStateException(
                $"The store {address} has schema {found}, and this program knows schemas up to {Version}: "
                    + "a newer version of Devflow ChatOps wrote it. Start that version, or restore a backup from before."
            );
        }

        if (found < Version)
        {
            // $max: whoever starts at the same time, be it a newer version, may have been here already.
            await meta.UpdateOneAsync(
                new BsonDocument("_id", Id),
                new BsonDocument("$max", new BsonDocument(Field, Version)),
                new UpdateOptions { IsUpsert = true },
                stop
            );
        }

        return found;
    }
}
